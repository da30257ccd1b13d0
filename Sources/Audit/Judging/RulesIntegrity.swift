/// How bad a failed check is (STATISTICS §8).
enum Severity: String, Sendable, CaseIterable {
  case fatal, serious, warn, note
}

/// One row of the table of integrity checks.
struct IntegrityRule: Sendable {
  let id: String
  let word: String
  /// The first severity its row names: shown while the check does not fail.
  let severity: Severity
  /// The cap of that severity when the check fails.
  let cap: String
  let failsWhen: String
}

extension Rules {
  /// The checks I01…I24 in order.
  static let integrity: [IntegrityRule] = [
    row("I01", "aggregate_mismatch", .fatal, "D", "a total of the source differs from the recount"),
    row("I02", "impossible_rate", .serious, "D", "no whole number of successes gives the rate"),
    row(
      "I03", "duplicate_episode", .serious, "C", "two episodes share task, seed and initial state"),
    row("I04", "duplicate_raw", .serious, "D", "two episodes refer to the same raw bytes"),
    row(
      "I05", "duplicate_outcome_block", .warn, "C", "two tasks have the same long outcome sequence"),
    row("I06", "seed_reuse", .warn, "C", "under 90 % of a task's seeds are distinct, unplanned"),
    row("I07", "index_gaps", .serious, "C", "episode indexes of a task have gaps"),
    row("I08", "tail_truncated", .serious, "C", "records stop early, after failures only"),
    row("I09", "order_runs", .warn, "C", "successes and failures are clustered in the saved order"),
    row("I10", "drift", .warn, "C", "the halves of a task have different rates"),
    row("I11", "best_of_k", .serious, "C", "repeats without a policy for them"),
    row("I12", "checkpoint_selected", .warn, "B", "the checkpoint was chosen on the same suite"),
    row(
      "I13", "unequal_counts", .warn, "B", "tasks differ in size though the plan makes them equal"),
    row("I14", "tasks_missing", .serious, "C", "a named task has no record"),
    row("I15", "tasks_unknown", .warn, "C", "a recorded task is in no known list"),
    row(
      "I16", "excluded_unexplained", .serious, "C",
      "exclusions without reason, or over a tenth lost"),
    row("I17", "exclusion_bias", .serious, "C", "everything excluded or errored was failing"),
    row(
      "I18", "horizon_cut", .warn, "C", "failures end early, or successes come after the horizon"),
    row("I19", "success_rule_conflict", .fatal, "D", "success flags contradict rewards or endings"),
    row("I20", "non_binary", .fatal, "D", "a success value that is neither 0 nor 1"),
    row("I21", "identity_conflict", .serious, "D", "model or checkpoint is not the claimed one"),
    row("I22", "time_order", .serious, "C", "times contradict each other"),
    row("I23", "perfect_prefix", .serious, "C", "a subset of a larger run, with a higher rate"),
    row("I24", "protocol_mismatch", .serious, "C", "a recorded setting differs from the protocol"),
  ]

  private static func row(
    _ id: String, _ word: String, _ severity: Severity, _ cap: String, _ failsWhen: String
  ) -> IntegrityRule {
    IntegrityRule(id: id, word: word, severity: severity, cap: cap, failsWhen: failsWhen)
  }
}
