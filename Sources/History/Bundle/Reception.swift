public import JSON
public import ObjectStore
public import Platform
import Signing

/// What became of one ref that came from elsewhere, or went there.
public struct ImportedRef: Sendable, Equatable {
  public enum State: String, Sendable {
    case new
    case fastForward = "fast_forward"
    case upToDate = "up_to_date"
    /// No claim or label, so none of a store's business.
    case ignored
    case rejected
  }

  public let name: RefName
  public let old: ObjectID?
  /// nil where the other side has none.
  public let new: ObjectID?
  public let state: State
  /// Why it was rejected.
  public var refusal: RefRefusal?

  public init(
    name: RefName, old: ObjectID?, new: ObjectID?, state: State, refusal: RefRefusal? = nil
  ) {
    self.name = name
    self.old = old
    self.new = new
    self.state = state
    self.refusal = refusal
  }

  /// One row of `wf.import/1`.
  public var json: JSONValue {
    [
      "name": .string(name.text), "old": old.map { .string($0.hex) } ?? .null,
      "new": new.map { .string($0.hex) } ?? .null, "state": .string(state.rawValue),
    ]
  }
}

/// Why one ref of several is not taken.
public struct RefRefusal: Failure, Equatable {
  public let kind: FailureKind
  public let reason: String
  public let message: String
  public let place: String?
  public let hint: String?

  public init(
    kind: FailureKind, reason: String, message: String, place: String?, hint: String?
  ) {
    self.kind = kind
    self.reason = reason
    self.message = message
    self.place = place
    self.hint = hint
  }

  public init(_ failure: any Failure) {
    self.init(
      kind: failure.kind, reason: failure.reason, message: failure.message, place: failure.place,
      hint: failure.hint)
  }
}

/// A history that is not taken because a check of it failed.
public struct BundleRefusal: Failure, Equatable {
  /// The first failed check, as verify shows it.
  public let check: CheckResult
  public let target: String

  public var reason: String { check.reason ?? "check_failed" }
  public var message: String {
    "the check \(check.check.rawValue) fails, so nothing was taken: \(check.detail)"
  }
  public var place: String? { check.path.map { "\(target), \($0)" } ?? target }
  public var hint: String? {
    switch check.fault {
    case .untrusted: "if you believe the signer: wf trust add PRINCIPAL KEY, or --trust FILE"
    case .unsigned: "ask the author for a signed version"
    case .historyRewritten: "compare with another copy before you believe either"
    default: "get it again from its author; wf verify shows all checks of a bundle"
    }
  }
  public var kind: FailureKind { check.failureKind }
}

/// Where arrivals go.
public struct Reception: Sendable {
  /// The remote's name, whose tips are kept apart; nil for a bundle.
  public var remote: String?
  /// Whether the store's own claims move forward with them.
  public var movesClaims: Bool
  public var scope: Arrivals.Scope

  public init(remote: String?, movesClaims: Bool, scope: Arrivals.Scope = .full) {
    self.remote = remote
    self.movesClaims = movesClaims
    self.scope = scope
  }

  /// The ref that shows what was there before.
  func keptRef(of row: Arrivals.Row) -> RefName {
    guard row.label == nil, let remote else { return row.ref }
    return Self.trackingRef(remote, row.slug) ?? row.ref
  }

  /// The ref in which a remote's claim is kept.
  public static func trackingRef(_ remote: String, _ slug: String) -> RefName? {
    RefName("refs/remotes/\(remote)/claims/\(slug)")
  }
}

/// Arrivals that were looked at, and what would move.
public struct Examined {
  /// One for each claim and label, in order.
  public let rows: [ImportedRef]
  public let reports: [TargetReport]
  let arrivals: Arrivals
  let reception: Reception
  fileprivate let moves: [[RefUpdate]]
  /// What moves besides them: logs and key histories of the remote.
  fileprivate var others: [RefUpdate] = []

  /// Takes logs and key histories along, those that were not refused.
  public mutating func add(_ judged: JudgedLogs) { others += judged.updates }

  public var isGood: Bool { rows.allSatisfy { $0.refusal == nil } }
}

