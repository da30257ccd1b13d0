import Audit
import Evidence
import JSON
import TestSupport
import Testing

/// Numbers that contradict each other or mean nothing: each has one defined outcome.
struct JudgingBadInputTests {
  /// What comes of the example's members after a change: `verdict reason…`, or the reason of the
  /// error that refuses it.
  private func outcome(
    claim changeClaim: (inout JSONValue) throws -> Void = { _ in },
    input changeInput: (inout JSONValue) throws -> Void = { _ in }
  ) throws -> String {
    var claim = try JSONValue.parse(Fixtures.bytes("package-example/claim.json"))
    var input = try JSONValue.parse(Fixtures.bytes("package-example/audit_input.json"))
    try changeClaim(&claim)
    try changeInput(&input)
    let example = try JudgingExample()
    do {
      let evidence = try judge(
        claim: try Claim.decode(try CanonicalJSON.bytes(claim)), protocol: example.plan,
        input: try AuditInput.decode(try CanonicalJSON.bytes(input) + [0x0A]),
        digests: example.digests)
      return ([evidence["verdict"]?.string ?? ""] + evidence.at("reasons").words)
        .joined(separator: " ")
    } catch let error as EvidenceError {
      return error.reason
    } catch let error as AuditError {
      return error.reason
    }
  }

  // What the example says unchanged.
  private static let usual = "inconclusive too_few_episodes I16"

  @Test(arguments: [
    ("threshold", "0.8", usual), ("threshold", "0.80", usual), ("threshold", "80%", usual),
    ("threshold", "80 %", usual), ("threshold", "80\u{A0}%", usual),
    ("threshold", "80\u{202F}%", usual), ("threshold", "80.0 %", usual),
    ("threshold", "0", "not_auditable invalid_claim"),
    ("threshold", "0 %", "not_auditable invalid_claim"),
    ("threshold", "1", "inconclusive I16"), ("threshold", "100 %", "inconclusive I16"),
    ("threshold", "-0.1", "field_range"), ("threshold", "1.5", "field_range"),
    ("threshold", "150 %", "field_range"), ("threshold", "8e-1", "field_range"),
    ("threshold", "eighty", "field_range"), ("threshold", "", "field_range"),
    ("confidence", "0.95", usual), ("confidence", "95 %", usual),
    ("confidence", "0.4", "not_auditable invalid_claim"), ("confidence", "0", "field_range"),
    ("confidence", "1", "field_range"), ("confidence", "95", "field_range"),
    ("margin", "-0.1", "field_range"), ("margin", "1.01", "field_range"),
    // A margin belongs to a comparison; beside a threshold it means nothing and is kept as text.
    ("margin", "0.1", usual),
  ])
  func `a decimal of the claim is read exactly or refused`(
    field: String, text: String, expected: String
  ) throws {
    #expect(try outcome(claim: { try $0.put(.string(text), "metric", field) }) == expected)
  }

  @Test(arguments: ["0.8", "0.80", "80%", "80 %", "80\u{A0}%", "80\u{202F}%", "80.00 %"])
  func `one threshold in any spelling gives one verdict, and keeps its text`(text: String) throws {
    for (k, verdict) in [(45, "supported"), (44, "inconclusive"), (34, "refuted")] {
      let evidence = try JudgingExample(tasks: [mixed(k, 50)], threshold: text).evidence()
      #expect(evidence["verdict"]?.string == verdict)
      #expect(evidence.at("claim", "threshold").string == text)
      #expect(evidence.at("test", "support_min").int == 45)
    }
  }

  struct Baseline: Sendable, CustomTestStringConvertible {
    let (value, k, n): (String?, Int64?, Int64?)
    let kind: ClaimMetric.Kind
    let expected: String
    var margin: String?
    var testDescription: String { "\(value ?? "–"), \(k ?? -99)/\(n ?? -99), \(kind): \(expected)" }
    init(
      _ value: String?, _ k: Int64?, _ n: Int64?, _ kind: ClaimMetric.Kind, _ expected: String,
      margin: String? = nil
    ) {
      (self.value, self.k, self.n) = (value, k, n)
      (self.kind, self.expected, self.margin) = (kind, expected, margin)
    }
  }

  private static let invalid = "not_auditable invalid_claim"

