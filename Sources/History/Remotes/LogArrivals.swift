public import ObjectStore
import Platform
import Signing
import TransparencyLog

/// The claims of a remote, as its logs are held against them.
public struct RemoteClaims: Sendable {
  /// Where claims are that need not be fetched.
  public var tips: [RefName: ObjectID] = [:]
  /// Every claim that the remote has.
  public var names: Set<RefName> = []
  /// Whether every claim was asked for; else one that is not among `names` may be there.
  public var areAll: Bool

  public init(areAll: Bool) { self.areAll = areAll }
}

/// What was found of a remote's logs and key history.
public struct JudgedLogs {
  /// One for each that arrived.
  public internal(set) var rows: [ImportedRef] = []
  /// Claims that are not where a log has them, and logs kept before that do not hold.
  public internal(set) var faults: [RefName: RefRefusal] = [:]
  /// Sentences for people: what is kept without being judged.
  public internal(set) var remarks: [String] = []
  var updates: [RefUpdate] = []
  /// Logs of known keys as the remote has them.
  var logs: [CheckedLog] = []
  /// The key history that arrived and holds.
  var keys: ObjectID?

  /// Nothing was found, as where there are none.
  public init() {}

  /// Why a ref is not taken.
  public func refusal(of ref: RefName) -> RefRefusal? {
    rows.first { $0.name == ref }?.refusal ?? faults[ref]
  }
}

extension RemoteLogs {
  /// Makes every check on logs and key histories that arrived, and holds claims against the logs whose
  /// keys are known.
  ///
  /// Changes nothing but that both sides of a fork are kept in the user's folder.
  ///
  /// - Parameter arrivals: nil where nothing was to be fetched.
  public func judge(_ arrivals: Arrivals?, _ claims: RemoteClaims) throws -> JudgedLogs {
    let view = arrivals.map {
      EvidenceStore(
        objects: $0.quarantine.store, user: store.user, surroundings: store.surroundings)
    }
    var judged = JudgedLogs()
    let memo = VerifiedObjects()
    for commit in Array(kept.values) + own.values { memo.trustHistory(of: commit) }
    var unjudged: [RefName] = []
    for item in arrivals?.logs ?? [] {
      guard let view else { continue }
      do {
        let report = view.objects.checkGraph(of: item.target, includingHistory: true, memo: memo)
        if let failure = report.failure { throw failure }
        if item.name == .keys {
          try takeKeys(item, view, &judged)
        } else if isOwn(item.name) {
          try compareOwn(item, view)
          judged.rows.append(row(item, .upToDate))
        } else {
          try takeLog(item, view, &judged)
          if !isKnown(item.name) { unjudged.append(item.name) }
        }
      } catch let failure as any Failure {
        judged.rows.append(row(item, .rejected, RefRefusal(failure)))
      }
    }
    try addKept(view ?? store, &judged)
    var claims = claims
    for row in arrivals?.rows ?? [] where row.label == nil { claims.tips[row.ref] = row.target }
    for log in judged.logs { try hold(claims, against: log, &judged) }
    if let remark = remark(on: unjudged) { judged.remarks.append(remark) }
    return judged
  }

  /// Remembers the logs of known keys, once they were taken.
  public func remember(_ judged: JudgedLogs) {
    let memory = CheckpointMemory(store: store, source: remote)
    for log in judged.logs { memory.remember(log, remembered) }
  }

  private func row(
    _ item: Ref, _ state: ImportedRef.State, _ refusal: RefRefusal? = nil
  ) -> ImportedRef {
    ImportedRef(
      name: item.name, old: state == .upToDate ? item.target : kept[item.name], new: item.target,
      state: state, refusal: refusal)
  }

  private func take(_ item: Ref, _ judged: inout JudgedLogs) {
    let old = kept[item.name]
    judged.rows.append(
      row(item, old == nil ? .new : old == item.target ? .upToDate : .fastForward))
    guard old != item.target, let name = Reception.trackingRef(remote, of: item.name) else {
      return
    }
    judged.updates.append(RefUpdate(name, from: old, to: item.target))
  }

  private func takeLog(_ item: Ref, _ view: EvidenceStore, _ judged: inout JudgedLogs) throws {
    if isKnown(item.name) {
      let log = try checked(item, view)
      try compareCopies(log, view)
      try checkContinues(log, item, view)
      judged.logs.append(log)
    } else {
      try checkForward(item, view)
    }
    take(item, &judged)
  }

