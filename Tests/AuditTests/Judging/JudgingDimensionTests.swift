import Audit
import Evidence
import JSON
import TestSupport
import Testing

/// embodied-gov-bench: each dimension is judged on its own, and nothing is formed over several.
struct JudgingDimensionTests {
  private func example(
    _ scenarios: [(dimension: String, letters: String)],
    _ aggregate: ClaimMetric.Aggregate? = .eachTask, format: String = "embodied-gov-bench"
  ) throws -> JudgingExample {
    var example = try JudgingExample(tasks: scenarios.map(\.letters), aggregate: aggregate)
    example.input.format.name = format
    for (place, scenario) in scenarios.enumerated() {
      example.plan.frozen.tasks[place].suite = scenario.dimension
      example.input.tasks[place].suite = scenario.dimension
    }
    return example
  }

  private let drift = "runtime_drift_robustness"
  private let audit = "audit_completeness"
  private let recovery = "recovery_success"

  @Test func `every dimension has its own counts, interval and word`() throws {
    let evidence = try example([
      (drift, mixed(50, 50)), (audit, mixed(20, 50)), (drift, mixed(48, 50)),
    ]).evidence()
    let rows = evidence["dimensions"]?.array ?? []
    #expect(rows.compactMap { $0["dimension"]?.string } == [drift, audit])
    #expect(rows.compactMap { $0["k"]?.int } == [98, 20])
    #expect(rows.compactMap { $0["n"]?.int } == [100, 50])
    #expect(rows.compactMap { $0["rate"]?.string } == ["0.980000", "0.400000"])
    #expect(rows.compactMap { $0["verdict"]?.string } == ["supported", "refuted"])
    // Clopper-Pearson of 20 of 50 at 95 %, two-sided.
    #expect(rows.last?.at("clopper_pearson", "lower").string == "0.264078")
    #expect(rows.last?.at("clopper_pearson", "upper").string == "0.548206")
    #expect(evidence["verdict"]?.string == "refuted")
    #expect(evidence.at("recommendation", "word").string == "do_not_rely")
    #expect(evidence.at("recommendation", "text").string?.contains("118") == false)
  }

