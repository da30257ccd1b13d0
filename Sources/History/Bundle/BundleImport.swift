import ObjectStore
public import Platform
public import Signing

/// What an import did, or would do.
public struct BundleImport: Sendable {
  public let rows: [ImportedRef]
  /// What verify said of each claim and label; all of it good.
  public let reports: [TargetReport]
  /// Objects that the store did not have.
  public let objects: Int
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
    let examined = try examine(
      bundle.arrivals, Reception(remote: nil, movesClaims: true), options: options)
    if let refusal = examined.rows.lazy.compactMap(\.refusal).first { throw refusal }
    let result = BundleImport(
      rows: examined.rows
        + bundle.ignored.map {
          ImportedRef(name: $0.name, old: nil, new: $0.target, state: .ignored)
        },
      reports: examined.reports, objects: bundle.arrivals.newObjects)
    if !isDryRun { try accept(examined) }
    return result
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
  try makeStore(in: folder, user: user, surroundings: surroundings, files: files) { store in
    try store.importBundle(path, options: options)
  }
}

/// Makes a store in a new folder and fills it; the folder appears whole or not at all.
///
/// - Throws: `output_exists`, and what `fill` throws.
public func makeStore<R>(
  in folder: String, user: KeyFolder, surroundings: Surroundings, files: FileSystem,
  _ fill: (EvidenceStore) throws -> R
) throws -> R {
  let isEmpty = try files.statusIfPresent(folder)?.kind == .directory && files.list(folder).isEmpty
  let output = try files.beginFolder(at: folder, replacing: isEmpty)
  let objects = try ObjectStore.create(
    at: Path.join(output.path, ".wf"), system: files, surroundings: surroundings)
  let result = try fill(EvidenceStore(objects: objects, user: user, surroundings: surroundings))
  try output.publish()
  try files.syncDirectory(Path.parent(Path.normalise(folder)))
  return result
}
