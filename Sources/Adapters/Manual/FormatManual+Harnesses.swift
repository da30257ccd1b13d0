/// Formats of harnesses that write files of their own (FORMATS §2 to §6).
extension FormatManual {
  static let lerobot = FormatManual(
    needs: "eval_info.json, or the folder of one run that holds it",
    notes: [
      "Every stated average and count is computed again from the episodes; a file that disagrees "
        + "with its own episodes is refused.",
      "Tasks of several environments at once lie in the order of completion and are sorted.",
      "NaN is read where lerobot writes it: in rewards and averages, never in successes.",
    ],
    generations: [
      Generation(
        word: "per_task", about: "lerobot 0.4 and later",
        denominatorRule: "all_attempted_no_errors_recorded", seeds: ["derived", "missing"],
        initialStates: ["missing"]),
      Generation(
        word: "per_task_ci95", about: "main since September 2026, with intervals",
        denominatorRule: "all_attempted_no_errors_recorded", seeds: ["derived", "missing"],
        initialStates: ["missing"]),
      Generation(
        word: "per_episode", about: "lerobot 0.1 to 0.3",
        denominatorRule: "all_attempted_no_errors_recorded",
        seeds: ["recorded", "derived", "missing"], initialStates: ["missing"]),
    ],
    unknown: [
      "crashed attempts: an exception ends the run and no file is written",
      "seeds, since 0.4 (--seed-start N gives derived ones)", "initial states",
      "policy and checkpoint", "versions of lerobot and of the simulator", "the time of the run",
      "steps of an episode", "the environment, before 0.4",
    ],
    missing: [
      "model_identity_not_recorded", "checkpoint_digest_missing", "initial_states_not_hashed",
      "environment_version_missing",
    ], takesSeedStart: true,
    example: [
      "wf claim create --template lerobot-pusht --output claim",
      "wf audit lerobot outputs/eval/2026-10-01/12-00-00_pusht_diffusion --seed-start 1000 "
        + "--claim-package claim --output package",
    ])

  static let openPI = FormatManual(
    needs: "the log of examples/libero/main.py, or the csv of examples/droid/main.py",
    notes: [
      "The LIBERO script writes no result file: keep its standard error, for one with "
        + "2> libero_goal.log.",
      "The counters of the log decide. An episode with an exception is errored, also where the line "
        + "above it says Success: True.",
      "Videos have no episode number and overwrite each other: they are references, never counts.",
      "In a DROID csv that holds 0, 0.01 and 1 only, 0.01 is how the script stores the answer y.",
      "The ALOHA script records no success at all; use a bridge file for it.",
    ],
    generations: [
      Generation(
        word: "libero_log", about: "standard error of examples/libero",
        denominatorRule: "all_attempted_errors_are_failures", seeds: ["missing"],
        initialStates: ["derived"]),
      Generation(
        word: "droid_csv", about: "results/eval_<time>.csv of examples/droid",
        denominatorRule: "rows_of_csv", seeds: ["missing"], initialStates: ["missing"]),
    ],
    unknown: [
      "seeds", "policy and checkpoint", "versions of openpi and of the simulator",
      "steps, rewards and times of a LIBERO episode",
      "the instruction of a DROID episode, and the rows of a run that crashed",
    ],
    missing: [
      "model_identity_not_recorded", "checkpoint_digest_missing", "seeds_missing",
      "environment_version_missing",
    ], takesSeedStart: false,
    example: [
      "wf claim create --template openpi-libero --set protocol.frozen.tasks=libero_goal "
        + "--output claim",
      "wf audit openpi libero_goal.log --claim-package claim --output package",
    ])

