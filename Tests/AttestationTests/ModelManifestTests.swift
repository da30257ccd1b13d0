import Attestation
import Crypto
import JSON
import Platform
import Testing

struct ModelManifestTests {
  private func digest(_ bytes: [UInt8]) -> String { Hex.encode(SHA256.hash(data: bytes)) }

  private func package(_ files: [String: [UInt8]]) throws -> AttestedPackage {
    try AttestedPackage(digests: files.mapValues { digest($0) }) { files[$0] }
  }

  /// The example with a member that only its manifest makes one, and files below `raw/`.
  private func files() throws -> [String: [UInt8]] {
    var files = try Samples.members()
    files["raw-notes.json"] = Array("{}".utf8)
    for (index, name) in ["raw/zz/1", "raw/aa/2", "raw/salt"].enumerated() {
      files[name] = [UInt8(index)]
    }
    var manifest = try #require(
      try JSONValue.parse(files["artifact_manifest.json"] ?? []).object)
    let row: JSONValue = [
      "name": "raw-notes.json", "digest": .string("sha256:" + digest(Array("{}".utf8))),
    ]
    manifest["members"] = .array((manifest["members"]?.array ?? []) + [row])
    files["artifact_manifest.json"] = try CanonicalJSON.bytes(.object(manifest))
    return files
  }

  @Test func `every file is a resource, folder by folder, and the root is over their digests`()
    throws
  {
    let files = try files()
    let manifest = try ModelManifest(of: package(files))
    // By the bytes of whole paths `raw-notes.json` would come before `raw/…`.
    #expect(
      manifest.resources.map(\.name) == [
        "artifact_manifest.json", "audit_input.json", "audit_provenance.json", "claim.json",
        "evidence.json", "evidence.md", "protocol.json", "raw/aa/2", "raw/salt", "raw/zz/1",
        "raw-notes.json",
      ])
    #expect(manifest.resources.allSatisfy { $0.sha256 == digest(files[$0.name] ?? []) })
    var hash = SHA256()
    for resource in manifest.resources {
      hash.update(data: Array(SHA256.hash(data: files[resource.name] ?? [])))
    }
    #expect(manifest.rootDigest == Hex.encode(hash.finalize()))
  }

  @Test func `the statement has one subject, the claim's slug with the root digest`() throws {
    let manifest = try ModelManifest(of: Samples.package())
    let statement = try Statement(parsing: manifest.statement.encoded())
    #expect(statement.predicateType == "https://model_signing/signature/v1.0")
    #expect(
      statement.subjects == [
        Statement.Subject(
          name: "examplevla-libero-spatial-two-tasks", digests: ["sha256": manifest.rootDigest])
      ])
    let serialization = try #require(statement.predicate?["serialization"])
    #expect(serialization["method"] == "files" && serialization["hash_type"] == "sha256")
    #expect(serialization["allow_symlinks"] == false)
    #expect(
      serialization["ignore_paths"] == [
        "model-signing.dsse.json", "model-signing.sigstore.json", "model-signing.statement.json",
        "proof", "signature.dsse.json", "signature.sigstore.json", "test-result.dsse.json",
        "test-result.sigstore.json", "test-result.statement.json",
      ])
    #expect(
      statement.predicate?["resources"]?.array?.first == [
        "algorithm": "sha256", "digest": .string(manifest.resources[0].sha256),
        "name": "artifact_manifest.json",
      ])
  }

  @Test func `a changed member and a stranger among the members are found`() throws {
    var members = try Samples.members()
    members["evidence.md"]?.append(0x0A)
    let changed = try AttestedPackage(members: members)
    #expect(code { _ = try ModelManifest(of: changed) } == .bytesChanged)
    members = try Samples.members()
    members["raw.json"] = []
    let more = try AttestedPackage(members: members)
    #expect(code { _ = try ModelManifest(of: more) } == .subjectMismatch)
    members["raw.json"] = nil
    members["claim.json"] = nil
    let unnamed = try AttestedPackage(members: members)
    #expect(code { _ = try ModelManifest(of: unnamed) } == .subjectMissing)
  }

  @Test func `files below raw are no members of any other statement`() throws {
    let package = try package(Samples.members().merging(["raw/salt": [3]]) { $1 })
    let ours = try EvidenceStatement(about: package, now: 0)
    #expect(ours == (try EvidenceStatement(about: Samples.package(), now: 0)))
    try ours.check(against: package, now: Samples.now)
    let result = try TestResult(of: package).statement(about: package)
    #expect(result.subjects == ours.subjects)
  }

  @Test func `no file of one predicate has the name of another's`() {
    let names = PackagePredicate.allCases.flatMap {
      [$0.envelopeName, $0.bundleName, $0.statementName]
    }
    #expect(Set(names).count == names.count)
    #expect(PackagePredicate.evidencePackage.envelopeName == Envelope.fileName)
    #expect(!PackagePredicate.foreignNames.contains(Envelope.fileName))
    #expect(PackagePredicate.foreignNames.count == 6)
  }
}
