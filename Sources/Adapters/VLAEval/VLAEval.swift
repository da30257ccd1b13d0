internal import Evidence
internal import JSON
internal import Platform

/// Reads result files of allenai/vla-evaluation-harness, all generations (FORMATS §5).
///
/// The shards of one run are given together and are one run; the harness's own merge lets the last
/// file win for an episode that is there twice, and here it is refused.
func readVLAEval(
  _ sources: [SourceFile], detectedBy: [String], options: ReadOptions
) throws(AdapterError) -> SavedRun {
  var files: [VLAEvalFile] = []
  var inputs: [InputFile] = []
  for source in sources {
    let (file, digest) = try source.read { (bytes) throws(AdapterError) in
      var reader = VLAEvalReader(
        bytes.reader(path: source.path), limits: options.limits)
      return try reader.read()
    }
    files.append(file)
    inputs.append(source.inputFile(mediaType: "application/json", digest: digest))
  }
  let shards = try VLAEvalShards(files, paths: sources.map(\.path))
  return try VLAEvalRun(
    files: files, sources: sources, missingShards: shards.missing, detectedBy: detectedBy,
    options: options
  ).run(inputs: inputs)
}

/// What the shard numbers of the files say.
private struct VLAEvalShards {
  /// Whether shards are known not to be here.
  var missing = false

  /// - Throws: `too_many_inputs` for several files that are no shards, `bad_shard` for shards of
  ///   different runs, `duplicate_shard` for one that is given twice.
  init(_ files: [VLAEvalFile], paths: [String]) throws(AdapterError) {
    guard let first = files.first else {
      throw AdapterError(.noInput, place: nil, message: "no input file was given")
    }
    var ids: Set<Int> = []
    for (file, path) in zip(files, paths) {
      if file.missingShards > 0 { missing = true }
      guard let shard = file.shard else {
        if files.count == 1 { return }
        throw AdapterError(
          .tooManyInputs, place: path,
          message: "only the shards of one run are given together, and this is none",
          hint: "audit each run by itself")
      }
      guard shard.total == first.shard?.total, file.benchmark == first.benchmark,
        file.subname == first.subname, file.generation == first.generation
      else {
        throw AdapterError(
          .badShard, place: path + ": /shard",
          message: "this is a shard of another run than the first file")
      }
      guard ids.insert(shard.id).inserted else {
        throw AdapterError(
          .duplicateShard, place: path + ": /shard/id",
          message: "shard \(shard.id) was given twice")
      }
    }
    if let total = first.shard?.total, ids.count < total { missing = true }
  }
}

/// Turns what was read into a saved run.
private struct VLAEvalRun {
  let files: [VLAEvalFile]
  let sources: [SourceFile]
  let missingShards: Bool
  let detectedBy: [String]
  let options: ReadOptions

  private var first: VLAEvalFile { files.first ?? VLAEvalFile() }

  func run(inputs: [InputFile]) throws(AdapterError) -> SavedRun {
    let lexemes = ConcatenatedLexemes(sources.map(\.mapped))
    let tasks = try savedTasks(lexemes)
    let isEmpty = tasks.allSatisfy { $0.count == 0 }
    return SavedRun(
      format: format, adapterVersion: "1", tasks: tasks,
      seedLabel: seed == nil ? .missing : .recordedRunSeed,
      initialStateLabel: first.hasFixedStates && !isEmpty ? .derived : .missing,
      denominatorRule: "all_recorded_errors_are_failures", model: model,
      metricName: "success_rate", successRule: nil,
      createdAt: files.compactMap(\.createdAt).min(), harnessVersion: first.harnessVersion,
      sourceAggregates: aggregates,
      notes: SourceNotes(
        partial: partial(tasks), warnings: warnings(isEmpty: isEmpty), generated: nil),
      inputs: inputs, observations: [], lexemes: lexemes)
  }

  private func warnings(isEmpty: Bool) -> [String] {
    (isEmpty ? ["no_episodes"] : [])
      + (first.namesLocalCheckpoint ? ["checkpoint_is_local_path"] : [])
  }

