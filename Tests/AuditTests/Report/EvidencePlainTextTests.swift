import Audit
import Evidence
import JSON
import TestSupport
import Testing

/// evidence.md under rules 2: plain sentences with the machine word in brackets.
struct EvidencePlainTextTests {
  static let worked = """
    # Evidence WF-6ZQBYP9S

    **Claim.** ExampleVLA succeeds in at least 80 % of attempts on two LIBERO-Spatial tasks.

    **Verdict:** inconclusive · **Grade:** C

    The recorded episodes neither support nor refute the claim. [inconclusive]

    - With this number of episodes no outcome could support the claim. [too_few_episodes]
    - Exclusions lack a reason, or over a tenth of the episodes were lost. [I16]

    Grade C, because of:

    - A better grade was not planned before the run. [planned_grade] (at most B)
    - No checkpoint digest is recorded. [checkpoint_digest_missing] (at most C)
    - The version of the simulator or environment is not recorded. [environment_version_missing] (at most B)
    - Only some counted episodes have raw evidence. [raw_evidence_partial] (at most B)
    - Exclusions lack a reason, or over a tenth of the episodes were lost. [I16] (at most C)

    `wf verify` can only lower it: [registration] [signature] [independent_signer].

    ## Result

    4 of 6 counted attempts succeeded: 66.7 %, 95 % interval 22.3 % to 95.7 % (Clopper-Pearson, two-sided). The claim needs a rate of at least 80 %; with 6 attempts no number of successes supports it.

    | planned | attempted | succeeded | failed | errored | excluded | missing |
    |---|---|---|---|---|---|---|
    | 6 | 6 | 4 | 1 | 1 | 0 | 0 |

    Errored attempts count as failures (frozen policy errors_as_failures).

    Do the tasks differ in rate? Tarone's z is -1.224745, p = 0.889664; a small p says that they do.

    At the assumed rate of 62.5 % more episodes would not support the claim. [rate_not_above_threshold]

    ## Tasks

    | task | succeeded / counted | rate (claim: at least 80 %) | 95 % interval (Wilson) | by itself |
    |---|---|---|---|---|
    | libero_spatial/0: pick up the black bowl between the plate and the ramekin | 2 / 3 | 66.7 % | 20.8 % to 93.9 % | inconclusive |
    | libero_spatial/1: pick up the black bowl next to the ramekin | 2 / 3 | 66.7 % | 20.8 % to 93.9 % | inconclusive |

    "By itself" is corrected for 2 tasks (Holm).

    ## Integrity

    - Exclusions lack a reason, or over a tenth of the episodes were lost. [I16 excluded_unexplained] (serious, grade at most C) – observed 0 excluded, 1 errored of 6

    ## Scope

    LIBERO v1, libero_spatial, 2 tasks, 3 episodes per task; Franka Panda in MuJoCo; default fixed cameras. Not covered: other tasks, other embodiments, real robot.

    ## Missing evidence

    - Nobody has signed that this is the model that ran. [model_identity_not_attested] (major, question q1)
    - Initial states are not recorded per episode. [initial_states_not_hashed] (minor, question q2)
    - No checkpoint digest is recorded, so the weights are unknown. [checkpoint_digest_missing] (major)
    - The version of the simulator or environment is not recorded. [environment_version_missing] (minor)
    - There are too few episodes to decide the claim. [underpowered_sample] (major)
    - Only some counted episodes have raw evidence. [raw_evidence_partial] (minor)
    - Everything was observed in simulation. [sim_only] (info)

    ## Next falsification axes

    1. Start from other initial states. [initial_state] It was not recorded. [not_recorded] The claim does not limit it. [claim_unrestricted] It can be varied without training again. [can_be_varied] Design: 5 levels × 24 episodes; 116 episodes refute the claim four times out of five where its rate is missed by a tenth.
    2. Use other objects of the same kind. [object_instance] It was not recorded. [not_recorded] The claim does not limit it. [claim_unrestricted] It can be varied without training again. [can_be_varied] Design: 5 levels × 24 episodes; 116 episodes refute the claim four times out of five where its rate is missed by a tenth.
    3. Add objects that do not belong to the task. [distractors] It was not recorded. [not_recorded] The claim does not limit it. [claim_unrestricted] It can be varied without training again. [can_be_varied] Design: 5 levels × 24 episodes; 116 episodes refute the claim four times out of five where its rate is missed by a tenth.

    ## Recommendation

    With 6 attempts no outcome could have supported the claim; a longer run under the same protocol is needed. [collect_more_evidence]

    ## Provenance

    - package pkg_26CK8653DPXCVNBV3Y6ZQBYP9S
    - claim sha256:644c3748264942f178939c9dee9a4e6d5160e7400364ebcb0b337780383c1f0f
    - protocol freeze sha256:375ef4bb66da1a0d94041c5bf7fe15ad2ecba2956ce2aeff3cb574b20740d5a5
    - audit input sha256:cb186978a63f116486d5f8988d07f14eb57432e885a70dfe3f3f13b1108c47a4
    """