extension EvidenceStore {
  /// Makes every check on arrivals: objects, signatures, package, history, and that refs go forward.
  ///
  /// Changes nothing.
  ///
  /// - Parameter judged: what was found of the logs and the key history that came along.
  public func examine(
    _ arrivals: Arrivals, _ reception: Reception, options: VerifyOptions,
    with judged: JudgedLogs? = nil
  ) throws -> Examined {
    // Co-signatures travel apart: a policy is held against what is here, by verify.
    var options = try believing(options, with: judged?.keys, in: arrivals)
    options.policy = nil
    let reports = try arrivals.reports(
      options, reception.scope, trusted: try checkedBefore(arrivals, reception))
    let memory = try TipMemory(store: self).snapshot()
    let targets = try objects.targets(
      of: arrivals.rows.flatMap { [$0.ref, reception.keptRef(of: $0)] })
    var rows: [ImportedRef] = []
    var moves: [[RefUpdate]] = []
    for (row, report) in zip(arrivals.rows, reports) {
      let stand = Stand(
        row: row, targets: targets, view: arrivals.quarantine.store, memory: memory,
        reception: reception)
      do {
        if let failure = report.firstFailure {
          throw BundleRefusal(check: failure, target: report.target)
        }
        let (imported, updates) = try stand.move()
        rows.append(imported)
        moves.append(updates)
      } catch let failure as any Failure {
        rows.append(stand.rejected(RefRefusal(failure)))
        moves.append([])
      }
    }
    return Examined(
      rows: rows, reports: reports, arrivals: arrivals, reception: reception, moves: moves)
  }

  /// Tips that went through these checks when they came from the remote.
  private func checkedBefore(
    _ arrivals: Arrivals, _ reception: Reception
  ) throws -> [ObjectID] {
    guard let remote = reception.remote else { return [] }
    let kept = arrivals.rows.filter { $0.label == nil }.compactMap {
      Reception.trackingRef(remote, $0.slug)
    }
    return try objects.targets(of: kept).values.filter(objects.contains)
  }

  /// Takes what was examined: objects first, durably, then the refs, then the memory of tips.
  ///
  /// - Throws: the first refusal where there is one; `ref_moved` where somebody was faster.
  public func accept(_ examined: Examined) throws {
    if let refusal = examined.rows.lazy.compactMap(\.refusal).first { throw refusal }
    let updates = examined.moves.flatMap { $0 } + examined.others
    let arrivals = examined.arrivals
    if !updates.isEmpty {
      try arrivals.quarantine.accept()
      try objects.update(updates, head: try newHead(arrivals, updates))
    }
    try remember(examined, moved: Set(updates.map(\.name)))
  }

  private func remember(_ examined: Examined, moved: Set<RefName>) throws {
    let snapshot = try TipMemory(store: self).snapshot()
    var seen: [Tips.Key: (commit: ObjectID, count: Int)] = [:]
    for row in examined.arrivals.rows where row.label == nil {
      var keys: [Tips.Key] = []
      if moved.contains(row.ref) { keys.append(Tips.Key(ref: row.ref)) }
      if let remote = examined.reception.remote {
        keys.append(Tips.Key(source: remote, ref: row.ref))
      }
      keys.removeAll { key in
        let known = snapshot.recollection(of: key.ref, source: key.source)
        return known.here?.commit == row.target && known.there?.commit == row.target
      }
      if keys.isEmpty { continue }
      let count = try length(
        from: row.target,
        knowing: [".", examined.reception.remote].compactMap { source in
          source.flatMap { snapshot.recollection(of: row.ref, source: $0).known }
        })
      for key in keys { seen[key] = (row.target, count) }
    }
    if !seen.isEmpty {
      TipMemory(store: self).rememberIfPossible(seen, knowing: snapshot, syncs: 3)
    }
  }

  /// The claim that HEAD is to name where it names none that exists; nil to leave it.
  private func newHead(_ arrivals: Arrivals, _ updates: [RefUpdate]) throws -> RefName? {
    if let head = try objects.head(), try objects.ref(head) != nil { return nil }
    let moved = Set(updates.map(\.name))
    let claims = arrivals.rows.filter { $0.label == nil && moved.contains($0.ref) }
    return (claims.first { $0.target == arrivals.head } ?? claims.first)?.ref
  }
}

/// How one claim or label from elsewhere stands to ours, and to the last one seen.
private struct Stand {
  let row: Arrivals.Row
  /// Where the refs of all rows lead here.
  let targets: [RefName: ObjectID]
  let view: ObjectStore
  let memory: TipMemory.Snapshot
  let reception: Reception

