import Evidence
import JSON
import TestSupport
import Testing

/// Wrong numbers and contradictions: each has one outcome, wherever it comes in.
@Suite struct ClaimBadInputTests {
  struct Number: Sendable, CustomTestStringConvertible {
    let field: String
    let text: String
    /// Of `claim create --set`.
    let made: String
    /// Of `claim check` and `protocol create` on a file with it.
    let read: String
    var testDescription: String { "\(field) \(text) → \(made), \(read)" }

    init(_ field: String, _ text: String, _ made: String, _ read: String = "field_range") {
      (self.field, self.text, self.made, self.read) = (field, text, made, read)
    }
  }

  static let numbers: [Number] =
    ["metric.threshold", "metric.margin", "metric.confidence"].flatMap { field in
      ["1.2", "120 %", "100.1%", "-0.1", "-0", "-80 %"].map { Number(field, $0, "field_range") }
        + [
          "NaN", "nan", "Infinity", "-inf", "1e-1", "0,8", ".8", "8.", "+0.8", " 0.8", "0.8 ",
          "80%%", "80 % ", "80 percent", "%", "", "0x1", "٠.٨", "0.8000000000000001", "true",
        ].map { Number(field, $0, "setting_invalid") }
    }
    + ["0", "0.0", "1", "1.000", "100 %", "0 %"].map {
      Number("metric.confidence", $0, "field_range")
    } + [
      Number("metric.kind", "at_leats", "field_range"),
      Number("metric.aggregate", "mean", "field_range"),
    ]

