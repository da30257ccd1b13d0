import Attestation
import Audit
import Evidence
import JSON
import Platform
import Sharing
import Signing
import TestSupport

/// A package that is sound in every number and digest, with texts of one's own in it.
struct MadePackage {
  let package: SharedPackage
  let members: PackageMembers

  /// - Parameters:
  ///   - claim, plan, provenance: change the parsed members before digests are made anew.
  init(
    claim changeClaim: (inout JSONValue) -> Void = { _ in },
    plan changePlan: (inout JSONValue) -> Void = { _ in },
    provenance changeProvenance: (inout JSONValue) -> Void = { _ in },
    input changeInput: (inout JSONValue) -> Void = { _ in },
    manifest changeManifest: (inout JSONValue) -> Void = { _ in }
  ) throws {
    package = try SharedPackage()
    var members = PackageMembers()
    func value(_ name: SharedName) throws -> JSONValue {
      try JSONValue.parse(Fixtures.bytes("package-example/package/\(name.rawValue)"))
    }
    func put(_ value: JSONValue, _ name: SharedName) throws -> String {
      let bytes = try CanonicalJSON.bytes(value) + [0x0A]
      members.set(name.rawValue, to: bytes)
      return Digest.text(of: bytes)
    }
    var claim = try value(.claim)
    changeClaim(&claim)
    var plan = try value(.evaluationProtocol)
    changePlan(&plan)
    if let frozen = plan["frozen"] {
      plan.set(["freeze_digest"], .string(Digest.text(of: try CanonicalJSON.bytes(frozen))))
    }
    var input = try value(.auditInput)
    changeInput(&input)
    let digests = InputDigests(
      claim: try put(claim, .claim), protocol: try put(plan, .evaluationProtocol),
      auditInput: try put(input, .auditInput))
    let evidence = try judge(
      claim: try Claim.decode(try members.bytes("claim.json")),
      protocol: try EvaluationProtocol.decode(try members.bytes("protocol.json")),
      input: try AuditInput.decode(try members.bytes("audit_input.json")), digests: digests)
    let evidenceDigest = try put(evidence, .evidence)
    let text = try evidenceText(
      evidence: evidence, claimDigest: digests.claim, auditInputDigest: digests.auditInput)
    members.set("evidence.md", to: text)
    let id = evidence["package_id"] ?? .null
    var provenance = try value(.auditProvenance)
    provenance.set(["package_id"], id)
    for (name, digest) in [
      ("claim", digests.claim), ("protocol", digests.protocol),
      ("audit_input", digests.auditInput), ("evidence", evidenceDigest),
      ("evidence_md", Digest.text(of: text)),
      ("protocol_freeze", plan["freeze_digest"]?.string ?? ""),
    ] { provenance.set(["digests", name], .string(digest)) }
    changeProvenance(&provenance)
    _ = try put(provenance, .auditProvenance)
    var manifest = try value(.artifactManifest)
    manifest.set(["package_id"], id)
    let rows = try (manifest["members"]?.array ?? []).map { row -> JSONValue in
      var row = row
      if let name = row["name"]?.string, members.contains(name) {
        let bytes = try members.bytes(name)
        row.set(["size"], .number(JSONNumber(Int64(bytes.count))))
        row.set(["digest"], .string(Digest.text(of: bytes)))
      }
      return row
    }
    manifest.set(["members"], .array(rows))
    changeManifest(&manifest)
    _ = try put(manifest, .artifactManifest)
    self.members = members
    for name in members.names { try package.write(try members.bytes(name), to: name) }
    try sign()
  }

  /// Signs whatever the members are, as somebody would who wants them out.
  private func sign() throws {
    var bytes: [String: [UInt8]] = [:]
    for name in members.names { bytes[name] = try members.bytes(name) }
    let attested = try AttestedPackage(members: bytes)
    let statement = try EvidenceStatement(about: attested, now: SharedPackage.now - 60)
    try package.write(
      try statement.signed(by: package.key, about: attested, now: SharedPackage.now),
      to: "signature.dsse.json")
  }
}

extension JSONValue {
  /// Sets a value at a path of keys.
  mutating func set(_ path: [String], _ value: JSONValue?) {
    guard var object, let key = path.first else { return }
    if path.count == 1 {
      object[key] = value
    } else {
      var inner = object[key] ?? .object(JSONObject())
      inner.set(Array(path.dropFirst()), value)
      object[key] = inner
    }
    self = .object(object)
  }
}
