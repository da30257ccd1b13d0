extension Shape {
  /// A derived number: six fractional digits, or another decimal where the value asks for it.
  private static let derived = Shape.checked(.sixDigits) { text in
    TextRules.isSixDigits(text)
      ? nil : Objection(code: .fieldRange, expected: Shape.sixDigits.expectation)
  }

  private static let bounds = Shape.object([
    nullable("lower", .derived), nullable("upper", .derived),
  ])
  private static let verdict = Shape.word(["supported", "refuted", "inconclusive", "not_auditable"])
  private static let letter = Shape.word(["A", "B", "C", "D"])
  private static let outcomeOfPolicy = Shape.optional(
    .object([
      field("k", .count), field("n", .count), nullable("rate", .derived),
      field("verdict", .verdict),
    ]))
  /// A reason or a cap: a label, or the id of an integrity check.
  private static let reason = Shape.checked(.reason) { text in
    TextRules.isLabel(text) || Shape.checkID.objection(to: text) == nil
      ? nil : Objection(code: .fieldRange, expected: "a label or the id of a check")
  }

  /// evidence.json, SCHEMAS §4.
  static let evidence = Shape.object([
    nullable(
      "band",
      .object([
        nullable("best", .derived), nullable("flips", .bool), nullable("n", .count),
        nullable("successes_needed", .count), nullable("successes_still_refuted", .count),
        nullable("unresolved", .count), nullable("worst", .derived),
      ])),
    field("claim", .object(claimCopy)),
    field(
      "conformance",
      .object([
        field("digest_mismatches", .count), field("matched_cells", .count),
        field("metadata_mismatches", .count), field("missing_cells", .count),
        field("out_of_protocol_episodes", .count), field("planned_cells", .count),
      ])),
    field("counts", .counts),
    field("deployment_summary", .object(deployment)),
    field(
      "display_id",
      .checked(.displayID) { text in
        text.hasPrefix("WF-") && ULID.isValid("x_" + zeros + text.dropFirst(3), prefix: "x")
          ? nil : Objection(code: .idInvalid, expected: "WF- and the last 8 digits of package_id")
      }),
    field(
      "grade",
      .object([
        field(
          "caps",
          .array(.object([field("cap", letter), field("word", reason)]), atMost: 100)),
        field("left_to_verify", .labels), field("letter", letter), nullable("planned", letter),
      ])),
    nullable(
      "homogeneity",
      .object([nullable("p_value", .derived), nullable("tarone_z", .derived)])),
    field("integrity", .array(.object(integrity), atMost: 24)),
    nullable("intervals", .object(intervals)),
    field("missing_evidence", .array(.object(missingEvidence), atMost: 1000)),
    field("next_axes", .array(.object(nextAxis), atMost: 3)),
    field("package_id", .id("pkg")),
    nullable(
      "policies",
      .object([
        field("as_planned", outcomeOfPolicy), field("best_case", outcomeOfPolicy),
        field("errors_as_failures", outcomeOfPolicy), field("errors_excluded", outcomeOfPolicy),
      ])),
    nullable(
      "power",
      .object([
        nullable("assumed_rate", .derived), nullable("episodes", .count), nullable("more", .count),
        nullable("successes", .count),
      ])),
    field(
      "primary",
      .object([
        field("k", .count), field("n", .count), field("policy", .label), nullable("rate", .derived),
      ])),
    field(
      "protocol",
      .object([
        field("freeze_digest", .digest), nullable("frozen_at", .time), field("id", .id("prt")),
      ])),
    field("reasons", .array(reason, atMost: 100)),
    field(
      "recommendation",
      .object([
        field("text", .text(500)),
        field(
          "word",
          .word([
            "rely_within_scope", "collect_more_evidence", "do_not_rely", "repair_input",
          ])),
      ])),
    field(
      "rules",
      .checked(.rules) { text in
        text.hasPrefix("wf-rules/") && Int(text.dropFirst(9)).map { $0 > 0 } == true
          ? nil : Objection(code: .fieldRange, expected: "wf-rules/1, or a later table")
      }),
    field("schema_version", .version(of: .evidence)),
    field("scope", .object(scope)),
    nullable(
      "stopping",
      .object([
        nullable("e_above", .derived), nullable("e_below", .derived),
        field("state", .word(["fixed", "sequential", "unknown"])),
      ])),
    field("tasks", .array(.object(taskResult), atMost: 1_000_000)),
    nullable(
      "test",
      .object([
        nullable("name", .label), nullable("p_value", .derived), nullable("refute_max", .signed),
        nullable("support_min", .count),
      ])),
    field("verdict", .verdict),
    nullable("verdict_if_all_assumptions_hold", .verdict),
  ])

  private static let zeros = String(repeating: "0", count: 18)
  /// A count, or -1 where no count of successes would do.
  private static let signed = Shape.integer(-1...maximumInteger)

  private static let claimCopy = [
    nullable("aggregate", .word(ClaimMetric.Aggregate.allCases.map(\.rawValue))),
    field("capability", .long), nullable("confidence", .decimal), field("id", .id("clm")),
    nullable("kind", .word(ClaimMetric.Kind.allCases.map(\.rawValue))),
    nullable("margin", .decimal), field("slug", .slug), field("subject_id", .name),
    field("text", .long), nullable("threshold", .decimal),
  ]

  private static let deployment = [
    nullable("benchmark", .long), nullable("camera_topology", .name),
    nullable("control_mode", .name), nullable("embodiment_class", .name),
    nullable("robot_embodiment", .long),
    field("setting", .word(["world_model", "real_robot", "simulation", "unknown"])),
    nullable("simulator", .long), field("statement", .word(["not_a_deployment_decision"])),
  ]

  private static let integrity = [
    nullable("cap", letter), nullable("expected", .text(200)), field("id", .checkID),
    nullable("observed", .text(200)),
    field("severity", .word(["fatal", "serious", "warn", "note"])),
    field("state", .word(Observation.State.allCases.map(\.rawValue))),
    nullable("where", .episodeKey),
  ]

  private static let intervals = [
    nullable(
      "clopper_pearson",
      .object([nullable("one_sided", .bounds), nullable("two_sided", .bounds)])),
    nullable("confidence_sequence", .bounds),
    nullable(
      "macro",
      .object([
        optionalField(
          "bootstrap",
          .object([
            nullable("limits", .bounds), field("replicates", .count), field("seed", .text(40)),
          ])),
        nullable("square_and_add", .bounds),
      ])),
    nullable("wilson", .bounds),
  ]

  private static let missingEvidence = [
    field("label", .label), nullable("question_id", .text(64)),
    field("severity", .word(["major", "minor", "info"])),
  ]

  private static let nextAxis = [
    field("axis", .word(axes)),
    nullable(
      "design",
      .object([nullable("episodes_per_level", .count), nullable("levels", .count)])),
    nullable("episodes", .count),
    field("missing", .word(["not_recorded", "single_level", "few_levels"])),
    field("rank", .integer(1...3)), field("score", .count), field("why", .labels),
  ]

  private static let scope = [
    nullable("benchmark", .long), nullable("benchmark_version", .long),
    nullable("camera_distribution", .long), nullable("episodes_per_task", .count),
    field("excludes", .labels), nullable("robot_embodiment", .long), nullable("simulator", .long),
    field("suites", .array(.name, atMost: 100_000)), field("tasks", .count),
  ]

  private static let taskResult = [
    nullable("adjusted_refute", .derived), nullable("adjusted_support", .derived),
    field("k", .count), field("n", .count), nullable("name", .name),
    nullable("p_refute", .derived), nullable("p_support", .derived), nullable("rate", .derived),
    field("task", .text(400)), nullable("verdict", .verdict), nullable("wilson", .bounds),
  ]
}
