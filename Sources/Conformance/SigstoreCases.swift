internal import Attestation
internal import JSON
internal import Platform
internal import Sigstore

/// Runs `cases.json` of a folder of Sigstore bundles (`wf.sigstore-cases/1`) through `BundleVerifier`.
///
/// A row of kind `bundle` holds one bundle against an artifact, a trusted root and one identity (or a
/// managed key); a row of kind `package` holds it against a package and a policy file. `also` lists
/// other right reasons. Throws when the table or a file of it cannot be read.
public func sigstoreCases(folder: String) throws -> [CaseResult] {
  let now = max(Surroundings.process().now(), SigstoreRow.afterAllRows)
  return try caseRows(folder).map {
    try SigstoreRow($0, folder: folder, now: now).run()
  }
}

private struct SigstoreRow {
  /// Every row's times lie before 2026-12-01, so that a clock that is behind does not decide a row.
  static let afterAllRows: Int64 = 1_796_083_200

  let row: JSONValue
  let folder: String
  let now: Int64

  init(_ row: JSONValue, folder: String, now: Int64) {
    self.row = row
    self.folder = folder
    self.now = now
  }

  func run() throws -> CaseResult {
    let bundle = try bytes("bundle")
    var reason: String?
    do {
      switch row["kind"]?.string {
      case "bundle": try verify(bundle: bundle)
      case "package": try verify(package: bundle)
      default: throw malformed("kind")
      }
    } catch let error as SigstoreError {
      reason = error.reason
    }
    return Expectation(row).judge(reason)
  }

  private func verify(bundle: [UInt8]) throws {
    var policy: SigstorePolicy?
    if let issuer = row["issuer"]?.string, let identity = row["identity"]?.string {
      policy = try SigstorePolicy(issuer: issuer, subject: identity)
    }
    let verifier = BundleVerifier(
      trustedRoot: try bytes("trusted_root"), policy: policy,
      managedKey: row["key"]?.string == nil
        ? nil : String(decoding: try bytes("key"), as: UTF8.self),
      now: now)
    _ = try verifier.verify(bundle: bundle, of: .file(try bytes("artifact")))
  }

  private func verify(package bundle: [UInt8]) throws {
    let policyPath = try path("policy")
    let policy = try SigstorePolicy(parsing: try mappedBytes(policyPath))
    let root = Path.join(Path.parent(policyPath), policy.trustedRoot)
    let folder = try path("package")
    let names = try FileSystem().list(folder).compactMap(\.name)
    let members = Dictionary(
      uniqueKeysWithValues: try names.map { ($0, try mappedBytes(Path.join(folder, $0))) })
    let verifier = BundleVerifier(trustedRoot: try mappedBytes(root), policy: policy, now: now)
    _ = try verifier.verify(
      bundle: bundle, of: .package(try AttestedPackage(members: members)))
  }

  private func bytes(_ member: String) throws -> [UInt8] { try mappedBytes(try path(member)) }

  private func path(_ member: String) throws -> String {
    guard let name = row[member]?.string else { throw malformed(member) }
    return Path.join(folder, name)
  }

  private func malformed(_ member: String) -> MalformedRow {
    MalformedRow(name: row["name"]?.string ?? "?", member: member)
  }
}
