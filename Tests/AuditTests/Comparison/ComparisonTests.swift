import Audit
import Evidence
import JSON
import Testing

struct ComparisonTests {
  /// A version with its evidence; seeds are recorded, initial states only where asked for.
  static func version(
    _ tasks: [String], states: Bool = false, _ change: (inout JudgingExample) -> Void = { _ in }
  ) throws -> AuditedVersion {
    var example = try JudgingExample(tasks: tasks)
    if !states { example.input.initialStateLabel = .missing }
    example.plan.metricContract.actionChunkSteps = 5
    change(&example)
    return AuditedVersion(
      claim: example.claim, protocol: example.plan, input: example.input,
      evidence: try example.evidence())
  }

  /// Other seeds, so that nothing pairs.
  static func reseeded(_ example: inout JudgingExample) {
    for place in example.input.tasks.indices {
      let count = example.input.tasks[place].episodes.count
      example.input.tasks[place].episodes.seeds = (0..<count).map { .integer(900_000 + Int64($0)) }
    }
  }

  @Test func `a version is the same as itself`() throws {
    let version = try Self.version([mixed(45, 50), mixed(40, 50)])
    let comparison = compare(version, version)
    #expect(comparison.comparability.state == .comparable)
    #expect(comparison.comparability.reasons == [])
    #expect(comparison.tasks.map(\.change) == [.same, .same])
    #expect(comparison.tasks.map(\.difference) == ["0.000000", "0.000000"])
    #expect(comparison.tasks.map(\.pValue) == ["1.000000", "1.000000"])
    #expect(comparison.overall?.change == .same)
    #expect(comparison.flips == [])
    #expect(!comparison.hasRegression)
    #expect(!comparison.verdict.isChanged && !comparison.grade.isChanged)
  }

  @Test func `equal rates on other episodes are the same too`() throws {
    let a = try Self.version([mixed(40, 50)])
    let b = try Self.version([mixed(40, 50)], Self.reseeded)
    let comparison = compare(a, b)
    #expect(comparison.overall?.isPaired == false)
    #expect(comparison.tasks.map(\.test) == ["boschloo"])
    #expect(comparison.tasks.map(\.change) == [.same])
  }

  @Test func `a clear fall is a regression of the task and of the whole`() throws {
    let a = try Self.version([mixed(48, 50), mixed(45, 50)])
    let b = try Self.version([mixed(25, 50), mixed(45, 50)], Self.reseeded)
    let comparison = compare(a, b)
    #expect(comparison.tasks.map(\.change) == [.regression, .same])
    #expect(comparison.overall?.change == .regression)
    #expect(comparison.overall?.test == "boschloo")
    #expect(comparison.overall?.difference == "-0.230000")
    #expect(comparison.hasRegression)
    #expect(comparison.verdict == Comparison.Change(a: "supported", b: "refuted"))
    #expect(comparison.notes.contains("change_differs_between_tasks"))
  }

  @Test func `a clear rise is an improvement`() throws {
    let a = try Self.version([mixed(25, 50)])
    let b = try Self.version([mixed(48, 50)], Self.reseeded)
    let comparison = compare(a, b)
    #expect(comparison.tasks.map(\.change) == [.improvement])
    #expect(comparison.tasks.first?.difference == "0.460000")
    #expect(!comparison.hasRegression)
  }

  @Test func `a small change is unclear`() throws {
    let a = try Self.version([mixed(45, 50)])
    let b = try Self.version([mixed(44, 50)], Self.reseeded)
    let comparison = compare(a, b)
    #expect(comparison.tasks.map(\.change) == [.unclear])
    #expect(comparison.overall?.change == .unclear)
  }

  struct Gate: Sendable, CustomTestStringConvertible {
    let reason: String
    let change: @Sendable (inout JudgingExample) -> Void
    var testDescription: String { reason }
    init(_ reason: String, _ change: @escaping @Sendable (inout JudgingExample) -> Void) {
      (self.reason, self.change) = (reason, change)
    }
  }

