internal import JSON

// The result of evidence.md: what was counted, what the claim needs, what is open, what would decide.
extension EvidencePlainReport {
  var result: [String] {
    let names = [
      "planned", "attempted", "succeeded", "failed", "errored", "excluded", "missing",
    ]
    let counts = names.map { base.integer("counts", $0).map(String.init) ?? "unknown" }
    let table = [
      "| " + names.joined(separator: " | ") + " |",
      "|" + String(repeating: "---|", count: names.count),
      "| " + counts.joined(separator: " | ") + " |",
    ]
    let paragraphs = [band, assumptions, homogeneity] + power
    return [sentence, ""] + table + ["", base.denominator] + dimensionTable
      + paragraphs.compactMap(\.self).flatMap { ["", $0] }
  }

  private var sentence: String {
    [observed, needed].compactMap(\.self).joined(separator: " ")
  }

  private var dimensions: [JSONValue] { evidence["dimensions"]?.array ?? [] }

  private var observed: String {
    guard let n = base.integer("primary", "n"), n > 0, let k = base.integer("primary", "k") else {
      return "No attempt was counted."
    }
    if dimensions.count > 1 {
      return "\(dimensions.count) dimensions were judged, each on its own; they have no rate in "
        + "common. [dimensions_not_pooled]"
    }
    guard let rate = Percentage.text(base.text("primary", "rate")) else {
      return "\(k) of \(n) counted attempts succeeded."
    }
    let start = "\(k) of \(n) counted attempts succeeded: \(rate)"
    guard let bounds = base.range(evidence["intervals"]?["clopper_pearson"]?["two_sided"]) else {
      return start + "."
    }
    return start + ", \(confidence) interval \(bounds) (Clopper-Pearson, two-sided)."
  }

  /// What the claim asks for, and which counts would have decided.
  private var needed: String? {
    let threshold = Percentage.exact(base.text("claim", "threshold"))
    switch base.text("claim", "kind") {
    case "at_least":
      guard let threshold else { return unreadable }
      return "The claim needs \(rate) of at least \(threshold)\(scope)" + decisive(isAtMost: false)
    case "at_most":
      guard let threshold else { return unreadable }
      return "The claim allows \(rate) of at most \(threshold)\(scope)" + decisive(isAtMost: true)
    case "better_than":
      return "The claim needs a rate above that of its baseline\(margin)\(baseline)"
        + decisive(isAtMost: false)
    case "equals_reported":
      return "The claim needs the rate that was reported\(margin)\(baseline)."
    default: return unreadable
    }
  }

  private var unreadable: String { "What the claim needs could not be read. [invalid_claim]" }

  private var rate: String {
    base.text("claim", "aggregate") == "macro" ? "a mean rate over the tasks" : "a rate"
  }

  private var scope: String {
    guard base.text("claim", "aggregate") == "each_task" else { return "" }
    return dimensions.count > 1 ? " in every dimension" : " in every task"
  }

  private var margin: String {
    let stated = base.text("claim", "margin")
    guard let margin = Percentage.exact(stated) else { return "" }
    return base.text("claim", "kind") == "better_than"
      ? ", by more than \(margin)" : ", to within \(margin)"
  }

  /// The counts or the value of the baseline.
  private var baseline: String {
    let stated = evidence["baseline"]
    if let k = stated?["succeeded"]?.int, let n = stated?["denominator"]?.int {
      return " (\(k) of \(n))"
    }
    guard let value = stated?["value"]?.string else { return "" }
    let shown = Percentage.exact(value) ?? MarkdownEscape.inner(value)
    let size = stated?["denominator"]?.int.map { " of \($0) episodes" } ?? ""
    return " (\(shown)\(size))"
  }

  private func decisive(isAtMost: Bool) -> String { base.decisive(isAtMost: isAtMost) ?? "." }

