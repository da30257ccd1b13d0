internal import Evidence

/// A saved run laid over the frozen cells of a protocol: which row stands for which episode.
///
/// Order of tasks as in audit_input.json: those of the protocol in its order, then the others by the
/// bytes of `suite/task_id`. Episodes that a protocol's task has beyond its frozen indexes are an
/// entry of their own, outside of the protocol.
struct MatchedRun: Sendable {
  var tasks: [MatchedTask]
  /// Cells that the protocol freezes, over all tasks; nil when it freezes no indexes.
  var plannedCells: Int?
  /// Rows dropped under the retry policy.
  var duplicates = 0
  /// The highest attempt number of the whole source.
  var attempts = 1
  /// Set when a run without task names was taken for the protocol's only task.
  var matchedOnlyTask = false
}

/// One task, episode by episode.
struct MatchedTask: Sendable {
  var suite: String
  var taskID: String
  var name: String?
  var inProtocol: Bool
  /// Index into the run's tasks; nil when the run has no such task.
  var source: Int?
  /// Maximal ranges of episode indexes.
  var ranges: [ClosedRange<Int>]
  var rows: EpisodeRows
  /// Attempt numbers by row where they are not the source's own column.
  var attempts: [Int]?
  var count: Int
}

/// Which row of the source an episode is, by the episode's position in the task.
enum EpisodeRows: Sendable {
  /// Position p is row p.
  case inOrder
  /// The row, or -1 for a missing episode.
  case listed([Int32])

  func row(at position: Int) -> Int? {
    switch self {
    case .inOrder: return position
    case .listed(let rows):
      let row = Int(rows[position])
      return row < 0 ? nil : row
    }
  }
}

extension MatchedTask {
  /// Calls `body` with position, episode index and row of every episode, in index order.
  func forEachEpisode<E: Error>(
    _ body: (_ position: Int, _ index: Int, _ row: Int?) throws(E) -> Void
  ) throws(E) {
    var position = 0
    for range in ranges {
      for index in range {
        try body(position, index, rows.row(at: position))
        position += 1
      }
    }
  }

  /// The attempt that a row records.
  func attempt(of row: Int, in saved: SavedTask) -> Int {
    attempts?[row] ?? saved.attempts?[row] ?? 1
  }

  func key(index: Int, attempt: Int = 1) -> String {
    EpisodeKey.text(suite: suite, taskID: taskID, index: index, attempt: attempt)
  }
}
