internal import Synchronization

/// Rows of failure_replay_manifest.jsonl that were found right.
///
/// Versions of one claim have the same planned episodes and so, as a rule, the same rows. What is to
/// be found wrong with them follows from the rows and the planned episodes alone, so the same rows
/// for the same episodes need not be looked at again. Shared by the checks of many packages; holds
/// the rows that came last.
public final class CheckedRows: Sendable {
  private struct Known {
    /// The whole member; the rows follow the first line feed.
    let member: [UInt8]
    let start: Int
    let count: Int
    let planned: [EpisodeDirectory.Task]
  }

  private let last = Mutex<Known?>(nil)

  public init() {}

  /// The number of rows behind `start`, where just these were found right for these episodes.
  func count(of member: [UInt8], from start: Int, for planned: [EpisodeDirectory.Task]) -> Int? {
    guard let known = last.withLock({ $0 }),
      member.count - start == known.member.count - known.start,
      member.order(of: start..<member.count, known.member, known.start..<known.member.count) == 0,
      known.planned.count == planned.count,
      zip(known.planned, planned).allSatisfy({ $0.isPlanned(as: $1) })
    else { return nil }
    return known.count
  }

  /// Takes up rows that nothing is wrong with.
  func remember(
    _ member: [UInt8], from start: Int, count: Int, for planned: [EpisodeDirectory.Task]
  ) {
    last.withLock { $0 = Known(member: member, start: start, count: count, planned: planned) }
  }
}

extension EpisodeDirectory.Task {
  /// Whether the same episodes with the same seeds are planned, however they ended.
  fileprivate func isPlanned(as other: EpisodeDirectory.Task) -> Bool {
    first == other.first && suite == other.suite && taskID == other.taskID
      && task.inProtocol == other.task.inProtocol
      && task.episodes.indexes == other.task.episodes.indexes
      && task.episodes.seeds == other.task.episodes.seeds
  }
}
