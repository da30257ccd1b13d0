import Audit
import Evidence
import JSON
import Testing

/// What rules 2 judge otherwise than rules 1, next to what rules 1 said.
struct JudgingRulesTwoTests {
  private func unplanned(_ tasks: [String], _ aggregate: ClaimMetric.Aggregate?) throws
    -> JudgingExample
  {
    var example = try JudgingExample(tasks: tasks, aggregate: aggregate)
    example.plan.frozen.episodeIndexes = nil
    example.recount()
    return example
  }

  @Test func `counts that contradict each other are no rate`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)], kind: .betterThan)
    example.claim.baseline = [
      "kind": "reported", "value": "0.5", "episodes": ["succeeded": 60, "denominator": 50],
    ]
    #expect(try example.evidence(rules: .v1)["verdict"]?.string == "supported")
    #expect(try example.evidence(rules: .v2)["verdict"]?.string == "not_auditable")
  }

  @Test func `nothing is worse than a bare rate of zero`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)], kind: .betterThan)
    example.claim.baseline = ["kind": "reported", "value": "0", "episodes": nil]
    // Rules 1 called 50 of 50 worse than nothing.
    #expect(try example.evidence(rules: .v1)["verdict"]?.string == "refuted")
    #expect(try example.evidence(rules: .v2).at("reasons").words == ["invalid_claim"])
  }

  @Test func `a margin over a bare rate counts`() throws {
    var example = try JudgingExample(tasks: [mixed(45, 50)], kind: .betterThan)
    example.claim.baseline = ["kind": "reported", "value": "0.8", "episodes": nil]
    example.claim.metric?.margin = "0.1"
    #expect(try example.evidence(rules: .v1)["verdict"]?.string == "supported")
    let evidence = try example.evidence(rules: .v2)
    #expect(evidence["verdict"]?.string == "inconclusive")
    // 0.9 at 95 % needs 49 of 50, by scipy.
    #expect(evidence.at("test", "support_min").int == 49)
  }

  @Test func `a mean over a task without counted episodes has no value`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50), "EEE"], aggregate: .macro)
    example.plan.frozen.denominators.policy = "errors_excluded"
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == "not_auditable")
    #expect(evidence.at("reasons").words == ["no_episodes"])
  }

  @Test func `successes without episodes have no denominator`() throws {
    var example = try JudgingExample(tasks: [mixed(3, 3)])
    example.setTasks(["MMM"])
    example.input.sourceAggregates = ["num_success": 40]
    #expect(
      try example.evidence().at("reasons").words
        == ["no_episodes", "task_scope", "denominator_unknown"])
    example.input.sourceAggregates = ["num_success": 40, "n_episodes": 50]
    #expect(try example.evidence().at("reasons").words == ["no_episodes", "task_scope"])
  }

  @Test func `an unstated aggregate has no test`() throws {
    let example = try unplanned([mixed(50, 50), mixed(30, 30)], nil)
    let test = try example.evidence().at("test")
    #expect(test["name"]?.isNull == true && test["support_min"]?.isNull == true)
    #expect(test["support_min_reason"]?.string == "aggregate_unstated")
    #expect(try !example.text().contains("or more successes support it"))
  }

  @Test func `each task shows the e-values that decide`() throws {
    // By the formula of STATISTICS §7 in exact fractions (Python): E⁺ at 0.8 of 50, 48 and 47 of 50.
    let evidence = try unplanned([mixed(50, 50), mixed(48, 50), mixed(47, 50)], .eachTask)
      .evidence()
    #expect(evidence.at("stopping", "e_above").string == "22.322484")
    #expect(evidence.at("stopping", "e_below").string == "0.023451")
    #expect(evidence["verdict"]?.string == "supported")
    let mirrored = try {
      var example = try unplanned([mixed(0, 50), mixed(2, 50), mixed(3, 50)], .eachTask)
      example.claim.metric?.kind = .atMost
      example.claim.metric?.threshold = "0.2"
      return try example.evidence()
    }()
    #expect(mirrored.at("stopping", "e_below") == evidence.at("stopping", "e_above"))
    #expect(mirrored.at("stopping", "e_above") == evidence.at("stopping", "e_below"))
  }

  @Test func `a mean over uneven tasks has no e-value`() throws {
    let stopping = try unplanned([mixed(50, 50), mixed(98, 100)], .macro).evidence()
      .at("stopping")
    #expect(stopping["e_above"]?.isNull == true)
    #expect(stopping["e_above_reason"]?.string == "uneven_tasks")
  }

  @Test func `a mean over equal tasks assumes one rate too`() throws {
    let evidence = try unplanned([mixed(50, 50), mixed(49, 50)], .macro).evidence()
    #expect(evidence["verdict"]?.string == "supported")
    #expect(evidence.at("reasons").words == ["sequence_assumes_one_rate"])
  }

  @Test func `the hint of each task names the tasks that lack something`() throws {
    let evidence = try JudgingExample(
      tasks: [mixed(43, 50), mixed(50, 50), mixed(40, 50)], aggregate: .eachTask
    ).evidence()
    let power = evidence.at("power")
    #expect(power["episodes"]?.isNull == true)
    #expect(power["episodes_reason"]?.string == "per_task")
    let rows = power["tasks"]?.array ?? []
    #expect(rows.compactMap { $0["task"]?.string } == ["libero_spatial/0", "libero_spatial/2"])
    #expect(rows[0]["episodes"]?.int == 430)
    #expect(rows[0]["successes"]?.int == 358)
    #expect(rows[0]["more"]?.int == 380)
    #expect(rows[1]["episodes_reason"]?.string == "rate_not_above_threshold")
    #expect(rows[1]["successes_reason"]?.string == "rate_not_above_threshold")
    #expect(evidence.labels.contains("underpowered_sample"))
  }

  @Test func `a mean over equal tasks has the hint of the pooled count`() throws {
    let macro = try JudgingExample(tasks: [mixed(22, 25), mixed(21, 25)], aggregate: .macro)
      .evidence()
    #expect(macro.at("power", "episodes").int == 430)
    let uneven = try unplanned([mixed(22, 25), mixed(22, 26)], .macro).evidence()
    #expect(uneven["power_reason"]?.string == "uneven_tasks")
  }

  @Test func `repeats without a policy are seen in the input alone`() throws {
    var example = try JudgingExample(tasks: [mixed(48, 50)])
    example.input.attempts = 3
    example.plan.frozen.denominators.retries = nil
    let check = try example.evidence().at("integrity").row("I11")
    #expect(check["state"]?.string == "fail")
    #expect(check["observed"]?.string == "3 attempts, no policy")
    example.plan.frozen.denominators.retries = "first_attempt"
    #expect(
      try example.evidence().at("integrity").row("I11")["state"]?.string == "not_applicable")
  }

  @Test func `a rate of a stated number of episodes is looked at without their records`() throws {
    var example = try JudgingExample(tasks: [mixed(3, 3)])
    example.setTasks(["MMM"])
    example.input.sourceAggregates = ["pc_success": "85.3", "n_episodes": 50]
    let check = try example.evidence().at("integrity").row("I02")
    #expect(check["state"]?.string == "fail")
    #expect(check["observed"]?.string == "85.3 of 50")
  }

  @Test func `the best case is never the primary policy`() throws {
    var example = try JudgingExample(tasks: [mixed(48, 50)])
    example.plan.frozen.denominators.policy = "best_case"
    let evidence = try example.evidence()
    #expect(evidence.at("primary", "policy").string == "errors_as_failures")
    #expect(evidence.at("reasons").words.contains("policy_assumed"))
  }

  @Test func `a comparison shows its baseline`() throws {
    var example = try JudgingExample(tasks: [mixed(48, 50)], kind: .betterThan)
    example.claim.baseline = [
      "kind": "measured", "id": "old", "value": nil,
      "episodes": ["succeeded": 30, "denominator": 50],
    ]
    let baseline = try example.evidence().at("baseline")
    #expect(baseline["succeeded"]?.int == 30 && baseline["denominator"]?.int == 50)
    #expect(baseline["value"]?.isNull == true)
    #expect(try example.text().contains("above that of its baseline (30 of 50)."))
  }
}