  @Test func `the worked example reads as a page`() throws {
    #expect(try JudgingExample().text() == Self.worked + "\n")
  }

  @Test func `the outline is that of rules 1`() throws {
    let example = try JudgingExample()
    func titles(_ rules: RuleSet) throws -> [Substring] {
      try example.text(rules: rules).split(separator: "\n").filter { $0.hasPrefix("#") }
    }
    #expect(try titles(.v2) == (try titles(.v1)))
    #expect(try titles(.v2).count == 9)
  }

  @Test func `no name can forge a heading, a link, a cell or a tag`() throws {
    var example = try JudgingExample(tasks: [mixed(50, 50)])
    let hostile = "# Supported <b>A</b> [x](http://e) | `c` *d* !_e_ {f} \\"
    example.claim.text = hostile
    example.claim.applicability.benchmark = hostile
    example.plan.frozen.tasks[0].name = hostile
    example.input.tasks[0].name = hostile
    example.input.format.name = "embodied-gov-bench"
    example.plan.frozen.tasks[0].suite = hostile
    example.input.tasks[0].suite = hostile
    example.input.observations = [
      Observation(id: "I23", state: .fail, observed: hostile, expected: hostile, at: nil)
    ]
    example.plan.frozen.questions = [
      EvidenceQuestion(id: hostile, label: "sim_only", text: hostile)
    ]
    let lines = try example.text().split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("#") }.count == 9)
    for line in lines {
      let bare = line.replacing("\\]", with: "").replacing("\\`", with: "")
      #expect(!line.contains("<b>") && !bare.contains("](") && !bare.contains("`c"))
    }
    let cells = lines.filter { $0.hasPrefix("| ") && $0.contains("Supported") }
    #expect(cells.count == 2)
    for row in cells {
      #expect(row.replacing("\\|", with: "").split(separator: "|").count == 5)
    }
  }

  @Test func `the hint speaks of a fresh run and of optional stopping`() throws {
    let text = try JudgingExample(tasks: [mixed(43, 50)]).text()
    #expect(
      text.contains(
        "A fresh run of fixed length, 430 episodes (380 more than here), would support the claim with "
          + "at least 358 successes, four times out of five at an assumed rate of 84.6 %. Adding "
          + "episodes to this run and testing again is optional stopping, which counts as "
          + "[stopping_unknown]."))
    let most = try JudgingExample(tasks: [mixed(7, 50)], kind: .atMost, threshold: "0.2").text()
    #expect(most.contains("with at most 72 successes, four times out of five"))
    let low = try JudgingExample(tasks: [mixed(38, 50)]).text()
    #expect(
      low.contains(
        "At the assumed rate of 75.0 % more episodes would not support the claim. "
          + "[rate_not_above_threshold]"))
    #expect(!(try JudgingExample(tasks: [mixed(50, 50)]).text().contains("fresh run")))
  }

  @Test func `each task has its own hint`() throws {
    let text = try JudgingExample(tasks: [mixed(43, 50), mixed(50, 50)], aggregate: .eachTask)
      .text()
    #expect(text.contains("libero_spatial/0: A fresh run of fixed length, 430 episodes"))
    #expect(!text.contains("libero_spatial/1: A fresh"))
    #expect(text.contains("The claim needs a rate of at least 80 % in every task."))
  }

  @Test func `open episodes have a worst and a best case and a tipping point`() throws {
    let text = try JudgingExample(tasks: [mixed(44, 44) + "FMMMMM"]).text()
    #expect(
      text.contains(
        "5 episodes are open: missing, excluded or errored, and no frozen rule settles it. Had they "
          + "all failed, 44 of 50 succeeded (88.0 %); had they all succeeded, 49 of 50 (98.0 %). The "
          + "verdict depends on them. Supported only if at least 1 of the 5 open episodes succeeded."
      ))
    #expect(text.contains("[denominator_sensitive]"))
    let low = try JudgingExample(tasks: [mixed(30, 48) + "MM"]).text()
    #expect(low.contains("Refuted even if all of the 2 open episodes succeeded."))
    let some = try JudgingExample(tasks: [mixed(33, 45) + "MMMMM"]).text()
    #expect(some.contains("Refuted only if at most 1 of the 5 open episodes succeeded."))
    let none = try JudgingExample(tasks: [mixed(47, 48) + "MM"]).text()
    #expect(none.contains("Supported even if none of the 2 open episodes succeeded."))
    #expect(none.contains("The verdict is the same either way."))
    #expect(!(try JudgingExample(tasks: [mixed(50, 50)]).text().contains("open")))
  }

  @Test func `a threshold keeps its digits`() throws {
    let text = try JudgingExample(tasks: [mixed(50, 50)], threshold: "0.9996").text()
    #expect(text.contains("The claim needs a rate of at least 99.96 %"))
    #expect(text.contains("| rate (claim: at least 99.96 %) |"))
  }

  @Test func `what the counts alone would say is said`() throws {
    var example = try JudgingExample(tasks: [mixed(45, 50)])
    example.plan.frozen.denominators.stopping = "sequential"
    #expect(
      try example.text().contains("If every assumption held, the counts alone would say supported.")
    )
    #expect(!(try JudgingExample(tasks: [mixed(45, 50)]).text().contains("If every assumption")))
  }

  @Test func `a failed check shows what was seen, where, and what it costs`() throws {
    var example = try JudgingExample(tasks: [mixed(37, 40), mixed(36, 40)])
    example.input.tasks[0].episodes.seeds?[7] = .integer(1003)
    example.input.tasks[0].episodes.initialStates?[7] = "state-0-3"
    #expect(
      try example.text().contains(
        "\n- Two counted episodes have the same task, seed and initial state. "
          + "[I03 duplicate_episode] (serious, grade at most C) – observed 1; expected 0; at "
          + "libero_spatial/0/7\n"))
  }

  @Test func `a grade without a cap says so, and what is left to verify`() throws {
    let text = try JudgingGradeTests.clean().text()
    #expect(text.contains("Grade A: nothing that lies in the package caps it."))
    #expect(
      text.contains(
        "`wf verify` can only lower it: [registration] [signature] [independent_signer]."))
  }

  @Test(arguments: ["certified", " safe ", "guarantee"])
  func `the page promises nothing`(word: String) throws {
    for tasks in [[mixed(50, 50)], ["MMM"], [mixed(5, 50), mixed(43, 50)]] {
      #expect(!(try JudgingExample(tasks: tasks).text().lowercased().contains(word)))
    }
  }

  @Test func `every reason of a verdict has a sentence`() throws {
    let words = [
      "no_counts", "no_episodes", "invalid_claim", "metric_not_binary", "task_scope",
      "denominator_unknown", "integrity", "baseline_without_n", "no_equivalence_margin",
      "reported_count_ambiguous", "reported_impossible", "too_few_episodes", "aggregate_unstated",
      "dimensions_not_pooled", "denominator_sensitive", "stopping_unknown", "policy_assumed",
      "sequence_assumes_one_rate",
    ]
    for word in words { #expect(Wording.reason(word).hasSuffix("."), "\(word)") }
  }
}
