import Archives
import Attestation
import Evidence
import History
import JSON
import Platform
import Sharing
import Signing
import TestSupport

/// The worked example as it is published: seven members and an envelope.
struct TestPackage: Sendable {
  /// 2026-11-24T12:00:00Z, the clock of the worked example.
  static let now: Int64 = 1_795_521_600

  let files: [(name: String, bytes: [UInt8])]
  let signers: [UInt8]

  init() throws {
    let key = Signer(try SecretKey(seed: [UInt8](repeating: 5, count: 32).span))
    var members = PackageMembers()
    var files: [(name: String, bytes: [UInt8])] = []
    for name in SharedName.members {
      let bytes = try Fixtures.read(Fixtures.path("package-example/package/" + name.rawValue))
      members.set(name.rawValue, to: bytes)
      files.append((name.rawValue, bytes))
    }
    let request = try AttestationRequest(members: members, version: nil, now: Self.now - 60)
    files.append(("signature.dsse.json", try request.signed(by: key)))
    self.files = files
    signers = TrustedSigners([
      TrustedSigners.Signer(label: "example signer", key: key.publicKey)
    ]).encoded()
  }

  /// The same, committed and signed by the program, with the proof of its commit.
  init(_ sealed: SealedPackage) throws {
    files = sealed.files.sorted { $0.key < $1.key }.map { (name: $0.key, bytes: $0.value) }
    signers = try Fixtures.read(sealed.work + "/signers.json")
  }

  private init(files: [(name: String, bytes: [UInt8])], signers: [UInt8]) {
    self.files = files
    self.signers = signers
  }

  func without(_ isGone: (String) -> Bool) -> TestPackage {
    TestPackage(files: files.filter { !isGone($0.name) }, signers: signers)
  }

  func changing(_ name: String, _ change: (inout [UInt8]) -> Void) -> TestPackage {
    TestPackage(
      files: files.map { file in
        var file = file
        if file.name == name { change(&file.bytes) }
        return file
      }, signers: signers)
  }

  static func digest(_ bytes: [UInt8]) -> String { Digest.text(of: bytes) }

  var manifestDigest: String { Self.digest(bytes("artifact_manifest.json")) }

  func bytes(_ name: String) -> [UInt8] { files.first { $0.name == name }?.bytes ?? [] }

  var announcement: JSONValue {
    [
      "kind": "evidence_package", "manifest_digest": .string(manifestDigest),
      "members": .array(
        files.map { file in
          [
            "name": .string(file.name), "size": .number(JSONNumber(Int64(file.bytes.count))),
            "digest": .string(Self.digest(file.bytes)),
          ]
        }),
    ]
  }

  var signing: JSONValue {
    [
      "signing": [
        "backend": "self-sign", "config": .string(String(decoding: signers, as: UTF8.self)),
      ]
    ]
  }

  func tar() throws -> [UInt8] {
    try Tar.write(
      files.map { Tar.Entry(name: $0.name, bytes: $0.bytes) }, modified: Self.now)
  }

  /// The worked approval record with fields changed.
  static func approval(_ changes: [String: JSONValue] = [:]) throws -> String {
    guard
      var object = try JSONValue.parse(Fixtures.bytes("package-example/share/approval.json")).object
    else { return "" }
    for (key, value) in changes { object[key] = value }
    return String(decoding: try CanonicalJSON.bytes(.object(object)) + [10], as: UTF8.self)
  }
}

/// `Content-Digest` of bytes.
func contentDigest(_ bytes: [UInt8]) -> String {
  let hex = TestPackage.digest(bytes).dropFirst("sha256:".count)
  return "sha-256=:\(Base64.encode(Hex.decode(hex) ?? [])):"
}
