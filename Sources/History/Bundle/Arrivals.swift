public import ObjectStore
import Platform
import Signing

/// Claims and labels from elsewhere with all their objects, in a quarantine where they can be checked.
///
/// A bundle's, or a remote's: both go through the same checks before the store gets an object.
public final class Arrivals {
  /// A claim's tip or a label.
  public struct Row: Sendable, Equatable {
    /// `refs/heads/claims/SLUG` or `refs/tags/SLUG/LABEL`.
    public let ref: RefName
    public let target: ObjectID
    public let slug: String
    /// nil for the claim itself.
    public let label: String?

    /// Nil where the ref is neither a claim nor a label of one.
    public init?(_ ref: RefName, _ target: ObjectID) {
      self.ref = ref
      self.target = target
      if let slug = ref.dropping(EvidenceStore.claimPrefix) {
        guard isSlug(slug) else { return nil }
        self.slug = slug
        label = nil
        return
      }
      let parts = ref.dropping("refs/tags/")?.split(separator: "/").map(String.init) ?? []
      guard parts.count == 2, isSlug(parts[0]), Label.isValid(parts[1]) else { return nil }
      slug = parts[0]
      label = parts[1]
    }
  }

  /// What is looked at.
  public enum Scope: Sendable {
    /// All checks of verify.
    case full
    /// Objects and signatures alone, for histories that hold no whole packages.
    case objectsAndSignatures
  }

  /// What they are called in reports.
  public let origin: String
  public let rows: [Row]
  /// Logs of tips and key histories, by the names that a store has for them.
  public let logs: [Ref]
  /// What HEAD leads to, where the other side says so.
  let head: ObjectID?
  let quarantine: Quarantine
  /// Objects that the store beside does not have.
  public let newObjects: Int

  init(
    origin: String, rows: [Row], logs: [Ref] = [], head: ObjectID?, quarantine: Quarantine,
    newObjects: Int
  ) {
    self.origin = origin
    self.rows = rows
    self.logs = logs
    self.head = head
    self.quarantine = quarantine
    self.newObjects = newObjects
  }

  /// The quarantine as a store that knows no user.
  var store: EvidenceStore {
    EvidenceStore(
      objects: quarantine.store,
      user: KeyFolder(path: quarantine.store.path + "/no-user", files: quarantine.store.system),
      surroundings: Surroundings(
        now: { 0 }, randomBytes: { [UInt8](repeating: 0, count: $0) }, environment: [:]))
  }

  /// What verify says of every claim and label in it.
  ///
  /// - Parameter trusted: commits that went through these checks before.
  func reports(
    _ options: VerifyOptions, _ scope: Scope = .full, trusted: [ObjectID] = []
  ) throws -> [TargetReport] {
    let verification = StoreVerification(store: store, options: options, trusted: trusted)
    let targets = try rows.map { row in
      let isTag = try row.label != nil && quarantine.store.kind(of: row.target) == .tag
      let version = ResolvedVersion(
        commit: isTag ? try quarantine.store.peel(row.target) : row.target, slug: row.slug,
        tag: isTag ? row.target : nil)
      let name = row.slug + (row.label.map { "@" + $0 } ?? "")
      return StoreVerification.Target(
        name: rows.count == 1 ? origin : "\(origin) (\(name))", version: version)
    }
    switch scope {
    case .full: return try verification.reports(targets)
    case .objectsAndSignatures:
      return try targets.map { target in
        let commit = target.version.commit
        var report = TargetReport(
          target: target.name, commit: commit.hex, checks: [verification.graphCheck(of: commit)],
          signer: nil)
        if report.ok {
          report.checks.append(try verification.signatureCheck(of: target.version))
        }
        return report
      }
    }
  }
}

extension EvidenceStore {
  /// Takes objects from elsewhere into a quarantine beside the store.
  ///
  /// - Parameters:
  ///   - origin: what they are called in reports.
  ///   - fill: gives every object to the function it gets, which returns the object's id, and says
  ///     which claims and labels there are, and which logs and key histories.
  public func quarantine(
    from origin: String,
    _ fill: (@escaping Quarantine.Adding) throws -> (rows: [Arrivals.Row], logs: [Ref])
  ) throws -> Arrivals {
    let folder = Path.join(objects.path, "wf")
    _ = try files.makeDirectories(folder)
    Quarantine.sweep(folder, now: surroundings.now(), system: files)
    let quarantine = try Quarantine(in: folder, beside: objects, system: files)
    var rows: [Arrivals.Row] = []
    var logs: [Ref] = []
    let count = try quarantine.receive { add in
      (rows, logs) = try fill(add)
      // As a remote's: the checks of claims are not to take them for the quarantine's own.
      let kept = logs.compactMap { log in
        Reception.trackingRef(origin, of: log.name).map { BundleHeader.Row($0, log.target) }
      }
      return rows.map { BundleHeader.Row($0.ref, $0.target) } + kept
    }
    return Arrivals(
      origin: origin, rows: rows, logs: logs, head: nil, quarantine: quarantine,
      newObjects: count)
  }
}