  static let baselines = [
    // Counts that contradict each other are never passed over for the value beside them.
    Baseline("0.8", 60, 50, .betterThan, invalid),
    Baseline("0.8", 60, 50, .equalsReported, invalid),
    Baseline("0.8", -1, 50, .betterThan, invalid), Baseline("0.8", 0, 0, .betterThan, invalid),
    Baseline("0.8", 5, -10, .betterThan, invalid), Baseline(nil, 51, 50, .betterThan, invalid),
    Baseline(nil, 0, 0, .equalsReported, invalid), Baseline(nil, nil, 50, .betterThan, invalid),
    // The value is not the rate of the counts.
    Baseline("0.8", 30, 50, .betterThan, invalid), Baseline("0.61", 30, 50, .betterThan, invalid),
    Baseline("0.6", 30, 50, .betterThan, "supported"),
    Baseline("60.0 %", 30, 50, .betterThan, "supported"),
    Baseline("0.6000000000000001", 30, 50, .betterThan, "supported"),
    Baseline("0.60001", 30, 50, .betterThan, invalid),
    // Cut and not rounded: 2 of 3.
    Baseline("0.666", 2, 3, .betterThan, "inconclusive"),
    // A value that is no rate.
    Baseline("1.2", nil, nil, .betterThan, invalid),
    Baseline("80.0", nil, nil, .betterThan, invalid),
    Baseline("-0.1", nil, nil, .equalsReported, invalid),
    Baseline("-0.1", 30, 50, .betterThan, invalid),
    Baseline("NaN", nil, nil, .betterThan, invalid), Baseline(nil, nil, nil, .betterThan, invalid),
    // Thresholds that no claim can have.
    Baseline("0", nil, nil, .betterThan, invalid),
    Baseline("0.95", nil, nil, .betterThan, invalid, margin: "0.1"),
    Baseline("1", nil, nil, .betterThan, "inconclusive baseline_without_n too_few_episodes"),
    // Margins that are none.
    Baseline(nil, 30, 50, .betterThan, invalid, margin: "0"),
    Baseline(nil, 30, 50, .betterThan, invalid, margin: "1"),
    Baseline(nil, 30, 50, .betterThan, invalid, margin: "-0.1"),
    Baseline(nil, 30, 50, .equalsReported, invalid, margin: "1.5"),
    Baseline("0.6", nil, nil, .betterThan, invalid, margin: "wide"),
    // The printed form of a double, with n known.
    Baseline("0.6666666666666666", nil, 3, .betterThan, "inconclusive"),
    Baseline("0.6699999999999999", nil, 3, .betterThan, "inconclusive reported_impossible"),
  ]

  @Test(arguments: baselines)
  func `a baseline is read whole or not at all`(row: Baseline) throws {
    var example = try JudgingExample(tasks: [row.value == "1" ? mixed(50, 50) : mixed(48, 50)])
    example.claim.metric = ClaimMetric(
      name: "success_rate", kind: row.kind, threshold: nil, confidence: "0.95", aggregate: .micro,
      margin: row.margin)
    func number(_ value: Int64?) -> JSONValue { value.map { .number(JSONNumber($0)) } ?? .null }
    example.claim.baseline = [
      "kind": "measured", "id": "b", "metric": "success_rate",
      "value": row.value.map { .string($0) } ?? .null,
      "episodes": row.n == nil
        ? nil : ["succeeded": number(row.k), "denominator": number(row.n)],
    ]
    let evidence = try example.evidence()
    let words = [evidence["verdict"]?.string ?? ""] + evidence.at("reasons").words
    #expect(words.joined(separator: " ") == row.expected)
  }

  @Test(arguments: [
    // The claim does not compare, so a value that is no rate is shown and not used.
    ("0.750000", usual), ("-0.5", usual), ("seventy", "field_range"),
  ])
  func `a baseline's value is a decimal`(value: String, expected: String) throws {
    #expect(try outcome(claim: { try $0.put(.string(value), "baseline", "value") }) == expected)
  }

  @Test(arguments: [
    (["counts", "succeeded"], -1, "field_range"), (["counts", "succeeded"], 5, "count_mismatch"),
    (["counts", "failed"], 9, "count_mismatch"), (["counts", "attempted"], 7, "count_mismatch"),
    (["counts", "planned"], 5, "count_mismatch"), (["counts", "planned"], -6, "field_range"),
    (["duplicates"], -1, "field_range"), (["out_of_protocol", "episodes"], -1, "field_range"),
    (["raw_coverage", "with_raw"], 7, "count_mismatch"),
    (["raw_coverage", "with_raw"], -1, "field_range"),
    (["raw_coverage", "counted_episodes"], 1, "count_mismatch"),
    (["raw_coverage", "failed_episodes"], 3, "count_mismatch"),
    (["raw_coverage", "failed_with_raw"], 2, "count_mismatch"),
    (["run", "attempts"], 0, "field_range"),
    (["source_aggregates", "n_episodes"], -6, "not_auditable integrity"),
    (["source_aggregates", "n_episodes"], 0, "not_auditable integrity"),
    (["source_aggregates", "num_success"], 7, "not_auditable integrity"),
    (["source_aggregates", "num_success"], -4, "not_auditable integrity"),
    (["source_aggregates", "num_success"], 4, usual),
  ])
  func `counts of the input contradict nothing`(path: [String], value: Int, expected: String) throws
  {
    let actual = try outcome(input: { input in
      if path[0] == "source_aggregates" { try input.put([:], "source_aggregates") }
      try input.put(.number(JSONNumber(Int64(value))), path)
    })
    #expect(actual == expected)
  }