  @Test(arguments: numbers)
  func `a number out of range or no number has its word`(_ row: Number) throws {
    let made = #expect(throws: ClaimError.self) {
      try ClaimMaker.make("lerobot-libero", [(row.field, row.text)])
    }
    #expect(made?.reason == row.made)
    let (claim, plan) = try ClaimMaker.make("lerobot-libero")
    let changed = Self.replacing(claim, row.field, by: .string(row.text))
    let remark = checkClaim(claim: changed, protocol: plan).first
    #expect(remark?.reason == row.read)
    #expect(remark?.severity == .error)
    #expect(
      remark?.place == "claim.json /" + row.field.split(separator: ".").joined(separator: "/"))
    let drafted = #expect(throws: ClaimError.self) {
      try draftProtocol(claim: changed, now: ClaimMaker.now, random: ClaimMaker.random)
    }
    #expect(drafted?.reason == row.read)
    let frozen = #expect(throws: ClaimError.self) {
      try freezeProtocol(plan, claim: changed, now: ClaimMaker.now)
    }
    #expect(frozen?.reason == row.read)
  }

  @Test(arguments: [
    JSONValue.number(JSONNumber(1)), true, [], ["value": "0.8"],
    .number(JSONNumber(checkedLexeme: "0.8")),
  ])
  func `a threshold that is no text is refused`(_ value: JSONValue) throws {
    let (claim, plan) = try ClaimMaker.make("lerobot-libero")
    let changed = Self.replacing(claim, "metric.threshold", by: value)
    #expect(checkClaim(claim: changed, protocol: plan).first?.reason == "field_type")
  }

  @Test(
    arguments: [
      ([("metric.kind", "at_least"), ("metric.threshold", "0")], "threshold_out_of_range"),
      ([("metric.kind", "at_least"), ("metric.threshold", "0 %")], "threshold_out_of_range"),
      (
        [
          ("metric.kind", "at_most"), ("metric.threshold", "1"),
          ("protocol.metric_contract.direction", "lower_is_better"),
        ], "threshold_out_of_range"
      ),
      ([("metric.confidence", "0.49")], "confidence_out_of_range"),
      ([("metric.confidence", "5 %")], "confidence_out_of_range"),
    ] as [([(String, String)], String)])
  func `a number that decides nothing is an error of the check`(
    _ settings: [(String, String)], _ reason: String
  ) throws {
    let (claim, plan) = try ClaimMaker.make("lerobot-libero", settings)
    #expect(
      checkClaim(claim: claim, protocol: plan).filter { $0.severity == .error }.map(\.reason)
        == [reason])
  }

  /// Eight spellings of one number.
  static let spellings = [
    "0.8", "0.80", "0.800000", "80%", "80 %", "80.0 %", "80\u{A0}%", "80\u{202F}%",
  ]

  @Test(arguments: spellings, spellings)
  func `one number in two spellings is one number, and each text is kept`(
    _ inClaim: String, _ inProtocol: String
  ) throws {
    let (claim, plan) = try ClaimMaker.make(
      "lerobot-libero",
      [("metric.threshold", inClaim), ("protocol.metric_contract.threshold", inProtocol)])
    #expect(claim["metric"]?["threshold"]?.string == inClaim)
    #expect(plan["metric_contract"]?["threshold"]?.string == inProtocol)
    #expect(checkClaim(claim: claim, protocol: plan).allSatisfy { $0.severity != .error })
  }

  @Test(arguments: [
    ("protocol.metric_contract.threshold", "0.81"), ("protocol.metric_contract.threshold", "8 %"),
    ("protocol.metric_contract.confidence", "0.99"),
    ("protocol.metric_contract.aggregate", "macro"),
    ("protocol.metric_contract.kind", "at_most"), ("protocol.metric_contract.name", "reward"),
  ])
  func `claim and protocol with different metrics contradict`(
    _ path: String, _ value: String
  ) throws {
    let (claim, plan) = try ClaimMaker.make("lerobot-libero", [(path, value)])
    let errors = checkClaim(claim: claim, protocol: plan).filter { $0.severity == .error }
    #expect(errors.map(\.reason) == ["metric_mismatch"])
    #expect(errors.first?.place.hasPrefix("protocol.json /metric_contract") == true)
  }

  @Test(
    arguments: [
      (#"[{"suite":"a","task_id":"0"},{"suite":"a","task_id":"0"}]"#, "duplicate_task"),
      (#"[{"suite":"a"}]"#, "field_missing"), (#"[{"suite":"a","task_id":0}]"#, "field_type"),
      (#"[{"suite":"","task_id":"\u0007"}]"#, "control_character"), ("[[]]", "field_type"),
      ("[NaN]", "setting_invalid"), ("[", "setting_invalid"), ("libero", "setting_invalid"),
      ("libero_goal,libero_goal", "duplicate_task"), ("", nil),
    ] as [(String, String?)])
  func `a task list that cannot be run has its word`(_ tasks: String, _ reason: String?) throws {
    guard let reason else {
      // No task is a draft: the check says so.
      let (claim, plan) = try ClaimMaker.make("lerobot-libero", [("protocol.frozen.tasks", tasks)])
      #expect(checkClaim(claim: claim, protocol: plan).map(\.reason).contains("tasks_missing"))
      return
    }
    let error = #expect(throws: ClaimError.self) {
      try ClaimMaker.make("lerobot-libero", [("protocol.frozen.tasks", tasks)])
    }
    #expect(error?.reason == reason)
  }

  @Test func `task lists and ids that contradict each other are errors`() throws {
    let (claim, plan) = try ClaimMaker.make(
      "lerobot-libero",
      [("claim_text", "X succeeds in at least 80 % of ten LIBERO-Object tasks.")])
    #expect(checkClaim(claim: claim, protocol: plan).first?.reason == "text_suite_differs")
    let other = try makeClaim(
      template: "lerobot-libero", settings: [], now: 5, random: ClaimMaker.random)
    #expect(
      checkClaim(claim: claim, protocol: other.protocol).first?.reason == "claim_id_mismatch")
  }

  private static func replacing(
    _ value: JSONValue, _ path: String, by new: JSONValue
  ) -> JSONValue {
    value.setting(path.split(separator: ".").map(String.init), new) ?? .null
  }
}

extension JSONNumber {
  /// A lexeme that is known to be a number.
  fileprivate init(checkedLexeme text: String) { self = JSONNumber(lexeme: text) ?? JSONNumber(0) }
}
