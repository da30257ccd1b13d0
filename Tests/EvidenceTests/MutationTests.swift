import Evidence
import JSON
import Testing

/// One field of the example changed, everything that follows from it made to fit again, so that only
/// the check that is meant can notice.
struct Mutation: Sendable, CustomTestStringConvertible {
  let member: MemberName
  let pointer: String
  /// nil removes the value.
  let value: JSONValue?
  let check: CheckFinding.Check
  let number: Int?
  let code: EvidenceError.Code
  /// Member that must be named, the changed one unless said otherwise.
  let named: MemberName
  /// The other place of a cross check.
  let other: MemberName?
  /// For ids and digests: changed after the rest was made to fit.
  let isLate: Bool

  var testDescription: String {
    "\(member.rawValue) \(pointer) → \(check.rawValue) \(number ?? 0) \(code.rawValue)"
  }

  static func schema(
    _ member: MemberName, _ pointer: String, _ value: JSONValue?, _ code: EvidenceError.Code
  ) -> Mutation {
    Mutation(
      member: member, pointer: pointer, value: value, check: .schema, number: nil, code: code,
      named: member, other: nil, isLate: false)
  }

  static func manifest(
    _ pointer: String, _ value: JSONValue?, _ check: CheckFinding.Check,
    _ code: EvidenceError.Code, named: MemberName = .artifactManifest
  ) -> Mutation {
    Mutation(
      member: .artifactManifest, pointer: pointer, value: value, check: check, number: nil,
      code: code, named: named, other: nil, isLate: true)
  }

  static func cross(
    _ number: Int, _ member: MemberName, _ pointer: String, _ value: JSONValue?,
    _ code: EvidenceError.Code, named: MemberName? = nil, other: MemberName? = nil,
    isLate: Bool = false
  ) -> Mutation {
    Mutation(
      member: member, pointer: pointer, value: value, check: .cross, number: number, code: code,
      named: named ?? member, other: other, isLate: isLate)
  }

  func applied() throws -> PackageMembers {
    var example = try ExamplePackage()
    if !isLate { example[member, pointer] = value }
    try example.refit()
    if isLate {
      example[member, pointer] = value
      if member != .auditProvenance { try example.refitDigests() }
    }
    if !(isLate && member == .artifactManifest) { try example.refitManifest() }
    return try example.members()
  }
}

@Suite struct MutationTests {
  @Test(arguments: Mutation.schemas + Mutation.manifests + Mutation.crosses)
  func `a changed field gives the reason word of the check that is meant`(
    _ mutation: Mutation
  ) throws {
    let findings = checkPackage(try mutation.applied(), scope: .full)
    let hit = findings.first {
      $0.check == mutation.check && $0.code == mutation.code && $0.member == mutation.named.rawValue
        && (mutation.number == nil || $0.number == mutation.number)
    }
    #expect(hit != nil, "\(findings)")
    if mutation.check == .cross {
      #expect(hit?.otherPlace != nil, "a cross check names both places")
      if let other = mutation.other { #expect(hit?.otherPlace?.member == other.rawValue) }
      #expect(findings.allSatisfy { $0.check == .cross }, "\(findings)")
    } else {
      // What depends on a member that does not fit its schema is left out, not guessed.
      let isManifest = mutation.member == .artifactManifest
      #expect(
        findings.allSatisfy {
          $0.check == mutation.check || (isManifest && $0.check == .manifest)
        }, "\(findings)")
    }
  }