  @Test(arguments: ["120.0", "-5.0", "1e400", "66.6666666667x"])
  func `a source's rate that none can be is serious`(rate: String) throws {
    var example = try JudgingExample(tasks: [mixed(48, 50)])
    example.input.sourceAggregates = ["pc_success": .string(rate)]
    let evidence = try example.evidence()
    let isNumber = Double(rate)?.isFinite == true
    #expect(evidence["verdict"]?.string == (isNumber ? "inconclusive" : "supported"))
    #expect(
      evidence.at("integrity").row("I01")["state"]?.string == (isNumber ? "fail" : "not_applicable")
    )
  }

  @Test(arguments: [
    (["MMM", "MMM"], "not_auditable no_episodes task_scope"),
    (["", ""], "not_auditable no_episodes task_scope"),
    (["XXX", "XXX"], "not_auditable no_episodes"), (["EEE", "EEE"], "inconclusive I16"),
    (["SSS", ""], "not_auditable task_scope"),
  ])
  func `no episodes and empty tasks have their own words`(tasks: [String], expected: String) throws
  {
    let evidence = try JudgingExample(tasks: tasks).evidence()
    let words = [evidence["verdict"]?.string ?? ""] + evidence.at("reasons").words
    #expect(words.joined(separator: " ") == expected)
    #expect(evidence.at("primary", "rate").isNull == (evidence.at("primary", "n").int == 0))
  }

  typealias Change = JudgingGradeTests.Row

  static let strangers = [
    Change("protocol.json /claim_id", "") { $0.plan.claimID = "clm_01JD8Q4M2N0000000000000009" },
    Change("audit_input.json /claim_id", "") {
      $0.input.claimID = "clm_01JD8Q4M2N0000000000000009"
    },
    Change("audit_input.json /protocol_id", "") {
      $0.input.protocolID = "prt_01JD8Q4M2N0000000000000009"
    },
    Change("audit_input.json /tasks/0/in_protocol", "") { $0.input.tasks[0].taskID = "7" },
    Change("audit_input.json /tasks/0/in_protocol", "") { $0.plan.frozen.tasks.removeFirst() },
  ]

  @Test(arguments: strangers)
  func `inputs of different audits are refused`(row: Change) throws {
    var example = try JudgingExample(tasks: [mixed(48, 50)])
    row.change(&example)
    #expect(throws: AuditError(.protocolMismatch, place: row.word, message: "")) {
      try example.evidence()
    }
  }

  @Test(arguments: [
    ("name", "coverage"), ("threshold", "0.9"), ("confidence", "0.99"), ("aggregate", "macro"),
    ("margin", "0.2"), ("kind", "at_most"),
  ])
  func `claim and protocol may not state different metrics`(field: String, value: String) throws {
    var example = try JudgingExample(tasks: [mixed(48, 50)])
    example.claim.metric?.margin = "0.1"
    var plan = try JSONValue.parse(Fixtures.bytes("package-example/protocol.json"))
    try plan.put(.string(value), "metric_contract", field)
    example.plan.metricContract =
      try EvaluationProtocol.decode(try CanonicalJSON.bytes(plan)).metricContract
    let error = #expect(throws: AuditError.self) { try example.evidence() }
    #expect(error?.reason == "metric_mismatch")
    #expect(error?.place?.hasSuffix("/metric_contract/" + field) == true)
  }

  // Critical values of 0.8 at 95 %, by scipy.
  @Test(arguments: [
    (800_659, 1_000_000, "supported", 800_659), (80_208, 100_000, "inconclusive", 80_209),
  ])
  func `a million episodes are judged as exactly as fifty`(
    k: Int, n: Int, verdict: String, least: Int64
  ) throws {
    var example = try JudgingExample(tasks: ["S"])
    example.setTasks([String(repeating: "S", count: k) + String(repeating: "F", count: n - k)])
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == verdict)
    #expect(evidence.at("test", "support_min").int == least)
    #expect(evidence.at("primary", "n").int == Int64(n))
  }
}

extension JSONValue {
  /// Sets the value at a path of keys, whose objects exist.
  mutating func put(_ value: JSONValue, _ path: String...) throws { try put(value, path) }

  mutating func put(_ value: JSONValue, _ path: [String]) throws {
    var object = try #require(self.object)
    guard path.count > 1 else {
      object[path[0]] = value
      self = .object(object)
      return
    }
    var inner = object[path[0]] ?? .null
    try inner.put(value, Array(path.dropFirst()))
    object[path[0]] = inner
    self = .object(object)
  }
}
