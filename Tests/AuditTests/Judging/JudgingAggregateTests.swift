import Audit
import Evidence
import JSON
import Testing

struct JudgingAggregateTests {
  private func verdict(_ tasks: [String], _ aggregate: ClaimMetric.Aggregate) throws -> JSONValue {
    var example = try JudgingExample(tasks: tasks, aggregate: aggregate)
    let sizes = Set(tasks.map(\.utf8.count))
    guard sizes.count > 1 else { return try example.evidence() }
    // Different sizes that are all planned need one protocol per size; here they count as fixed
    // because the evidence under test is the fixed-n result.
    example.plan.frozen.episodeIndexes = nil
    example.recount()
    return try example.evidence()
  }

  @Test func `each task must pass by itself`() throws {
    let good = try verdict([mixed(48, 50), mixed(45, 50)], .eachTask)
    #expect(good["verdict"]?.string == "supported")
    #expect(good.at("test", "name").string == "each_task")
    let weak = try verdict([mixed(50, 50), mixed(44, 50)], .eachTask)
    #expect(weak["verdict"]?.string == "inconclusive")
    let pooled = try verdict([mixed(50, 50), mixed(44, 50)], .micro)
    #expect(pooled["verdict"]?.string == "supported")
  }

  @Test func `one task refutes each task only after Holm`() throws {
    // 34 of 50 refutes alone (p = 0.031) and not among two tasks.
    #expect(try verdict([mixed(34, 50)], .eachTask)["verdict"]?.string == "refuted")
    #expect(
      try verdict([mixed(34, 50), mixed(50, 50)], .eachTask)["verdict"]?.string == "inconclusive")
    #expect(
      try verdict([mixed(32, 50), mixed(50, 50)], .eachTask)["verdict"]?.string == "refuted")
  }

  @Test func `a macro claim over equal tasks is the pooled one`() throws {
    let tasks = [mixed(48, 50), mixed(40, 50)]
    let macro = try verdict(tasks, .macro)
    let micro = try verdict(tasks, .micro)
    #expect(macro["verdict"] == micro["verdict"])
    #expect(macro["test"] == micro["test"])
    #expect(macro.at("intervals", "macro", "bootstrap", "replicates").int == 9999)
    #expect(micro.at("intervals", "macro").isNull)
    #expect(micro.at("intervals", "macro_reason").string == "equal_task_sizes")
  }

  @Test func `an uneven macro claim counts each task for the smallest`() throws {
    let evidence = try verdict([mixed(50, 50), mixed(98, 100)], .macro)
    // μ = 50, so N* = 100 with 50 + 49 successes; 87 are needed.
    #expect(evidence.at("test", "name").string == "equalised")
    #expect(evidence.at("test", "support_min").int == 87)
    #expect(evidence["verdict_if_all_assumptions_hold"]?.string == "supported")
    // No e-value covers it, and the number of episodes was not fixed.
    #expect(evidence["verdict"]?.string == "inconclusive")
    #expect(evidence.at("reasons").words == ["stopping_unknown"])
    let thin = try verdict([mixed(10, 10), mixed(100, 100)], .macro)
    #expect(thin["verdict_if_all_assumptions_hold"]?.string == "supported")
    let tiny = try verdict([mixed(6, 6), mixed(100, 100)], .macro)
    #expect(tiny["verdict_if_all_assumptions_hold"]?.string == "inconclusive")
    #expect(tiny.at("reasons").words.first == "too_few_episodes")
  }

  @Test func `the intervals of a mean are shown where tasks differ in size`() throws {
    let evidence = try verdict([mixed(45, 50), mixed(20, 25)], .micro)
    let macro = evidence.at("intervals", "macro")
    #expect(!macro.at("square_and_add", "lower").isNull)
    #expect(macro.at("bootstrap", "seed").string.flatMap { UInt64($0) } != nil)
    let lower = macro.at("bootstrap", "limits", "lower").string.flatMap { Double($0) } ?? 9
    let upper = macro.at("bootstrap", "limits", "upper").string.flatMap { Double($0) } ?? -9
    #expect(lower < 0.85 && 0.85 < upper)
  }

  @Test func `each task under unknown stopping asks every task's e-value`() throws {
    let strong = try verdict([mixed(50, 50), mixed(47, 50), mixed(60, 60)], .eachTask)
    #expect(strong["verdict"]?.string == "supported")
    let weak = try verdict([mixed(50, 50), mixed(46, 50), mixed(60, 60)], .eachTask)
    #expect(weak["verdict_if_all_assumptions_hold"]?.string == "supported")
    #expect(weak["verdict"]?.string == "inconclusive")
    #expect(weak.at("reasons").words == ["stopping_unknown"])
  }
}