  @Test func `a protocol edited after it was frozen fails cross check 7 alone`() throws {
    var example = try ExamplePackage()
    let stated = example[.evaluationProtocol, "/freeze_digest"]
    example[.evaluationProtocol, "/frozen/probes"] = ["libero-spatial", "libero-goal"]
    try example.refit()
    example[.evaluationProtocol, "/freeze_digest"] = stated
    example[.evidence, "/protocol/freeze_digest"] = stated
    example[.auditProvenance, "/digests/protocol_freeze"] = stated
    try example.refitPackageID()
    try example.refitManifest()
    let findings = checkPackage(try example.members(), scope: .full)
    #expect(findings.map(\.code) == [.freezeMismatch])
    #expect(findings.first?.number == 7)
    #expect(findings.first?.place.pointer == "/freeze_digest")
    let error = #expect(throws: EvidenceError.self) {
      try EvaluationProtocol.decode(try example.encoded(.evaluationProtocol))
    }
    #expect(error?.code == .freezeMismatch)
  }

  @Test func `refitting the unchanged example changes no byte`() throws {
    var example = try ExamplePackage()
    try example.refit()
    try example.refitManifest()
    for name in MemberName.allCases {
      #expect(try example.encoded(name) == ExamplePackage.bytes(name))
    }
  }

  @Test(arguments: MemberName.allCases.filter { $0.schemaVersion != nil })
  func `another v0 version and unknown fields are accepted in every member`(
    _ name: MemberName
  ) throws {
    var example = try ExamplePackage()
    let root = name.isLines ? "/0" : ""
    // The manifest's version is that of the derived members, so these go along with it.
    let names = name == .artifactManifest ? [name, .auditProvenance] : [name]
    for name in names {
      let version = (name.schemaFamily ?? "") + "v0_3"
      example[name, (name.isLines ? "/0" : "") + "/schema_version"] = .string(version)
    }
    example[name, root + "/x_unknown"] = ["deep": [1, 2, ["x": nil]], "text": "kept"]
    if name.isLines { example[name, "/1/a_unknown"] = ["more": true] }
    if name == .rawEvidenceManifest { example[name, "/references/0/a_unknown"] = "kept" }
    try example.refit()
    try example.refitManifest()
    #expect(checkPackage(try example.members(), scope: .full) == [])
  }

  @Test(arguments: ["worldflux.claim.v1_draft", "worldflux.protocol.v0_draft", "v0_draft", ""])
  func `a version of another family or generation is unknown`(_ version: String) throws {
    var example = try ExamplePackage()
    example[.claim, "/schema_version"] = .string(version)
    let error = #expect(throws: EvidenceError.self) {
      try Claim.decode(try example.encoded(.claim))
    }
    #expect(error?.code == .schemaUnknown)
  }

  @Test func `unknown members are kept, and accepted only when the manifest lists them`() throws {
    let extra = Array("{\"anything\":1}".utf8)
    var example = try ExamplePackage()
    var members = try example.members()
    members.set("notes/extra.json", to: extra)
    #expect(members.extraNames == ["notes/extra.json"])
    #expect(try members.bytes("notes/extra.json") == extra)
    #expect(checkPackage(members, scope: .full).map(\.code) == [.memberExtra])
    var row: JSONValue = [
      "name": "notes/extra.json", "size": 14, "digest": .string(Digest.text(of: extra)),
      "media_type": "application/json", "privacy": "private", "salted": false,
    ]
    var rows = example[.artifactManifest, "/members"]?.array ?? []
    rows.insert(row, at: 8)
    example[.artifactManifest, "/members"] = .array(rows)
    members = try example.members()
    #expect(checkPackage(members, scope: .full).map(\.code) == [.memberMissing])
    members.set("notes/extra.json", to: extra)
    #expect(checkPackage(members, scope: .full) == [])
    members.set("notes/extra.json", to: extra + [0x20])
    #expect(checkPackage(members, scope: .full).map(\.code) == [.digestMismatch, .digestMismatch])
    row = row.setting(["privacy"], "public") ?? row
    rows[8] = row
    example[.artifactManifest, "/members"] = .array(rows)
    members = try example.members()
    members.set("notes/extra.json", to: extra)
    #expect(checkPackage(members, scope: .full).map(\.code) == [.fieldRange])
  }
}
