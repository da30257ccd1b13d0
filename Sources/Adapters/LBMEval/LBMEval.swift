internal import Evidence
internal import JSON
internal import Platform

/// Reads a results-*.json of ToyotaResearchInstitute/lbm_eval (FORMATS §4).
///
/// The file is rewritten after every evaluation, so that one from an interrupted run lists what is
/// still pending: those are missing, and the rate that it states is over what finished first.
func readLBMEval(
  _ sources: [SourceFile], detectedBy: [String], options: ReadOptions
) throws(AdapterError) -> SavedRun {
  let source = try onlyFile(sources, of: "lbm_eval")
  let (content, digest) = try source.read { (bytes) throws(AdapterError) in
    var reader = LBMEvalReader(bytes.reader(path: source.path), limits: options.limits)
    return try reader.read()
  }
  let input = source.inputFile(mediaType: "application/json", digest: digest)
  let evidence = ["key:num_requested_evaluations", "key:evaluations"]
  let pending = content.tasks.reduce(0) { $0 + $1.pending }
  let tasks = content.tasks.sorted {
    $0.skill.precedes($1.skill)
  }
  let isStated = options.modelID != nil || options.checkpointDigest != nil
  return SavedRun(
    format: SourceFormat(
      name: "lbm_eval", generation: "results_json",
      detectedBy: evidence + detectedBy.filter { !evidence.contains($0) }),
    adapterVersion: "1", tasks: tasks.map { $0.saved() }, seedLabel: .derived,
    initialStateLabel: .missing,
    denominatorRule: "completed_evaluations_errors_are_failures",
    model: ModelIdentity(
      id: options.modelID, checkpointDigest: options.checkpointDigest,
      identity: isStated ? .declared : .unknown), metricName: "success_rate", successRule: nil,
    createdAt: timeOfResults(named: source.relativePath), harnessVersion: nil,
    sourceAggregates: content.aggregates,
    notes: SourceNotes(
      partial: pending == 0
        ? nil : SourceNotes.Partial(reason: "evaluations_pending", missing: pending),
      warnings: content.tasks.isEmpty ? ["no_episodes"] : [], generated: nil), inputs: [input],
    observations: [], lexemes: MappedLexemes(mapped: source.mapped))
}

/// The start of the run, which stands in the name of the file alone: `results-<time>.json`.
private func timeOfResults(named path: String) -> String? {
  let name = Path.lastComponent(path)
  guard name.hasPrefix("results-"), name.hasSuffix(".json") else { return nil }
  let time = String(name.dropFirst("results-".count).dropLast(".json".count))
  return UTCTime(anyRFC3339: time) == nil ? nil : time
}

/// What was read from one file.
struct LBMEvalContent: Sendable {
  var tasks: [LBMEvalTask]
  var aggregates: JSONObject
}

/// The evaluations of one skill, as they come.
struct LBMEvalTask: Sendable {
  let skill: String
  private(set) var pending = 0
  private(set) var indexes: [Int] = []
  private var outcomes: [UInt8] = []
  private var durations: [LexemeSpan] = []
  private var failures: [Int: String] = [:]

  init(skill: String) { self.skill = skill }

  var successes: Int { outcomes.count { $0 == letterS } }

  mutating func append(_ evaluation: LBMEvaluation) {
    guard let outcome = evaluation.outcome else {
      pending += 1
      return
    }
    if let message = evaluation.failureMessage { failures[indexes.count] = failureText(message) }
    indexes.append(evaluation.scenarioIndex)
    outcomes.append(outcome.letter)
    durations.append(evaluation.totalTime)
  }

  func saved() -> SavedTask {
    var task = SavedTask(suite: "lbm_eval", taskID: skill, name: nil, outcomes: outcomes)
    task.indexes = indexes
    task.durations = durations
    task.failures = failures
    // demonstration_seed.py of the harness: evaluation seeds begin behind those of training.
    task.seeds = indexes.map { .integer(Int64($0) + 100 + 100_000_000) }
    task.media = indexes.enumerated().map { row, index in
      MediaReference(
        row: row, role: "rollout_data",
        path: "\(skill)/demonstration_\(index)/recording.html")
    }
    task.reorder(indexes.indices.sorted { indexes[$0] < indexes[$1] })
    if task.indexes.map({ $0.elementsEqual(0..<$0.count) }) == true { task.indexes = nil }
    return task
  }
}

/// One entry of `evaluations`.
struct LBMEvaluation {
  var skill = ""
  var scenarioIndex = 0
  /// nil while it is pending.
  var outcome: Outcome?
  var totalTime = LexemeSpan.none
  var failureMessage: String?
}
