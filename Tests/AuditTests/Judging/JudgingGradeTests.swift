import Audit
import Evidence
import JSON
import Testing

struct JudgingGradeTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let word: String
    let letter: String
    let change: @Sendable (inout JudgingExample) -> Void
    var testDescription: String { word }
    init(
      _ word: String, _ letter: String, _ change: @escaping @Sendable (inout JudgingExample) -> Void
    ) {
      (self.word, self.letter, self.change) = (word, letter, change)
    }
  }

  static func clean() throws -> JudgingExample {
    try JudgingExample(tasks: [mixed(48, 50), mixed(47, 50)])
  }

  static let rows = [
    Row("planned_grade", "B") { $0.plan.gradePlanned = "B" },
    Row("planned_grade", "D") { $0.plan.gradePlanned = nil },
    Row("protocol_not_frozen", "C") { $0.plan.frozenAt = nil },
    Row("protocol_not_frozen", "C") { $0.input.reportedAt = "2026-11-20T09:09:59Z" },
    Row("policy_assumed", "B") { $0.plan.frozen.denominators.policy = nil },
    Row("attempt_policy_missing", "C") { $0.plan.frozen.denominators.retries = nil },
    Row("episode_manifest_missing", "B") { $0.plan.frozen.seeds = .unset },
    Row("checkpoint_self_declared", "B") { $0.input.model.identity = .declared },
    Row("success_rule_unversioned", "C") { $0.plan.metricContract.successRule = nil },
    Row("environment_version_missing", "B") {
      ($0.plan.simulatorVersion, $0.plan.environmentDigest) = (nil, nil)
    },
    Row("raw_evidence_partial", "B") { $0.input.rawCoverage.withRaw = 1 },
    Row("raw_evidence_missing", "C") { $0.input.rawCoverage.withRaw = 0 },
    Row("failure_evidence_missing", "C") { $0.input.rawCoverage.failedWithRaw = 0 },
    Row("checkpoint_digest_missing", "C") { $0.input.model.checkpointDigest = nil },
    Row("seeds_and_states_missing", "C") { example in
      (example.input.seedLabel, example.input.initialStateLabel) = (.missing, .missing)
      for place in example.input.tasks.indices {
        example.input.tasks[place].episodes.seeds = nil
        example.input.tasks[place].episodes.initialStates = nil
      }
    },
    Row("not_auditable", "D") { $0.claim.metric = nil },
    Row("I11", "C") {
      $0.input.observations = [
        Observation(id: "I11", state: .fail, observed: "2 attempts", expected: nil, at: nil)
      ]
    },
    Row("I12", "B") {
      $0.input.observations = [
        Observation(id: "I12", state: .fail, observed: "3 checkpoints", expected: nil, at: nil)
      ]
    },
  ]

  @Test func `a complete, attested run under a frozen protocol has no cap`() throws {
    let evidence = try Self.clean().evidence()
    #expect(evidence.capWords == [])
    #expect(evidence.at("grade", "letter").string == "A")
    #expect(
      evidence.at("grade", "left_to_verify").words
        == ["registration", "signature", "independent_signer"])
  }

  @Test(arguments: rows)
  func `each cap appears when its condition holds, and alone`(row: Row) throws {
    var example = try Self.clean()
    row.change(&example)
    let evidence = try example.evidence()
    #expect(evidence.capWords == [row.word])
    #expect(evidence.at("grade", "letter").string == row.letter)
  }

  @Test func `a run without frozen episodes lacks a stopping rule and a manifest`() throws {
    var example = try Self.clean()
    example.plan.frozen.episodeIndexes = nil
    example.recount()
    #expect(try example.evidence().capWords == ["stopping_unknown", "episode_manifest_missing"])
  }

  @Test func `one total and no episode is the worst grade`() throws {
    var example = try Self.clean()
    example.setTasks([])
    example.input.sourceAggregates = ["n_episodes": 50]
    let evidence = try example.evidence()
    #expect(evidence.capWords.contains("total_count_only"))
    #expect(evidence.at("grade", "letter").string == "D")
  }

  @Test func `the letter is the worst cap`() throws {
    var example = try Self.clean()
    example.plan.gradePlanned = "B"
    example.input.rawCoverage.withRaw = 0
    let evidence = try example.evidence()
    #expect(evidence.capWords == ["planned_grade", "raw_evidence_missing"])
    #expect(evidence.at("grade", "letter").string == "C")
  }

  @Test func `grade D on supporting counts does not recommend to rely`() throws {
    var example = try Self.clean()
    example.plan.gradePlanned = nil
    let evidence = try example.evidence()
    #expect(evidence["verdict"]?.string == "supported")
    #expect(evidence.at("recommendation", "word").string == "collect_more_evidence")
  }
}

struct JudgingMissingEvidenceTests {
  typealias Row = JudgingGradeTests.Row

