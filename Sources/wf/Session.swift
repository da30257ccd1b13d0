import History
import ObjectStore
import Platform
import Signing
import Terminal

/// What one run of a command works with; nothing in it is opened before a command asks.
struct Session: Sendable {
  let console: Console
  let files: FileSystem
  let surroundings: Surroundings
  let storeOption: String?

  /// The user's own folder.
  func user() throws -> KeyFolder {
    try KeyFolder(environment: surroundings.environment, files: files)
  }

  /// The store: `--store`, else `WF_STORE`, else the `.wf` found by looking upward.
  ///
  /// A given path may be the `.wf` folder itself or the folder that holds it.
  func store() throws -> EvidenceStore {
    EvidenceStore(objects: try objects(), user: try user(), surroundings: surroundings)
  }

  private func objects() throws -> ObjectStore {
    guard let path = givenStore else { return try ObjectStore.find(from: ".", system: files) }
    return try ObjectStore.open(at: path, system: files)
  }

  /// The path of the store's folder without opening it, since a check has to work on what an opening
  /// refuses.
  func storeFolder() throws -> String {
    try givenStore ?? ObjectStore.findFolder(from: ".", system: files)
  }

  private var givenStore: String? {
    guard let path = storePath else { return nil }
    let inside = Path.join(path, ".wf")
    return files.exists(inside) ? inside : path
  }

  private var storePath: String? {
    storeOption ?? surroundings.environment["WF_STORE"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Where what is only looked at lies meanwhile.
  var temporaryFolder: String {
    surroundings.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 }
      ?? FileVerification.temporaryFolder
  }

  /// Reads a version name as a person typed it.
  func version(_ text: String, in store: EvidenceStore?) throws -> VersionName {
    try VersionName(
      text,
      slugExists: { slug in
        guard let store, let ref = RefName.claim(slug) else { return false }
        return ((try? store.objects.ref(ref)) ?? nil) != nil
      },
      pathExists: { files.exists($0) })
  }
}
