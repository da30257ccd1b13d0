import JSON
import TestSupport
import Testing

/// Challenge seeds from `wf claim create` to `wf inspect`, with a LeRobot file that records them.
struct ChallengeCommandTests {
  private static let create =
    "$WF claim create --template lerobot-pusht --output claim --set slug=push --set "
    + "metric.threshold=0.6 --set protocol.grade_planned=A --set protocol.frozen.seeds.kind=challenge"

  /// An eval_info.json of LeRobot before 0.4: 50 episodes, 45 succeeded, with their seeds.
  private static func save(_ seeds: [Int64], as name: String, in program: Program) throws {
    let rows = seeds.enumerated().map { place, seed in
      #"{"episode_ix":\#(place),"sum_reward":1.0,"max_reward":1.0,"success":\#(place % 10 != 0),"seed":\#(seed)}"#
    }
    let text =
      #"{"per_episode":[\#(rows.joined(separator: ","))],"aggregated":{"avg_sum_reward":1.0,"#
      + #""avg_max_reward":1.0,"pc_success":90.0,"eval_s":1.0,"eval_ep_s":0.02}}"#
    let written = try run(
      ["bash", "-c", "cat > \(name)"], in: program.work, input: Array(text.utf8))
    try #require(written.status == 0)
  }

  private static func words(_ text: String) -> String {
    text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
  }

  @Test func `a run that records the printed seed is shown to come after its registration`() throws
  {
    let program = try Program.prepared()
    let made = try program.shell(Self.create)
    try #require(made.status == 0, "\(made.err)")
    let check = Self.words(try program("claim", "check", "claim").out)
    #expect(check.contains("the start seed follows from the registration"))
    #expect(check.contains("[challenge_seeds]"))
    let registered = try program("claim", "register", "claim", "--json")
    let answer = try JSONValue.parse(registered.outBytes)
    let seed = try #require(answer["challenge_seed"]?.int)
    #expect(answer["start_seed"]?.int == seed)

    try Self.save((0..<50).map { seed + $0 }, as: "right.json", in: program)
    try Self.save((0..<50).map { seed + 1 + $0 }, as: "wrong.json", in: program)
    for name in ["right", "wrong"] {
      let audit = try program(
        "audit", "lerobot", "\(name).json", "--claim-package", "claim", "--output", name)
      try #require(audit.status == 0, "\(audit.err)")
      try #require(try program("commit", name).status == 0)
    }
    let right =
      "The recorded seeds follow from the registration commit, so the run came after it. [challenge_seeds]"
    let wrong = "A recorded seed is not the one that the registration commit gives. [seeds_differ]"
    let verify = try program("verify", "push@v1")
    #expect(verify.status == 0)
    #expect(Self.words(verify.out).contains("registered in "))
    #expect(Self.words(verify.out).contains(right))
    #expect(!verify.out.contains("[registration]"))
    let inspect = try program("inspect", "push@v1")
    #expect(Self.words(inspect.out).contains("proven " + right))
    #expect(!inspect.out.contains("[registration]"))
    let other = Self.words(try program("inspect", "push@v2").out)
    #expect(other.contains("[registration] " + wrong))
    #expect(Self.words(try program("verify", "push@v2").out).contains(wrong))

    let document = try JSONValue.parse(
      try program("verify", "push@v1", "push@v2", "--json").outBytes)
    let targets = document["targets"]?.array ?? []
    #expect(targets.map { $0["registration"]?["proven"]?.bool } == [true, false])
    #expect(
      targets.map { $0["registration"]?["reason"]?.string } == ["challenge_seeds", "seeds_differ"])
    #expect(
      targets.allSatisfy { $0["registration"]?["commit"]?.string == answer["commit"]?.string })
    let capped = targets.map { target in
      (target["grade"]?["caps"]?.array ?? []).contains { $0["word"]?.string == "registration" }
    }
    #expect(capped == [false, true])
  }

  @Test func `a start seed that only the user states proves nothing`() throws {
    let program = try Program.prepared()
    let made = try program.shell(
      Self.create.replacing("lerobot-pusht", with: "lerobot-libero")
        .replacing("slug=push", with: "slug=spatial"))
    try #require(made.status == 0, "\(made.err)")
    let registered = try program("claim", "register", "claim")
    let line = try #require(
      registered.out.split(separator: "\n").first { $0.contains("start the run with seed ") })
    let seed = String(line.split(separator: " ").last ?? "")
    #expect(registered.out.contains("lerobot-eval with --seed=\(seed)"))
    let audit = try program(
      "audit", "lerobot", Fixtures.path("demo/v1/eval_info.json"), "--claim-package", "claim",
      "--seed-start", seed, "--output", "package")
    try #require(audit.status == 0, "\(audit.err)")
    try #require(try program("commit", "package").status == 0)
    let inspect = Self.words(try program("inspect", "spatial").out)
    #expect(
      inspect.contains(
        "[registration] The seeds were computed from a start that somebody stated, not recorded. "
          + "[seeds_derived]"))
  }

  /// Settings of a challenge, and the seeds that come of them.
  struct Setting: Sendable, CustomTestStringConvertible {
    let template: String
    let settings: [String]
    let seeds: JSONValue?
    var testDescription: String { settings.joined(separator: " ") }
  }

  static let settings: [Setting] = [
    Setting(
      template: "lerobot-pusht", settings: [],
      seeds: [
        "kind": "challenge", "first": nil, "step": 1, "count": 50, "same_for_every_task": true,
      ]),
    // A template without seeds gets a whole challenge too.
    Setting(
      template: "openpi-libero", settings: [],
      seeds: [
        "kind": "challenge", "first": nil, "step": 1, "count": 50, "same_for_every_task": true,
      ]),
    Setting(
      template: "lerobot-libero",
      settings: ["episode_indexes=0-9,20-29", "seeds.same_for_every_task=false", "seeds.step=3"],
      seeds: [
        "kind": "challenge", "first": nil, "step": 3, "count": 200, "same_for_every_task": false,
      ]),
    Setting(
      template: "lerobot-libero", settings: ["seeds.count=60"],
      seeds: [
        "kind": "challenge", "first": nil, "step": 1, "count": 60, "same_for_every_task": true,
      ]),
    // The first seed follows from the registration and cannot be chosen.
    Setting(template: "lerobot-libero", settings: ["seeds.first=1000"], seeds: nil),
  ]

  @Test(arguments: settings)
  func `one setting makes a challenge that can be registered`(row: Setting) throws {
    let program = try Program.prepared()
    var line =
      "$WF claim create --template \(row.template) --output claim --json --set "
      + "protocol.frozen.seeds.kind=challenge"
    for setting in row.settings { line += " --set protocol.frozen.\(setting)" }
    let made = try program.shell(line)
    guard let seeds = row.seeds else {
      #expect(made.status == 4)
      return
    }
    try #require(made.status == 0, "\(made.out)")
    let plan = try JSONValue.parse(try Fixtures.read(program.work + "/claim/protocol.json"))
    let found = try #require(plan["frozen"]?["seeds"]?.object)
    for key in ["kind", "first", "step", "count", "same_for_every_task"] {
      #expect(found[key] == seeds[key], "\(key)")
    }
    #expect(found["values"] == nil)
  }
}