  @Test(arguments: [ClaimMetric.Aggregate.micro, .macro, .eachTask, nil])
  func `no number is formed over several dimensions`(aggregate: ClaimMetric.Aggregate?) throws {
    let evidence = try example([(drift, mixed(50, 50)), (audit, mixed(50, 50))], aggregate)
      .evidence()
    for key in ["test", "intervals", "homogeneity"] {
      #expect(evidence.at(key).isNull)
      #expect(evidence[key + "_reason"]?.string == "dimensions_not_pooled")
    }
    #expect(evidence.at("primary", "rate").isNull)
    #expect(evidence.at("primary", "rate_reason").string == "dimensions_not_pooled")
    #expect(evidence.at("band", "worst").isNull && evidence.at("band", "best").isNull)
    for policy in ["errors_as_failures", "errors_excluded", "as_planned", "best_case"] {
      #expect(evidence.at("policies", policy, "rate").isNull)
      #expect(evidence.at("policies", policy, "rate_reason").string == "dimensions_not_pooled")
    }
    let text = try example([(drift, mixed(50, 50)), (audit, mixed(50, 50))], aggregate).text()
    #expect(!text.contains("100 of 100"))
    #expect(text.contains("2 dimensions were judged, each on its own"))
    #expect(
      text.contains("| audit_completeness | 50 / 50 | 100.0 % | 92.9 % to 100.0 % | supported |"))
  }

  @Test(arguments: [
    // Every one must pass, uncorrected: 45 of 50 alone supports at 0.048 and not after Holm.
    (45, 45, 45, "supported", [String]()),
    (45, 44, 50, "inconclusive", []),
    // 34 of 50 refutes alone and not among three; 31 does.
    (34, 50, 50, "inconclusive", []), (31, 50, 50, "refuted", []),
  ])
  func `each task means each dimension`(a: Int, b: Int, c: Int, verdict: String, reasons: [String])
    throws
  {
    let evidence = try example([
      (drift, mixed(a, 50)), (audit, mixed(b, 50)), (recovery, mixed(c, 50)),
    ]).evidence()
    #expect(evidence["verdict"]?.string == verdict)
    #expect(evidence.at("reasons").words == reasons)
  }

  @Test func `scenarios of one dimension are one count`() throws {
    // Each scenario alone is too short to support anything; together they are one dimension of 50.
    let scenarios = (0..<5).map { _ in (dimension: drift, letters: mixed(10, 10)) }
    let one = try example(scenarios + [(audit, mixed(50, 50))]).evidence()
    #expect(one["verdict"]?.string == "supported")
    #expect(one.at("reasons").words == [])
  }

  @Test(arguments: [
    (ClaimMetric.Aggregate.micro, "dimensions_not_pooled"), (.macro, "dimensions_not_pooled"),
    (nil, "aggregate_unstated"),
  ])
  func `a claim that averages over dimensions is open`(
    aggregate: ClaimMetric.Aggregate?, reason: String
  ) throws {
    let evidence = try example([(drift, mixed(50, 50)), (audit, mixed(50, 50))], aggregate)
      .evidence()
    #expect(evidence["verdict"]?.string == "inconclusive")
    #expect(evidence.at("reasons").words == [reason])
    #expect(evidence.at("recommendation", "word").string == "repair_input")
  }

  @Test func `one dimension is judged as any suite`() throws {
    let pooled = try example([(drift, mixed(50, 50)), (drift, mixed(49, 50))], .micro).evidence()
    #expect(pooled["verdict"]?.string == "supported")
    #expect(pooled.at("primary", "rate").string == "0.990000")
    #expect(pooled.at("test", "support_min").int == 87)
    #expect(pooled.at("dimensions").array?.count == 1)
  }

  @Test func `other formats have no dimensions, nor has rules 1`() throws {
    let scenarios = [(dimension: drift, letters: mixed(50, 50)), (audit, mixed(50, 50))]
    #expect(try example(scenarios, .micro, format: "lerobot").evidence()["dimensions"] == nil)
    let old = try example(scenarios, .micro).evidence(rules: .v1)
    #expect(old["dimensions"] == nil)
    #expect(old.at("primary", "rate").string == "1.000000")
  }

  @Test func `without a fixed number of episodes every dimension's e-value is asked`() throws {
    var strong = try example([(drift, mixed(47, 50)), (audit, mixed(50, 50))])
    strong.plan.frozen.episodeIndexes = nil
    strong.recount()
    #expect(try strong.evidence()["verdict"]?.string == "supported")
    var weak = try example([(drift, mixed(46, 50)), (audit, mixed(50, 50))])
    weak.plan.frozen.episodeIndexes = nil
    weak.recount()
    let evidence = try weak.evidence()
    #expect(evidence["verdict"]?.string == "inconclusive")
    #expect(evidence.at("reasons").words == ["stopping_unknown"])
    #expect(evidence["verdict_if_all_assumptions_hold"]?.string == "supported")
  }

  @Test func `open episodes of a dimension are a worst and a best case of it`() throws {
    let evidence = try example([
      (drift, mixed(44, 44) + "FMMMMM"), (audit, mixed(50, 50)),
    ]).evidence()
    #expect(evidence.at("band", "flips").bool == true)
    #expect(evidence.at("reasons").words.contains("denominator_sensitive"))
  }

  @Test func `the hint says which dimension lacks what`() throws {
    let evidence = try example([(drift, mixed(43, 50)), (audit, mixed(50, 50))]).evidence()
    let rows = evidence.at("power", "dimensions").array ?? []
    #expect(rows.compactMap { $0["dimension"]?.string } == [drift])
    #expect(rows.first?["episodes"]?.int == 430)
  }

  @Test func `a source's rate over dimensions is not recounted`() throws {
    var one = try example([(drift, mixed(50, 50)), (audit, mixed(25, 50))])
    one.input.sourceAggregates = ["success_rate": "0.9", "n_episodes": 100]
    let checks = try one.evidence().at("integrity")
    #expect(checks.row("I01")["state"]?.string == "pass")
    #expect(checks.row("I02")["state"]?.string == "not_applicable")
  }

  @Test func `a comparison of each dimension with one baseline is refused`() throws {
    var one = try example([(drift, mixed(50, 50)), (audit, mixed(50, 50))])
    one.claim.metric?.kind = .betterThan
    one.claim.baseline = ["kind": "reported", "episodes": ["succeeded": 30, "denominator": 50]]
    let refused = AuditError(
      .aggregateNotSupported, place: "claim.json /metric/aggregate", message: "")
    #expect(throws: refused) { try one.evidence() }
    one.claim.metric?.aggregate = .micro
    #expect(try one.evidence().at("reasons").words == ["dimensions_not_pooled"])
  }
}
