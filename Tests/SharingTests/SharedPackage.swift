import Attestation
import Evidence
import History
import JSON
import Platform
import Sharing
import Signing
import TestSupport
import Testing

/// The worked example as it would be published: seven members and an envelope, in a folder.
struct SharedPackage {
  /// 2026-11-24T12:00:00Z, the clock of the worked example.
  static let now: Int64 = 1_795_521_600

  let folder = TemporaryFolder()
  var path: String { folder.path }
  let key: Signer

  init(signedBy number: UInt8 = 5) throws {
    key = try Self.signer(number)
    let files = FileSystem()
    let example = Fixtures.path("package-example/package")
    var members = PackageMembers()
    for name in SharedName.members {
      let bytes = try Fixtures.read(example + "/" + name.rawValue)
      members.set(name.rawValue, to: bytes)
      try files.write(bytes, to: path + "/" + name.rawValue)
    }
    let request = try AttestationRequest(members: members, version: nil, now: Self.now - 60)
    try files.write(try request.signed(by: key), to: path + "/signature.dsse.json")
  }

  static func signer(_ number: UInt8) throws -> Signer {
    Signer(try SecretKey(seed: [UInt8](repeating: number, count: 32).span))
  }

  var trust: ShareTrust {
    .selfSign(
      TrustedSigners([TrustedSigners.Signer(label: "example signer", key: key.publicKey)]))
  }

  func check(
    approval: ApprovalRecord? = nil, trust: ShareTrust? = nil, now: Int64 = now
  ) throws(SharingError) -> VerifiedShare {
    try PublicGate(trust: trust ?? self.trust, now: now)
      .check(folder: path, approval: approval, files: FileSystem())
  }

  /// The word of the refusal; nil where the gate lets the package through.
  func refusal(approval: ApprovalRecord? = nil, trust: ShareTrust? = nil) -> SharingError? {
    do throws(SharingError) {
      _ = try check(approval: approval, trust: trust)
      return nil
    } catch {
      return error
    }
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    _ = try FileSystem().makeDirectories(Path.parent(path + "/" + name))
    try FileSystem().write(bytes, to: path + "/" + name)
  }
}

/// The worked approval record with fields changed; null takes a field out.
func approvalBytes(_ changes: [String: JSONValue] = [:]) throws -> [UInt8] {
  var object = try #require(
    try JSONValue.parse(Fixtures.bytes("package-example/share/approval.json")).object)
  for (key, value) in changes { object[key] = value }
  return try CanonicalJSON.bytes(.object(object)) + [0x0A]
}

func approval(_ changes: [String: JSONValue] = [:]) throws -> ApprovalRecord {
  try ApprovalRecord(parsing: try approvalBytes(changes), now: SharedPackage.now)
}
