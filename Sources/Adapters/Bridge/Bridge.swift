internal import Evidence
internal import JSON
internal import Platform

/// Reads a bridge file, `worldflux.bridge/1`, about any of the nine sources (FORMATS §7–§11).
///
/// - Parameter word: the source that it must name.
func readBridge(
  _ sources: [SourceFile], as word: String, detectedBy: [String], options: ReadOptions
) throws(AdapterError) -> SavedRun {
  let source = try onlyFile(sources, of: word)
  let (content, digest) = try source.read { (bytes) throws(AdapterError) in
    var reader = BridgeReader(
      bytes, file: source.mapped, path: source.path, as: word, limits: options.limits)
    return try reader.read()
  }
  let input = source.inputFile(mediaType: "application/json", digest: digest)
  return BridgeRun(content: content, detectedBy: detectedBy, options: options)
    .run(input: input, lexemes: MappedLexemes(mapped: source.mapped))
}

/// The one file of a source that writes one per run.
func onlyFile(_ sources: [SourceFile], of word: String) throws(AdapterError) -> SourceFile {
  guard let source = sources.first else {
    throw AdapterError(.noInput, place: nil, message: "no input file was given")
  }
  guard sources.count == 1 else {
    throw AdapterError(
      .tooManyInputs, place: sources[1].path,
      message: "a run of \(word) is one file, and \(sources.count) were given",
      hint: "audit each run by itself")
  }
  return source
}

/// Whether a file's first line says that it is a bridge file, of whatever version.
func isBridge(_ source: SourceFile) throws(AdapterError) -> Bool {
  try source.withBytes { (bytes) throws(AdapterError) in
    var reader = bytes.reader(of: 0..<bytes.endOfLine(from: 0), path: source.path, line: 1)
    // A fault of the text is the format's own reader's to report.
    return (try? hasBridgeSchema(&reader)) ?? false
  }
}

private func hasBridgeSchema(_ reader: inout SourceReader) throws(AdapterError) -> Bool {
  guard try reader.next().kind == .beginObject else { return false }
  while true {
    let key = try reader.next()
    guard key.kind == .key else { return false }
    if reader.json.matches(key, "schema") {
      let value = try reader.next()
      return value.kind == .string && reader.json.string(value).hasPrefix("worldflux.bridge/")
    }
    // The bulk of a result that is one line is not read twice.
    let bulk: [StaticString] = ["per_task", "per_episode", "evaluations", "tasks"]
    if bulk.contains(where: { reader.json.matches(key, $0) }) { return false }
    try reader.skipValue()
  }
}

/// Turns what a bridge file says into a saved run.
private struct BridgeRun {
  let content: BridgeContent
  let detectedBy: [String]
  let options: ReadOptions

  func run(input: InputFile, lexemes: MappedLexemes) -> SavedRun {
    let header = content.header
    let tasks = content.tasks.sorted(by: comesBefore)
    let hasStates = tasks.contains(where: \.hasInitialStates)
    let hasSeeds = tasks.contains(where: \.hasSeeds)
    return SavedRun(
      format: format, adapterVersion: "1", tasks: tasks.map { $0.saved() },
      seedLabel: hasSeeds ? header.seedLabel : .missing,
      initialStateLabel: hasStates ? .recorded : .missing,
      denominatorRule: header.denominatorRule, model: model, metricName: header.metric,
      successRule: nil, createdAt: header.createdAt, harnessVersion: header.harnessVersion,
      sourceAggregates: nil,
      notes: SourceNotes(
        partial: partial, warnings: header.episodes == 0 ? ["no_episodes"] : [],
        generated: generated), inputs: [input], observations: [], lexemes: lexemes)
  }

  private func comesBefore(_ a: BridgeTask, _ b: BridgeTask) -> Bool {
    if a.suite.utf8.elementsEqual(b.suite.utf8) {
      return a.taskID.precedes(b.taskID)
    }
    return a.suite.precedes(b.suite)
  }

  private var format: SourceFormat {
    let evidence = ["schema:" + BridgeHeader.schema, "source:" + content.header.source]
    return SourceFormat(
      name: content.header.source, generation: "bridge_1",
      detectedBy: evidence + detectedBy.filter { !evidence.contains($0) })
  }

  private var model: ModelIdentity {
    let id = content.header.modelID ?? options.modelID
    let digest = content.header.modelDigest ?? options.checkpointDigest
    return ModelIdentity(
      id: id, checkpointDigest: digest,
      identity: id == nil && digest == nil ? .unknown : .declared)
  }

  private var partial: SourceNotes.Partial? {
    guard let planned = content.header.planned, planned > content.header.episodes else {
      return nil
    }
    return SourceNotes.Partial(
      reason: "planned_episodes_missing", missing: planned - content.header.episodes)
  }

  /// Said whenever a world model or a judge is named: such evidence is of generated rollouts.
  private var generated: SourceNotes.Generated? {
    let (worldModel, judge) = (content.header.worldModel, content.header.judge)
    guard let worldModel else { return nil }
    return SourceNotes.Generated(
      model: worldModel.model, judgeKind: judge?.kind, judgeID: judge?.id,
      judgeVersion: judge?.version)
  }
}
