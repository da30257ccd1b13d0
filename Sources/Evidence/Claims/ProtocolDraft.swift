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
      profile: [
        "profile_id": nil, "policy_id": nil, "embodiment_class": nil, "robot_model": nil,
        "simulator_family": nil, "control_mode": nil, "degrees_of_freedom": nil,
        "action_space": [], "observation_space": [], "camera_topology": nil,
        "checkpoint_digest": nil,
      ])
  }

  /// A template's protocol, still a draft.
  static func template(
    _ content: ClaimTemplate.Content, claimID: String, now: Int64, random: (Int) -> [UInt8]
  ) -> ProtocolDraft {
    var draft = empty(claimID: claimID, metric: "success_rate", now: now, random: random)
    draft.gradePlanned = "B"
    draft.successRule = .string(content.successRule)
    draft.profile = value(content.profile)
    draft.axes = [
      ["axis": "initial_state", "values": ["benchmark_default"]],
      ["axis": "camera_pose", "values": ["default"]],
    ]
    let last = Int64(content.episodesPerTask) - 1
    draft.episodeIndexes = [[0, .number(JSONNumber(last))]]
    if let first = content.firstSeed {
      draft.seeds = [
        "kind": "range", "first": .number(JSONNumber(first)), "step": 1,
        "count": .number(JSONNumber(last + 1)), "same_for_every_task": true,
      ]
    }
    draft.denominators = [
      "policy": "errors_as_failures", "stopping": "fixed", "retries": "none",
      "attempts_per_episode": 1, "exclusion_rules": [],
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

  /// frozen.tasks of a suite: ids are positions, names the instructions.
  static func tasks(_ suite: BenchmarkSuite) -> [JSONValue] {
    suite.tasks.enumerated().map { place, name in
      ["suite": .string(suite.id), "task_id": .string(String(place)), "name": .string(name)]
    }
  }

  private static func value(_ profile: ClaimTemplate.Profile) -> JSONValue {
    [
      "profile_id": .string(profile.id), "policy_id": nil,
      "embodiment_class": .string(profile.embodimentClass),
      "robot_model": .string(profile.robotModel),
      "simulator_family": .string(profile.simulatorFamily),
      "control_mode": .string(profile.controlMode),
      "degrees_of_freedom": .number(JSONNumber(Int64(profile.degreesOfFreedom))),
      "action_space": .array(profile.actions.map { .string($0) }),
      "observation_space": .array(profile.observations.map { .string($0) }),
      "camera_topology": .string(profile.cameraTopology), "checkpoint_digest": nil,
    ]
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
