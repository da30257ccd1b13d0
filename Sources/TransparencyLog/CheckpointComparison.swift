/// What was seen of a log before, held against what it shows now.
public enum CheckpointComparison {
  /// Whether the log shown continues the one remembered.
  ///
  /// - Parameter path: the log's own proof between the two sizes.
  /// - Throws: `log_replaced` for another origin, `log_rollback` for a smaller size, `log_fork` for
  ///   another root, or a larger tree that does not continue the remembered one.
  public static func check(
    remembered: Checkpoint, shown: Checkpoint, path: [TreeHash]
  ) throws(LogError) {
    guard shown.origin == remembered.origin else {
      throw LogError(
        .logReplaced, "\(remembered.origin) was seen here before, now there is \(shown.origin)",
        place: shown.origin)
    }
    guard shown.size >= remembered.size else {
      throw LogError(
        .logRollback, "the log had \(remembered.size) entries and shows \(shown.size)",
        place: shown.origin)
    }
    guard
      MerkleProof.connects(
        remembered.size, root: remembered.root, to: shown.size, root: shown.root, path: path)
    else {
      let fault =
        shown.size == remembered.size
        ? "two roots were signed for \(shown.size) entries"
        : "the log of \(shown.size) entries does not continue that of \(remembered.size)"
      throw LogError(.logFork, fault, place: shown.origin)
    }
  }
}
