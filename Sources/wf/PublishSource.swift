import Evidence
import History
import ObjectStore
import Platform
import Sharing
import Signing

/// The package that a publication is about, laid out as it would leave.
struct PublishSource {
  let session: Session
  let version: String

  /// Lays out the package and gives it to the body; the layout is gone afterwards.
  ///
  /// A version of the store is verified whole first, and its statement is signed with the user's key
  /// where it has to be and no file of a signature is given.
  ///
  /// - Parameters:
  ///   - backend: nil: no signature is needed, as for a draft of an approval.
  ///   - signature: a file of one.
  func withPackage<Result>(
    backend: Backend?, signature: String?, includesProof: Bool,
    _ body: (OutgoingPackage) throws -> Result
  ) throws -> Result {
    var contents = try contents(signs: backend == .selfSign && signature == nil)
    if let signature, let backend {
      let bytes = try session.files.read(signature, limit: backend.file.sizeLimit)
      if backend == .selfSign { contents.envelope = bytes } else { contents.bundle = bytes }
    }
    let folder = session.files.temporaryName(
      beside: Path.join(session.temporaryFolder, "wf-publish"))
    defer { try? session.files.removeTree(folder) }
    return try body(
      try OutgoingPackage(
        contents, backend: backend ?? .selfSign, includesProof: includesProof, in: folder,
        files: session.files))
  }

  private func contents(signs: Bool) throws -> PackageContents {
    let store = try? session.store()
    let name = try session.version(version, in: store)
    if case .path(let path) = name {
      return try PackageContents(
        path: path, files: session.files, temporaryFolder: session.temporaryFolder)
    }
    let open = try store ?? session.store()
    let found = try open.resolve(name)
    try verify(found, in: open)
    return try PackageContents(
      publicPartOf: found.commit, in: open,
      signedBy: signs ? try attestingSigner(nil, session) : nil)
  }

  /// - Throws: what the first failed check says, with its class of exit code.
  private func verify(_ found: ResolvedVersion, in store: EvidenceStore) throws {
    let reports = try StoreVerification(
      store: store, options: try store.believing(try store.ownOptions())
    ).reports([StoreVerification.Target(name: version, version: found)])
    guard let failure = reports.first?.firstFailure else { return }
    throw FailedCheck(failure, version: version)
  }
}

/// A version that does not verify is not published.
struct FailedCheck: Failure {
  let kind: FailureKind
  let reason: String
  let message: String
  let place: String?
  let hint: String?

  init(_ row: CheckResult, version: String) {
    kind = row.failureKind
    reason = row.reason ?? "verification_failed"
    message = "the check \(row.check.rawValue) fails: \(row.detail)"
    place = row.path ?? version
    hint = "wf verify \(version) says everything; nothing was sent"
  }
}
