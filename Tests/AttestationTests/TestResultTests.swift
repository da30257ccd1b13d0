import Attestation
import JSON
import Platform
import Signing
import Testing

struct TestResultTests {
  /// What the example's evidence.json says once changed; only a statement compares digests.
  private func result(_ change: (inout JSONObject) -> Void) throws -> TestResult {
    var members = try Samples.members()
    var evidence = try #require(
      try JSONValue.parse(members["evidence.json"] ?? []).object)
    change(&evidence)
    members["evidence.json"] = try CanonicalJSON.bytes(.object(evidence))
    return try TestResult(of: AttestedPackage(members: members))
  }

  @Test(arguments: [
    ("supported", TestResult.Result.passed), ("inconclusive", .warned), ("refuted", .failed),
  ])
  func `each verdict that a test gave has its result, and the claim's test stands first there`(
    verdict: String, expected: TestResult.Result
  ) throws {
    let found = try result { $0["verdict"] = .string(verdict) }
    #expect(found.result == expected)
    for (names, result) in [
      (found.passed, TestResult.Result.passed), (found.warned, .warned), (found.failed, .failed),
    ] {
      #expect((names.first == "claim") == (result == expected))
      #expect(names.count { $0 == "claim" } == (result == expected ? 1 : 0))
    }
  }

  @Test(arguments: ["not_auditable", "", "Supported", "supported ", "passed", "unknown"])
  func `any other verdict has none`(_ verdict: String) {
    #expect(code { _ = try result { $0["verdict"] = .string(verdict) } } == .verdictWithoutTest)
  }

  @Test(arguments: ["aggregate_unstated", "dimensions_not_pooled"])
  func `a verdict for want of a test has none, whatever else is said`(_ reason: String) {
    for verdict in ["inconclusive", "supported"] {
      #expect(
        code {
          _ = try result {
            $0["verdict"] = .string(verdict)
            $0["reasons"] = .array(["I16", .string(reason)])
          }
        } == .verdictWithoutTest)
    }
    #expect(
      code { _ = try result { $0["reasons"] = ["too_few_episodes", "stopping_unknown"] } } == nil)
  }

  @Test func `it is refused as an input that has no such answer`() {
    let error = AttestationError(.verdictWithoutTest, "")
    #expect(error.kind == .refused && error.reason == "verdict_without_test")
  }

  @Test func `checks stand where their state and severity put them`() throws {
    func row(_ id: String, _ state: String, _ severity: String) -> JSONValue {
      ["id": .string(id), "state": .string(state), "severity": .string(severity)]
    }
    let found = try result {
      $0["verdict"] = "supported"
      $0["integrity"] = [
        row("I01", "pass", "fatal"), row("I02", "fail", "serious"), row("I03", "fail", "fatal"),
        row("I04", "fail", "warn"), row("I05", "not_applicable", "warn"),
        row("I06", "fail", "note"), row("I07", "pass", "warn"), row("I08", "skipped", "serious"),
        row("I09", "fail", "dreadful"), "I10",
      ]
    }
    #expect(found.passed == ["claim", "I01", "I07"])
    #expect(found.warned == ["I04", "I06"])
    // A severity that is not known is taken for the worst.
    #expect(found.failed == ["I02", "I03", "I09"])
  }

  @Test func `the statement has our subjects, and claim and protocol for its configuration`()
    throws
  {
    let package = try Samples.package(Samples.version)
    let statement = try TestResult(of: package).statement(about: package)
    let ours = try EvidenceStatement(about: package, now: 0)
    #expect(statement.subjects == ours.subjects && statement.type == Statement.v1)
    #expect(statement.predicateType == "https://in-toto.io/attestation/test-result/v0.1")
    let again = try Statement(parsing: statement.encoded())
    #expect(again.encoded() == statement.encoded())
    let predicate = try #require(again.predicate)
    #expect(
      predicate.object?.keys.sorted() == [
        "configuration", "failedTests", "passedTests", "result", "warnedTests",
      ])
    #expect(predicate["result"] == "WARNED" && predicate["warnedTests"] == ["claim"])
    #expect(predicate["failedTests"] == ["I16"])
    for (row, name) in zip(
      predicate["configuration"]?.array ?? [], ["claim.json", "protocol.json"])
    {
      let subject = ours.subjects.first { $0.name == name }
      #expect(row["name"]?.string == name)
      #expect(row["digest"]?["sha256"]?.string == subject?.sha256)
    }
    #expect(predicate["configuration"]?.array?.count == 2)
  }

  @Test func `a member that is missing or changed stops it`() throws {
    for name in ["claim.json", "protocol.json", "evidence.json"] {
      var members = try Samples.members()
      members[name] = nil
      let package = try AttestedPackage(members: members)
      #expect(code { _ = try TestResult(of: package) } == .subjectMissing)
    }
    var members = try Samples.members()
    members["evidence.md"]?.append(0x0A)
    let changed = try AttestedPackage(members: members)
    let found = try TestResult(of: changed)
    #expect(code { _ = try found.statement(about: changed) } == .bytesChanged)
  }

  @Test func `nobody is believed for it, though the key is a trusted one`() throws {
    let package = try Samples.package()
    for statement in [
      try TestResult(of: package).statement(about: package),
      try ModelManifest(of: package).statement,
    ] {
      let envelope = try Envelope(parsing: try statement.signed(by: try Samples.signer(1)))
      #expect(envelope.payload == statement.encoded())
      #expect(
        code {
          _ = try envelope.verify(
            by: try Samples.trusted(), of: package, now: Samples.now)
        } == .statementUnsupported)
    }
  }

  @Test func `another spelling says the same, and every other word is found`() throws {
    let package = try Samples.package()
    let statement = try TestResult(of: package).statement(about: package)
    func check(_ change: (inout JSONObject) throws -> Void) throws -> AttestationError.Code? {
      var object = try #require(try JSONValue.parse(statement.encoded()).object)
      try change(&object)
      // Another order of members than the canonical one.
      let turned = JSONObject(object.members.reversed())
      let text = turned.members.map { "\"\($0.key)\" : " }
      let bytes = try zip(text, turned.members).map { key, member in
        Array(key.utf8) + (try CanonicalJSON.bytes(member.value))
      }
      let spelled = [0x7B] + bytes.joined(separator: [0x2C, 0x0A]) + [0x7D]
      return code { try statement.check(same: try Statement(parsing: Array(spelled))) }
    }
    #expect(try check { _ in } == nil)
    #expect(try check { $0["_type"] = "https://in-toto.io/Statement/v2" } == .statementUnsupported)
    #expect(
      try check { $0["predicateType"] = .string(PackagePredicate.evidencePackage.type) }
        == .statementUnsupported)
    #expect(
      try check { $0["subject"] = .array(Array(($0["subject"]?.array ?? []).dropLast())) }
        == .subjectMismatch)
    #expect(try check { $0["predicate"] = nil } == .predicateContradicts)
    #expect(
      try check {
        var predicate = $0["predicate"]?.object ?? [:]
        predicate["result"] = "PASSED"
        $0["predicate"] = .object(predicate)
      } == .predicateContradicts)
  }
}