  static let forbidding = [
    Gate("other_claim_kind") {
      $0.claim.metric?.kind = .atMost
    },
    Gate("other_metric") {
      $0.plan.metricContract.name = "coverage"; $0.claim.metric?.name = "coverage"
    },
    Gate("other_metric") { $0.plan.metricContract.direction = "lower_is_better" },
    Gate("other_success_rule") { $0.plan.metricContract.successRule = "reward_over_095" },
    Gate("other_success_rule") { $0.input.successRule = "reward_over_095" },
    Gate("success_rule_unknown") {
      $0.plan.metricContract.successRule = nil
      $0.input.successRule = nil
    },
    Gate("other_suite_version") { $0.claim.applicability.benchmark = "Meta-World" },
    Gate("other_suite_version") { $0.claim.applicability.benchmarkVersion = "v2" },
    Gate("b_not_auditable") { $0.claim.metric?.threshold = "0" },
  ]

  @Test(arguments: forbidding)
  func `what measures another thing is not compared`(gate: Gate) throws {
    let a = try Self.version([mixed(45, 50)])
    let b = try Self.version([mixed(20, 50)], gate.change)
    let comparison = compare(a, b)
    #expect(comparison.comparability.state == .notComparable)
    #expect(comparison.comparability.reasons == [gate.reason])
    #expect(comparison.tasks.map(\.pValue) == [nil])
    #expect(comparison.tasks.map(\.adjusted) == [nil])
    #expect(comparison.tasks.map(\.difference) == ["-0.500000"])
    #expect(comparison.overall?.pValue == nil)
    #expect(comparison.overall?.difference == "-0.500000")
    #expect(!comparison.hasRegression)
    #expect(comparison.json().at("overall", "p_value").isNull)
  }

  @Test func `without a common task there is nothing to compare`() throws {
    let a = try Self.version([mixed(45, 50)])
    let b = try Self.version([mixed(45, 50)]) { example in
      example.plan.frozen.tasks[0].suite = "libero_goal"
      example.input.tasks[0].suite = "libero_goal"
    }
    let comparison = compare(a, b)
    #expect(comparison.comparability.state == .notComparable)
    #expect(comparison.comparability.reasons == ["no_common_task", "task_sets_differ"])
    #expect(comparison.tasks == [])
    #expect(comparison.overall == nil)
  }

  static let weakening = [
    Gate("denominator_policies_differ") {
      $0.plan.frozen.denominators.policy = "errors_excluded"
    },
    Gate("environment_digest_unknown") { $0.plan.environmentDigest = nil },
    Gate("environment_digests_differ") {
      $0.plan.environmentDigest = "sha256:" + String(repeating: "0", count: 64)
    },
    Gate("horizon_unknown") { $0.plan.metricContract.horizonSteps = nil },
    Gate("horizons_differ") { $0.plan.metricContract.horizonSteps = 600 },
    Gate("action_chunk_unknown") { $0.plan.metricContract.actionChunkSteps = nil },
    Gate("action_chunks_differ") { $0.plan.metricContract.actionChunkSteps = 10 },
    Gate("simulator_versions_differ") { $0.plan.simulatorVersion = "3.0.0" },
    Gate("task_sets_differ") { $0.setTasks([mixed(20, 50), mixed(20, 50)]) },
  ]

  @Test(arguments: weakening)
  func `what differs in circumstances is compared and said`(gate: Gate) throws {
    let a = try Self.version([mixed(45, 50)])
    let b = try Self.version([mixed(20, 50)], gate.change)
    let comparison = compare(a, b)
    #expect(comparison.comparability.state == .degraded)
    #expect(comparison.comparability.reasons == [gate.reason])
    #expect(comparison.tasks.map(\.change) == [.regression])
  }

  @Test func `an action chunk that neither side states is a note`() throws {
    let a = try Self.version([mixed(45, 50)]) { $0.plan.metricContract.actionChunkSteps = nil }
    let comparison = compare(a, a)
    #expect(comparison.comparability.state == .comparable)
    #expect(comparison.notes.contains("action_chunk_unknown"))
  }

  @Test func `differing policies are both counted under the stricter one`() throws {
    let a = try Self.version([mixed(40, 40) + "EEEEE"])
    let b = try Self.version([mixed(40, 40) + "EEEEE"]) {
      $0.plan.frozen.denominators.policy = "errors_excluded"
    }
    #expect(compare(a, b).tasks.first?.a == compare(a, b).tasks.first?.b)
    #expect(compare(a, b).tasks.first?.b.n == 45)
  }

  @Test func `more than 5000 episodes a side are tested by Fisher, and it is said`() throws {
    let a = try Self.version([mixed(4500, 5001)])
    let b = try Self.version([mixed(4400, 5001)], Self.reseeded)
    let comparison = compare(a, b)
    #expect(comparison.tasks.map(\.test) == ["fisher"])
    #expect(comparison.notes.contains("fisher_above_5000"))
    #expect(comparison.tasks.map(\.change) == [.regression])
  }

