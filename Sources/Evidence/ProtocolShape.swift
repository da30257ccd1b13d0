extension Shape {
  /// The fourteen axes of STATISTICS §10, in their order.
  static let axes = [
    "task", "initial_state", "seed", "object_instance", "distractors", "camera_pose", "lighting",
    "texture", "language_instruction", "robot_initial_pose", "embodiment", "dynamics", "latency",
    "horizon",
  ]

  /// protocol.json, SCHEMAS §3.
  static let evaluationProtocol = Shape.object([
    field("claim_id", .id("clm")),
    nullable("created_at", .time),
    nullable("custom_eval_contract", .object(contractFields)),
    field(
      "environment",
      .object([
        optionalField("environment_digest", .digest), optionalField("simulator_version", .name),
      ])),
    field("freeze_digest", .digest),
    field("frozen", .object(frozenFields)),
    nullable("frozen_at", .time),
    nullable("grade_planned", .word(["A", "B", "C", "D"])),
    field("id", .id("prt")),
    field(
      "metric_contract",
      .object(
        metricFields + [
          optionalField("action_chunk_steps", .count),
          optionalField("direction", .word(["higher_is_better", "lower_is_better"])),
          optionalField("horizon_steps", .count),
          field(
            "kind",
            .word(["binary_success", "bounded_score"] + ClaimMetric.Kind.allCases.map(\.rawValue))),
          field("name", .name), optionalField("success_rule", .label), optionalField("unit", .name),
        ])),
    field("schema_version", .version(of: .evaluationProtocol)),
  ])

  /// SCHEMAS §3.1; owner and use case lie in a file of their own and are refused here.
  private static let contractFields = [
    optionalField("acceptance_question", .long), field("contract_digest", .digest),
    optionalField("customer_consent", .word(["given", "not_given"])),
    optionalField("exclusion_rules", .array(.any, atMost: 1000)),
    optionalField("inclusion_rules", .array(.any, atMost: 1000)),
    field("metric_schema_ref", .text(400)),
    optionalField("replay_metadata_keys", .array(.name, atMost: 1000)),
    optionalField(
      "task_manifest",
      .object([optionalField("digest", .digest), optionalField("ref", .text(400))])
    ),
    optionalField("task_owner", .private), optionalField("task_source", .long),
    optionalField("use_case", .private), optionalField("workflow_claim", .long),
  ]

  private static let frozenFields = [
    field(
      "axes",
      .array(
        .object([field("axis", .word(axes)), field("values", .array(.name, atMost: 1000))]),
        atMost: 100)),
    field(
      "denominator_policy",
      .object([
        nullable("attempts_per_episode", .integer(1...1_000_000)),
        field(
          "exclusion_rules",
          .array(
            .object([
              field("id", .text(64)), optionalField("reason", .long), optionalField("text", .long),
            ]), atMost: 1000)),
        nullable("policy", .word(["errors_as_failures", "errors_excluded", "as_planned"])),
        nullable("retries", .word(["none", "first_attempt", "last_attempt"])),
        nullable("stopping", .word(["fixed", "sequential"])),
      ])),
    nullable("episode_indexes", .ranges),
    field(
      "missing_evidence_questions",
      .array(
        .object([field("id", .text(64)), field("label", .label), field("text", .long)]),
        atMost: 1000)),
    nullable("probe_registry_digest", .digest),
    field("probes", .array(.name, atMost: 10_000)),
    field("robot_policy_profile", .object(profileFields)),
    field(
      "seeds",
      .object([
        optionalField("count", .count), optionalField("first", .seed),
        field("kind", .word(["list", "range", "challenge", "unset"])),
        optionalField("same_for_every_task", .bool),
        optionalField("step", .integer(-maximumInteger...maximumInteger)),
        optionalField("values", .array(.seed, atMost: 10_000_000)),
      ])),
    field(
      "tasks",
      .array(
        .object([optionalField("name", .name), field("suite", .name), field("task_id", .name)]),
        atMost: 1_000_000)),
  ]

  private static let profileFields = [
    optionalField("action_space", .array(.name, atMost: 1000)),
    optionalField("camera_topology", .name), optionalField("checkpoint_digest", .digest),
    optionalField("control_mode", .name), optionalField("degrees_of_freedom", .count),
    optionalField("embodiment_class", .name),
    optionalField("observation_space", .array(.name, atMost: 1000)),
    optionalField("policy_id", .name), optionalField("profile_id", .name),
    optionalField("robot_model", .name), optionalField("simulator_family", .name),
  ]

  /// Pairs `[first, last]`; whether they are maximal is seen when they are read.
  static let ranges = Shape.array(.array(.count, atMost: 2), atMost: 10_000_000)

  /// A text that has no place in a public member.
  private static let `private` = Shape.checked(.nothing) { _ in
    Objection(code: .secretInPublicField, expected: "this field in the private contract file only")
  }
}
