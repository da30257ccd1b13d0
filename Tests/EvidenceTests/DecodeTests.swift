import Evidence
import JSON
import Testing

@Suite struct ClaimDecodeTests {
  private static let written = """
    {
      "schema_version": "worldflux.claim.v0_draft",
      "id": "clm_01JD8Q4M2N0000000000000001",
      "slug": "mine",
      "claim_text": "Works in at least 80 % of attempts.",
      "subject": {"type": "policy", "id": "mine"},
      "capability": "picking",
      "applicability": {"benchmark": "LIBERO"},
      "baseline": null
    }
    """

  private func decode(_ changes: [String: JSONValue?]) throws -> Claim {
    guard var members = try JSONValue.parse(Array(Self.written.utf8)).object else {
      throw EvidenceError(.fieldType, EvidencePlace(.claim), "an object")
    }
    for (key, value) in changes { members[key] = value }
    return try Claim.decode(try CanonicalJSON.bytes(.object(members)))
  }

  @Test func `a claim written by hand with the documented fields only is valid`() throws {
    let claim = try Claim.decode(Array(Self.written.utf8))
    #expect(claim.metric == nil)
    #expect(claim.baseline.isNull)
    #expect(claim.openQuestions == [])
    #expect(claim.applicability.benchmark == "LIBERO")
    #expect(claim.applicability.simulator == nil)
    #expect(claim.createdAt == nil)
  }

