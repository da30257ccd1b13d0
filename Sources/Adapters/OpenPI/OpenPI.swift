internal import Evidence
internal import JSON
internal import Platform

/// Reads what Physical-Intelligence/openpi leaves: a LIBERO log or a DROID csv file (FORMATS §3).
func readOpenPI(
  _ sources: [SourceFile], detectedBy: [String], options: ReadOptions
) throws(AdapterError) -> SavedRun {
  let source = try onlyFile(sources, of: "openpi")
  let isTable = try source.withBytes { (bytes) throws(AdapterError) in
    DroidTable.begins(bytes)
  }
  if isTable { return try readDroidTable(source, detectedBy: detectedBy, options: options) }
  return try readLiberoLog(source, as: "openpi", detectedBy: detectedBy, options: options)
}

/// Reads a LIBERO log of openpi, or of the older Isaac-GR00T script that writes the same lines.
func readLiberoLog(
  _ source: SourceFile, as word: String, detectedBy: [String], options: ReadOptions
) throws(AdapterError) -> SavedRun {
  let (log, digest) = try source.read { (bytes) throws(AdapterError) in
    // A table of another tool is no log that lost its lines; the times of a log hold commas too.
    if DroidTable.looksLikeTable(bytes), bytes.find("Starting episode ".utf8) == nil {
      throw AdapterError(
        .unrecognisedShape, place: source.path + ": line 1",
        message: "this is neither a log nor a table with the columns \(DroidTable.header)",
        hint: "the file may belong to another tool: try the format `auto`")
    }
    var reader = LiberoLogReader(bytes, path: source.path, limits: options.limits)
    return try reader.read()
  }
  return LiberoRun(log: log, word: word, detectedBy: detectedBy, options: options)
    .run(input: source.inputFile(mediaType: "text/plain", digest: digest))
}

/// Turns a LIBERO log into a saved run.
private struct LiberoRun {
  let log: LiberoLog
  let word: String
  let detectedBy: [String]
  let options: ReadOptions

  func run(input: InputFile) -> SavedRun {
    let evidence = ["line:episodes_completed_so_far"]
    let isStated = options.modelID != nil || options.checkpointDigest != nil
    return SavedRun(
      format: SourceFormat(
        name: word, generation: "libero_log",
        detectedBy: evidence + detectedBy.filter { !evidence.contains($0) }),
      adapterVersion: "1", tasks: savedTasks(), seedLabel: .missing, initialStateLabel: .derived,
      denominatorRule: "all_attempted_errors_are_failures",
      model: ModelIdentity(
        id: options.modelID, checkpointDigest: options.checkpointDigest,
        identity: isStated ? .declared : .unknown), metricName: "success_rate", successRule: nil,
      createdAt: nil, harnessVersion: nil, sourceAggregates: aggregates,
      notes: SourceNotes(
        partial: partial,
        warnings: log.hasContradictedLines ? ["success_line_contradicts_counter"] : [],
        generated: nil), inputs: [input], observations: [], lexemes: nil)
  }

  private var partial: SourceNotes.Partial? {
    if let missing = log.missingHead {
      return SourceNotes.Partial(reason: "log_head_missing", missing: missing)
    }
    return log.isTruncated ? SourceNotes.Partial(reason: "log_truncated", missing: 0) : nil
  }

  private var aggregates: JSONObject {
    JSONObject([
      ("n_episodes", .number(JSONNumber(Int64(log.episodes)))),
      ("num_success", .number(JSONNumber(Int64(log.successes)))),
    ])
  }

  private func savedTasks() -> [SavedTask] {
    var tasks: [SavedTask] = []
    var videos: Set<String> = []
    for read in log.tasks {
      var task = SavedTask(
        suite: log.suite ?? "", taskID: id(of: read), name: name(read.description),
        outcomes: read.outcomes)
      let indexes = read.outcomes.indices.map { read.firstIndex + $0 }
      if read.firstIndex > 0 { task.indexes = indexes }
      task.initialStates = indexes.map(String.init)
      task.failures = read.failures
      // Names have no episode number, and a later episode overwrites an earlier one's file.
      for (suffix, isThere) in [
        ("success", read.hasSuccessVideo), ("failure", read.hasFailureVideo),
      ] where isThere {
        let path = "rollout_\(read.description.replacing(" ", with: "_"))_\(suffix).mp4"
        guard videos.insert(path).inserted else { continue }
        task.media.append(MediaReference(row: nil, role: "rollout_video", path: path))
      }
      tasks.append(task)
    }
    return tasks
  }

  /// The order of the task in the log; without its head nobody knows where the first one stood, and
  /// the others are told apart by how many tasks they come after it.
  private func id(of task: LiberoTask) -> String {
    guard log.missingHead != nil else { return String(task.position) }
    return task.position == 0 ? "" : "+\(task.position)"
  }

  private func name(_ description: String) -> String? {
    let text = String(
      String.UnicodeScalarView(
        description.unicodeScalars.filter { $0.properties.generalCategory != .control }))
    return text.isEmpty ? nil : text
  }
}
