import JSON
import Platform
import TestSupport
import Testing

/// One saved evaluation of every format through the program, to a package that verifies.
struct FormatAuditTests {
  struct Run: Sendable, CustomTestStringConvertible {
    var word: String
    var files: [String]
    var status: Int32 = 0
    var generation: String
    /// Suite and task id of each task, and how many episodes the protocol plans for each.
    var tasks: [(suite: String, id: String)]
    var planned: Int
    /// In the order attempted, succeeded, failed, errored.
    var counts: [Int64]
    var testDescription: String { word + " " + generation }
  }

  private static let bowl = [
    "open the middle drawer of the cabinet", "put the bowl on the stove",
    "put the wine bottle on top of the cabinet",
  ]
  private static let dimensions = [
    "unauthorized_capability_invocation", "runtime_drift_robustness", "recovery_success",
    "policy_portability", "version_upgrade_safety", "human_override_responsiveness",
    "audit_completeness",
  ]

  static let runs = [
    Run(
      word: "openpi", files: ["good/libero-goal-errors.log"], generation: "libero_log",
      tasks: (0..<3).map { ("libero_goal", String($0)) }, planned: 3, counts: [9, 4, 3, 2]),
    Run(
      word: "openpi", files: ["partial/cut-in-task-1.log"], status: 3, generation: "libero_log",
      tasks: (0..<2).map { ("libero_goal", String($0)) }, planned: 4, counts: [7, 6, 1, 0]),
    Run(
      word: "openpi", files: ["good/droid/eval_09:02AM_July_04_2026.csv"],
      generation: "droid_csv", tasks: [("droid", "0")], planned: 3, counts: [3, 2, 1, 0]),
    Run(
      word: "lbm_eval", files: ["good/results-2026-03-02T09:15:30.250-05:00.json"],
      generation: "results_json",
      tasks: [("lbm_eval", "pick_and_place_box"), ("lbm_eval", "put_mug_on_saucer")], planned: 5,
      counts: [10, 6, 3, 1]),
    Run(
      word: "vla-eval",
      files: (0..<3).map { "good/shards/LIBEROBenchmark_libero_goal_shard\($0)of3.json" },
      generation: "v2_metrics", tasks: bowl.map { ("libero_goal", $0) }, planned: 5,
      counts: [15, 10, 3, 2]),
    Run(
      word: "gr00t-n1.7", files: ["good/two-tasks-one-log.log"],
      generation: "rollout_policy_stdout",
      tasks: [
        ("robocasa_panda_omron", "OpenDrawer_PandaOmron_Env"),
        ("robocasa_panda_omron", "CloseDrawer_PandaOmron_Env"),
      ], planned: 4, counts: [8, 5, 3, 0]),
    // An exclusion that no frozen rule allows counts as errored.
    Run(
      word: "pi-0.7", files: ["good/episodes.jsonl"], generation: "bridge_1",
      tasks: [("dexterous", "fold_shirt"), ("unseen", "load_air_fryer")], planned: 5,
      counts: [8, 4, 2, 2]),
    Run(
      word: "cosmos-predict", files: ["good/episodes.jsonl"], generation: "bridge_1",
      tasks: [("bridge", "put_carrot_on_plate"), ("bridge", "stack_cubes")], planned: 4,
      counts: [7, 3, 3, 1]),
    Run(
      word: "worldflux", files: ["good/episodes.jsonl"], status: 3, generation: "bridge_1",
      tasks: [("libero_spatial", "0"), ("libero_spatial", "1")], planned: 4,
      counts: [7, 3, 2, 2]),
    Run(
      word: "embodied-gov-bench", files: ["good/seeded-20-each.jsonl"], generation: "bridge_1",
      tasks: dimensions.enumerated().map { ($1, "S0\($0 + 1)") }, planned: 20,
      counts: [140, 101, 39, 0]),
  ]