  static let rows = [
    Row("model_identity_not_attested", "major") { $0.input.model.identity = .unknown },
    Row("model_identity_not_recorded", "major") { $0.input.model.id = nil },
    Row("checkpoint_digest_missing", "major") { $0.input.model.checkpointDigest = nil },
    Row("protocol_not_frozen", "major") { $0.plan.frozenAt = nil },
    Row("attempt_policy_missing", "major") { $0.plan.frozen.denominators.retries = nil },
    Row("denominator_policy_assumed", "minor") { $0.plan.frozen.denominators.policy = nil },
    Row("stopping_unknown", "minor") { example in
      example.plan.frozen.episodeIndexes = nil
      example.setTasksKeepingIndexes()
    },
    Row("seeds_missing", "major") { example in
      example.input.seedLabel = .missing
      for place in example.input.tasks.indices { example.input.tasks[place].episodes.seeds = nil }
    },
    Row("single_seed", "minor") { $0.input.seedLabel = .recordedRunSeed },
    Row("initial_states_not_hashed", "minor") { $0.input.initialStateLabel = .derived },
    Row("environment_version_missing", "minor") {
      ($0.plan.simulatorVersion, $0.plan.environmentDigest) = (nil, nil)
    },
    Row("success_rule_unversioned", "major") { $0.plan.metricContract.successRule = nil },
    Row("underpowered_sample", "major") { $0.setTasks([mixed(13, 13)]) },
    Row("raw_evidence_partial", "minor") { $0.input.rawCoverage.withRaw = 1 },
    Row("raw_evidence_missing", "major") { $0.input.rawCoverage.withRaw = 0 },
    Row("failure_evidence_missing", "major") { $0.input.rawCoverage.failedWithRaw = 0 },
    Row("error_episodes_unexplained", "minor") { example in
      example.setTasks([mixed(48, 50), mixed(47, 49) + "E"])
      example.input.tasks[1].episodes.reasons = [:]
    },
    Row("out_of_protocol_episodes", "info") { $0.input.outOfProtocolEpisodes = 1 },
    Row("benchmark_version_missing", "minor") { $0.claim.applicability.benchmarkVersion = nil },
    Row("camera_distribution_missing", "info") { $0.claim.applicability.cameraDistribution = nil },
    Row("axis_not_covered", "minor") { $0.claim.text = "It succeeds under any lighting." },
    Row("custom_contract_unreviewed", "minor") {
      $0.plan.customEvalContract = ["customer_consent": "not_given"]
    },
    Row("source_partial", "major") {
      $0.input.sourceNotes = SourceNotes(
        partial: .init(reason: "shards_missing", missing: 3), warnings: [], generated: nil)
    },
  ]

  @Test func `a complete run in simulation lacks only the real robot`() throws {
    #expect(try JudgingGradeTests.clean().evidence().labels == ["sim_only"])
  }

  @Test(arguments: rows)
  func `each label appears when its condition holds, and alone`(row: Row) throws {
    var example = try JudgingGradeTests.clean()
    row.change(&example)
    let evidence = try example.evidence()
    #expect(evidence.labels == [row.word, "sim_only"])
    let severity = (evidence["missing_evidence"]?.array ?? []).first?["severity"]?.string
    #expect(severity == row.letter)
  }

  @Test func `generated rollouts are no simulation`() throws {
    var example = try JudgingGradeTests.clean()
    example.input.sourceNotes = SourceNotes(
      partial: nil, warnings: [],
      generated: .init(model: "cosmos", judgeKind: "vlm", judgeID: nil, judgeVersion: nil))
    let evidence = try example.evidence()
    #expect(evidence.labels == ["generated_rollouts"])
    #expect(evidence.at("deployment_summary", "setting").string == "world_model")
  }

  @Test func `a real robot is no simulation`() throws {
    var example = try JudgingGradeTests.clean()
    example.plan.frozen.profile.simulatorFamily = "none"
    let evidence = try example.evidence()
    #expect(evidence.labels == [])
    #expect(evidence.at("deployment_summary", "setting").string == "real_robot")
    #expect(evidence.at("scope", "excludes").words == ["other_tasks", "other_embodiments"])
  }

  @Test func `questions come first, and only those without an answer`() throws {
    var example = try JudgingGradeTests.clean()
    example.input.model.identity = .declared
    example.plan.frozen.questions = [
      EvidenceQuestion(id: "q1", label: "seeds_missing", text: "Seeds?"),
      EvidenceQuestion(id: "q2", label: "sim_only", text: "Real?"),
      EvidenceQuestion(id: "q3", label: "what_the_customer_wants", text: "Else?"),
      EvidenceQuestion(id: "q4", label: "protocol_not_registered", text: "Registered?"),
    ]
    let rows = try example.evidence()["missing_evidence"]?.array ?? []
    #expect(
      rows.map { $0["label"]?.string ?? "" } == [
        "sim_only", "other", "protocol_not_registered", "model_identity_not_attested",
      ])
    #expect(rows.map { $0["question_id"]?.string ?? "" } == ["q2", "q3", "q4", ""])
  }
}

extension JudgingExample {
  /// Recounts after the frozen indexes were taken away.
  mutating func setTasksKeepingIndexes() { recount() }
}
