public import ObjectStore
import Platform
import Signing
import TransparencyLog

/// What is known here of the logs of tips and the key history that one remote has.
///
/// A remote's are kept below `refs/remotes/NAME/wf/` and never become the store's own: a log of somebody
/// else is not continued here, since two histories under one name are a fork.
public struct RemoteLogs: Sendable {
  public let remote: String
  let store: EvidenceStore
  /// Whom the user believes without any key history.
  let options: VerifyOptions
  /// Keys of logs that are known here.
  let keys: [VerifierKey]
  /// What was fetched before, by the names that a store has for it.
  public let kept: [RefName: ObjectID]
  /// The store's own.
  public let own: [RefName: ObjectID]
  /// The log that the user keeps in this store, whether or not it is there.
  private let ownLog: RefName?
  let remembered: TipMemory.Snapshot

  /// So many logs of one remote are kept, whatever it offers.
  public static var most: Int { 1000 }

  /// - Throws: `log_key_malformed`, and what reading refs throws.
  public init(of remote: String, in store: EvidenceStore, options: VerifyOptions) throws {
    self.remote = remote
    self.store = store
    self.options = options
    keys = try store.knownLogKeys() + options.logKeys
    ownLog = try store.ownLogKey().flatMap { RefName(TipLog.prefix + $0.hex16) }
    remembered = try TipMemory(store: store).snapshot()
    let prefix = "refs/remotes/\(remote)/"
    var kept: [RefName: ObjectID] = [:]
    var own: [RefName: ObjectID] = [:]
    own[.keys] = try store.objects.ref(.keys)
    for ref in try store.objects.refs(TipLog.prefix, prefix + "wf/") {
      guard let name = ref.name.dropping(prefix) else {
        own[ref.name] = ref.target
        continue
      }
      if let name = RefName("refs/" + name), name.isLogOrKeys { kept[name] = ref.target }
    }
    self.kept = kept
    self.own = own
  }

  /// Whether a log is the store's own, or would be.
  func isOwn(_ ref: RefName) -> Bool {
    ref != .keys && (own[ref] != nil || ref == ownLog)
  }

  func isKnown(_ ref: RefName) -> Bool {
    keys.contains { ref.text == TipLog.prefix + $0.hex16 }
  }

  /// Those of a remote's refs that are looked at, and how many are not: what is known here goes first,
  /// so that no number of others keeps it out.
  public func chosen(_ offered: some Sequence<RefName>) -> (refs: [RefName], others: Int) {
    let offered = Set(offered)
    let logs = offered.filter { $0 != .keys }
    let known = logs.filter { kept[$0] != nil || isOwn($0) || isKnown($0) }
    let gone = kept.keys.filter { $0 != .keys && !logs.contains($0) }
    let room = max(0, Self.most - known.count - gone.count)
    let others = logs.subtracting(known).sorted()
    let refs = offered.subtracting(others).union(others.prefix(room))
    return (refs.sorted(), max(0, others.count - room))
  }

  /// Whether nothing is to be fetched of a ref: the remote has what is kept of it; or, of the store's
  /// own, the same or less.
  ///
  /// - Parameter tip: a commit that the store has.
  public func isSettled(_ ref: RefName, at tip: ObjectID) throws -> Bool {
    if kept[ref] == tip { return true }
    guard let mine = own[ref] else { return false }
    return try store.objects.isAncestor(tip, of: mine)
  }

  /// What was fetched before and is not there any more.
  public func missing(_ offered: Set<RefName>) -> [ImportedRef] {
    kept.filter { !offered.contains($0.key) && !isOwn($0.key) }.map { ref, tip in
      ImportedRef(name: ref, old: tip, new: nil, state: .rejected, refusal: gone(ref))
    }
  }

  /// Why a remote may not have less of a ref than was fetched from it.
  public func older(_ ref: RefName) -> RefRefusal {
    stepBack(
      ref, .tipRolledBack, .logRollback,
      "what \(remote) has is older than what was fetched from it")
  }

  /// Why a remote may not have something else than what goes on from what was fetched from it.
  public func forked(_ ref: RefName) -> RefRefusal {
    stepBack(
      ref, .tipForked, .logFork,
      "what \(remote) has does not come after what was fetched from it")
  }

  private func stepBack(
    _ ref: RefName, _ keys: HistoryError.Code, _ log: LogError.Code, _ what: String
  ) -> RefRefusal {
    let hint = "compare with another copy before you believe either; nothing was changed"
    return ref == .keys
      ? RefRefusal(HistoryError(keys, place: ref.text, what, hint: hint))
      : RefRefusal(LogError(log, what, place: ref.text, hint: hint))
  }

  /// Why a remote may not be without a ref that it had.
  public func gone(_ ref: RefName) -> RefRefusal {
    let hint =
      "ask who removed it; wf remote remove \(remote) forgets what the remote was seen to have"
    if ref == .keys {
      return RefRefusal(
        HistoryError(
          .refDeleted, place: ref.text, "\(remote) had this key history and has it no more",
          hint: hint))
    }
    return RefRefusal(
      LogError(
        .logRollback, "\(remote) had this log of tips and has it no more", place: ref.text,
        hint: hint))
  }
}

extension RefName {
  /// Whether this is what a store calls a log of tips (`refs/wf/log/` and 16 lower-case hex digits) or
  /// its key history (`refs/wf/keys`).
  var isLogOrKeys: Bool {
    if self == .keys { return true }
    guard let digits = dropping(TipLog.prefix)?.utf8, digits.count == 16 else { return false }
    return digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}

extension Reception {
  /// The ref in which a log or key history of a remote is kept.
  ///
  /// - Parameter ref: what a store calls it: `refs/wf/log/HEX16`, `refs/wf/keys`.
  public static func trackingRef(_ remote: String, of ref: RefName) -> RefName? {
    ref.isLogOrKeys
      ? RefName("refs/remotes/\(remote)/" + ref.text.dropFirst("refs/".count)) : nil
  }
}
