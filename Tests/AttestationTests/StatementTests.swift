import Attestation
import JSON
import Platform
import TestSupport
import Testing

struct StatementTests {
  private func check(
    _ version: AttestedPackage.Version? = nil, now: Int64 = Samples.now,
    change: (inout JSONObject) -> Void
  ) throws -> AttestationError.Code? {
    let payload = try Samples.payload(version, change: change)
    return code {
      try EvidenceStatement(parsing: payload).check(
        against: try Samples.package(version), now: now)
    }
  }

  private func predicate(_ key: String, _ value: JSONValue?) -> (inout JSONObject) -> Void {
    { object in
      var predicate = object["predicate"]?.object ?? [:]
      predicate[key] = value
      object["predicate"] = .object(predicate)
    }
  }

  @Test func `our statement is the one of the made rows, byte for byte`() throws {
    let envelope = try Envelope(parsing: Fixtures.bytes("signing/dsse/envelopes/good.json"))
    #expect(try Samples.payload() == envelope.payload)
  }

  @Test func `the manifest is the first subject, then the members in the order of their names`()
    throws
  {
    let statement = try EvidenceStatement(about: try Samples.package(), now: 0)
    #expect(
      statement.subjects.map(\.name) == [
        "artifact_manifest.json", "audit_input.json", "audit_provenance.json", "claim.json",
        "evidence.json", "evidence.md", "protocol.json",
      ])
  }

  @Test func `a version's statement names commit, tree and the commit's date`() throws {
    let package = try Samples.package(Samples.version)
    let statement = try EvidenceStatement(about: package, now: 5)
    #expect(statement.commit == Samples.version.commit && statement.tree == Samples.version.tree)
    #expect(statement.created == Samples.version.date)
    #expect(try EvidenceStatement(parsing: statement.encoded()) == statement)
    #expect(try check(Samples.version) { _ in } == nil)
    // Without a version at hand commit and tree are the signer's word.
    try statement.check(against: try Samples.package(), now: Samples.now)
  }

  @Test(arguments: ["claim", "grade", "verdict", "protocol_digest", "commit", "tree", "created"])
  func `a value that a member or the commit holds must equal it`(_ key: String) throws {
    let other: JSONValue =
      switch key {
      case "protocol_digest": .string("sha256:" + String(repeating: "0", count: 64))
      case "commit", "tree": .string(String(repeating: "0", count: 64))
      case "created": "2026-05-04T09:59:59Z"
      default: "other"
      }
    #expect(
      try check(Samples.version, change: predicate(key, other)) == .predicateContradicts)
  }

  @Test func `a statement that names no commit says nothing about one`() throws {
    #expect(try check(Samples.version, change: predicate("commit", .null)) == nil)
    #expect(try check(Samples.version, change: predicate("tree", .null)) == .predicateContradicts)
  }

  @Test(arguments: [
    "claim", "commit", "created", "grade", "protocol_digest", "schema", "tree", "verdict",
  ])
  func `every field of the predicate has to be there, with its type`(_ key: String) throws {
    #expect(try check(change: predicate(key, nil)) == .statementMalformed)
    #expect(try check(change: predicate(key, 1)) == .statementMalformed)
    #expect(try check(change: predicate(key, [])) == .statementMalformed)
  }

  @Test func `words of other versions are unsupported, not malformed`() throws {
    for key in ["_type", "predicateType"] {
      #expect(try check { $0[key] = "https://example.org/v9" } == .statementUnsupported)
      #expect(try check { $0[key] = nil } == .statementMalformed)
    }
    #expect(
      try check(change: predicate("schema", "wf.evidence_package/1")) == .statementUnsupported)
  }

  @Test func `digests and times have one form`() throws {
    let upper = String(repeating: "AB", count: 32)
    for key in ["commit", "tree", "protocol_digest"] {
      #expect(try check(change: predicate(key, .string(upper))) == .digestInvalid)
      #expect(try check(change: predicate(key, "ab")) == .digestInvalid)
    }
    for text in ["", "2026-05-04", "2026-02-30T00:00:00Z", "1777888800", "2026-05-04t10:00:00Z"] {
      #expect(try check(change: predicate("created", .string(text))) == .timeInvalid)
    }
    #expect(try check(change: predicate("created", "2026-05-04T12:00:00.5+02:00")) == nil)
  }

  @Test func `a time in the future is refused from ten minutes on`() throws {
    #expect(try check(now: Samples.now - 600) { _ in } == nil)
    #expect(try check(now: Samples.now - 601) { _ in } == .timestampInFuture)
    #expect(try check(now: .min) { _ in } == .timestampInFuture)
  }

  @Test func `subjects are held against manifest and files`() throws {
    func subjects(_ change: @escaping (inout [JSONValue]) -> Void) -> (inout JSONObject) -> Void {
      { object in
        var rows = object["subject"]?.array ?? []
        change(&rows)
        object["subject"] = .array(rows)
      }
    }
    let zeros = String(repeating: "0", count: 64)
    func row(_ name: String, _ digest: String) -> JSONValue {
      ["name": .string(name), "digest": ["sha256": .string(digest)]]
    }
    let table: [(AttestationError.Code?, (inout [JSONValue]) -> Void)] = [
      (nil, { $0.removeLast(6) }), (nil, { $0.reverse() }), (nil, { $0.append($0[1]) }),
      (.subjectMissing, { $0.removeFirst() }), (.subjectMissing, { $0 = [] }),
      (.subjectMismatch, { $0.append($0[0]) }),
      (.bytesChanged, { $0[0] = row("artifact_manifest.json", zeros) }),
      (.subjectMismatch, { $0[1] = row("audit_input.json", zeros) }),
      (.subjectMismatch, { $0.append(row("other.json", zeros)) }),
      (.subjectMismatch, { $0.append(["name": "claim.json", "digest": ["sha512": "00"]]) }),
      (.digestInvalid, { $0.append(row("claim.json", "00")) }),
      (.statementMalformed, { $0.append(["digest": ["sha256": .string(zeros)]]) }),
      (.statementMalformed, { $0.append(["name": 1, "digest": ["sha256": .string(zeros)]]) }),
      (.statementMalformed, { $0.append(["name": "claim.json", "digest": [:]]) }),
      (.statementMalformed, { $0.append(["name": "claim.json"]) }),
      (.statementMalformed, { $0.append(1) }),
    ]
    for (index, entry) in table.enumerated() {
      #expect(try check(change: subjects(entry.1)) == entry.0, "row \(index)")
    }
  }

  @Test func `a member that is not the manifest's is found though it is no subject`() throws {
    let payload = try Samples.payload { $0["subject"] = .array([($0["subject"]?.array ?? [])[0]]) }
    let statement = try EvidenceStatement(parsing: payload)
    var members = try Samples.members()
    members["evidence.md"]?.append(0x0A)
    let changed = try AttestedPackage(members: members)
    #expect(code { try statement.check(against: changed, now: Samples.now) } == .bytesChanged)
    #expect(code { _ = try EvidenceStatement(about: changed, now: 0) } == .bytesChanged)
    members["evidence.md"] = nil
    try statement.check(against: try AttestedPackage(members: members), now: Samples.now)
    members["stranger.json"] = []
    let more = try AttestedPackage(members: members)
    #expect(code { try statement.check(against: more, now: Samples.now) } == .subjectMismatch)
    members["artifact_manifest.json"] = nil
    #expect(code { _ = try AttestedPackage(members: members) } == .subjectMissing)
  }

  @Test func `a package without claim or evidence cannot be stated about`() throws {
    for name in ["claim.json", "evidence.json", "protocol.json"] {
      var members = try Samples.members()
      members[name] = nil
      let package = try AttestedPackage(members: members)
      #expect(code { _ = try EvidenceStatement(about: package, now: 0) } == .subjectMissing)
    }
  }

  @Test func `a payload cut at any byte is malformed`() throws {
    let payload = try Samples.payload()
    for length in 0..<payload.count {
      #expect(
        code { _ = try EvidenceStatement(parsing: Array(payload.prefix(length))) }
          == .statementMalformed)
    }
  }
}
