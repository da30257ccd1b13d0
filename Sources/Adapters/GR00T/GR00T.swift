internal import Evidence
internal import JSON
internal import Platform

/// Reads the output of NVIDIA/Isaac-GR00T's rollout_policy.py, of N1.6 and N1.7, and the log of the
/// older LIBERO script, which writes openpi's lines (FORMATS §6).
func readGR00T(
  _ sources: [SourceFile], detectedBy: [String], options: ReadOptions
) throws(AdapterError) -> SavedRun {
  let source = try onlyFile(sources, of: "gr00t-n1.7")
  let isLiberoLog = try source.withBytes { (bytes) throws(AdapterError) in
    bytes.find("# episodes completed so far:".utf8) != nil && !hasRolloutResults(bytes)
  }
  if isLiberoLog {
    return try readLiberoLog(source, as: "gr00t-n1.7", detectedBy: detectedBy, options: options)
  }
  let (rollouts, digest) = try source.read { (bytes) throws(AdapterError) in
    var reader = GR00TReader(bytes, path: source.path, limits: options.limits)
    return try reader.read()
  }
  let evidence = ["line:results"]
  let isStated = options.modelID != nil || options.checkpointDigest != nil
  return SavedRun(
    format: SourceFormat(
      name: "gr00t-n1.7", generation: "rollout_policy_stdout",
      detectedBy: evidence + detectedBy.filter { !evidence.contains($0) }),
    adapterVersion: "1", tasks: rollouts.map { $0.saved() }.sorted(by: comesBefore),
    seedLabel: .missing, initialStateLabel: .missing, denominatorRule: "finished_valid_episodes",
    model: ModelIdentity(
      id: options.modelID, checkpointDigest: options.checkpointDigest,
      identity: isStated ? .declared : .unknown), metricName: "success_rate", successRule: nil,
    createdAt: nil, harnessVersion: nil, sourceAggregates: aggregates(rollouts),
    notes: SourceNotes(partial: nil, warnings: warnings(rollouts), generated: nil),
    inputs: [source.inputFile(mediaType: "text/plain", digest: digest)], observations: [],
    lexemes: nil)
}

private func comesBefore(_ a: SavedTask, _ b: SavedTask) -> Bool {
  if a.suite.utf8.elementsEqual(b.suite.utf8) {
    return a.taskID.precedes(b.taskID)
  }
  return a.suite.precedes(b.suite)
}

private func warnings(_ rollouts: [GR00TRollouts]) -> [String] {
  var warnings: [String] = []
  // Environments that end in the same step all stay: the list favours short episodes.
  if rollouts.contains(where: \.hasExtraEpisodes) { warnings.append("extra_episodes") }
  if rollouts.contains(where: \.namesValidity) { warnings.append("excluded_not_recorded") }
  return warnings
}

/// The rate of the one environment that a log is usually about.
private func aggregates(_ rollouts: [GR00TRollouts]) -> JSONObject? {
  guard rollouts.count == 1, let rate = rollouts.first?.rate else { return nil }
  return JSONObject([("success_rate", .string(rate))])
}

/// Whether a line holds `results:`, spaces and `('` (forks print one space, the original two).
func hasRolloutResults(_ bytes: SourceBytes) -> Bool {
  var start = 0
  while let found = bytes.find("results: ".utf8, from: start) {
    var place = found + 8
    while place < bytes.count, bytes[place] == 0x20 { place += 1 }
    if bytes.starts(with: "('".utf8, at: place) { return true }
    start = place
  }
  return false
}

/// The episodes of one environment.
struct GR00TRollouts: Sendable {
  var environment: String
  var outcomes: [UInt8]
  /// Asked for by the run, where the log says so.
  var asked: Int?
  /// Whether invalid episodes were left out before the list was printed.
  var namesValidity = false
  /// The printed rate, as text.
  var rate: String?
  var line: Int

  var hasExtraEpisodes: Bool { asked.map { outcomes.count > $0 } ?? false }

  /// `libero_sim/<task>`: the suite stands before the first `/`.
  func saved() -> SavedTask {
    let slash = environment.firstIndex(of: "/")
    let suite = slash.map { String(environment[..<$0]) } ?? ""
    let id = slash.map { String(environment[environment.index(after: $0)...]) } ?? environment
    return SavedTask(suite: suite, taskID: id, name: nil, outcomes: outcomes)
  }
}