  @Test func `the same text is not canonical, so no member of a package`() {
    let error = #expect(throws: EvidenceError.self) {
      try Claim.decode(Array(Self.written.utf8), spelling: .canonical)
    }
    #expect(error?.code == .notCanonical)
  }

  @Test(arguments: [
    "schema_version", "id", "slug", "claim_text", "subject", "capability", "applicability",
    "baseline",
  ])
  func `a claim without a documented field is refused at its pointer`(_ field: String) {
    let error = #expect(throws: EvidenceError.self) { try self.decode([field: .none]) }
    #expect(
      error
        == EvidenceError(
          .fieldMissing, EvidencePlace(.claim, pointer: "/" + field), ""))
  }

  @Test(arguments: [
    JSONValue.string("70 % in the paper"), .number(JSONNumber(70)),
    .number(JSONNumber(0.7) ?? JSONNumber(0)),
    ["kind": "reported", "value": "0.7", "episodes": ["succeeded": 7, "denominator": 10]],
  ])
  func `a baseline from elsewhere is kept as it is`(_ baseline: JSONValue) throws {
    let kept = try decode(["baseline": baseline]).baseline
    #expect(try CanonicalJSON.bytes(kept) == CanonicalJSON.bytes(baseline))
  }

  @Test func `a cited page may have a query, but no user`() throws {
    func cited(_ uri: JSONValue) -> JSONValue { ["kind": "reported", "source_uri": uri] }
    _ = try decode(["baseline": cited("https://example.org/forum?id=7")])
    let error = #expect(throws: EvidenceError.self) {
      try self.decode(["baseline": cited("https://ana@example.org/forum")])
    }
    #expect(error?.code == .uriCredentials)
  }

  private static let badBaselines: [(JSONValue, EvidenceError.Code)] = [
    (.bool(true), .fieldType),
    ([1], .fieldType),
    (["kind": "rumour"], .fieldRange),
    (["kind": "reported", "value": 0], .fieldType),
    (
      ["kind": "reported", "source_uri": "https://a:secretpassword@example.org/"],
      .secretInPublicField
    ),
  ]

  @Test(arguments: badBaselines)
  func `a baseline that says nothing is refused`(
    _ baseline: JSONValue, _ code: EvidenceError.Code
  ) {
    let error = #expect(throws: EvidenceError.self) { try self.decode(["baseline": baseline]) }
    #expect(error?.code == code)
  }

  @Test(arguments: [
    ("", EvidenceError.Code.emptyInput), ("{", .truncated), ("{} {}", .trailingData),
    (#"{"id":1,"id":2}"#, .duplicateKey), ("\u{FEFF}{}", .byteOrderMark), ("[NaN]", .nanNotAllowed),
    ("{,}", .syntax), (String(repeating: "[", count: 65), .tooDeep), ("[1e999]", .numberOutOfRange),
    (#"["\ud800"]"#, .invalidUnicode), ("7", .fieldType),
  ])
  func `a text that is no JSON object is refused by the reader's word`(
    _ text: String, _ code: EvidenceError.Code
  ) {
    let error = #expect(throws: EvidenceError.self) { try Claim.decode(Array(text.utf8)) }
    #expect(error?.code == code)
    #expect(error?.location.member == "claim.json")
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    let error = #expect(throws: EvidenceError.self) { try Claim.decode([0x22, 0xFF, 0x22]) }
    #expect(error?.code == .invalidUTF8)
  }

  @Test(arguments: [
    ("0.8", 4, 5), ("80 %", 4, 5), ("80%", 4, 5), ("80\u{A0}%", 4, 5), ("80.0", 80, 1),
    ("0.950", 19, 20), ("1", 1, 1), ("0", 0, 1), ("12.5 %", 1, 8), ("-0.5", -1, 2),
  ])
  func `a decimal is read exactly`(_ text: String, _ numerator: Int64, _ denominator: Int64) {
    let value = DecimalText(text)
    #expect(value?.numerator == numerator)
    #expect(value?.denominator == denominator)
    #expect(value?.text == text)
  }

  @Test(arguments: ["", "%", ".8", "0.", "1e-1", "0,8", "80 percent", "1/2", "0.1234567890123456"])
  func `what is no decimal is not guessed`(_ text: String) {
    #expect(DecimalText(text) == nil)
  }

  @Test func `a threshold in percent keeps its text`() throws {
    let claim = try decode([
      "metric": ["name": "success_rate", "kind": "at_least", "threshold": "80 %"]
    ])
    #expect(claim.metric?.threshold == "80 %")
    #expect(claim.metric?.confidence == nil)
  }
}

@Suite struct MetricTests {
  private func metric(
    claim claimMetric: JSONValue, contract: [String: JSONValue]
  ) throws -> ClaimMetric? {
    var example = try ExamplePackage()
    example[.claim, "/metric"] = claimMetric
    for (key, value) in contract {
      example[.evaluationProtocol, "/metric_contract/\(key)"] = value
    }
    let plan = try EvaluationProtocol.decode(try example.encoded(.evaluationProtocol))
    return try plan.effectiveMetric(try Claim.decode(try example.encoded(.claim)))
  }

  private static let stated: JSONValue = [
    "name": "success_rate", "kind": "at_least", "threshold": "0.8", "confidence": "0.95",
    "aggregate": "micro", "margin": nil,
  ]

  @Test func `without a metric anywhere it is an open question`() throws {
    #expect(try metric(claim: nil, contract: [:]) == nil)
  }

  @Test func `the contract may state the claim's metric`() throws {
    let found = try metric(claim: nil, contract: ["threshold": "0.8", "confidence": "0.95"])
    #expect(found?.kind == .atLeast)
    #expect(found?.threshold == "0.8")
    #expect(found?.name == "success_rate")
    let other = try metric(claim: nil, contract: ["kind": "at_most", "threshold": "10 %"])
    #expect(other?.kind == .atMost)
  }

  @Test func `the same number in another spelling is the same metric`() throws {
    let found = try metric(claim: Self.stated, contract: ["threshold": "80 %"])
    #expect(found?.threshold == "0.8")
  }

  @Test(arguments: [
    ("threshold", JSONValue.string("0.81")), ("confidence", "0.9"), ("aggregate", "macro"),
    ("name", "mean_success"), ("kind", "at_most"),
  ])
  func `two different metrics are a mismatch`(_ field: String, _ value: JSONValue) {
    let error = #expect(throws: EvidenceError.self) {
      try self.metric(claim: Self.stated, contract: [field: value])
    }
    #expect(error?.code == .metricMismatch)
    #expect(error?.location.pointer == "/metric_contract/\(field)")
  }
}

@Suite struct ProtocolDecodeTests {
  private func decode(_ seeds: JSONValue) throws -> SeedPlan {
    var example = try ExamplePackage()
    example[.evaluationProtocol, "/frozen/seeds"] = seeds
    try example.refit()
    return try EvaluationProtocol.decode(try example.encoded(.evaluationProtocol)).frozen.seeds
  }