  @Test func `unequal shares of the tasks are tested within tasks`() throws {
    let a = try Self.version([mixed(45, 50), mixed(10, 50)])
    let b = try Self.version([mixed(9, 10), mixed(18, 90)]) { example in
      Self.reseeded(&example)
      example.plan.frozen.episodeIndexes = nil
      example.recount()
    }
    let comparison = compare(a, b)
    // Both tasks keep their rates; only the mix differs, and the pooled rate falls by half.
    #expect(comparison.overall?.test == "cochran_mantel_haenszel")
    #expect(comparison.overall?.difference == "-0.280000")
    #expect(comparison.overall?.pValue == "1.000000")
    #expect(comparison.overall?.change == .unclear)
    #expect(comparison.notes.contains("fixed_n_assumed"))
  }

  @Test func `the parts of wf diff have their names`() throws {
    let a = try Self.version(["SSFF"])
    let b = try Self.version(["SFSF"])
    let json = compare(a, b).json()
    #expect(
      json.object?.keys.sorted() == [
        "comparability", "confidence", "denominator_policy", "flips", "grade", "notes", "overall",
        "pairing", "possible_renames", "tasks", "tasks_only_a", "tasks_only_b", "verdict",
      ])
    let row = try #require(json["tasks"]?.array?.first)
    for key in ["task", "a", "b", "difference", "interval", "p_value", "adjusted", "class"] {
      #expect(row[key] != nil, "\(key)")
    }
    let flip = try #require(json["flips"]?.array?.first)
    #expect(
      flip == [
        "task": "libero_spatial/0", "episode": 1, "seed": 1001, "from": true, "to": false,
        "raw": [],
      ])
  }

  @Test(arguments: 0..<40)
  func `swapping the sides mirrors everything`(seed: Int) throws {
    var random = Mixer(state: UInt64(seed) &* 7919 &+ 1)
    let count = 1 + Int(random.next() % 3)
    func tasks() -> [String] {
      (0..<count).map { _ in
        let letters = "SSSSSFFEX".map { $0 }
        return String((0..<20).map { _ in letters[Int(random.next() % 9)] })
      }
    }
    let isPaired = random.next() % 2 == 0
    let a = try Self.version(tasks())
    let b = try Self.version(tasks() + (seed % 4 == 0 ? ["SSFF"] : [])) {
      if !isPaired { Self.reseeded(&$0) }
    }
    let (there, back) = (compare(a, b), compare(b, a))
    #expect(there.comparability == back.comparability && there.pairing == back.pairing)
    #expect(there.onlyA == back.onlyB && there.onlyB == back.onlyA)
    #expect(there.notes == back.notes)
    #expect(there.overall?.isPaired == isPaired && back.overall?.isPaired == isPaired)
    for (one, other) in zip(there.tasks, back.tasks) {
      #expect(one.a == other.b && one.b == other.a)
      #expect(one.difference == negated(other.difference))
      #expect(one.interval == other.interval.map { [negated($0[1]) ?? "", negated($0[0]) ?? ""] })
      #expect(near(one.pValue, other.pValue) && near(one.adjusted, other.adjusted))
      #expect(one.change == mirrored(other.change))
      #expect(one.pairs?.onlyA == other.pairs?.onlyB && one.pairs?.both == other.pairs?.both)
    }
    #expect(near(there.overall?.pValue, back.overall?.pValue))
    #expect(there.overall?.change == back.overall.map { mirrored($0.change) })
    #expect(
      there.flips
        == back.flips.map {
          Flip(
            task: $0.task, episode: $0.episodeB, episodeB: $0.episode, seed: $0.seed, from: $0.to,
            to: $0.from)
        })
  }

  private func negated(_ text: String?) -> String? {
    guard let text else { return nil }
    if text == "0.000000" { return text }
    return text.hasPrefix("-") ? String(text.dropFirst()) : "-" + text
  }

  private func near(_ one: String?, _ other: String?) -> Bool {
    guard let one, let other else { return one == other }
    return abs((Double(one) ?? 9) - (Double(other) ?? -9)) < 2e-6
  }

  private func mirrored(_ change: ChangeClass) -> ChangeClass {
    switch change {
    case .regression: .improvement
    case .improvement: .regression
    default: change
    }
  }
}

/// SplitMix64.
struct Mixer {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