  private var kept: RefName { reception.keptRef(of: row) }

  func rejected(_ refusal: RefRefusal) -> ImportedRef {
    ImportedRef(
      name: row.ref, old: targets[kept], new: row.target, state: .rejected, refusal: refusal)
  }

  /// - Throws: `tip_rolled_back` `tip_forked` `tag_moved` `tag_name_mismatch`.
  func move() throws -> (ImportedRef, [RefUpdate]) {
    row.label == nil ? try moveClaim() : try moveLabel()
  }

  private func moveLabel() throws -> (ImportedRef, [RefUpdate]) {
    let old = targets[row.ref]
    func moved(_ state: ImportedRef.State) -> ImportedRef {
      ImportedRef(name: row.ref, old: old, new: row.target, state: state)
    }
    if old == row.target { return (moved(.upToDate), []) }
    if let old {
      throw HistoryError(
        .tagMoved, place: row.ref.text,
        "the label stands for \(old.hex.prefix(16)) here, the other side has another version for it",
        hint: "a label is never moved; compare both with wf verify")
    }
    try checkName()
    return (moved(.new), [RefUpdate(row.ref, from: nil, to: row.target)])
  }

  private func moveClaim() throws -> (ImportedRef, [RefUpdate]) {
    let own = targets[row.ref]
    let known = memory.recollection(of: row.ref, source: reception.remote ?? ".").known?.commit
    var updates: [RefUpdate] = []
    let kept = kept
    let old = targets[kept]
    for tip in Set([old, known].compactMap { $0 }) { try checkForward(from: tip) }
    if reception.remote != nil {
      if old != row.target { updates.append(RefUpdate(kept, from: old, to: row.target)) }
      if let update = try ownMove(own) { updates.append(update) }
    } else if own != row.target {
      updates.append(RefUpdate(row.ref, from: own, to: row.target))
    }
    let before = reception.movesClaims && updates.contains { $0.name == row.ref } ? own : old
    let state: ImportedRef.State =
      before == row.target ? .upToDate : before == nil ? .new : .fastForward
    return (ImportedRef(name: row.ref, old: before, new: row.target, state: state), updates)
  }

  /// How the store's own claim moves with a remote's: a claim that is ahead of the remote stays, one
  /// that went another way is a fork.
  private func ownMove(_ own: ObjectID?) throws -> RefUpdate? {
    if own == row.target { return nil }
    if let own, try isBefore(row.target, own) { return nil }
    if let own { try checkForward(from: own) }
    guard reception.movesClaims else { return nil }
    if own == nil, let known = memory.recollection(of: row.ref, source: ".").known {
      try checkForward(from: known.commit)
    }
    return RefUpdate(row.ref, from: own, to: row.target)
  }

  private func isBefore(_ older: ObjectID, _ newer: ObjectID) throws -> Bool {
    try view.contains(newer) && view.isAncestor(older, of: newer)
  }

  private func checkForward(from tip: ObjectID) throws {
    if tip == row.target { return }
    if view.contains(tip), try view.isAncestor(tip, of: row.target) { return }
    let isOlder = try isBefore(row.target, tip)
    let there = reception.remote.map { "the tip on \($0)" } ?? "the bundle's tip"
    throw HistoryError(
      isOlder ? .tipRolledBack : .tipForked, place: row.ref.text,
      isOlder
        ? "\(there), \(row.target.hex.prefix(16)), is older than the one known here, \(tip.hex.prefix(16))"
        : "\(there), \(row.target.hex.prefix(16)), does not come after the one known here, \(tip.hex.prefix(16))",
      hint: isOlder
        ? "the store has everything of this claim already; nothing was changed"
        : "two histories of one claim exist; compare them with wf verify before you believe either")
  }

  /// A tag object says its own name, which is the one that was signed.
  private func checkName() throws {
    guard let label = row.label, try view.kind(of: row.target) == .tag else { return }
    let name = try view.tag(row.target).name
    guard name == "\(row.slug)/\(label)" else {
      throw ObjectError(
        .tagNameMismatch, object: row.target, place: row.ref.text,
        message: "the label was signed under another name, \(name)")
    }
  }
}