  static let lbmEval = FormatManual(
    needs: "one results-<time>.json, or the output folder that holds it",
    notes: [
      "An evaluation with a failure message and no time is errored; one that is pending is missing, "
        + "and the file is partial.",
      "The file is rewritten after every evaluation: the rate of an interrupted run is over what "
        + "finished first.",
      "The start time is taken from the name of the file, with its offset.",
    ],
    generations: [
      Generation(
        word: "results_json", about: "lbm_eval 1.1",
        denominatorRule: "completed_evaluations_errors_are_failures", seeds: ["derived"],
        initialStates: ["missing"])
    ],
    unknown: [
      "policy, checkpoint and policy server", "the version of lbm_eval", "the time limit",
      "whether a failure was a timeout",
    ],
    missing: [
      "model_identity_not_recorded", "checkpoint_digest_missing", "environment_version_missing",
    ], takesSeedStart: false,
    example: [
      "wf claim create --template lbm-eval --output claim",
      "wf audit lbm_eval rollouts --raw rollouts --claim-package claim --output package",
    ])

  static let vlaEval = FormatManual(
    needs: "one result file, all shards of one run, or the folder that holds them",
    notes: [
      "Shards have to be of one run and are read as one; an episode that is in two of them is "
        + "refused.",
      "An episode with a failure reason is errored.",
      "A checkpoint that the policy server told as a place on its disk is not recorded (warning "
        + "checkpoint_is_local_path): name the model with --model-id.",
      "Means are compared up to the four digits to which the harness rounds.",
      "The recording-*.sqlite is not read: merge it with the harness first.",
      "In its own repository result files lie in Git LFS: run git lfs pull.",
    ],
    generations: [
      Generation(
        word: "v1_flat", about: "0.0.x", denominatorRule: "all_recorded_errors_are_failures",
        seeds: ["recorded_run_seed", "missing"], initialStates: ["derived", "missing"]),
      Generation(
        word: "v2_metrics", about: "0.1 and 0.2",
        denominatorRule: "all_recorded_errors_are_failures",
        seeds: ["recorded_run_seed", "missing"], initialStates: ["derived", "missing"]),
      Generation(
        word: "v3_aggregate", about: "0.3 and later",
        denominatorRule: "all_recorded_errors_are_failures",
        seeds: ["recorded_run_seed", "missing"], initialStates: ["derived", "missing"]),
    ],
    unknown: [
      "the seed of each episode: one seed is recorded for the run",
      "the model, unless the policy server told its checkpoint", "rewards",
      "in v3_aggregate, shards that are missing",
    ],
    missing: ["checkpoint_digest_missing", "environment_version_missing"], takesSeedStart: false,
    example: [
      "wf claim create --template vla-eval-libero --set protocol.frozen.tasks=libero_goal "
        + "--output claim",
      "wf audit vla-eval results --claim-package claim --output package",
    ])

  static let gr00t = FormatManual(
    needs: "the standard output of gr00t/eval/rollout_policy.py, kept in a file",
    notes: [
      "The script writes no result file: keep what it prints, for one with | tee rollout.log.",
      "With several environments at once the list may be longer than was asked for, and favours "
        + "episodes that end early.",
      "Several environments may be in one log; one that is there twice is refused.",
      "The log of the older run_libero_eval.py is read by the same word.",
    ],
    generations: [
      Generation(
        word: "rollout_policy_stdout", about: "N1.6 and N1.7",
        denominatorRule: "finished_valid_episodes", seeds: ["missing"],
        initialStates: ["missing"]),
      Generation(
        word: "libero_log", about: "examples/Libero of N1.5",
        denominatorRule: "all_attempted_errors_are_failures", seeds: ["missing"],
        initialStates: ["derived"]),
    ],
    unknown: [
      "seeds and initial states", "checkpoint and versions", "steps, rewards and times",
      "episodes that crashed: an exception ends the process without results",
      "episodes that were left out as invalid",
    ],
    missing: [
      "model_identity_not_recorded", "checkpoint_digest_missing", "seeds_missing",
      "environment_version_missing",
    ], takesSeedStart: false,
    example: [
      "wf claim create --template gr00t-simpler --output claim",
      "wf audit gr00t-n1.7 rollout.log --claim-package claim --output package",
    ])
}