  /// Makes a claim about the tasks of a run in the folder `claim`.
  private func claim(_ program: Program, _ run: Run) throws {
    let tasks = run.tasks.map { suite, id in
      "{\"suite\": \"\(suite)\", \"task_id\": \"\(id)\", \"name\": null}"
    }
    let made = try program(
      "claim", "create", "--template", "openpi-libero", "--output", "claim", "--set",
      "slug=a-claim", "--set", "metric.threshold=0.5", "--set",
      "protocol.frozen.tasks=[\(tasks.joined(separator: ", "))]", "--set",
      "protocol.frozen.episode_indexes=0-\(run.planned - 1)")
    try #require(made.status == 0, "\(made.err)")
  }

  @Test(arguments: runs)
  func `a run becomes a package that can be recomputed`(run: Run) throws {
    let program = try Program.prepared()
    try claim(program, run)
    let paths = run.files.map { Fixtures.path("formats/\(run.word)/" + $0) }
    for word in [run.word, "auto"] {
      let audited = try program(
        arguments: ["audit", word] + paths
          + ["--claim-package", "claim", "--output", "package", "--force", "--json"])
      #expect(audited.status == run.status, "\(audited.err)")
      let answer = try JSONValue.parse(audited.outBytes)
      #expect(answer["format"]?.string == run.word)
      #expect(answer["generation"]?.string == run.generation)
      let counts = ["attempted", "succeeded", "failed", "errored"].map { answer[$0]?.int }
      #expect(counts == run.counts.map { $0 })
      let verified = try program("verify", "package", "--recompute")
      #expect(verified.status == 0, "\(verified.out)\(verified.err)")
    }
  }

  @Test func `every dimension of governance reaches the package as a suite`() throws {
    let program = try Program.prepared()
    let run = try #require(Self.runs.last)
    try claim(program, run)
    let audited = try program(
      "audit", "auto", Fixtures.path("formats/embodied-gov-bench/good/seeded-20-each.jsonl"),
      "--claim-package", "claim", "--output", "package")
    try #require(audited.status == 0, "\(audited.err)")
    let input = try JSONValue.parse(try Fixtures.read(program.work + "/package/audit_input.json"))
    #expect(input["format"]?["name"]?.string == "embodied-gov-bench")
    #expect((input["tasks"]?.array ?? []).map { $0["suite"]?.string } == Self.dimensions)
    let rows = String(
      decoding: try Fixtures.read(program.work + "/package/episode_results.jsonl"), as: UTF8.self
    ).split(separator: "\n").dropFirst()
    let first = try JSONValue.parse(Array(try #require(rows.first).utf8))
    #expect(first["metadata"]?["dimension"]?.string == Self.dimensions[0])
    #expect(first["metadata"]?["expected"]?.string == "blocked")
    #expect(first["metadata_dropped"] == nil)
  }

  @Test func `generated rollouts are said to be generated, with their judge`() throws {
    let program = try Program.prepared()
    let run = try #require(Self.runs.first { $0.word == "cosmos-predict" })
    try claim(program, run)
    let audited = try program(
      "audit", "cosmos-predict", Fixtures.path("formats/cosmos-predict/good/episodes.jsonl"),
      "--claim-package", "claim", "--output", "package", "--json")
    let missing = try JSONValue.parse(audited.outBytes)["missing"]?.array ?? []
    #expect(missing.contains("generated_rollouts"))
    let input = try JSONValue.parse(try Fixtures.read(program.work + "/package/audit_input.json"))
    #expect(
      input["source_notes"]?["generated"]?["judge_id"]?.string == "example-vlm-judge")
  }

  @Test func `recordings that a format names by its rules are found and hashed`() throws {
    let program = try Program.prepared()
    let run = try #require(Self.runs.first { $0.word == "lbm_eval" })
    try claim(program, run)
    let folder = program.work + "/out"
    let made = try program.shell(
      """
      mkdir -p out/pick_and_place_box/demonstration_0 && cp '\(Fixtures.path(
        "formats/lbm_eval/" + run.files[0]))' out/ && \
      echo '<html>' > out/pick_and_place_box/demonstration_0/recording.html
      """)
    try #require(made.status == 0, "\(made.err)")
    let audited = try program(
      "audit", "lbm_eval", folder, "--claim-package", "claim", "--raw", folder, "--output",
      "package")
    #expect(audited.status == 0, "\(audited.err)")
    let input = try JSONValue.parse(try Fixtures.read(program.work + "/package/audit_input.json"))
    #expect(input["raw_coverage"]?["with_raw"]?.int == 1)
    #expect(try program("verify", "package", "--recompute").status == 0)
  }

  // MARK: - audit_input.json

  private let example = Fixtures.path("package-example/")

  private func pass(_ program: Program, _ extra: String = "") throws -> Finished {
    try program.shell(
      "$WF audit worldflux '\(example)audit_input.json' --claim '\(example)claim.json' "
        + "--protocol '\(example)protocol.json' --output package --json \(extra)")
  }

  @Test func `an audit input goes into a package byte for byte`() throws {
    let program = try Program.prepared()
    let passed = try pass(program)
    #expect(passed.status == 0, "\(passed.err)")
    #expect(
      try Fixtures.read(program.work + "/package/audit_input.json")
        == Fixtures.read(example + "audit_input.json"))
    // Everything that both rule sets have in common is that of the worked example.
    let evidence = try JSONValue.parse(try Fixtures.read(program.work + "/package/evidence.json"))
    let stated = try JSONValue.parse(try Fixtures.read(example + "evidence.json"))
    for key in ["package_id", "counts", "primary", "verdict", "intervals", "tasks", "integrity"] {
      #expect(evidence[key] == stated[key], "\(key)")
    }
    let verified = try program("verify", "package", "--recompute")
    #expect(verified.status == 0, "\(verified.out)")
    let provenance = try JSONValue.parse(
      try Fixtures.read(program.work + "/package/audit_provenance.json"))
    #expect(provenance["parameters"]?["audit_input_passed_through"]?.bool == true)
  }

