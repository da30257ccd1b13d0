extension Shape {
  /// The seven tallies of evidence.counts and audit_input.counts.
  static let counts = Shape.object([
    field("attempted", .count), field("errored", .count), field("excluded", .count),
    field("failed", .count), field("missing", .count), nullable("planned", .count),
    field("succeeded", .count),
  ])

  /// An integrity check: I01 to I24.
  static let checkID = Shape.word((1...24).map { $0 < 10 ? "I0\($0)" : "I\($0)" })

  /// Keys of source_aggregates that may be passed on.
  static let aggregateKeys = [
    "pc_success", "n_episodes", "success_rate", "num_success", "num_evaluated", "mean_success",
  ]

  /// audit_input.json, SCHEMAS §6.
  static let auditInput = Shape.object([
    field("claim_id", .id("clm")),
    field("counts", .counts),
    field("duplicates", .count),
    field(
      "format",
      .object([
        field("detected_by", .array(.machineText(200), atMost: 100)),
        nullable("generation", .label), field("name", .text(64)),
      ])),
    field(
      "labels",
      .object([field("initial_state", .seedLabel), field("seed", .seedLabel)])),
    field("metric", .object([field("name", .name), nullable("success_rule", .name)])),
    field(
      "model",
      .object([
        nullable("checkpoint_digest", .digest), nullable("id", .machineText(200)),
        field("identity", .word(ModelIdentity.Identity.allCases.map(\.rawValue))),
      ])),
    field(
      "observations",
      .array(
        .object([
          nullable("expected", .machineText(200)), field("id", .checkID),
          nullable("observed", .machineText(200)),
          field("state", .word(Observation.State.allCases.map(\.rawValue))),
          nullable("where", .episodeKey),
        ]), atMost: 24)),
    field("out_of_protocol", .object([field("episodes", .count), field("tasks", .count)])),
    field("protocol_id", .id("prt")),
    field(
      "raw_coverage",
      .object([
        field("counted_episodes", .count), field("failed_episodes", .count),
        field("failed_with_raw", .count), field("with_raw", .count),
      ])),
    field(
      "run",
      .object([field("attempts", .integer(1...1_000_000)), nullable("reported_at", .time)])),
    field("schema_version", .version(of: .auditInput)),
    nullable(
      "source_aggregates",
      .map(
        keys: .words(aggregateKeys),
        value: .optional(.either(.integer(-maximumInteger...maximumInteger), .text(64))),
        atMost: 16)),
    nullable("source_denominator_rule", .label),
    optionalField("source_notes", .object(noteFields)),
    field("tasks", .array(.object(taskFields), atMost: 1_000_000)),
  ])

  private static let seedLabel = Shape.word(SeedLabel.allCases.map(\.rawValue))

  private static let noteFields = [
    optionalField(
      "generated",
      .object([
        nullable("judge_id", .machineText(200)), nullable("judge_kind", .machineText(200)),
        nullable("judge_version", .machineText(200)), nullable("model", .machineText(200)),
      ])),
    optionalField("partial", .object([field("missing", .count), field("reason", .label)])),
    field("warnings", .labels),
  ]

  private static let taskFields = [
    field(
      "episodes",
      .object([
        field("count", .count), field("indexes", .ranges),
        nullable("initial_states", .array(.optional(.text(64)), atMost: IndexRanges.most)),
        field("outcomes", .letters),
        field("reasons", .map(keys: indexes, value: .label, atMost: IndexRanges.most)),
        optionalField("scores", .array(.optional(.sixDigitsOrLexeme), atMost: IndexRanges.most)),
        nullable("seeds", .array(.optional(.seed), atMost: IndexRanges.most)),
      ])),
    field("in_protocol", .bool), nullable("name", .machineText(200)),
    field("suite", .machineText(200)), field("task_id", .machineText(200)),
  ]

  /// A text that comes from a source: nothing in it may name a machine or a person.
  static func machineText(_ limit: Int) -> Shape {
    .checked(.text(limit)) { text in
      if let objection = Shape.text(limit).objection(to: text) { return objection }
      return Redactor.findsPrivate(text)
        ? Objection(code: .secretInPublicField, expected: "a text without paths, mail or addresses")
        : nil
    }
  }

  /// One letter per episode (SCHEMAS §6).
  private static let letters = Shape.checked(.letters) { text in
    text.utf8.allSatisfy { Outcome(letter: $0) != nil }
      ? nil : Objection(code: .outcomeLetter, expected: "letters S, F, E, X and M only")
  }

  private static let sixDigitsOrLexeme = Shape.checked(.number(atMost: nil)) { text in
    JSONNumberText.isNumber(text)
      ? nil : Objection(code: .fieldRange, expected: "a decimal string")
  }

  /// Decimal indexes without leading zeros.
  private static let indexes = Keys(pattern: .index) { text in
    guard let value = Int(text), value >= 0 else { return false }
    return String(value) == text
  }
}