struct JudgingBaselineTests {
  private func evidence(
    _ kind: ClaimMetric.Kind, _ k: Int, _ n: Int, value: String? = nil,
    counts: (Int64?, Int64)? = nil, margin: String? = nil
  ) throws -> JSONValue {
    var example = try JudgingExample(tasks: [mixed(k, n)])
    example.claim.metric = ClaimMetric(
      name: "success_rate", kind: kind, threshold: nil, confidence: "0.95", aggregate: nil,
      margin: margin)
    var episodes: JSONValue = nil
    if let counts {
      episodes = [
        "succeeded": counts.0.map { .number(JSONNumber($0)) } ?? .null,
        "denominator": .number(JSONNumber(counts.1)),
      ]
    }
    example.claim.baseline = [
      "kind": "reported", "id": "baseline", "metric": "success_rate",
      "value": value.map { .string($0) } ?? .null, "episodes": episodes, "source_uri": nil,
    ]
    return try example.evidence()
  }

  @Test func `better than counts is Boschloo's one-sided test`() throws {
    let better = try evidence(.betterThan, 48, 50, counts: (30, 50))
    #expect(better["verdict"]?.string == "supported")
    #expect(better.at("test", "name").string == "boschloo")
    #expect(better.at("reasons").words == [])
    #expect(better.labels.contains("baseline_not_rerun"))
    #expect(try evidence(.betterThan, 30, 50, counts: (48, 50))["verdict"]?.string == "refuted")
    #expect(
      try evidence(.betterThan, 40, 50, counts: (38, 50))["verdict"]?.string == "inconclusive")
  }

  @Test func `better by a margin is decided by Miettinen and Nurminen's bounds`() throws {
    // 48/50 against 30/50: the difference is 0.36.
    let wide = try evidence(.betterThan, 48, 50, counts: (30, 50), margin: "0.1")
    #expect(wide["verdict"]?.string == "supported")
    #expect(wide.at("test", "name").string == "miettinen_nurminen")
    #expect(wide.at("test", "p_value").isNull)
    #expect(
      try evidence(.betterThan, 48, 50, counts: (30, 50), margin: "0.36")["verdict"]?.string
        == "inconclusive")
    #expect(
      try evidence(.betterThan, 30, 50, counts: (30, 50), margin: "0.4")["verdict"]?.string
        == "refuted")
  }

  @Test func `better than a bare rate is at least that rate`() throws {
    let bare = try evidence(.betterThan, 45, 50, value: "0.8")
    #expect(bare["verdict"]?.string == "supported")
    #expect(bare.at("reasons").words == ["baseline_without_n"])
    #expect(bare.at("test", "support_min").int == 45)
  }

  @Test func `equality needs a margin`() throws {
    let open = try evidence(.equalsReported, 40, 50, counts: (40, 50))
    #expect(open["verdict"]?.string == "inconclusive")
    #expect(open.at("reasons").words == ["no_equivalence_margin"])
    #expect(
      try evidence(.equalsReported, 20, 50, counts: (45, 50))["verdict"]?.string == "refuted")
    #expect(
      try evidence(.equalsReported, 400, 500, counts: (400, 500), margin: "0.05")["verdict"]?.string
        == "supported")
    #expect(
      try evidence(.equalsReported, 300, 500, counts: (400, 500), margin: "0.05")["verdict"]?.string
        == "refuted")
  }

  @Test func `a reported percentage is turned into counts where only one fits`() throws {
    let one = try evidence(
      .equalsReported, 400, 500, value: "0.80", counts: (nil, 50), margin: "0.2")
    #expect(one["verdict"]?.string == "supported")
    let none = try evidence(
      .equalsReported, 400, 500, value: "85.3 %", counts: (nil, 50), margin: "0.2")
    #expect(none["verdict"]?.string == "inconclusive")
    #expect(none.at("reasons").words == ["reported_impossible"])
  }

  @Test func `a reported rate without n can only be refuted`() throws {
    let near = try evidence(.equalsReported, 40, 50, value: "0.8")
    #expect(near["verdict"]?.string == "inconclusive")
    #expect(near.at("test", "name").string == "clopper_pearson")
    #expect(near.at("reasons").words == ["baseline_without_n", "no_equivalence_margin"])
    #expect(try evidence(.equalsReported, 20, 50, value: "0.8")["verdict"]?.string == "refuted")
  }

  @Test(arguments: ["none", "text"])
  func `without a baseline there is nothing to compare with`(kind: String) throws {
    var example = try JudgingExample(tasks: [mixed(45, 50)], kind: .betterThan)
    example.claim.baseline = kind == "none" ? ["kind": "none"] : "75 percent, somewhere"
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == "not_auditable")
    #expect(evidence.at("reasons").words == ["invalid_claim"])
    #expect(evidence.labels.contains("baseline_missing"))
  }

  @Test func `a baseline is one pooled count`() throws {
    var example = try JudgingExample(
      tasks: [mixed(45, 50)], kind: .betterThan, aggregate: .eachTask)
    example.claim.baseline = [
      "kind": "reported", "value": nil, "episodes": ["succeeded": 30, "denominator": 50],
    ]
    #expect(
      throws: AuditError(
        .aggregateNotSupported, place: "claim.json /metric/aggregate", message: "")
    ) { try example.evidence() }
  }
}
