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
    "pairing_partial":
      "Only some episodes are proven to be the same on both sides, so the whole is not paired.",
    "fixed_n_assumed": "The p-values assume that the number of episodes was settled beforehand.",
    "fisher_above_5000": "Fisher's test stands in for Boschloo's above 5,000 episodes a side.",
    "change_differs_between_tasks": "The change differs between tasks: look at the tasks first.",
    "flips_by_index":
      "Flipped episodes are matched by their number, which does not prove that they are the same.",
    "success_rule_unknown": "Only one side says by what rule success is decided.",
    "simulator_versions_differ": "The two sides ran in different versions of the simulator.",
    "action_chunk_unknown":
      "It is not known whether both executed action chunks of the same length.",
    "action_chunks_differ": "The two sides executed action chunks of different lengths.",
    "initial_state": "Every episode is paired with its counterpart by its recorded initial state.",
    "seed_and_environment":
      "Every episode is paired with its counterpart by its recorded seed in one known environment.",
    "initial_state_or_seed":
      "Every episode is paired: in some tasks by its initial state, in others by its seed.",
    "pairing_not_every_task": "Episodes are proven to be the same in some tasks only.",
    "keys_not_recorded": "Neither initial states nor seeds are recorded on both sides.",
    "keys_incomplete": "Some counted episodes have neither a recorded seed nor an initial state.",
    "keys_not_unique": "Some recorded seeds or initial states stand for several episodes.",
    "keys_differ": "The two sides ran other seeds or initial states.",
    "no_counted_episode": "A side counted no episode.",
    "tested_within_tasks":
      "Tasks have different shares on the two sides, so the whole is tested within tasks; the pooled rates mix the shares.",
    "task_without_episodes": "A task without counted episodes on a side is left out of the whole.",
    "claims_differ": "The two versions belong to different claims.",
    "protocols_differ": "The two versions were planned by different protocols.",
    "thresholds_differ":
      "The claims have different thresholds, so the verdicts answer other questions.",
    "confidences_differ": "The claims have different confidences; the higher one is used.",
    "rule_tables_differ": "The two audits applied different rule tables.",
    "task_renamed": "The same task bears another name.",
    "possible_rename": "Two tasks under different ids bear one name; they are not compared.",
  ]
}
