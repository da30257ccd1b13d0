import Evidence
import History
import ObjectStore
import Platform
import Signing
import TestSupport

/// A store in a temporary folder with its own keys, clock and randomness.
struct TestStore {
  let folder = TemporaryFolder()
  let store: EvidenceStore
  let files: FileSystem

  /// - Parameter seconds: the clock, which stands still.
  init(seconds: Int64 = 1_780_000_000, hook: FileSystem.Hook? = nil) throws {
    let quiet = FileSystem()
    let surroundings = Surroundings(
      now: { seconds }, randomBytes: { (0..<$0).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) } },
      environment: [:])
    let user = KeyFolder(path: folder.path + "/config", files: quiet)
    _ = try user.generateKey(randomBytes: surroundings.randomBytes, now: seconds - 1000)
    _ = try ObjectStore.create(
      at: folder.path + "/.wf", system: quiet, surroundings: surroundings)
    files = FileSystem(hook: hook)
    store = EvidenceStore(
      objects: try ObjectStore.open(at: folder.path + "/.wf", system: files), user: user,
      surroundings: surroundings)
  }

  var gitDir: String { store.objects.path }

  func options() throws -> VerifyOptions {
    VerifyOptions(trust: try store.user.trust.read(), revocation: store.user.revocation())
  }

  /// The store read anew, as another process would.
  func reopened() throws -> EvidenceStore {
    EvidenceStore(
      objects: try ObjectStore.open(at: gitDir, system: FileSystem()), user: store.user,
      surroundings: store.surroundings)
  }

  static func example() throws -> PackageMembers {
    try readPackageFolder(Fixtures.path("package-example/package"), files: FileSystem())
  }

  @discardableResult
  func commitExample(label: String? = nil, unsigned: Bool = false) throws -> CommittedVersion {
    try store.commit(
      CommitRequest(members: Self.example(), subject: nil, label: label, unsigned: unsigned))
  }

  /// Stock git on the store, with the user's trust file.
  func git(_ arguments: String...) throws -> Finished {
    try run(
      [
        "git", "--git-dir", gitDir, "-c", "gpg.format=ssh", "-c",
        "gpg.ssh.allowedSignersFile=\(folder.path)/config/allowed_signers",
      ] + arguments)
  }
}

/// The slug of the example package's claim.
let exampleSlug = "examplevla-libero-spatial-two-tasks"

/// The digests of all files below a folder, those of running commands left out.
func state(_ folder: String) throws -> String {
  let list = "find . -type f ! -path ./wf/writers ! -path ./wf/gc.turn"
  return try run(["bash", "-c", "cd \(folder) && \(list) | sort | xargs sha256sum"]).out
}

/// What a package's files say, with the store's trust.
func report(
  _ path: String, _ test: TestStore, _ attestation: AttestationOptions
) throws -> TargetReport {
  var options = try test.options()
  options.attestation = attestation
  return try FileVerification(options: options, files: FileSystem()).report(path: path)
}
