import JSON
import Platform
import ShareServer
import TestSupport

/// The example package, committed, signed and exported by the program, with the page about it.
struct SealedPackage: Sendable {
  struct Failed: Error { let why: String }

  private let folder: TemporaryFolder
  /// Where the files lie in `out/`, and as package.tar, signer.pub and signers.json.
  let work: String
  /// Bytes by name: the seven members, the envelope, and the proof.
  let files: [String: [UInt8]]
  /// `ssh-ed25519 AAAA…`.
  let publicKey: String
  let fingerprint: String

  static let members = [
    "claim.json", "protocol.json", "evidence.json", "evidence.md", "audit_input.json",
    "audit_provenance.json", "artifact_manifest.json",
  ]
  static let signature = "signature.dsse.json"
  static let proof = ["proof/commit", "proof/tree"]
  /// Of a claim that was registered before; else there is nothing behind the commit.
  static let history = "proof/history"

  /// - Parameter registered: whether claim and protocol were, in a commit before the package's.
  init(registered: Bool = false) throws {
    try self.init(by: Program.prepared(), registered: registered)
  }

  init(by program: Program, registered: Bool = false) throws {
    folder = program.folder
    work = program.work
    let made = try program.shell(
      """
      set -e
      \(registered ? Self.registering : "")
      $WF commit '\(Fixtures.path("package-example/package"))' >/dev/null
      $WF export \(Self.slug) --public --attest --output out >/dev/null
      $WF export \(Self.slug) --public --attest --format tar --output package.tar >/dev/null
      $WF key show >signer.pub
      $WF key show --trusted-signer-config >signers.json
      """)
    guard made.status == 0 else { throw Failed(why: made.err) }
    var files: [String: [UInt8]] = [:]
    let proof = Self.proof + (registered ? [Self.history] : [])
    for name in Self.members + [Self.signature] + proof {
      files[name] = try Fixtures.read("\(work)/out/\(name)")
    }
    self.files = files
    shownProof = proof
    let line = String(decoding: try Fixtures.read(work + "/signer.pub"), as: UTF8.self)
    publicKey = line.split(separator: " ").prefix(2).joined(separator: " ")
      .filter { $0 != "\n" }
    let signers = try JSONValue.parse(Fixtures.read(work + "/signers.json"))
    fingerprint = signers["signers"]?.array?.first?["fingerprint"]?.string ?? ""
  }

  private let shownProof: [String]

  private static var registering: String {
    let package = Fixtures.path("package-example/package")
    return "mkdir claim; cp '\(package)'/claim.json '\(package)'/protocol.json claim; "
      + "chmod u+w claim/*; $WF claim register claim >/dev/null"
  }

  private static let slug = "examplevla-libero-spatial-two-tasks"

  /// The DTO of the example, which is about the same bytes, with this signer.
  func dto(served: Bool = true) throws -> JSONValue {
    try PageExamples.dto()
      .setting("verification", "signer", to: .string("test signer \(fingerprint)"))
      .setting("share", "package_bytes", to: served ? "served" : "withheld")
  }

  var shared: SharedFiles {
    SharedFiles(signature: Self.signature, proof: shownProof, publicKey: publicKey)
  }

  /// A byte in the middle of a file with one bit changed; of the envelope, one of the signature.
  func flipped(_ name: String) -> [UInt8] {
    var bytes = files[name] ?? []
    var place = bytes.count / 2
    if name == Self.signature, let at = bytes.firstRange(of: Array("\"sig\":\"".utf8)) {
      place = at.upperBound + 10
      bytes[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
    } else {
      bytes[place] ^= 1
    }
    return bytes
  }
}