  private var format: SourceFormat {
    var evidence = ["key:benchmark", "key:tasks"]
    if first.generation == .aggregate { evidence.append("key:eval_id") }
    if first.shard != nil { evidence.append("key:shard") }
    return SourceFormat(
      name: "vla-eval", generation: first.generation.rawValue,
      detectedBy: evidence + detectedBy.filter { !evidence.contains($0) })
  }

  private var seed: Int64? { first.seed ?? first.paramsSeed }

  private var model: ModelIdentity {
    let id = first.checkpoint ?? options.modelID
    return ModelIdentity(
      id: id, checkpointDigest: options.checkpointDigest,
      identity: id == nil && options.checkpointDigest == nil ? .unknown : .declared)
  }

  private var aggregates: JSONObject? {
    guard files.count == 1, let rate = first.rate else { return nil }
    let key = first.rateKey == "mean_success" ? "mean_success" : "success_rate"
    return JSONObject([(key, .string(rate.lexeme))])
  }

  private func partial(_ tasks: [SavedTask]) -> SourceNotes.Partial? {
    // How many episodes an absent shard held is recorded nowhere.
    if missingShards { return SourceNotes.Partial(reason: "shards_missing", missing: 0) }
    if files.contains(where: \.isPartial) {
      return SourceNotes.Partial(reason: "source_says_partial", missing: 0)
    }
    guard first.generation == .aggregate, let planned = first.episodesPerTask else { return nil }
    let missing = tasks.reduce(0) { $0 + max(0, planned - $1.count) }
    return missing == 0
      ? nil : SourceNotes.Partial(reason: "planned_episodes_missing", missing: missing)
  }

  // MARK: - Tasks

  private func savedTasks(_ lexemes: ConcatenatedLexemes) throws(AdapterError) -> [SavedTask] {
    var episodes: [String: [(file: Int, episode: VLAEvalEpisode)]] = [:]
    for (number, file) in files.enumerated() {
      for task in file.tasks {
        episodes[task.name, default: []] += task.episodes.map { (number, $0) }
      }
    }
    var tasks: [SavedTask] = []
    let names = episodes.keys.sorted { $0.precedes($1) }
    for name in names {
      let rows = (episodes[name] ?? []).sorted {
        ($0.episode.id, $0.file) < ($1.episode.id, $1.file)
      }
      for (one, other) in zip(rows, rows.dropFirst()) where one.episode.id == other.episode.id {
        throw AdapterError(
          .duplicateEpisode, place: sources[other.file].path,
          message: "episode \(other.episode.id) of \(shown(name)) is in two of the files")
      }
      tasks.append(savedTask(name, rows, lexemes))
    }
    return tasks
  }

  private func savedTask(
    _ name: String, _ rows: [(file: Int, episode: VLAEvalEpisode)], _ lexemes: ConcatenatedLexemes
  ) -> SavedTask {
    let episodes = rows.map(\.episode)
    var task = SavedTask(
      suite: first.suite, taskID: name, name: name, outcomes: episodes.map(\.outcome.letter))
    let ids = episodes.map(\.id)
    if !ids.elementsEqual(0..<ids.count) { task.indexes = ids }
    if let seed { task.seeds = Array(repeating: .integer(seed), count: ids.count) }
    if first.hasFixedStates { task.initialStates = ids.map(String.init) }
    if episodes.contains(where: { $0.steps != nil }) { task.steps = episodes.map(\.steps) }
    if episodes.contains(where: { !$0.duration.isNone }) {
      task.durations = rows.map { lexemes.span($0.episode.duration, in: $0.file) }
    }
    for (row, episode) in episodes.enumerated() {
      task.failures[row] = episode.failure
      if let recording = episode.recording, let path = path(of: recording, episode) {
        task.media.append(MediaReference(row: row, role: "rollout_data", path: path))
      }
    }
    return task
  }

  /// Where the newest generation leaves the steps of an episode, beside the file.
  private func path(of recording: String, _ episode: VLAEvalEpisode) -> String? {
    guard let file = sources.first.map({ Path.lastComponent($0.relativePath) }),
      file.hasSuffix("_aggregate.json")
    else { return nil }
    let status =
      switch episode.outcome {
      case .succeeded: "success"
      case .errored: "error"
      default: "fail"
      }
    return "\(file.dropLast("_aggregate.json".count))/\(recording)_\(status).jsonl"
  }
}
