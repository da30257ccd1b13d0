internal import Evidence

/// How much of a source is read at most.
///
/// No evaluation is near these; a file made to exhaust memory is.
public struct ReadLimits: Sendable, Equatable {
  /// (suite, task id) pairs of one run.
  public var tasks = 200_000
  /// Episodes of one run.
  public var episodes = 10_000_000
  /// Videos and other files that a run names.
  ///
  /// A package lists them in one member, which a store takes up to 1 GiB, and each is held in memory.
  public var references = 1_000_000
  /// Bytes of one file; a place in a file is told by at most 40 bits.
  public var fileBytes = 1 << 36
  /// Bytes of one line of a log, which is held as a whole.
  public var lineBytes = 64 << 20

  public init() {}

  /// - Throws: `limit_exceeded` with the number that is too large.
  func check(_ tasks: [SavedTask], of path: String) throws(AdapterError) {
    let rows = tasks.reduce(0) { $0 + $1.count }
    let named = tasks.reduce(0) { $0 + $1.media.count }
    let counts = [
      (tasks.count, self.tasks, "tasks"), (rows, episodes, "episodes"),
      (named, references, "files that episodes name"),
    ]
    for (count, limit, what) in counts where count > limit {
      throw AdapterError(
        .limitExceeded, place: path, message: "\(count) \(what), and at most \(limit) are read",
        hint: "one audit is about one run: was more than one put together?")
    }
  }
}
