/// Sources that are read from a bridge file (FORMATS §7 to §11).
extension FormatManual {
  private static func creating(_ template: String, _ tasks: [(suite: String, id: String)]) -> String
  {
    let list = tasks.map {
      "{\"suite\": \"\($0.suite)\", \"task_id\": \"\($0.id)\", \"name\": null}"
    }
    return "wf claim create --template \(template) --output claim "
      + "--set 'protocol.frozen.tasks=[\(list.joined(separator: ", "))]'"
  }

  private static let lines =
    "The header counts the lines, so that a file that was cut is seen; more planned than written is "
    + "partial."
  private static let writer =
    "Docs/schemas/README.md has a writer in Python, and bridge.schema.json the fields."

  static let pi07 = bridged(
    needs: "a bridge file with source pi-0.7",
    notes: [
      lines, "Parts of the prompt go under extra.prompt, a graded score under progress.", writer,
    ],
    unknown: [
      "everything that the bridge file leaves null: no harness of pi-0.7 is public",
      "who judged success, on a real robot",
    ],
    example: [
      creating("openpi-libero", [("dexterous", "fold_shirt"), ("unseen", "load_air_fryer")]),
      "wf audit pi-0.7 episodes.jsonl --claim-package claim --output package",
    ])

  static let embodiedGovBench = bridged(
    needs: "a bridge file with source embodied-gov-bench and a governance record on every line",
    notes: [
      lines,
      "The suite is the dimension and the task its scenario; succeeded means that governance "
        + "held.", "Seven rates are reported, never one mean over dimensions.", writer,
    ],
    unknown: [
      "everything that the bridge file leaves null: no harness of the benchmark is public",
      "whether a scenario is the one of the paper",
    ],
    example: [
      creating("embodied-gov-bench", [("recovery_success", "S03")]),
      "wf audit embodied-gov-bench episodes.jsonl --claim-package claim --output package",
    ])

  static let cosmosPredict = bridged(
    needs: "a bridge file with source cosmos-predict, world_model and judge in its header, and a "
      + "generated record on every line",
    notes: [
      lines,
      "A success or failure needs a video to judge; a rollout that the guardrail blocked is "
        + "excluded.",
      "The package says generated, judged by whom: such evidence alone never supports a claim about "
        + "real rollouts.", writer,
    ],
    unknown: [
      "what a robot would have done", "whether the judge is right",
      "everything that the bridge file leaves null",
    ],
    example: [
      creating(
        "cosmos-predict-bridge", [("bridge", "put_carrot_on_plate"), ("bridge", "stack_cubes")]),
      "wf audit cosmos-predict episodes.jsonl --claim-package claim --output package",
    ])

  static let worldflux = FormatManual(
    needs: "a bridge file with source worldflux, or an audit_input.json",
    notes: [
      lines, writer,
      "An audit_input.json, for one of wf audit import run-folder, is checked and passed on byte for "
        + "byte; nothing can be added to it.",
    ],
    generations: [
      bridgeGeneration,
      Generation(
        word: "audit_input", about: "member of a package, or of an import",
        denominatorRule: nil,
        seeds: ["recorded", "recorded_run_seed", "derived", "missing"],
        initialStates: ["recorded", "derived", "missing"]),
    ],
    unknown: [
      "everything that the file leaves null",
      "steps, rewards, times and recordings, in an audit_input.json",
    ], missing: ["checkpoint_digest_missing", "environment_version_missing"],
    takesSeedStart: false,
    example: [
      creating("openpi-libero", [("libero_spatial", "0"), ("libero_spatial", "1")]),
      "wf audit worldflux run.jsonl --claim-package claim --output package",
    ])
}
