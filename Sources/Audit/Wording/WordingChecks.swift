extension Wording {
  /// A failed check states a fact, never a motive (STATISTICS §8).
  static let checks: [String: String] = [
    "I01": "A total in the source differs from the recount of its episodes.",
    "I02": "No whole number of successes gives the reported rate.",
    "I03": "Two counted episodes have the same task, seed and initial state.",
    "I04": "Two episodes refer to the same raw file.",
    "I05": "Two tasks have the same outcomes in the same order.",
    "I06": "Seeds repeat within a task, and no plan says that they should.",
    "I07": "Episode indexes have gaps.",
    "I08": "The records of a task stop early, with failures at the end.",
    "I09": "Successes and failures are clustered in the saved order.",
    "I10": "The first and the second half of a task differ in rate.",
    "I11": "Attempts were repeated, and no policy says which one counts.",
    "I12": "The checkpoint was chosen on the same suite and seeds.",
    "I13": "Tasks differ in size, though the plan makes them equal.",
    "I14": "A task that the claim names has no record.",
    "I15": "A recorded task is in no known list.",
    "I16": "Exclusions lack a reason, or over a tenth of the episodes were lost.",
    "I17": "Every excluded or errored episode was failing.",
    "I18": "Failures end before the horizon, or successes come after it.",
    "I19": "Success flags contradict the recorded rewards or endings.",
    "I20": "A success value is neither 0 nor 1.",
    "I21": "The model or checkpoint is not the claimed one.",
    "I22": "Recorded times contradict each other.",
    "I23": "The handed-in episodes are part of a larger run, with a higher rate.",
    "I24": "A recorded setting differs from the protocol.",
  ]

  static let reasons: [String: String] = [
    "no_counts": "Only a rate was saved, without the number of episodes.",
    "no_episodes": "No episode counts under the denominator policy.",
    "invalid_claim": "The claim's metric, threshold or confidence cannot be read.",
    "metric_not_binary":
      "The metric is not success or failure, and no contract says what succeeds.",
    "task_scope": "A task that the claim names has no record.",
    "denominator_unknown": "The number of attempted episodes is not known.",
    "integrity": "A check found that the numbers contradict the source.",
    "baseline_without_n": "The baseline is a rate without its number of episodes.",
    "no_equivalence_margin": "No margin is stated, so equality cannot be shown.",
    "reported_count_ambiguous": "Several counts fit the reported rate, and they disagree.",
    "reported_impossible": "No whole number of successes gives the reported rate.",
    "aggregate_unstated": "The claim does not say how tasks of unequal size are averaged.",
    "too_few_episodes": "With this number of episodes no outcome could support the claim.",
    "denominator_sensitive": "The verdict depends on how open episodes or errors are counted.",
    "stopping_unknown": "The number of episodes was not settled before the run.",
    "policy_assumed": "How errors count was not stated; they are taken as failures.",
    "sequence_assumes_one_rate":
      "Without a fixed length, one common rate over the tasks is assumed.",
    "dimensions_not_pooled":
      "Each dimension is judged on its own; the claim averages over several.",
  ]

  static let verdicts: [String: String] = [
    "supported": "The recorded episodes support the claim within its scope.",
    "refuted": "The recorded episodes refute the claim within its scope.",
    "inconclusive": "The recorded episodes neither support nor refute the claim.",
    "not_auditable": "The claim cannot be judged from what was recorded.",
  ]
}
