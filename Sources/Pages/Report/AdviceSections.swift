import Audit
import JSON

/// What the numbers suggest doing, and how long a run would have to be.
struct RecommendationSection {
  let fields: EvidenceFields

  @MarkupBuilder var markup: Markup {
    section(.recommendation, "Recommendation") {
      element(.div, .classes(.callout)) {
        element(.p) {
          worded(
            fields.text("recommendation", "text") ?? "None is given.",
            fields.text("recommendation", "word") ?? "none")
        }
        for plan in plans.prefix(Self.mostPlans) { element(.p) { sentence(plan) } }
        if plans.count > Self.mostPlans {
          element(.p) { "\(plans.count - Self.mostPlans) more of them are in evidence.json." }
        }
      }
    }
  }

  /// More rows than help anybody to plan.
  private static let mostPlans = 20
  private var plans: [PowerPlan] { PowerPlan.plans(fields.evidence) }

  private func sentence(_ plan: PowerPlan) -> String {
    let start = (plan.name ?? "Power") + ": "
    let assumed = Figures.percent(plan.assumedRate)
    guard let (episodes, successes, more) = plan.run else {
      return start
        + (plan.reason == "over_cap"
          ? "at the assumed rate of \(assumed) it would take more than 20,000 episodes to support "
            + "the claim."
          : "at the assumed rate of \(assumed) more episodes would not support the claim.")
    }
    let added = more > 0 ? " (\(Figures.grouped(more)) more than now)" : ""
    let bound = fields.text("claim", "kind") == "at_most" ? "at most" : "at least"
    return start
      + "a fresh run of \(Figures.grouped(episodes)) episodes\(added) with \(bound) "
      + "\(Figures.grouped(successes)) successes would support the claim, if the true rate is "
      + "\(assumed). Adding episodes to this run and testing again is something else."
  }
}

/// The next axes to vary, best first.
struct AxesSection {
  let fields: EvidenceFields

  @MarkupBuilder var markup: Markup {
    let rows = fields.rows("next_axes")
    section(.axes, "What to vary next") {
      if rows.isEmpty {
        element(.p) { "No axis scores high enough." }
      } else {
        element(.ol) { for row in rows { item(row) } }
      }
    }
  }

  private func item(_ row: JSONValue) -> Markup {
    let axis = row["axis"]?.string ?? "other"
    let notes = (row["why"]?.array ?? []).compactMap(\.string)
    return element(.li) {
      element(.strong) { Wording.axis(axis) }
      " "
      element(.code, .classes(.word)) { "[\(axis)]" }
      if let design = Self.design(row) { element(.p, .classes(.sub)) { design } }
      element(.p, .classes(.sub, .quiet)) {
        if let gap = row["missing"]?.string, !notes.contains("gap_" + gap) {
          worded(Wording.gap(gap), gap)
          " "
        }
        for word in notes {
          worded(Wording.why(word), word)
          " "
        }
      }
    }
  }

  private static func design(_ row: JSONValue) -> String? {
    guard let levels = row["design"]?["levels"]?.int,
      let each = row["design"]?["episodes_per_level"]?.int
    else { return nil }
    let plan = "\(levels) levels with \(each) episodes each."
    guard let enough = row["episodes"]?.int else { return plan }
    return plan + " \(Figures.grouped(enough)) episodes show a rate 10 points below the threshold "
      + "in four of five cases."
  }
}
