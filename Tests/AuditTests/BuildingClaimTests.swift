import Evidence
import JSON
import TestSupport
import Testing

struct BuildingClaimTests {
  private static let now: Int64 = 1_795_000_000

  private static func make(
    _ template: String, _ settings: [(path: String, value: String)] = []
  ) throws -> (claim: JSONValue, protocol: JSONValue) {
    try makeClaim(template: template, settings: settings, now: now) { count in
      (0..<count).map { UInt8(truncatingIfNeeded: $0 + 1) }
    }
  }

  // MARK: - Templates

  /// Templates that cannot know what is run.
  private static let asking = ["embodied-gov-bench", "cosmos-predict-bridge"]

  @Test(arguments: ClaimTemplate.all.map(\.name))
  func `a template decodes, asks only what it cannot know and contradicts nothing`(
    _ name: String
  ) throws {
    let (claim, plan) = try Self.make(name)
    let decoded = try Claim.decode(memberBytes(claim, of: .claim))
    let decodedPlan = try EvaluationProtocol.decode(memberBytes(plan, of: .evaluationProtocol))
    #expect(decoded.openQuestions.isEmpty != Self.asking.contains(name))
    #expect(decodedPlan.claimID == decoded.id)
    #expect(decodedPlan.frozenAt == nil)
    #expect(decoded.metric?.threshold == "0.8")
    #expect(decoded.metric?.confidence == "0.95")
    let remarks = checkClaim(claim: claim, protocol: plan)
    #expect(remarks.filter { $0.severity == .error } == [])
    let defaults = remarks.filter { $0.reason == "template_default" }.map(\.place)
    #expect(
      defaults == [
        "claim.json /metric/threshold", "claim.json /metric/confidence", "claim.json /subject/id",
      ])
    if Self.asking.contains(name) {
      let refusal = #expect(throws: ClaimError.self) {
        try freezeProtocol(plan, claim: claim, now: Self.now)
      }
      #expect(refusal?.code == .questionOpen)
    } else {
      #expect(remarks.allSatisfy { $0.severity != .warning || $0.reason == "seeds_unset" })
      #expect(try freezeProtocol(plan, claim: claim, now: Self.now)["frozen_at"] != .null)
    }
  }

  @Test func `lerobot-libero plans ten tasks of fifty episodes with their instructions`() throws {
    let (claim, plan) = try Self.make("lerobot-libero")
    let decoded = try EvaluationProtocol.decode(memberBytes(plan, of: .evaluationProtocol))
    #expect(decoded.frozen.tasks.map(\.taskID) == (0..<10).map { String($0) })
    #expect(Set(decoded.frozen.tasks.map(\.suite)) == ["libero_spatial"])
    #expect(
      decoded.frozen.tasks[4].name
        == "pick up the black bowl in the top drawer of the wooden cabinet and place it on the plate"
    )
    #expect(decoded.frozen.episodeIndexes == [0...49])
    #expect(
      decoded.frozen.seeds == .range(first: 1000, step: 1, count: 50, sameForEveryTask: true))
    #expect(decoded.metricContract.horizonSteps == 280)
    #expect(decoded.metricContract.successRule == "environment_success_before_horizon")
    #expect(decoded.gradePlanned == "B")
    #expect(decoded.frozen.questions.count == 5)
    #expect(claim["slug"] == "lerobot-policy-libero-spatial")
    #expect(
      claim["claim_text"]
        == "lerobot-policy succeeds in at least 80 % of attempts on LIBERO-Spatial (10 tasks).")
  }

  @Test func `openpi's LIBERO has its own step limit and no seeds`() throws {
    let (_, plan) = try Self.make("openpi-libero")
    #expect(plan["metric_contract"]?["horizon_steps"] == 220)
    #expect(plan["frozen"]?["seeds"]?["kind"] == "unset")
  }

  @Test(.enabled(if: Fixtures.shared("formats/openpi/good/libero-spatial-500.log") != nil))
  func `the tasks of openpi's saved log are those of its template`() throws {
    let path = try #require(Fixtures.shared("formats/openpi/good/libero-spatial-500.log"))
    let log = String(decoding: try Fixtures.read(path), as: UTF8.self)
    var seen: [String] = []
    for line in log.split(separator: "\n") where line.hasPrefix("Task: ") {
      let name = String(line.dropFirst(6))
      if seen.last != name { seen.append(name) }
    }
    let suite = try #require(BenchmarkSuite.named("libero_spatial"))
    #expect(seen == suite.tasks.map(\.name))
  }

  @Test func `an unknown template names the known ones`() {
    let error = #expect(throws: ClaimError.self) { try Self.make("lerobot-libreo") }
    #expect(error?.code == .templateUnknown)
    #expect(error?.hint?.contains("lerobot-libero") == true)
  }

  @Test func `equal time and randomness make equal claims`() throws {
    #expect(try Self.make("lerobot-pusht").claim == Self.make("lerobot-pusht").claim)
    let other = try makeClaim(template: "lerobot-pusht", settings: [], now: Self.now) { count in
      Array(repeating: 9, count: count)
    }
    #expect(try other.claim["id"] != Self.make("lerobot-pusht").claim["id"])
  }

  // MARK: - Settings

  @Test func `settings are read by the field's type and change what follows`() throws {
    let (claim, plan) = try Self.make(
      "lerobot-libero",
      [
        ("subject.id", "lerobot/smolvla_libero"), ("subject.type", "hf_model"),
        ("subject.checkpoint_uri", "hf://lerobot/smolvla_libero"),
        ("metric.threshold", "0.9"), ("metric.aggregate", "each_task"),
        ("applicability.simulator", "null"), ("protocol.frozen.tasks", "libero_object,libero_10"),
        ("protocol.frozen.episode_indexes", "0-19"), ("protocol.frozen.seeds.count", "20"),
        ("protocol.frozen.denominator_policy.retries", "first_attempt"),
        ("protocol.frozen.probes", "a, b"), ("protocol.grade_planned", "A"),
        (
          "baseline",
          "{\"kind\":\"reported\",\"id\":\"x\",\"metric\":\"success_rate\",\"value\":\"0.75\","
            + "\"episodes\":null,\"source_uri\":null}"
        ),
      ])
    #expect(claim["subject"]?["id"] == "lerobot/smolvla_libero")
    #expect(claim["slug"] == "lerobot-smolvla-libero-libero")
    #expect(claim["applicability"]?["simulator"] == .null)
    #expect(claim["baseline"]?["value"] == "0.75")
    #expect(
      claim["claim_text"]?.string?.hasSuffix(
        "at least 90 % of attempts in every task of LIBERO-Object, LIBERO-10 (20 tasks).") == true)
    #expect(plan["frozen"]?["tasks"]?.array?.count == 20)
    #expect(plan["frozen"]?["episode_indexes"] == [[0, 19]])
    #expect(plan["frozen"]?["probes"] == ["a", "b"])
    // The two suites have different step limits, so none is planned.
    #expect(plan["metric_contract"]?["horizon_steps"] == .null)
    #expect(
      plan["frozen"]?["robot_policy_profile"]?["policy_id"] == "lerobot_smolvla_libero")
    #expect(checkClaim(claim: claim, protocol: plan).filter { $0.severity == .error } == [])
  }

  @Test(
    arguments: [
      ("metric.treshold", "0.9", "setting_unknown", "metric.threshold"),
      ("protocol.frozen.task", "x", "setting_unknown", "protocol.frozen.tasks"),
      ("id", "clm_1", "setting_unknown", nil),
      ("metric.threshold", "a lot", "setting_invalid", nil),
      ("metric.threshold", "1.2", "field_range", nil),
      ("metric.kind", "at_leats", "field_range", nil),
      ("protocol.metric_contract.horizon_steps", "2.5", "setting_invalid", nil),
      ("protocol.frozen.tasks", "libero_spacial", "setting_invalid", nil),
      ("protocol.frozen.episode_indexes", "9-3", "setting_invalid", nil),
      ("protocol.frozen.axes", "[", "setting_invalid", nil),
      ("slug", "Not A Slug", "slug_invalid", nil),
      ("subject.checkpoint_uri", "file:///home/x/model", "uri_scheme", nil),
    ] as [(String, String, String, String?)])
  func `a setting that does not fit is refused`(
    _ path: String, _ value: String, _ reason: String, _ near: String?
  ) {
    let error = #expect(throws: ClaimError.self) {
      try Self.make("lerobot-libero", [(path, value)])
    }
    #expect(error?.reason == reason)
    if let near { #expect(error?.hint?.contains(near) == true) }
  }

  // MARK: - Contradictions

  @Test(arguments: [
    ("X succeeds in at least 90 % of attempts on LIBERO-Spatial.", "text_threshold_differs"),
    ("X succeeds in at least 90% of attempts.", "text_threshold_differs"),
    ("X succeeds in at least 0.9 of attempts.", "text_threshold_differs"),
    ("X succeeds in at least ninety-one of ten, or 75 percent.", "text_threshold_differs"),
    ("X fails in at most 80 % of attempts.", "text_kind_differs"),
    ("X succeeds in ≤ 80 % of attempts.", "text_kind_differs"),
    ("X is better than the baseline.", "text_kind_differs"),
    ("X succeeds in at least 80 % of attempts on PushT.", "text_benchmark_differs"),
    ("X succeeds in at least 80 % of CALVIN chains.", "text_benchmark_differs"),
    ("X succeeds in at least 80 % on LIBERO-Object.", "text_suite_differs"),
    ("X succeeds in at least 80 % on libero_goal.", "text_suite_differs"),
    ("X succeeds in at least 80 % on two LIBERO-Spatial tasks.", "text_tasks_differ"),
    ("X succeeds in at least 80 % on LIBERO-Spatial (9 tasks).", "text_tasks_differ"),
    ("X succeeds in at least 80 % of 100 episodes.", "text_episodes_differ"),
    ("X succeeds in at least 80 % of attempts at 99 % confidence.", "text_confidence_differs"),
  ])
  func `a sentence that says something else than the fields is an error`(
    _ text: String, _ reason: String
  ) throws {
    let (claim, plan) = try Self.make("lerobot-libero", [("claim_text", text)])
    let errors = checkClaim(claim: claim, protocol: plan).filter { $0.severity == .error }
    #expect(errors.map(\.reason) == [reason])
    #expect(errors.first?.place == "claim.json /claim_text")
  }

  @Test(arguments: [
    "X succeeds in at least 80 % of attempts on ten LIBERO-Spatial tasks.",
    "At 95 % confidence, X succeeds in at least 80 % of 500 episodes (50 episodes per task).",
    "X succeeds in 80 % or more of attempts on libero_spatial.",
    "X picks up bowls.", "With a confidence of 95 %, at least 0.80 succeed.",
    "X reaches at least 80.0 % on LIBERO.",
  ])
  func `a sentence that says the same raises nothing`(_ text: String) throws {
    let (claim, plan) = try Self.make("lerobot-libero", [("claim_text", text)])
    #expect(checkClaim(claim: claim, protocol: plan).filter { $0.severity < .info } == [])
  }

  @Test(
    arguments: [
      (
        [("protocol.metric_contract.name", "mean_score")], "metric_mismatch",
        ClaimRemark.Severity.error
      ),
      (
        [("applicability.benchmark", "PushT"), ("claim_text", "X works.")], "benchmark_differs",
        .error
      ),
      ([("metric.kind", "better_than")], "baseline_missing", .error),
      (
        [("protocol.frozen.denominator_policy.attempts_per_episode", "3")], "attempts_contradict",
        .error
      ),
      ([("protocol.frozen.seeds.count", "49")], "seed_count_differs", .error),
      ([("protocol.frozen.episode_indexes", "null")], "episodes_not_frozen", .error),
      ([("metric.threshold", "null")], "threshold_open", .warning),
      ([("metric.confidence", "null")], "confidence_open", .warning),
      ([("metric.aggregate", "null")], "aggregate_open", .warning),
      ([("protocol.frozen.denominator_policy.policy", "null")], "policy_open", .warning),
      ([("protocol.frozen.denominator_policy.stopping", "null")], "stopping_open", .warning),
      ([("protocol.frozen.denominator_policy.retries", "null")], "retries_open", .warning),
      ([("protocol.grade_planned", "null")], "grade_open", .warning),
      ([("protocol.metric_contract.success_rule", "null")], "success_rule_open", .warning),
      ([("protocol.metric_contract.direction", "lower_is_better")], "direction_differs", .warning),
      ([("protocol.frozen.seeds", "{\"kind\":\"unset\"}")], "seeds_unset", .warning),
      (
        [
          ("protocol.frozen.episode_indexes", "0"), ("protocol.frozen.seeds.count", "1"),
          ("metric.aggregate", "each_task"),
        ], "too_few_episodes", .warning
      ),
      (
        [("open_questions", "[{\"id\":\"q\",\"field\":\"metric\",\"text\":\"Which rate?\"}]")],
        "question_open", .warning
      ),
    ] as [([(String, String)], String, ClaimRemark.Severity)])
  func `fields that contradict or leave something open are named`(
    _ settings: [(String, String)], _ reason: String, _ severity: ClaimRemark.Severity
  ) throws {
    let (claim, plan) = try Self.make("lerobot-libero", settings.map { ($0.0, $0.1) })
    let found = checkClaim(claim: claim, protocol: plan).filter { $0.reason == reason }
    #expect(found.map(\.severity) == [severity])
  }

  @Test func `13 episodes cannot support 80 percent at 95, 14 can`() throws {
    for (last, expected) in [("12", true), ("13", false)] {
      let (claim, plan) = try Self.make(
        "lerobot-pusht",
        [
          ("protocol.frozen.episode_indexes", "0-" + last),
          ("protocol.frozen.seeds.count", String((Int(last) ?? 0) + 1)),
        ])
      let reasons = checkClaim(claim: claim, protocol: plan).map(\.reason)
      #expect(reasons.contains("too_few_episodes") == expected)
    }
  }

  @Test func `a protocol for another claim, and one with a broken digest, are errors`() throws {
    let (claim, _) = try Self.make("lerobot-libero")
    let other = try makeClaim(template: "lerobot-libero", settings: [], now: 5) { count in
      Array(repeating: 3, count: count)
    }
    #expect(
      checkClaim(claim: claim, protocol: other.protocol).first?.reason == "claim_id_mismatch")
    var object = try #require(other.protocol.object)
    object["freeze_digest"] = .string("sha256:" + String(repeating: "0", count: 64))
    let remarks = checkClaim(claim: claim, protocol: .object(object))
    #expect(remarks.first?.reason == "freeze_mismatch")
    #expect(remarks.first?.severity == .error)
  }

  @Test func `the worked example has nothing to be corrected but its size`() throws {
    let claim = try JSONValue.parse(Fixtures.bytes("package-example/package/claim.json"))
    let plan = try JSONValue.parse(Fixtures.bytes("package-example/package/protocol.json"))
    let remarks = checkClaim(claim: claim, protocol: plan).filter { $0.severity < .info }
    #expect(remarks.map(\.reason) == ["too_few_episodes"])
  }

  // MARK: - Freezing and drafting

  @Test func `freezing sets time and digest once`() throws {
    let (claim, plan) = try Self.make("lerobot-libero")
    let frozen = try freezeProtocol(plan, claim: claim, now: Self.now + 60)
    #expect(frozen["frozen_at"] == "2026-11-18T09:07:40Z" || frozen["frozen_at"]?.string != nil)
    let decoded = try EvaluationProtocol.decode(memberBytes(frozen, of: .evaluationProtocol))
    #expect(decoded.frozenAt?.hasSuffix("Z") == true)
    #expect(frozen["freeze_digest"] == plan["freeze_digest"])
    let again = #expect(throws: ClaimError.self) {
      try freezeProtocol(frozen, claim: claim, now: Self.now)
    }
    #expect(again?.code == .protocolFrozen)
    #expect(!checkClaim(claim: claim, protocol: frozen).map(\.reason).contains("protocol_draft"))
  }

  @Test func `an open question forbids freezing and is named`() throws {
    let (claim, plan) = try Self.make(
      "lerobot-libero",
      [("open_questions", "[{\"id\":\"q7\",\"field\":\"metric.threshold\",\"text\":\"Which?\"}]")])
    let error = #expect(throws: ClaimError.self) {
      try freezeProtocol(plan, claim: claim, now: Self.now)
    }
    #expect(error == ClaimError(.questionOpen, "q7", ""))
  }

  @Test func `a changed draft gets a fresh digest when it is frozen`() throws {
    let (claim, plan) = try Self.make("lerobot-libero")
    var object = try #require(plan.object)
    var inner = try #require(object["frozen"]?.object)
    inner["probes"] = ["changed"]
    object["frozen"] = .object(inner)
    let frozen = try freezeProtocol(.object(object), claim: claim, now: Self.now)
    #expect(frozen["freeze_digest"] != plan["freeze_digest"])
    #expect(throws: Never.self) {
      try EvaluationProtocol.decode(memberBytes(frozen, of: .evaluationProtocol))
    }
  }

  @Test func `a protocol for a hand-written claim guesses nothing`() throws {
    let claim = try JSONValue.parse(Fixtures.bytes("package-example/package/claim.json"))
    let plan = try draftProtocol(claim: claim, now: Self.now) { Array(repeating: 1, count: $0) }
    let decoded = try EvaluationProtocol.decode(memberBytes(plan, of: .evaluationProtocol))
    #expect(decoded.claimID == claim["id"]?.string)
    #expect(decoded.frozen.tasks.count == 10)  // the sentence names LIBERO-Spatial
    #expect(decoded.frozen.denominators.policy == nil)
    #expect(decoded.frozen.episodeIndexes == nil)
    var object = try #require(claim.object)
    object["claim_text"] = "X works."
    let bare = try draftProtocol(claim: .object(object), now: Self.now) {
      Array(repeating: 1, count: $0)
    }
    #expect(bare["frozen"]?["tasks"] == [])
  }
}
