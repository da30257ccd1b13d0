// What a number of the rules changed, so that two packages can be told apart by it.
extension RulesDocument {
  var changes: [String] {
    ["", "## What `\(RuleSet.v2.name)` changed", ""]
      + Self.sinceFirst.map { "- " + $0 }
      + [
        "",
        "The tables below hold for `\(RuleSet.v1.name)` and `\(RuleSet.v2.name)` alike, unless a row "
          + "says otherwise.",
      ]
  }

  private static let sinceFirst = [
    "evidence.md says every reason, cap, label, check and axis in a plain sentence, with the machine "
      + "word in brackets; the threshold stands beside the rates; it shows the band of open episodes, "
      + "the tipping point, the power hint and what only `wf verify` can lower. Rules 1 printed the "
      + "words alone.",
    "Inputs that are not of one audit (claim_id, protocol_id, a task that the protocol does not have) "
      + "are refused as `protocol_mismatch`, and raw coverage that the outcomes contradict as "
      + "`count_mismatch`.",
    "A baseline whose counts contradict each other, whose value is not a rate from 0 to 1, or whose "
      + "value is not the rate of its counts, is `invalid_claim`; rules 1 fell back to the value.",
    "`better_than` against a bare rate adds a stated margin to the rate, and a bare rate of 0 or a sum "
      + "above 1 is `invalid_claim`.",
    "A claim about a mean in which a task has no counted episode is `not_auditable` (`no_episodes`); "
      + "successes without the number of episodes are `denominator_unknown`.",
    "Where the aggregate is not stated and the tasks differ in size, `test` names no test.",
    "`stopping` shows the e-values that decide: for `each_task` the smallest for the claim and the "
      + "mean against it, null for a mean over uneven tasks. `sequence_assumes_one_rate` is also said "
      + "for a mean over tasks of equal size.",
    "The power hint covers a mean over tasks of equal size, and each task by itself for `each_task`; "
      + "every null in it has its reason.",
    "I02 also looks at a rate whose number of episodes is only stated; I11 fails on repeated attempts "
      + "without a policy for them; I24 does not take planned cells for records; `single_seed` looks "
      + "at counted episodes only.",
    "evidence.json holds the baseline of a comparison, and, for `embodied-gov-bench`, `dimensions`: "
      + "each is judged on its own, and no rate, interval or verdict is formed over more than one. "
      + "`each_task` then means every dimension; a claim that averages over several is inconclusive "
      + "(`dimensions_not_pooled`).",
  ]
}