  /// A log of a known key, checked and held against what was seen of it on this remote.
  private func checked(_ item: Ref, _ view: EvidenceStore) throws -> CheckedLog {
    let log = try view.check(try tipLog(item, in: view), keys: keys)
    let memory = CheckpointMemory(store: store, source: remote)
    for seen in remembered.checkpoints(of: log.checkpoint.origin, source: remote) {
      try memory.compare(seen, with: log)
    }
    return log
  }

  private func tipLog(_ item: Ref, in view: EvidenceStore) throws -> TipLog {
    try TipLog(ref: item.name, head: item.target, in: view.objects)
  }

  /// A log goes on from what was kept of it.
  private func checkContinues(_ log: CheckedLog, _ item: Ref, _ view: EvidenceStore) throws {
    guard let old = kept[item.name], old != item.target else { return }
    do {
      let seen = try signed(old, item.name, key: log.key).checkpoint
      try CheckpointMemory(store: store, source: remote).compare(seen, with: log)
      try checkForward(item, view)
    } catch {
      // What was kept before its key was known may be anybody's, and then binds nobody.
      let isGood =
        (try? view.check(try tipLog(Ref(name: item.name, target: old), in: view), keys: keys))
        != nil
      if isGood { throw error }
    }
  }

  /// Logs of known keys that were kept before and did not arrive anew.
  private func addKept(_ view: EvidenceStore, _ judged: inout JudgedLogs) throws {
    let present = Set(judged.logs.map(\.log.ref))
    for (ref, tip) in kept.sorted(by: { $0.key < $1.key })
    where ref != .keys && !present.contains(ref) && isKnown(ref) && !isOwn(ref) {
      do {
        judged.logs.append(try checked(Ref(name: ref, target: tip), view))
      } catch let failure as any Failure {
        if judged.refusal(of: ref) == nil { judged.faults[ref] = RefRefusal(failure) }
      }
    }
  }

  private func signed(
    _ head: ObjectID, _ ref: RefName, key: VerifierKey
  ) throws -> SignedCheckpoint {
    let log = try TipLog(ref: ref, head: head, in: store.objects)
    return try SignedCheckpoint(try log.note(), keys: [key])
  }

  /// Other remotes may have more of this log or less, and not another one.
  private func compareCopies(_ log: CheckedLog, _ view: EvidenceStore) throws {
    for (place, head) in try otherCopies(of: log.log.ref) {
      try compare(log, with: head, at: place)
    }
  }

  /// What was fetched of a ref from other remotes, and from which.
  private func otherCopies(of ref: RefName) throws -> [(place: String, head: ObjectID)] {
    try RemoteList(store.objects).remotes.map(\.name).compactMap { other in
      guard other != remote, let name = Reception.trackingRef(other, of: ref) else { return nil }
      return try store.objects.ref(name).map { ("on \(other)", $0) }
    }
  }

  /// Both sides have to be states of one log, whichever is longer.
  private func compare(_ log: CheckedLog, with head: ObjectID, at place: String) throws {
    let copy = try signed(head, log.log.ref, key: log.key)
    let (now, seen) = (log.checkpoint, copy.checkpoint)
    var reader =
      seen.size <= now.size
      ? log.log.reader(now)
      : try TipLog(ref: log.log.ref, head: head, in: store.objects).reader(seen)
    let path = try reader.consistencyPath(from: min(seen.size, now.size))
    _ = try ForkEvidence(user: store.user, files: store.files).keeping(
      ForkEvidence.Side(title: "As it is \(place)", checkpoint: seen, bytes: copy.bytes),
      shown: log.signed,
      hex16: log.key.hex16
    ) { () throws(LogError) in
      try seen.size <= now.size
        ? CheckpointComparison.check(remembered: seen, shown: now, path: path)
        : CheckpointComparison.check(remembered: now, shown: seen, path: path)
    }
  }

  /// The store's own log on the remote may be what is here or older, which a push puts right.
  ///
  /// - Throws: `log_rollback` where it has more entries, `log_fork` where it went another way.
  private func compareOwn(_ item: Ref, _ view: EvidenceStore) throws {
    let mine = own[item.name]
    if let mine, try view.objects.isAncestor(item.target, of: mine) { return }
    if isKnown(item.name) {
      let log = try view.check(try tipLog(item, in: view), keys: keys)
      if let mine { try compare(log, with: mine, at: "here") }
    }
    guard let mine else {
      throw LogError(
        .logRollback, "\(remote) has the log of this store, which is not here",
        place: item.name.text, hint: "get the store back from a copy that has its log")
    }
    if try view.objects.isAncestor(mine, of: item.target) {
      throw LogError(
        .logRollback, "the log of this store has more entries on \(remote) than here",
        place: item.name.text,
        hint: "this store is an old copy, or another one goes on with its log; get the newer one")
    }
    throw LogError(
      .logFork, "the log of this store and the one on \(remote) go separate ways",
      place: item.name.text,
      hint: "two copies of one store went on; go on with one, and wf clone for the other")
  }

