extension Wording {
  static let comparisons: [String: String] = [
    "other_claim_kind": "The two claims are of different kinds.",
    "other_metric": "The two sides measure different things.",
    "other_success_rule": "The two sides decide success by different rules.",
    "no_common_task": "No task is in both versions.",
    "other_suite_version": "The two sides ran different benchmarks or versions of one.",
    "a_not_auditable": "The old version cannot be judged.",
    "b_not_auditable": "The new version cannot be judged.",
    "denominator_policies_differ":
      "Errors count differently on the two sides; both are counted by the stricter way.",
    "task_sets_differ": "Some tasks are in one version only; they are left out.",
    "environment_digest_unknown": "It is not known whether both ran in the same environment.",
    "environment_digests_differ": "The two sides ran in different environments.",
    "horizon_unknown": "It is not known whether both had the same time limit.",
    "horizons_differ": "The two sides had different time limits.",
    "pairing_partial": "Only some episodes are the same on both sides, so none are paired.",
    "fixed_n_assumed": "The p-values assume that the number of episodes was settled beforehand.",
    "fisher_above_5000": "Fisher's test stands in for Boschloo's above 5,000 episodes a side.",
    "change_differs_between_tasks": "The change differs between tasks: look at the tasks first.",
    "flips_by_index":
      "Flipped episodes are matched by their number, which does not prove that they are the same.",
  ]
}
