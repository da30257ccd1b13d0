// The rows of the JSONL members, SCHEMAS §8, 10 and 11. The enums are the places of the fields.
extension Shape {
  enum HeaderField: Int {
    case auditInput, packageID, record, rows, salt, schemaVersion
  }

  static func header(of member: MemberName) -> Shape {
    .row([
      field("audit_input", .digest), field("package_id", .id("pkg")),
      field("record", .word(["header"])), field("rows", .count), field("salt", .salt),
      field("schema_version", .version(of: member)),
    ])
  }

  enum EpisodeField: Int {
    case attempt, duration, index, key, error, maxReward, metadata, outcome, raw, record, seed,
      steps, success, suite, sumReward, taskID
  }

  static let episodeRow = Shape.row([
    field("attempt", .integer(1...1_000_000)), nullable("duration_s", .lexeme),
    field("episode_index", .count), field("episode_key", .episodeKey),
    nullable(
      "error",
      .object([
        field("class", .name), field("message", .text(500)), field("redactions", .count),
      ])), nullable("max_reward", .lexeme),
    field("metadata", .map(keys: .labels, value: .metadata, atMost: 16)),
    field("outcome", .word(Outcome.allCases.map(\.rawValue))), field("raw", .digests),
    field("record", .word(["episode"])), nullable("seed", .seed), nullable("steps", .count),
    nullable("success", .bool), field("suite", .name), nullable("sum_reward", .lexeme),
    field("task_id", .name), optionalField("metadata_dropped", .count),
  ])

  enum FailureField: Int {
    case axes, episodeKey, failureKey, label, labelSource, outcome, raw, record, seed, steps, terms
  }

  static let failureRow = Shape.row([
    field("axes", .map(keys: .labels, value: .name, atMost: 64)),
    field("episode_key", .episodeKey), field("failure_key", .id("flr")),
    field("label", .word(FailureRow.labels)),
    field(
      "label_source",
      .checked(.labelSource) { text in
        (text.hasPrefix("rule:") || text.hasPrefix("source:")) && !text.hasSuffix(":")
          ? Shape.name.objection(to: text)
          : Objection(code: .fieldRange, expected: "rule:<name> or source:<field>")
      }),
    field("outcome", .word(["failed", "errored", "excluded", "missing"])), field("raw", .digests),
    field("record", .word(["failure"])), nullable("seed", .seed), nullable("steps", .count),
    field("terms", .array(.name, atMost: 32)), optionalField("source_label", .text(64)),
  ])

  enum ReplayField: Int {
    case index, key, horizon, hashes, instruction, missing, record, replayable, seed, suite, taskID
  }

  static let replayRow = Shape.row([
    field("episode_index", .count), field("episode_key", .episodeKey),
    nullable("horizon_steps", .count),
    field(
      "input_hashes",
      .object([
        nullable("checkpoint", .digest), nullable("env_config", .digest),
        nullable("initial_state", .digest), nullable("policy_config", .digest),
      ])),
    nullable("instruction", .long), field("missing", .labels), field("record", .word(["replay"])),
    field("replayable", .word(["full", "partial", "none"])), nullable("seed", .seed),
    field("suite", .name), field("task_id", .name),
  ])

  private static let metadata = Shape.optional(
    .either(.bool, .either(.integer(-maximumInteger...maximumInteger), .name)))
}
