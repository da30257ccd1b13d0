/// What the screens of the worked example are, line by line.
enum Golden {
  static let screen80 = lines(
    """
    WF-6ZQBYP9S examplevla-libero-spatial-two-tasks
    ExampleVLA succeeds in at least 80 % of attempts on two LIBERO-Spatial tasks.

    Verdict  inconclusive
      The recorded episodes neither support nor refute the claim. [inconclusive]
      With this number of episodes no outcome could support the claim.
      [too_few_episodes]
      Exclusions lack a reason, or over a tenth of the episodes were lost. [I16]

    Result  4 of 6 counted attempts succeeded: 66.7 %
      95 % interval 22.3 % to 95.7 % (Clopper-Pearson, two-sided)
      The claim needs a rate of at least 80 %; with 6 attempts no number of
      successes supports it.
      6 planned, 6 attempted, 4 succeeded, 1 failed, 1 errored, 0 excluded, 0
      missing
      Errored attempts count as failures. [errors_as_failures]

    Missing evidence  3 major, 3 minor, 1 info
      major  Nobody has signed that this is the model that ran.
             [model_identity_not_attested]
      major  No checkpoint digest is recorded, so the weights are unknown.
             [checkpoint_digest_missing]
      major  There are too few episodes to decide the claim. [underpowered_sample]
      minor  Initial states are not recorded per episode.
             [initial_states_not_hashed]
      minor  The version of the simulator or environment is not recorded.
             [environment_version_missing]
      minor  Only some counted episodes have raw evidence. [raw_evidence_partial]
      info   Everything was observed in simulation. [sim_only]

    Tasks  succeeded/counted, rate, 95 % interval (overall Clopper-Pearson, tasks
           Wilson)
                                          claim: at least 80 % ┊
      overall           4/6  66.7 %         ├─────────────●────┼────┤   inconclusive
      libero_spatial/0  2/3  66.7 %         ├─────────────●────┼───┤    inconclusive
      libero_spatial/1  2/3  66.7 %         ├─────────────●────┼───┤    inconclusive
                                     └───────────────┴─────────┊─────┘
                                     0 %           50 %          100 %

    More episodes
      At this rate more episodes would not support the claim.

    Grade  C
      at most C  No checkpoint digest is recorded. [checkpoint_digest_missing]
      at most C  Exclusions lack a reason, or over a tenth of the episodes were
                 lost. [I16]
      at most B  A better grade was not planned before the run. [planned_grade]
      at most B  The version of the simulator or environment is not recorded.
                 [environment_version_missing]
      at most B  Only some counted episodes have raw evidence.
                 [raw_evidence_partial]
      at most B  Nothing proves that claim and protocol were registered before the
                 run. [registration] The history is not here, so nothing shows the
                 order. [history_not_here]
      at most B  Nobody but the signer has confirmed it. [independent_signer]

    Integrity  1 failed, 16 passed, 7 did not apply
      I16  Exclusions lack a reason, or over a tenth of the episodes were lost.
           [excluded_unexplained] Observed: 0 excluded, 1 errored of 6. Severity:
           serious.

    Vary next  what could break the claim soonest
      1.  Start from other initial states. [initial_state]
          Design: 5 levels × 24 episodes. It was not recorded. [not_recorded] The
          claim does not limit it. It can be varied without training again.
      2.  Use other objects of the same kind. [object_instance]
          Design: 5 levels × 24 episodes. It was not recorded. [not_recorded] The
          claim does not limit it. It can be varied without training again.
      3.  Add objects that do not belong to the task. [distractors]
          Design: 5 levels × 24 episodes. It was not recorded. [not_recorded] The
          claim does not limit it. It can be varied without training again.

    Advice
      With 6 attempts no outcome could have supported the claim; a longer run under
      the same protocol is needed. [collect_more_evidence]

    Checks  verified, signed by lab@example.org
    """)

  static let plot60 = lines(
    """
    Tasks  succeeded/counted, rate, 95 % interval (overall
           Clopper-Pearson, tasks Wilson)
                        claim: at least 80 % |
      overall    4/6  66.7 %      [--------o-+--]   inconclusive
      lib...l/0  2/3  66.7 %      [--------o-+--]   inconclusive
      lib...l/1  2/3  66.7 %      [--------o-+--]   inconclusive
                              +---------+----|---+
    """)

  static let dimensions = lines(
    """
    Dimensions  succeeded/counted, rate, 95 % interval (Clopper-Pearson)
                                            claim: at least 80 % ┊
      human_override  19/20  95.0 %                            ├─┼────●─┤  supported
      audit_trail      9/20  45.0 %          ├───────●───────┤   ┊         refuted
                                     └─────────────────┴─────────┊──────┘
                                     0 %             50 %           100 %
    """)

  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}
