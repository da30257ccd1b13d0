import Audit
import Terminal

// How long a fresh run would have to be (STATISTICS §11), and that adding to this one is another matter.
extension EvidenceScreen {
  /// More rows than help anybody to plan.
  private static let mostPlans = 5

  var more: [String] {
    let plans = PowerPlan.plans(reading.evidence).compactMap(plan)
    guard !plans.isEmpty else { return [] }
    var lines = text.heading("More episodes")
    lines += plans.prefix(Self.mostPlans).flatMap { text.paragraph($0.text) }
    if plans.count > Self.mostPlans {
      lines += text.paragraph(
        "\(style.ellipsis) and \(plans.count - Self.mostPlans) more (wf inspect --json)")
    }
    guard plans.contains(where: \.isPossible) else { return lines }
    return lines
      + text.paragraph(
        "Adding to this run and testing again is optional stopping. [stopping_unknown]")
  }

  private struct Plan {
    let text: String
    /// Whether a longer run could support the claim.
    let isPossible: Bool
  }

  private func plan(_ hint: PowerPlan) -> Plan? {
    let name = hint.name.map { plainText($0) + ": " } ?? ""
    if let (episodes, successes, more) = hint.run {
      let assumed = hint.assumedRate.flatMap(Share.init(sixDigits:))
      let rate = assumed.map { " if the rate is \($0.percent)" } ?? ""
      let bound = reading.isAtMost ? "or fewer" : "or more"
      let added = more > 0 ? " That is \(more) more than now." : ""
      return Plan(
        text: name
          + "A fresh run of \(episodes) episodes, fixed beforehand, would support the claim with "
          + "\(successes) \(bound) successes, and four of five such runs would have them\(rate)."
          + added, isPossible: true)
    }
    switch hint.reason {
    case "rate_not_above_threshold":
      return Plan(
        text: name + "At this rate more episodes would not support the claim.", isPossible: false)
    case "over_cap":
      return Plan(
        text: name + "At this rate not even 20,000 episodes would be likely to support it.",
        isPossible: false)
    default: return nil
    }
  }
}