  private func takeKeys(_ item: Ref, _ view: EvidenceStore, _ judged: inout JudgedLogs) throws {
    let mine = own[.keys]
    if let mine, try view.objects.isAncestor(item.target, of: mine) {
      judged.rows.append(row(item, .upToDate))
      return
    }
    let state = try KeyHistory(store: view, own: options).state(of: item.target, takingRoot: true)
    try checkForward(item, view)
    let copies = try otherCopies(of: .keys) + (mine.map { [("here", $0)] } ?? [])
    for (place, copy) in copies
    where try !view.objects.isAncestor(copy, of: item.target)
      && !view.objects.isAncestor(item.target, of: copy)
      && view.chain(from: copy, limit: KeyHistory.most).last?.id == state.root
    {
      throw HistoryError(
        .tipForked, place: item.name.text,
        "the key history \(place) and the one on \(remote) go separate ways",
        hint: "two copies of one store rotated a key, or somebody has the key; ask its owner")
    }
    take(item, &judged)
    if state.isRootBelieved {
      judged.keys = item.target
    } else {
      judged.remarks.append(
        "the key history on \(remote) begins with a signature of nobody whom you trust: it is kept "
          + "and counts for nothing; wf trust add PRINCIPAL KEY, then wf trust follow")
    }
  }

  /// What was kept goes forward only.
  private func checkForward(_ item: Ref, _ view: EvidenceStore) throws {
    guard let old = kept[item.name], old != item.target else { return }
    if try view.objects.isAncestor(old, of: item.target) { return }
    throw try view.objects.isAncestor(item.target, of: old) ? older(item.name) : forked(item.name)
  }

  /// Holds the remote's claims against one of its logs; a claim that is ahead of the log is fine.
  private func hold(
    _ claims: RemoteClaims, against log: CheckedLog, _ judged: inout JudgedLogs
  ) throws {
    for (text, logged) in log.tips.tips.sorted(by: { $0.key < $1.key }) {
      guard let ref = RefName(text), text.hasPrefix(EvidenceStore.claimPrefix) else { continue }
      let tip = claims.tips[ref]
      // One that was refused stands for itself, one that was not asked for is not missed.
      if tip == nil, claims.names.contains(ref) || !claims.areAll { continue }
      guard let state = try log.state(of: ref, at: tip), judged.faults[ref] == nil else { continue }
      judged.faults[ref] = fault(state, ref, logged).map { RefRefusal($0) }
    }
  }

  private func fault(
    _ state: LoggedTips.State, _ ref: RefName, _ logged: String
  ) -> HistoryError? {
    let entry = "the log of tips on \(remote) has it at \(logged.prefix(16))"
    switch state {
    case .logged, .notLogged: return nil
    case .rolledBack:
      return HistoryError(
        .tipRolledBack, place: ref.text, "the tip on \(remote) is older: \(entry)",
        hint: "ask who moved the claim back; nothing of it was taken")
    case .forked:
      return HistoryError(
        .tipForked, place: ref.text, "the tip on \(remote) went another way: \(entry)",
        hint: "two histories of one claim exist; ask whose log it is before you believe either")
    case .deleted:
      return HistoryError(
        .refDeleted, place: ref.text, "\(remote) does not have this claim: \(entry)",
        hint:
          "it was removed, or never pushed (wf push --all); a claim that is named is fetched alone"
      )
    }
  }

  private func remark(on unjudged: [RefName]) -> String? {
    guard let first = unjudged.sorted().first else { return nil }
    let path = Path.join(store.user.path, "log_keys")
    let what =
      unjudged.count == 1
      ? "\(first) on \(remote) is by a key that is not known here"
      : "\(first) and \(unjudged.count - 1) more on \(remote) are by keys that are not known here"
    return "\(what): kept and not judged; ask whoever commits there for the key that wf log-check "
      + "prints, and put it into \(path)"
  }
}
