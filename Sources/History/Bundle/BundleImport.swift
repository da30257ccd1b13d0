public import JSON
public import ObjectStore
public import Platform
public import Signing

/// What became of one ref of a bundle.
public struct ImportedRef: Sendable, Equatable {
  public enum State: String, Sendable {
    case new
    case fastForward = "fast_forward"
    case upToDate = "up_to_date"
    /// No claim or label, so none of a store's business.
    case ignored
  }

  public let name: RefName
  public let old: ObjectID?
  public let new: ObjectID
  public let state: State

  /// One row of `wf.import/1`.
  public var json: JSONValue {
    [
      "name": .string(name.text), "old": old.map { .string($0.hex) } ?? .null,
      "new": .string(new.hex), "state": .string(state.rawValue),
    ]
  }
}

/// What an import did, or would do.
public struct BundleImport: Sendable {
  public let rows: [ImportedRef]
  /// What verify said of each claim and label; all of it good.
  public let reports: [TargetReport]
  /// Objects that the store did not have.
  public let objects: Int
}

/// A bundle that is not taken because a check of it failed.
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
    default: "get the bundle again from its author; wf verify FILE shows all checks"
    }
  }
  public var kind: FailureKind { check.failureKind }
}

extension EvidenceStore {
  /// Brings the claims and labels of a bundle into the store, all of them or none.
  ///
  /// Every check of verify passes on the bundle's own graph, in a quarantine, before the store gets
  /// an object; refs go forward only.
  ///
  /// - Parameter isDryRun: makes all checks and changes nothing.
  /// - Throws: `BundleRefusal` with a check's word; `tip_rolled_back` `tip_forked` `tag_moved` where
  ///   a ref would not go forward; what is wrong with the file.
  public func importBundle(
    _ path: String, options: VerifyOptions, isDryRun: Bool = false
  ) throws -> BundleImport {
    let folder = Path.join(objects.path, "wf")
    _ = try files.makeDirectories(folder)
    Quarantine.sweep(folder, now: surroundings.now(), system: files)
    let bundle = try OpenedBundle(path, in: folder, beside: objects, files: files)
    let reports = try bundle.reports(options)
    for report in reports {
      if let failure = report.firstFailure {
        throw BundleRefusal(check: failure, target: report.target)
      }
    }
    let rows = try bundle.rows.map { try move($0, in: bundle.quarantine.store) }
    let result = BundleImport(
      rows: rows
        + bundle.ignored.map {
          ImportedRef(name: $0.name, old: nil, new: $0.target, state: .ignored)
        },
      reports: reports, objects: bundle.newObjects)
    if !isDryRun { try take(bundle, rows) }
    return result
  }

  /// How a ref of the bundle stands to ours, and to the last one seen.
  private func move(_ row: OpenedBundle.Row, in view: ObjectStore) throws -> ImportedRef {
    let old = try objects.ref(row.ref)
    func moved(_ state: ImportedRef.State) -> ImportedRef {
      ImportedRef(name: row.ref, old: old, new: row.target, state: state)
    }
    if row.label != nil {
      if old == row.target { return moved(.upToDate) }
      if let old {
        throw HistoryError(
          .tagMoved, place: row.ref.text,
          "the label stands for \(old.hex.prefix(16)) here, the bundle has another version for it",
          hint: "a label is never moved; compare both with wf verify")
      }
      try checkName(of: row, in: view)
      return moved(.new)
    }
    var known = try TipMemory(store: self).recollection(of: row.ref).known?.commit
    for tip in [old, known] {
      guard let tip, tip != row.target else { continue }
      try checkForward(row, from: tip, in: view)
      known = nil
    }
    return moved(old == row.target ? .upToDate : old == nil ? .new : .fastForward)
  }

  private func checkForward(
    _ row: OpenedBundle.Row, from tip: ObjectID, in view: ObjectStore
  ) throws {
    if view.contains(tip), try view.isAncestor(tip, of: row.target) { return }
    let isOlder = try view.contains(tip) && view.isAncestor(row.target, of: tip)
    throw HistoryError(
      isOlder ? .tipRolledBack : .tipForked, place: row.ref.text,
      isOlder
        ? "the bundle's tip \(row.target.hex.prefix(16)) is older than the one here, \(tip.hex.prefix(16))"
        : "the bundle's tip \(row.target.hex.prefix(16)) does not come after the one here, \(tip.hex.prefix(16))",
      hint: isOlder
        ? "the store has everything of this claim already; nothing was changed"
        : "two histories of one claim exist; compare them with wf verify before you believe either")
  }

  /// A tag object says its own name, which is the one that was signed.
  private func checkName(of row: OpenedBundle.Row, in view: ObjectStore) throws {
    guard let label = row.label, try view.kind(of: row.target) == .tag else { return }
    let name = try view.tag(row.target).name
    guard name == "\(row.slug)/\(label)" else {
      throw ObjectError(
        .tagNameMismatch, object: row.target, place: row.ref.text,
        message: "the label was signed under another name, \(name)")
    }
  }

  private func take(_ bundle: OpenedBundle, _ rows: [ImportedRef]) throws {
    let updates = rows.filter { $0.state != .upToDate }
    if updates.isEmpty { return }
    try bundle.quarantine.accept()
    try objects.update(
      updates.map { RefUpdate($0.name, from: $0.old, to: $0.new) }, head: try newHead(bundle))
    let memory = TipMemory(store: self)
    for row in updates where row.name.dropping(Self.claimPrefix) != nil {
      memory.rememberIfPossible(
        row.name, row.new, count: try chain(from: row.new).count, syncing: true)
    }
  }

  /// The claim that HEAD is to name where it names none that exists; nil to leave it.
  private func newHead(_ bundle: OpenedBundle) throws -> RefName? {
    if let head = try objects.head(), try objects.ref(head) != nil { return nil }
    let claims = bundle.rows.filter { $0.label == nil }
    return (claims.first { $0.target == bundle.head } ?? claims.first)?.ref
  }
}

/// Makes a store of a bundle in a new folder, which appears whole or not at all.
///
/// - Parameters:
///   - folder: where `.wf` is to lie; an empty folder may be there.
///   - user: where the tips that were seen are remembered.
/// - Throws: as `importBundle`; `output_exists`.
public func cloneBundle(
  _ path: String, to folder: String, options: VerifyOptions, user: KeyFolder,
  surroundings: Surroundings, files: FileSystem
) throws -> BundleImport {
  let isEmpty = try files.statusIfPresent(folder)?.kind == .directory && files.list(folder).isEmpty
  let output = try files.beginFolder(at: folder, replacing: isEmpty)
  let objects = try ObjectStore.create(
    at: Path.join(output.path, ".wf"), system: files, surroundings: surroundings)
  let store = EvidenceStore(
    objects: objects, user: user, surroundings: surroundings)
  let result = try store.importBundle(path, options: options)
  try output.publish()
  return result
}
