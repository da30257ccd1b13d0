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
        if let power { element(.p) { power } }
      }
    }
  }

  private var power: String? {
    guard fields["power"]?.object != nil else { return nil }
    let assumed = Figures.percent(fields.text("power", "assumed_rate"))
    guard let episodes = fields.count("power", "episodes") else {
      return "Power: at the assumed rate of \(assumed) no number of episodes is likely to support "
        + "the claim."
    }
    let more = fields.count("power", "more").map { $0 > 0 ? " (\(Figures.grouped($0)) more)" : "" }
    let needed =
      fields.count("power", "successes").map {
        let bound = fields.text("claim", "kind") == "at_most" ? "at most" : "at least"
        return " with \(bound) \(Figures.grouped($0)) successes"
      } ?? ""
    return "Power: a new run of \(Figures.grouped(episodes)) episodes\(more ?? "")\(needed) would "
      + "probably support the claim, if the true rate is \(assumed)."
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
    let total = row["episodes"]?.int.map { ", \(Figures.grouped($0)) new episodes in all" } ?? ""
    return "\(levels) levels with \(each) episodes each\(total)."
  }
}
