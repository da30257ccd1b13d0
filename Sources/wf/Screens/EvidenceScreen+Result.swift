import Audit
import JSON
import Terminal

// What was counted, and what that would have needed to be.
extension EvidenceScreen {
  var result: [String] {
    guard reading.dimensions.isEmpty else {
      return text.heading(
        "Result", "\(reading.dimensions.count) dimensions, each judged on its own")
        + (needed.map { text.paragraph($0) } ?? []) + counts
    }
    var lines = text.heading("Result", observed)
    if let interval { lines += text.paragraph(interval) }
    if let mean { lines += text.paragraph(mean) }
    if let needed { lines += text.paragraph(needed) }
    return lines + counts + denominator
  }

  private var observed: String {
    guard let k = reading.integer("primary", "k"), let n = reading.integer("primary", "n"), n > 0
    else { return "no attempt was counted" }
    let rate = reading.share("primary", "rate").map { ": " + $0.percent } ?? ""
    return "\(k) of \(n) counted attempts succeeded\(rate)"
  }

  private var interval: String? {
    EvidenceReading.range(
      reading.evidence["intervals"]?["clopper_pearson"]?["two_sided"]
    ).map { "\(confidence)interval \($0) (Clopper-Pearson, two-sided)" }
  }

  /// `95 % ` with its blank, or nothing where the claim states none.
  var confidence: String {
    reading.text("claim", "confidence").flatMap(exactPercent).map { $0 + " " } ?? ""
  }

  private var mean: String? {
    EvidenceReading.range(reading.evidence["intervals"]?["macro"]?["square_and_add"]).map {
      "mean over tasks: \(confidence)interval \($0) (square-and-add)"
    }
  }

  private var needed: String? {
    switch reading.text("claim", "kind") {
    case "at_least": return reading.demand.map { "The claim needs \(share) \($0)\(decisive)" }
    case "at_most": return reading.demand.map { "The claim allows \(share) \($0)\(decisive)" }
    case "better_than":
      return
        "The claim needs a rate above that of its baseline\(margin("by more than"))\(baseline)."
    case "equals_reported":
      return "The claim needs the rate that was reported\(margin("to within"))\(baseline)."
    default: return nil
    }
  }

  private var share: String {
    switch reading.text("claim", "aggregate") {
    case "each_task": reading.dimensions.isEmpty ? "in every task" : "in every dimension"
    case "macro": "a mean over tasks of"
    default: "a rate of"
    }
  }

  private func margin(_ how: String) -> String {
    reading.text("claim", "margin").flatMap(exactPercent).map { ", \(how) \($0)" } ?? ""
  }

  /// The counts or the value of the baseline, where the package has them.
  private var baseline: String {
    if let k = reading.integer("baseline", "succeeded"),
      let n = reading.integer("baseline", "denominator")
    {
      return " (\(k) of \(n))"
    }
    return reading.text("baseline", "value").map { " (\(exactPercent($0) ?? $0))" } ?? ""
  }

  /// Which numbers of successes decide, where one pooled count does.
  ///
  /// For "at most" the package counts the other outcomes.
  private var decisive: String {
    guard reading.text("test", "name") == "binomial_exact",
      let n = reading.integer("primary", "n"), n > 0,
      let least = reading.integer("test", "support_min"), least >= 0,
      let most = reading.integer("test", "refute_max"), most <= n
    else { return "." }
    if least > n { return "; with \(n) attempts no number of successes supports it." }
    if reading.isAtMost {
      let refuted = most < 0 ? "" : ", \(n - most) or more refute it"
      return "; of \(n) attempts \(n - least) or fewer successes support it\(refuted)."
    }
    let refuted = most < 0 ? "" : ", \(most) or fewer refute it"
    return "; of \(n) attempts \(least) or more successes support it\(refuted)."
  }

  private var counts: [String] {
    let names = ["planned", "attempted", "succeeded", "failed", "errored", "excluded", "missing"]
    let parts = names.compactMap { name in
      reading.integer("counts", name).map { "\($0) \(name)" }
    }
    return parts.isEmpty ? [] : text.paragraph(parts.joined(separator: ", "))
  }

  /// How errors count, where that matters.
  private var denominator: [String] {
    let lost = ["errored", "excluded", "missing"].contains {
      reading.integer("counts", $0).map { $0 > 0 } ?? false
    }
    guard lost, let policy = reading.text("primary", "policy") else { return [] }
    let sentence =
      switch policy {
      case "errors_as_failures": "Errored attempts count as failures."
      case "errors_excluded": "Errored attempts are left out."
      case "as_planned": "Every planned attempt without a success counts as a failure."
      default: Wording.plain(policy)
      }
    return text.paragraph(Wording.bracketed(sentence, policy))
  }

  /// What the open episodes could change, in words.
  var open: [String] {
    guard let unresolved = reading.integer("band", "unresolved"), unresolved > 0 else { return [] }
    let many = unresolved == 1 ? "1 episode without" : "\(unresolved) episodes without"
    var lines = text.heading("Open", "\(many) a settled outcome")
    if let worst = reading.share("band", "worst"), let best = reading.share("band", "best") {
      lines += text.paragraph(
        "If none of them had succeeded the rate would be \(worst.percent), if all had, "
          + "\(best.percent).")
    }
    if let flips = reading.evidence["band"]?["flips"]?.bool {
      lines += text.paragraph(
        flips
          ? "The verdict is not the same at both ends." : "The verdict is the same at both ends.")
    }
    return lines + tippingPoint(unresolved).flatMap { text.paragraph($0) }
  }

  private func tippingPoint(_ unresolved: Int64) -> [String] {
    var sentences: [String] = []
    if let needed = reading.integer("band", "successes_needed") {
      sentences.append(
        needed == 0
          ? "The claim would be supported even if none of them had succeeded."
          : "The claim would be supported only if at least \(needed) of the \(unresolved) had "
            + "succeeded.")
    } else if reading.text("band", "successes_needed_reason") == "out_of_reach" {
      sentences.append("The claim would not be supported even if all of them had succeeded.")
    }
    if let most = reading.integer("band", "successes_still_refuted") {
      sentences.append(
        most >= unresolved
          ? "The claim would be refuted even if all of them had succeeded."
          : "The claim would be refuted if at most \(most) of them had succeeded.")
    }
    return sentences
  }
}
