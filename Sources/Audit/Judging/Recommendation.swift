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
    let entry = Self.entry(decision, grade: grade)
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

  private static func entry(_ decision: Decision, grade: Grade) -> RecommendationRule {
    let key: String
    switch decision.verdict {
    case .supported: key = grade == .d ? "supported_d" : grade == .c ? "supported_c" : "supported"
    case .refuted: key = "refuted"
    case .notAuditable: key = "not_auditable"
    case .inconclusive:
      let reason = leadingReason(decision)
      if let reason, reason.hasPrefix("I"), reason.utf8.count == 3 {
        key = "inconclusive_check"
      } else {
        key = "inconclusive" + (reason.map { "_" + $0 } ?? "")
      }
    }
    return Rules.recommendation(key)
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

  static func recommendation(_ key: String) -> RecommendationRule {
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
