internal import JSON
internal import Platform

/// protocol.json while it is being made.
struct ProtocolDraft {
  var id: String
  var claimID: String
  var createdAt: String
  var gradePlanned: JSONValue = nil
  var metricName: String
  var successRule: JSONValue = nil
  var horizon: JSONValue = nil
  var profile: JSONValue
  var probes: [String] = []
  var tasks: [JSONValue] = []
  var axes: JSONValue = []
  var episodeIndexes: JSONValue = nil
  var seeds: JSONValue = unsetSeeds
  var denominators: JSONValue = [
    "policy": nil, "stopping": nil, "retries": nil, "attempts_per_episode": nil,
    "exclusion_rules": [],
  ]
  var questions: JSONValue = []

  /// A protocol that decides nothing.
  static func empty(
    claimID: String, metric: String, now: Int64, random: (Int) -> [UInt8]
  ) -> ProtocolDraft {
    ProtocolDraft(
      id: ULID.text(prefix: "prt", milliseconds: now &* 1000, random: random(10)),
      claimID: claimID, createdAt: UTCTime(seconds: now).rfc3339, metricName: metric,
      profile: RobotSetup.unknown.profile.value)
  }

  /// A template's protocol, still a draft.
  static func template(
    _ content: ClaimTemplate.Content, claimID: String, now: Int64, random: (Int) -> [UInt8]
  ) -> ProtocolDraft {
    var draft = empty(claimID: claimID, metric: "success_rate", now: now, random: random)
    draft.gradePlanned = "B"
    draft.successRule = content.successRule.map { .string($0) } ?? nil
    if !content.suites.isEmpty {
      draft.axes = [
        ["axis": "initial_state", "values": ["benchmark_default"]],
        ["axis": "camera_pose", "values": ["default"]],
      ]
    }
    if let count = content.episodesPerTask {
      draft.episodeIndexes = [[0, .number(JSONNumber(Int64(count) - 1))]]
      draft.seeds = seeds(content.seeds, count: count)
    }
    let rules = content.exclusionRules.map { rule -> JSONValue in
      [
        "id": .string(rule.id), "text": rule.text.map { .string($0) } ?? nil,
        "reason": rule.reason.map { .string($0) } ?? nil,
      ]
    }
    draft.denominators = [
      "policy": "errors_as_failures",
      "stopping": content.episodesPerTask == nil ? nil : "fixed", "retries": "none",
      "attempts_per_episode": 1, "exclusion_rules": .array(rules),
    ]
    draft.questions = templateQuestions
    return draft
  }

  var value: JSONValue {
    [
      "schema_version": "worldflux.protocol.v0_draft", "id": .string(id),
      "claim_id": .string(claimID), "created_at": .string(createdAt), "frozen_at": nil,
      "grade_planned": gradePlanned,
      "metric_contract": [
        "name": .string(metricName), "kind": "binary_success", "unit": "fraction",
        "direction": "higher_is_better", "success_rule": successRule, "horizon_steps": horizon,
      ],
      "environment": ["simulator_version": nil, "environment_digest": nil],
      "custom_eval_contract": nil,
      "frozen": [
        "robot_policy_profile": profile, "probe_registry_digest": nil,
        "probes": .array(probes.map { .string($0) }), "tasks": .array(tasks), "axes": axes,
        "episode_indexes": episodeIndexes, "seeds": seeds, "denominator_policy": denominators,
        "missing_evidence_questions": questions,
      ], "freeze_digest": nil,
    ]
  }

  /// frozen.tasks.
  static func value(_ tasks: [ProtocolTask]) -> [JSONValue] {
    tasks.map { task in
      [
        "suite": .string(task.suite), "task_id": .string(task.taskID),
        "name": task.name.map { .string($0) } ?? nil,
      ]
    }
  }

  private static func seeds(_ seeds: ClaimTemplate.Seeds, count: Int) -> JSONValue {
    func range(_ first: Int64, step: Int64) -> JSONValue {
      [
        "kind": "range", "first": .number(JSONNumber(first)), "step": .number(JSONNumber(step)),
        "count": .number(JSONNumber(Int64(count))), "same_for_every_task": true,
      ]
    }
    return switch seeds {
    case .unset: unsetSeeds
    case .rising(let first): range(first, step: 1)
    case .one(let seed): range(seed, step: 0)
    }
  }

  private static var unsetSeeds: JSONValue {
    ["kind": "unset", "values": [], "same_for_every_task": true]
  }

  private static var templateQuestions: JSONValue {
    [
      [
        "id": "q1", "label": "model_identity_not_attested",
        "text": "Who stated before the run which checkpoint was evaluated?",
      ],
      [
        "id": "q2", "label": "seeds_missing",
        "text": "Is the seed of every episode recorded, or the start seed of the run known?",
      ],
      [
        "id": "q3", "label": "initial_states_not_hashed",
        "text": "Are the initial states of each episode identified by digest?",
      ],
      [
        "id": "q4", "label": "environment_version_missing",
        "text": "Which version of the simulator and of the benchmark was installed?",
      ],
      [
        "id": "q5", "label": "raw_evidence_partial",
        "text": "Is there a recording of every counted episode?",
      ],
    ]
  }
}

extension RobotSetup.Profile {
  var value: JSONValue {
    func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? nil }
    return [
      "profile_id": text(id), "policy_id": nil, "embodiment_class": text(embodimentClass),
      "robot_model": text(robotModel), "simulator_family": text(simulatorFamily),
      "control_mode": text(controlMode),
      "degrees_of_freedom": degreesOfFreedom.map { .number(JSONNumber(Int64($0))) } ?? nil,
      "action_space": .array(actions.map { .string($0) }),
      "observation_space": .array(observations.map { .string($0) }),
      "camera_topology": text(cameraTopology), "checkpoint_digest": nil,
    ]
  }
}
