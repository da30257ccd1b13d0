import Audit
import Evidence
import JSON
import Testing

struct JudgingObstacleTests {
  private func reasons(_ change: (inout JudgingExample) -> Void) throws -> [String] {
    var example = try JudgingExample(tasks: [mixed(48, 50), mixed(47, 50)])
    change(&example)
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == "not_auditable")
    #expect(evidence.at("grade", "letter").string == "D")
    #expect(evidence.at("recommendation", "word").string == "repair_input")
    return evidence.at("reasons").words
  }

  @Test func `a run without any record has no episodes`() throws {
    #expect(
      try reasons { $0.setTasks(["MMM", "MMM"]) } == ["no_episodes", "task_scope"])
  }

  @Test func `a rate without a count is no count`() throws {
    let words = try reasons {
      $0.setTasks(["MMM"])
      $0.input.sourceAggregates = ["pc_success": "85.0"]
    }
    #expect(words == ["no_counts", "no_episodes", "task_scope"])
  }

  @Test func `a named task without a record is outside of what was seen`() throws {
    #expect(try reasons { $0.setTasks([mixed(3, 3), "MMM"]) } == ["task_scope"])
  }

  @Test(arguments: ["0", "1.1", "-0.5", "eighty", "", "0.8.1", "1e-1", "101 %"])
  func `an unreadable threshold is an invalid claim`(threshold: String) throws {
    #expect(try reasons { $0.claim.metric?.threshold = threshold } == ["invalid_claim"])
  }

  @Test(arguments: ["0.49", "1", "0", "95", "100 %"])
  func `an unreadable confidence is an invalid claim`(confidence: String) throws {
    #expect(try reasons { $0.claim.metric?.confidence = confidence } == ["invalid_claim"])
  }

  @Test func `an at most claim of one is invalid`() throws {
    let words = try reasons {
      $0.claim.metric?.kind = .atMost
      $0.claim.metric?.threshold = "1"
    }
    #expect(words == ["invalid_claim"])
  }

  @Test func `a claim without a metric is an open question`() throws {
    #expect(try reasons { $0.claim.metric = nil } == ["invalid_claim"])
  }

  @Test(arguments: [
    ("metric.threshold", true), ("metric", true), ("/metric/confidence", true),
    ("threshold", true), ("protocol.metric_contract.name", true), ("baseline.metric", false),
    ("applicability.simulator", false), ("capability", false),
  ])
  func `only a question about metric or threshold forbids a verdict`(field: String, forbids: Bool)
    throws
  {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    example.claim.openQuestions = [OpenQuestion(id: "q", field: field, text: "?")]
    let verdict = try example.evidence()["verdict"]?.string
    #expect(verdict == (forbids ? "not_auditable" : "supported"))
  }

  @Test func `a graded score needs a custom contract with a success rule`() throws {
    #expect(
      try reasons { $0.plan.metricContract.kind = "bounded_score" } == ["metric_not_binary"])
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    example.plan.metricContract.kind = "bounded_score"
    example.plan.customEvalContract = ["customer_consent": "given"]
    #expect(try example.evidence()["verdict"]?.string == "supported")
  }

  @Test func `a fatal check forbids a verdict and a serious one lowers it`() throws {
    let fatal = Observation(
      id: "I19", state: .fail, observed: "2 of 100 disagree", expected: nil, at: nil)
    #expect(try reasons { $0.input.observations = [fatal] } == ["integrity"])
    var example = try JudgingExample(tasks: [mixed(100, 100)])
    example.input.observations = [
      Observation(id: "I19", state: .fail, observed: "1 of 100 disagree", expected: nil, at: nil)
    ]
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == "inconclusive")
    #expect(evidence["verdict_if_all_assumptions_hold"]?.string == "supported")
    #expect(evidence.at("reasons").words == ["I19"])
    #expect(evidence.at("recommendation", "word").string == "repair_input")
  }

  @Test func `a serious finding outside of the counted tasks lowers nothing`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    example.input.observations = [
      Observation(id: "I04", state: .fail, observed: "1", expected: nil, at: "other_suite/9/0")
    ]
    #expect(try example.evidence()["verdict"]?.string == "supported")
  }

  @Test func `undefined numbers are null with a reason`() throws {
    let evidence = try {
      var example = try JudgingExample(tasks: ["MMM"])
      example.claim.metric = nil
      return try example.evidence()
    }()
    #expect(evidence.at("primary", "rate").isNull)
    #expect(evidence.at("primary", "rate_reason").string == "no_episodes")
    #expect(evidence.at("test", "p_value_reason").string == "invalid_claim")
    #expect(evidence.at("intervals", "wilson_reason").string == "invalid_claim")
    #expect(evidence.at("band", "flips_reason").string == "invalid_claim")
    #expect(evidence.at("homogeneity", "tarone_z_reason").string == "no_episodes")
  }

  @Test func `counts that are not the tallies of the outcomes are refused`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    example.input.counts.succeeded -= 1
    let expected = AuditError(
      .countMismatch, place: "audit_input.json /counts/succeeded", message: "")
    #expect(throws: expected) { try example.evidence() }
  }

  @Test func `claim and protocol with different metrics are refused`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    example.plan.metricContract.name = "coverage"
    var reason: String?
    do { _ = try example.evidence() } catch let error as AuditError { reason = error.reason }
    #expect(reason == "metric_mismatch")
  }
}
