import ObjectStore
import Platform
import Signing

/// A git bundle whose objects were taken out into a quarantine, where they can be checked.
final class OpenedBundle {
  /// A claim's tip or a label, by the ref that the bundle gives it.
  struct Row {
    let ref: RefName
    let target: ObjectID
    let slug: String
    /// nil for the claim itself.
    let label: String?
  }

  let path: String
  /// Claims and labels, in the bundle's order; what else it names is passed over.
  let rows: [Row]
  /// Names of the refs that are none of ours.
  let ignored: [BundleHeader.Row]
  /// What HEAD leads to, where the bundle says so.
  let head: ObjectID?
  let quarantine: Quarantine
  /// Objects that the store beside does not have.
  let newObjects: Int

  /// - Parameters:
  ///   - folder: where the quarantine is made, and removed with this value.
  ///   - real: the store that is to take the objects; nil for none.
  /// - Throws: `bundle_…`, what is wrong with the pack, `bundle_without_claim`.
  init(
    _ path: String, in folder: String, beside real: ObjectStore? = nil, files: FileSystem
  ) throws {
    self.path = path
    let file = try files.map(path)
    let header = try BundleHeader(Self.head(of: file))
    var rows: [Row] = []
    var ignored: [BundleHeader.Row] = []
    for row in header.rows where row.name != .head {
      if let own = Self.row(row) { rows.append(own) } else { ignored.append(row) }
    }
    guard rows.contains(where: { $0.label == nil }) else {
      throw HistoryError(
        .bundleWithoutClaim, place: path, "the bundle has no claim of a store in it",
        hint: "wf export SLUG --format bundle makes one that has")
    }
    self.rows = rows
    self.ignored = ignored
    head = header.rows.first { $0.name == .head }?.target
    quarantine = try Quarantine(in: folder, beside: real, system: files)
    newObjects = try quarantine.unpack(
      file, header, rows: rows.map { BundleHeader.Row($0.ref, $0.target) })
  }

  /// Whether a file begins as a git bundle does.
  static func isBundle(_ file: MappedFile) -> Bool {
    BundleHeader.isBundle(Array(head(of: file).prefix(32)))
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
  func reports(_ options: VerifyOptions) throws -> [TargetReport] {
    let verification = StoreVerification(store: store, options: options)
    return try rows.map { row in
      let isTag = try row.label != nil && quarantine.store.kind(of: row.target) == .tag
      let version = ResolvedVersion(
        commit: isTag ? try quarantine.store.peel(row.target) : row.target, slug: row.slug,
        tag: isTag ? row.target : nil)
      let name = row.slug + (row.label.map { "@" + $0 } ?? "")
      let target = rows.count == 1 ? path : "\(path) (\(name))"
      return try verification.report(target: target, version: version)
    }
  }

  private static func head(of file: MappedFile) -> [UInt8] {
    unsafe file.withBytes { raw in
      unsafe Array(raw.prefix(BundleHeader.longest))
    }
  }

  private static func row(_ row: BundleHeader.Row) -> Row? {
    if let slug = row.name.dropping(EvidenceStore.claimPrefix) {
      return isSlug(slug) ? Row(ref: row.name, target: row.target, slug: slug, label: nil) : nil
    }
    let parts = row.name.dropping("refs/tags/")?.split(separator: "/").map(String.init) ?? []
    guard parts.count == 2, isSlug(parts[0]), Label.isValid(parts[1]) else { return nil }
    return Row(ref: row.name, target: row.target, slug: parts[0], label: parts[1])
  }
}
