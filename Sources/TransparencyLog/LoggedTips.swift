internal import Platform

/// The refs as the entries of a log tell them.
public struct LoggedTips: Sendable {
  /// The last commit of every ref that was ever logged.
  public private(set) var tips: [String: String] = [:]
  /// The last entry's time.
  private var time: Int64?
  /// Where refs are that somebody moved on purpose, until their next entry.
  private var accepted: [String: String?] = [:]

  public init() {}

  /// How a ref stands to the last commit that the log has of it.
  public enum State: String, Sendable {
    case logged = "ok"
    /// The ref has commits that no entry names: what an interrupted append leaves behind. The one
    /// state besides `logged` that is no fault.
    case notLogged = "tip_not_logged"
    case rolledBack = "tip_rolled_back"
    case forked = "tip_forked"
    case deleted = "ref_deleted"
  }

  /// Takes one more entry.
  ///
  /// - Parameter descends: whether the second commit is the first one or has it among its
  ///   ancestors.
  /// - Throws: `log_chain_broken` where `old` is not the ref's last commit, where `new` does not
  ///   descend from it, or where time goes back; and what `descends` throws.
  public mutating func append(
    _ entry: TipEntry, descends: (String, String) throws(LogError) -> Bool
  ) throws(LogError) {
    func broken(_ fault: String) -> LogError {
      LogError(.logChainBroken, fault, place: entry.ref)
    }
    if let time, entry.time.seconds < time { throw broken("the log's times go back") }
    guard entry.old == tips[entry.ref] else {
      throw broken("an entry does not continue the one before of the same ref")
    }
    let base = accepted[entry.ref] ?? entry.old
    accepted[entry.ref] = nil
    if let base {
      guard try descends(base, entry.new) else {
        throw broken("the ref was moved to a commit that does not descend from the one before")
      }
    }
    tips[entry.ref] = entry.new
    time = entry.time.seconds
  }

  /// Takes a ref to be at another commit than its last entry says, or gone; its next entry has to
  /// descend from there.
  public mutating func accept(_ ref: String, at tip: String?) {
    accepted.updateValue(tip, forKey: ref)
  }

  /// How one ref stands to the log.
  ///
  /// - Parameter tip: where the ref is; nil if it is gone.
  /// - Returns: nil for a ref that is neither there nor in the log.
  public func state(
    of ref: String, tip: String?, descends: (String, String) throws(LogError) -> Bool
  ) throws(LogError) -> State? {
    switch (accepted[ref] ?? tips[ref], tip) {
    case (nil, nil): return nil
    case (nil, .some): return .notLogged
    case (.some, nil): return .deleted
    case (let logged?, let tip?):
      if logged == tip { return .logged }
      if try descends(logged, tip) { return .notLogged }
      return try descends(tip, logged) ? .rolledBack : .forked
    }
  }
}
