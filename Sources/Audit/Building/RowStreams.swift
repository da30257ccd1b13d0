internal import Evidence
internal import Platform
internal import Synchronization

/// Everything that the rows of members 7, 9 and 10 are made of.
struct RowSource: Sendable {
  let run: SavedRun
  let built: BuiltInput
  let texts: FailureTexts
  let evaluationProtocol: EvaluationProtocol
  let salt: Salt
  let packageID: String
  let auditInputDigest: String
  let progress: RowProgress

  let episodeRows: Int
  let failureRows: Int
  /// Planned episodes: the frozen cells, or what was recorded where none are frozen.
  let replayRows: Int
  var allRows: Int { episodeRows + failureRows + replayRows }

  init(
    run: SavedRun, built: BuiltInput, texts: FailureTexts, evaluationProtocol: EvaluationProtocol,
    salt: Salt, packageID: String, auditInputDigest: String, progress: RowProgress
  ) {
    self.run = run
    self.built = built
    self.texts = texts
    self.evaluationProtocol = evaluationProtocol
    self.salt = salt
    self.packageID = packageID
    self.auditInputDigest = auditInputDigest
    self.progress = progress
    let tasks = built.input.tasks
    episodeRows = tasks.reduce(0) { $0 + $1.episodes.count }
    failureRows = tasks.reduce(0) { $0 + $1.episodes.outcomes.count { $0 != 0x53 } }
    replayRows = tasks.reduce(0) { $0 + ($1.inProtocol ? $1.episodes.count : 0) }
  }

  func begin(
    _ member: MemberName, rows: Int, in folder: String, files: FileSystem
  ) throws(AuditError) -> MemberStream {
    let stream = try MemberStream(member, in: folder, files: files)
    stream.bytes.reserveCapacity((1 << 20) + (64 << 10))
    RowWriter.appendHeader(
      member: member, salt: salt, packageID: packageID, auditInputDigest: auditInputDigest,
      rows: rows, to: &stream.bytes)
    return stream
  }

  func rowTask(_ task: AuditedTask) -> RowTask {
    RowTask(suite: task.suite, taskID: task.taskID, instruction: task.name)
  }
}

/// Counts rows over threads and tells the caller about once a MiB.
final class RowProgress: Sendable {
  private let done = Atomic<Int>(0)
  private let report: (@Sendable (_ done: Int, _ total: Int) -> Void)?

  init(_ report: (@Sendable (Int, Int) -> Void)?) { self.report = report }

  func add(_ rows: Int, of total: Int) {
    let now = done.wrappingAdd(rows, ordering: .relaxed).newValue
    report?(now, total)
  }
}

/// Writes episode_results.jsonl.
struct EpisodeStream {
  let source: RowSource

  func write(in folder: String, files: FileSystem) throws(AuditError) -> ManifestEntry {
    let stream = try source.begin(
      .episodeResults, rows: source.episodeRows, in: folder, files: files)
    var pages = LexemePages(source)
    var pending = 0
    for number in source.built.matched.tasks.indices {
      let rows = TaskRows(source, number)
      try rows.matched.forEachEpisode { (position, index, row) throws(AuditError) in
        RowWriter.append(rows.episode(position, index, row), of: rows.names, to: &stream.bytes)
        pending += 1
        if try stream.rowEnded() {
          source.progress.add(pending, of: source.allRows)
          pending = 0
          pages.passed(task: number, row: row)
        }
      }
    }
    source.progress.add(pending, of: source.allRows)
    return try stream.finish()
  }
}

/// Writes failure_evidence_index.jsonl and failure_replay_manifest.jsonl.
struct HintStream {
  let source: RowSource

  func writeFailures(in folder: String, files: FileSystem) throws(AuditError) -> ManifestEntry {
    let stream = try source.begin(
      .failureEvidenceIndex, rows: source.failureRows, in: folder, files: files)
    let axes = source.evaluationProtocol.frozen.axes.compactMap { axis in
      axis.values.count == 1 ? (axis.axis, axis.values[0]) : nil
    }
    var pending = 0
    for number in source.built.matched.tasks.indices {
      let rows = TaskRows(source, number)
      let nameTerms = SearchTerms.terms(name: rows.audited.name, message: nil)
      try rows.matched.forEachEpisode { (position, index, row) throws(AuditError) in
        guard rows.audited.episodes.outcomes[position] != 0x53 else { return }
        var failure = rows.failure(position, index, row, nameTerms: nameTerms)
        failure.axes = axes
        RowWriter.append(failure, packageID: source.packageID, to: &stream.bytes)
        pending += 1
        if try stream.rowEnded() {
          source.progress.add(pending, of: source.allRows)
          pending = 0
        }
      }
    }
    source.progress.add(pending, of: source.allRows)
    return try stream.finish()
  }

  func writeReplay(in folder: String, files: FileSystem) throws(AuditError) -> ManifestEntry {
    let stream = try source.begin(
      .failureReplayManifest, rows: source.replayRows, in: folder, files: files)
    var pending = 0
    for number in source.built.matched.tasks.indices {
      let rows = TaskRows(source, number)
      guard rows.matched.inProtocol else { continue }
      var replay = rows.replay()
      try rows.matched.forEachEpisode { (position, index, _) throws(AuditError) in
        rows.fill(&replay, position, index)
        RowWriter.append(replay, of: rows.names, to: &stream.bytes)
        pending += 1
        if try stream.rowEnded() {
          source.progress.add(pending, of: source.allRows)
          pending = 0
        }
      }
    }
    source.progress.add(pending, of: source.allRows)
    return try stream.finish()
  }
}

/// Tells a mapped source which of its pages are behind us.
///
/// Tasks may lie in the file in another order than in the member, so a page is given up only when no
/// later task needs it.
private struct LexemePages {
  private let source: RowSource
  /// Per task, the first offset that it and all later ones read.
  private var firstNeeded: [Int]
  private var released = 0

  init(_ source: RowSource) {
    self.source = source
    let tasks = source.built.matched.tasks
    firstNeeded = Array(repeating: Int.max, count: tasks.count + 1)
    for number in tasks.indices.reversed() {
      let spans = Self.columns(tasks[number], source.run).compactMap { column in
        column.first { !$0.isNone }?.offset
      }
      firstNeeded[number] = min(firstNeeded[number + 1], spans.min() ?? Int.max)
    }
  }

  mutating func passed(task: Int, row: Int?) {
    guard let row, let lexemes = source.run.lexemes else { return }
    let here = Self.columns(source.built.matched.tasks[task], source.run)
      .compactMap { $0[row].isNone ? nil : $0[row].offset }.min()
    let limit = min(here ?? 0, firstNeeded[task + 1])
    guard limit > released, case .inOrder = source.built.matched.tasks[task].rows else { return }
    released = limit
    lexemes.release(upTo: limit)
  }

  private static func columns(_ task: MatchedTask, _ run: SavedRun) -> [[LexemeSpan]] {
    guard let place = task.source else { return [] }
    let saved = run.tasks[place]
    return [saved.sumRewards, saved.maxRewards, saved.durations].compactMap { $0 }
  }
}