  @Test(arguments: [
    "--model-id x", "--seed-start 1", "--raw .",
    "--checkpoint-digest sha256:" + String(repeating: "0", count: 64),
  ])
  func `nothing can be added to an audit input`(flag: String) throws {
    let program = try Program.prepared()
    let refused = try pass(program, flag)
    #expect(refused.status == 4)
    #expect(try Program.reason(refused) == "audit_input_fixed")
  }

  @Test func `an audit input is refused under a protocol that makes other episodes of it`() throws {
    let program = try Program.prepared()
    let made = try program.shell(
      """
      sed 's/"episode_indexes":\\[\\[0,2\\]\\]/"episode_indexes":[[0,1]]/' \
        '\(example)protocol.json' > protocol.json && ! cmp -s protocol.json \
        '\(example)protocol.json'
      """)
    try #require(made.status == 0, "\(made.err)")
    let refused = try program.shell(
      "$WF audit worldflux '\(example)audit_input.json' --claim '\(example)claim.json' "
        + "--protocol protocol.json --output package --json")
    #expect(refused.status == 4)
    #expect(
      ["protocol_mismatch", "freeze_mismatch"].contains(try Program.reason(refused) ?? ""))
  }

  @Test func `the formats are listed with what they are known by`() throws {
    let program = try Program.prepared()
    let listed = try program("formats", "--json")
    let answer = try JSONValue.parse(listed.outBytes)
    #expect(listed.status == 0 && answer["schema"]?.string == "wf.formats/1")
    let formats = answer["formats"]?.array ?? []
    #expect(formats.count == 9 && formats[0]["format"]?.string == "lerobot")
    #expect(formats[0]["files"]?.array == ["eval_info.json"])
    #expect(formats[8]["detected_by"]?.array?.contains("schema:worldflux.bridge/1") == true)
    let text = try program("formats")
    #expect(text.out.contains("gr00t-n1.7") && text.out.contains("seen by line:results"))
  }
}
