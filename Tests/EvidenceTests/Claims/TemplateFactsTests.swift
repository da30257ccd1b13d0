import JSON
import TestSupport
import Testing

@testable import Evidence

/// What the templates say of harnesses and benchmarks.
@Suite struct TemplateFactsTests {
  @Test func `the list is that of the manual`() {
    #expect(
      ClaimTemplate.all.map(\.name) == [
        "openpi-libero", "lerobot-libero", "lerobot-pusht", "lbm-eval", "vla-eval-libero",
        "gr00t-simpler", "embodied-gov-bench", "cosmos-predict-bridge",
      ])
  }

  @Test(arguments: [
    ("libero_spatial", 10), ("libero_object", 10), ("libero_goal", 10), ("libero_10", 10),
    ("libero_90", 90), ("pusht", 1), ("simpler_env_google", 6), ("simpler_env_widowx", 7),
    ("lbm_eval", 49),
  ])
  func `a suite has its published number of tasks, each once`(_ id: String, _ count: Int) throws {
    let suite = try #require(BenchmarkSuite.named(id))
    #expect(suite.tasks.count == count)
    #expect(Set(suite.tasks.map(\.id)).count == count)
    #expect(BenchmarkSuite.known.count == 9)
  }

  @Test(
    arguments: [
      ("openpi-libero", [], 220), ("lerobot-libero", [], 280), ("vla-eval-libero", [], 220),
      ("openpi-libero", [("protocol.frozen.tasks", "libero_90")], 400),
      ("vla-eval-libero", [("protocol.frozen.tasks", "libero_10")], 520),
      ("lerobot-pusht", [], 300), ("gr00t-simpler", [], 504), ("lbm-eval", [], nil),
      ("gr00t-simpler", [("protocol.frozen.tasks", "simpler_env_widowx")], 504),
    ] as [(String, [(String, String)], Int64?)])
  func `the step limit is the harness's own`(
    _ template: String, _ settings: [(String, String)], _ steps: Int64?
  ) throws {
    let plan = try ClaimMaker.make(template, settings).protocol
    #expect(plan["metric_contract"]?["horizon_steps"]?.int == steps)
  }

  @Test(
    arguments: [
      ("openpi-libero", .unset, 50), ("gr00t-simpler", .unset, 50),
      ("lerobot-libero", .range(first: 1000, step: 1, count: 50, sameForEveryTask: true), 50),
      ("vla-eval-libero", .range(first: 7, step: 0, count: 50, sameForEveryTask: true), 50),
      ("lbm-eval", .range(first: 100_000_100, step: 1, count: 200, sameForEveryTask: true), 200),
    ] as [(String, SeedPlan, Int)])
  func `seeds and episodes are the harness's own`(
    _ template: String, _ seeds: SeedPlan, _ episodes: Int
  ) throws {
    let plan = try EvaluationProtocol.decode(
      memberBytes(try ClaimMaker.make(template).protocol, of: .evaluationProtocol))
    #expect(plan.frozen.seeds == seeds)
    #expect(plan.frozen.episodeIndexes == [0...(episodes - 1)])
    #expect(plan.frozen.denominators.stopping == "fixed")
  }

  @Test func `vla-eval names tasks by their instruction, so LIBERO-90 has no plan there`() throws {
    let tasks = try ClaimMaker.make("vla-eval-libero").protocol["frozen"]?["tasks"]?.array ?? []
    #expect(tasks.count == 10)
    #expect(tasks.allSatisfy { $0["task_id"] == $0["name"] })
    let refusal = #expect(throws: ClaimError.self) {
      try ClaimMaker.make("vla-eval-libero", [("protocol.frozen.tasks", "libero_90")])
    }
    #expect(refusal?.code == .settingInvalid)
    let plan = try ClaimMaker.make("openpi-libero", [("protocol.frozen.tasks", "libero_90")])
    #expect(plan.protocol["frozen"]?["tasks"]?.array?.count == 90)
  }

  @Test func `robot, simulator and profile follow the suite that is set`() throws {
    let (claim, plan) = try ClaimMaker.make(
      "gr00t-simpler", [("protocol.frozen.tasks", "simpler_env_widowx")])
    #expect(claim["applicability"]?["robot_embodiment"] == "WidowX")
    #expect(plan["frozen"]?["robot_policy_profile"]?["robot_model"] == "widowx")
    let both = try ClaimMaker.make(
      "gr00t-simpler", [("protocol.frozen.tasks", "simpler_env_widowx,simpler_env_google")])
    #expect(both.claim["applicability"]?["benchmark"] == "SimplerEnv")
    #expect(both.claim["applicability"]?["robot_embodiment"] == .null)
    #expect(both.protocol["frozen"]?["robot_policy_profile"]?["robot_model"] == .null)
  }

  @Test func `single tasks of a suite can be planned`() throws {
    let tasks = try ClaimMaker.make(
      "lbm-eval",
      [("protocol.frozen.tasks", "lbm_eval/put_mug_on_saucer, lbm_eval/put_kiwi_on_saucer")]
    ).protocol["frozen"]?["tasks"]?.array
    #expect(tasks?.map { $0["task_id"]?.string } == ["put_mug_on_saucer", "put_kiwi_on_saucer"])
    let refusal = #expect(throws: ClaimError.self) {
      try ClaimMaker.make("lbm-eval", [("protocol.frozen.tasks", "lbm_eval/put_mug")])
    }
    #expect(refusal?.message.contains("lbm_eval") == true)
  }

  @Test func `a setting answers the question about its field`() throws {
    let settings = [
      (
        "protocol.frozen.tasks",
        #"[{"suite":"recovery_success","task_id":"S01","name":null}]"#
      ), ("protocol.frozen.episode_indexes", "0-59"),
    ]
    let (claim, plan) = try ClaimMaker.make("embodied-gov-bench", settings)
    #expect(claim["open_questions"]?.array?.map { $0["id"]?.string } == ["embodiment"])
    #expect(claim["metric"]?["aggregate"] == "each_task")
    #expect(plan["frozen"]?["denominator_policy"]?["stopping"] == "fixed")
    let all = try ClaimMaker.make(
      "embodied-gov-bench", settings + [("applicability.robot_embodiment", "fleet of two arms")])
    #expect(all.claim["open_questions"] == [])
    #expect(
      checkClaim(claim: all.claim, protocol: all.protocol).filter { $0.severity < .info }
        .map(\.reason) == ["seeds_unset"])
  }

  @Test func `a question about the protocol names its place there`() throws {
    let (claim, plan) = try ClaimMaker.make("cosmos-predict-bridge")
    let places = checkClaim(claim: claim, protocol: plan).filter { $0.reason == "question_open" }
      .map(\.place)
    #expect(places.contains("protocol.json /frozen/tasks"))
    #expect(places.contains("claim.json /applicability/robot_embodiment"))
  }

  /// The suites that the saved results of `cases.json` speak of.
  @Test(
    .enabled(if: Fixtures.shared("formats/vla-eval/cases.json") != nil),
    arguments: [("vla-eval", true), ("lbm_eval", false), ("gr00t-n1.7", false)])
  func `tasks of saved results are those that the templates plan`(
    _ format: String, _ isByInstruction: Bool
  ) throws {
    let path = try #require(Fixtures.shared("formats/\(format)/cases.json"))
    let cases = try JSONValue.parse(try Fixtures.read(path))["cases"]?.array ?? []
    let naming = TaskNaming(isByInstruction: isByInstruction)
    var compared = 0
    for task in cases.flatMap({ $0["tasks"]?.array ?? [] }) {
      guard let suite = BenchmarkSuite.named(task["suite"]?.string ?? ""),
        let planned = naming.tasks(of: suite)
      else { continue }
      compared += 1
      #expect(planned.map(\.taskID).contains(task["task_id"]?.string ?? ""))
    }
    #expect(compared > 0)
  }
}
