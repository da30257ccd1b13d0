public import ObjectStore
public import Platform

/// The objects of a git bundle, for a repair that takes what is missing from it.
///
/// Keeps them in a temporary folder for as long as the value lives.
public final class BundleSource {
  public let objects: ObjectSource
  private let bundle: OpenedBundle

  /// Nil where the file is no bundle.
  ///
  /// - Throws: as `wf verify FILE` does of a bundle that can't be read.
  public init?(_ path: String, in temporaryFolder: String, files: FileSystem) throws {
    guard OpenedBundle.isBundle(try files.map(path)) else { return nil }
    bundle = try OpenedBundle(path, in: temporaryFolder, files: files)
    let store = bundle.quarantine.store
    objects = ObjectSource(name: path) { id in try? store.object(id) }
  }
}