  private var dimensionTable: [String] {
    guard !dimensions.isEmpty else { return [] }
    let rows = dimensions.map { row in
      "| \(MarkdownEscape.name(row["dimension"]?.string ?? "")) | "
        + countsAndRate(row, interval: "clopper_pearson") + " |"
    }
    let head = [
      "",
      "| dimension | held / counted | rate\(claimedRate) | \(confidence) interval (Clopper-Pearson) | by itself |",
      "|---|---|---|---|---|",
    ]
    let note =
      rows.count > 1
      ? ["", "\"By itself\" is corrected for \(rows.count) dimensions (Holm)."] : []
    return head + rows + note
  }

  /// What the open episodes could change: the worst and the best case, and the tipping point.
  private var band: String? {
    guard let open = base.integer("band", "unresolved"), open > 0,
      let n = base.integer("band", "n")
    else { return nil }
    let some = open == 1 ? "1 episode is open" : "\(open) episodes are open"
    let start = "\(some): missing, excluded or errored, and no frozen rule settles it."
    let k = base.integer("counts", "succeeded") ?? 0
    let range: String
    if let worst = Percentage.text(base.text("band", "worst")),
      let best = Percentage.text(base.text("band", "best"))
    {
      range =
        " Had they all failed, \(k) of \(n) succeeded (\(worst)); had they all succeeded, "
        + "\(k + open) of \(n) (\(best))."
    } else {
      range = ""
    }
    let flips: String =
      switch evidence["band"]?["flips"]?.bool {
      case true?: " The verdict depends on them."
      case false?: " The verdict is the same either way."
      default: ""
      }
    return start + range + flips + tippingPoint(open)
  }

  private func tippingPoint(_ open: Int64) -> String {
    var text = ""
    if let needed = base.integer("band", "successes_needed") {
      text +=
        needed == 0
        ? " Supported even if none of the \(open) open episodes succeeded."
        : " Supported only if at least \(needed) of the \(open) open episodes succeeded."
    }
    if let most = base.integer("band", "successes_still_refuted") {
      text +=
        most == open
        ? " Refuted even if all of the \(open) open episodes succeeded."
        : " Refuted only if at most \(most) of the \(open) open episodes succeeded."
    }
    return text
  }

  /// What the counts alone would say, where something lowered it.
  private var assumptions: String? {
    let fixed = base.text("verdict_if_all_assumptions_hold")
    guard base.text("verdict") != fixed, !fixed.isEmpty, fixed != "not_auditable" else {
      return nil
    }
    return "If every assumption held, the counts alone would say \(fixed)."
  }

  private var homogeneity: String? {
    guard let z = evidence["homogeneity"]?["tarone_z"]?.string,
      let p = evidence["homogeneity"]?["p_value"]?.string
    else { return nil }
    let shown = p == "0.000000" ? "p < 0.000001" : "p = \(p)"
    return "Do the tasks differ in rate? Tarone's z is \(z), \(shown); a small p says that they do."
  }

  /// What a fresh run would take (STATISTICS §11): adding to this one is optional stopping.
  private var power: [String?] {
    let plans = PowerPlan.plans(evidence)
    let shown = plans.prefix(20).map { plan -> String? in hint(plan) }
    let rest = plans.count - shown.count
    return shown + (rest > 0 ? ["\(rest) more of them are in evidence.json."] : [])
  }

  private func hint(_ plan: PowerPlan) -> String {
    let start = plan.name.map { "\(MarkdownEscape.name($0)): " } ?? ""
    let rate = plan.assumedRate.flatMap(Percentage.text) ?? "–"
    guard let (episodes, successes, more) = plan.run else {
      return start + Wording.bracketed(Wording.power(plan.reason, rate: rate), plan.reason)
    }
    let isAtMost = base.text("claim", "kind") == "at_most"
    let bound = isAtMost ? "at most" : "at least"
    let extra = more == 0 ? "no more" : "\(more) more"
    return start
      + "A fresh run of fixed length, \(episodes) episodes (\(extra) than here), would support the claim "
      + "with \(bound) \(successes) successes, four times out of five at an assumed rate of \(rate). "
      + "Adding episodes to this run and testing again is optional stopping, which counts as "
      + "[stopping_unknown]."
  }
}