  @Test func `every kind of seed plan is read`() throws {
    #expect(try decode(["kind": "unset"]) == .unset)
    #expect(
      try decode(["kind": "range", "first": 5, "step": 2, "count": 3, "same_for_every_task": false])
        == .range(first: 5, step: 2, count: 3, sameForEveryTask: false))
    #expect(
      try decode(["kind": "challenge", "first": nil, "step": 1, "count": 3])
        == .challenge(step: 1, count: 3, sameForEveryTask: true))
    #expect(
      try decode(["kind": "list", "values": [-1, "18446744073709551616"]])
        == .list([.integer(-1), .text("18446744073709551616")], sameForEveryTask: true))
  }

  @Test func `a challenge with a first seed is refused`() {
    let error = #expect(throws: EvidenceError.self) {
      try self.decode(["kind": "challenge", "first": 1, "step": 1, "count": 3])
    }
    #expect(error?.code == .fieldRange)
  }

  @Test(arguments: ["task_owner", "use_case"])
  func `private fields of a contract may not stand in the protocol`(_ field: String) throws {
    var example = try ExamplePackage()
    example[.evaluationProtocol, "/custom_eval_contract"] = [
      "contract_digest": .string("sha256:" + String(repeating: "0", count: 64)),
      "metric_schema_ref": "rules/1", "inclusion_rules": [], "exclusion_rules": [],
    ]
    _ = try EvaluationProtocol.decode(try example.encoded(.evaluationProtocol))
    example[.evaluationProtocol, "/custom_eval_contract/\(field)"] = "somebody"
    let error = #expect(throws: EvidenceError.self) {
      try EvaluationProtocol.decode(try example.encoded(.evaluationProtocol))
    }
    #expect(error?.code == .secretInPublicField)
  }
}

@Suite struct AuditInputTests {
  /// An input that uses everything the example leaves out.
  private func input() throws -> AuditInput {
    var input = try AuditInput.decode(ExamplePackage.bytes(.auditInput))
    input.sourceNotes = SourceNotes(
      partial: .init(reason: "log_truncated", missing: 2), warnings: ["tasks_not_in_order"],
      generated: .init(
        model: "world", judgeKind: "vlm", judgeID: "judge", judgeVersion: nil))
    input.sourceAggregates = nil
    input.tasks[0].episodes = EpisodeColumns(
      indexes: [0...1, 3...3, 7...11],
      outcomes: Array("SFEXMSSS".utf8),
      seeds: [.integer(1), nil, .text("18446744073709551616"), .integer(-5), nil, nil, nil, nil],
      initialStates: ["a", nil, "ü", nil, nil, nil, nil, nil],
      reasons: [3: "simulator_error", 7: "rule_one"],
      scores: ["0.5", nil, "1", "0", nil, nil, nil, nil])
    input.tasks.append(
      AuditedTask(
        suite: "other", taskID: "é/\"x\"", name: nil, inProtocol: false,
        episodes: EpisodeColumns(indexes: [10...11], outcomes: Array("SF".utf8))))
    return input
  }

  @Test func `both encoders agree, and what they write is read again`() throws {
    let input = try input()
    let bytes = try input.memberBytes()
    #expect(try memberBytes(input.encoded(), of: .auditInput) == bytes)
    #expect(try AuditInput.decode(bytes) == input)
  }

  @Test func `an empty run is written and read`() throws {
    var input = try input()
    input.tasks = []
    #expect(try AuditInput.decode(try input.memberBytes()) == input)
  }

  @Test func `the row of an index is found in fragmented ranges`() throws {
    let columns = try input().tasks[0].episodes
    #expect([0, 1, 2, 3, 7, 11, 12].map { columns.row(ofIndex: $0) } == [0, 1, nil, 2, 3, 7, nil])
  }

  @Test func `counts are those of tasks in the protocol alone`() throws {
    var input = try input()
    input.counts = EpisodeCounts(tallying: input.tasks)
    #expect(input.counts.succeeded == 6)
    #expect(input.counts.attempted == 10)
    #expect(input.counts.missing == 1)
    input.counts.planned = 11
    try input.checkCounts()
    input.counts.excluded = 2
    let error = #expect(throws: EvidenceError.self) { try input.checkCounts() }
    #expect(
      error
        == EvidenceError(
          .countMismatch, EvidencePlace(.auditInput, pointer: "/counts/excluded"), ""))
  }

  @Test func `a hostile range does not make the reader allocate`() throws {
    var example = try ExamplePackage()
    example[.auditInput, "/tasks/0/episodes/indexes"] = [[0, 9_007_199_254_740_991]]
    let error = #expect(throws: EvidenceError.self) {
      try AuditInput.decode(try example.encoded(.auditInput))
    }
    #expect(error?.code == .fieldRange)
  }
}
