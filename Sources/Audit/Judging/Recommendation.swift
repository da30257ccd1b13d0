internal import JSON
internal import Statistics

/// What the numbers suggest doing: one word and one sentence with the numbers filled in.
struct Recommendation: Sendable {
  enum Word: String, Sendable {
    case relyWithinScope = "rely_within_scope"
    case collectMoreEvidence = "collect_more_evidence"
    case doNotRely = "do_not_rely"
    case repairInput = "repair_input"
  }

  let word: Word
  let text: String

  init(_ facts: AuditFacts, decision: Decision, grade: Grade, band: Band?) {
    let key = Self.key(decision, grade: grade)
    let entry = Rules.recommendation(key, facts.rules, spansDimensions: facts.spansDimensions)
    word = entry.word
    let total = facts.counted.total
    text = entry.text(
      n: total.n, k: total.k, unresolved: band?.unresolved ?? 0,
      reason: Self.leadingReason(decision) ?? "")
  }

  var json: JSONValue { ["word": .string(word.rawValue), "text": .string(text)] }

  private static func leadingReason(_ decision: Decision) -> String? {
    decision.reasons.first { !["policy_assumed", "sequence_assumes_one_rate"].contains($0) }
  }

  /// The row of the table that fits; a reason without a row takes the one of a comparison.
  private static func key(_ decision: Decision, grade: Grade) -> String {
    switch decision.verdict {
    case .supported: return grade == .d ? "supported_d" : grade == .c ? "supported_c" : "supported"
    case .refuted: return "refuted"
    case .notAuditable: return "not_auditable"
    case .inconclusive:
      let reason = leadingReason(decision)
      if let reason, reason.hasPrefix("I"), reason.utf8.count == 3 { return "inconclusive_check" }
      return "inconclusive" + (reason.map { "_" + $0 } ?? "")
    }
  }
}

/// One row of the recommendation table; `{n}`, `{k}`, `{u}` and `{reason}` are filled in.
struct RecommendationRule: Sendable {
  let key: String
  let word: Recommendation.Word
  let pattern: String

  func text(n: Int, k: Int, unresolved: Int, reason: String) -> String {
    var text = ""
    var rest = pattern[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      text += rest[..<open]
      switch rest[rest.index(after: open)..<close] {
      case "n": text += String(n)
      case "k": text += String(k)
      case "u": text += String(unresolved)
      default: text += reason
      }
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }
}

extension Rules {
  static let recommendations: [RecommendationRule] = [
    row(
      "supported", .relyWithinScope,
      "{k} of {n} counted attempts support the claim; rely on it within the stated scope only."),
    row(
      "supported_c", .relyWithinScope,
      "{k} of {n} counted attempts support the claim, on evidence of grade C: use it with care and "
        + "within the stated scope only."),
    row(
      "supported_d", .collectMoreEvidence,
      "{k} of {n} counted attempts support the claim, but evidence of grade D does not carry it; a run "
        + "under a planned, frozen protocol is needed."),
    row(
      "refuted", .doNotRely,
      "{k} of {n} counted attempts refute the claim; do not rely on it within the stated scope."),
    row(
      "not_auditable", .repairInput,
      "The input cannot be judged ({reason}); repair it and audit again."),
    row(
      "inconclusive", .collectMoreEvidence,
      "{k} of {n} counted attempts neither support nor refute the claim; a longer run under the same "
        + "protocol is needed."),
    row(
      "inconclusive_too_few_episodes", .collectMoreEvidence,
      "With {n} attempts no outcome could have supported the claim; a longer run under the same "
        + "protocol is needed."),
    row(
      "inconclusive_aggregate_unstated", .repairInput,
      "The claim does not say what is averaged over tasks of unequal size; state micro, macro or "
        + "each_task before the next run."),
    row(
      "inconclusive_denominator_sensitive", .collectMoreEvidence,
      "The verdict depends on how open episodes ({u}) or errors are counted; resolve them or freeze a "
        + "denominator policy before the next run."),
    row(
      "inconclusive_stopping_unknown", .collectMoreEvidence,
      "The number of episodes was not settled before the run, and {k} of {n} is not enough without "
        + "that; repeat it with a fixed number of episodes."),
    row(
      "inconclusive_check", .repairInput,
      "Check {reason} failed on the counted episodes; explain or repair what it found and audit again."
    ),
    row(
      "inconclusive_baseline", .collectMoreEvidence,
      "{k} of {n} counted attempts do not settle the comparison ({reason}); measure the baseline with "
        + "its counts, or state a margin."),
  ]

  /// What rules 2 say otherwise, and of several dimensions, over which no count is formed.
  static let laterRecommendations: [RecommendationRule] = [
    row(
      "inconclusive_dimensions_not_pooled", .repairInput,
      "The claim averages over several dimensions, of which each is judged on its own; claim each of "
        + "them (each_task), or one, before the next run."),
    row(
      "dimensions_supported", .relyWithinScope,
      "Every dimension supports the claim by itself; rely on it within the stated scope only."),
    row(
      "dimensions_supported_c", .relyWithinScope,
      "Every dimension supports the claim by itself, on evidence of grade C: use it with care and "
        + "within the stated scope only."),
    row(
      "dimensions_supported_d", .collectMoreEvidence,
      "Every dimension supports the claim by itself, but evidence of grade D does not carry it; a run "
        + "under a planned, frozen protocol is needed."),
    row(
      "dimensions_refuted", .doNotRely,
      "At least one dimension refutes the claim; do not rely on it within the stated scope."),
    row(
      "dimensions_inconclusive", .collectMoreEvidence,
      "The dimensions together neither support nor refute the claim; a longer run of those that are "
        + "open, under the same protocol, is needed."),
    row(
      "dimensions_inconclusive_too_few_episodes", .collectMoreEvidence,
      "A dimension has so few attempts that no outcome could have supported the claim; a longer run "
        + "under the same protocol is needed."),
    row(
      "dimensions_inconclusive_stopping_unknown", .collectMoreEvidence,
      "The number of episodes was not settled before the run, and without that the counts do not "
        + "decide; repeat it with a fixed number of episodes."),
  ]

  static func recommendation(_ key: String, _ rules: RuleSet, spansDimensions: Bool)
    -> RecommendationRule
  {
    guard rules >= .v2 else { return recommendation(key) }
    let later = laterRecommendations
    return (spansDimensions ? later.first { $0.key == "dimensions_" + key } : nil)
      ?? later.first { $0.key == key } ?? recommendation(key)
  }

  private static func recommendation(_ key: String) -> RecommendationRule {
    recommendations.first { $0.key == key }
      ?? recommendations.first { $0.key == "inconclusive_baseline" }
      ?? recommendations[0]
  }

  private static func row(_ key: String, _ word: Recommendation.Word, _ pattern: String)
    -> RecommendationRule
  {
    RecommendationRule(key: key, word: word, pattern: pattern)
  }
}
