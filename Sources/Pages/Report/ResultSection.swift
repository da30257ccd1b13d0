import Audit
import JSON

/// What was counted, how errors count, and what open episodes could change.
package struct ResultSection {
  let fields: EvidenceFields

  package init(fields: EvidenceFields) { self.fields = fields }

  @MarkupBuilder var markup: Markup {
    section(.result, "Result", isPanel: true) {
      if hasDimensions {
        element(.p) {
          "Each dimension is judged by itself; their counts are not added up. See the plot below."
        }
      } else {
        element(.p) { ReportSentences.result(fields.evidence) }
      }
      average
      counts
      element(.p) { ReportSentences.denominator(fields.evidence) }
      band
      policies
    }
  }

  private var hasDimensions: Bool { !fields.rows("dimensions").isEmpty }

  /// The mean of the tasks' rates, where tasks differ in size.
  @MarkupBuilder private var average: Markup {
    if let limits = fields["intervals", "macro", "square_and_add"], limits.object != nil {
      element(.p) {
        "Mean of the tasks' rates, each task counting the same: \(fields.confidence) interval "
          + Figures.range(limits["lower"]?.string, limits["upper"]?.string) + "."
      }
    }
  }

  package static let names: [(key: String, label: String, isPart: Bool)] = [
    ("planned", "Planned", false), ("missing", "missing", true),
    ("attempted", "Attempted", false), ("succeeded", "succeeded", true),
    ("failed", "failed", true), ("errored", "errored", true), ("excluded", "excluded", true),
  ]

  private var counts: Markup {
    element(.table, .classes(.counts)) {
      element(.caption) { "Episodes in the protocol" }
      element(.thead) {
        element(.tr) {
          element(.th, .scope(.col)) { "State" }
          element(.th, .scope(.col), .classes(.number)) { "Episodes" }
        }
      }
      element(.tbody) {
        for (key, label, isPart) in Self.names {
          let number = fields.count("counts", key).map(Figures.grouped) ?? "unknown"
          element(.tr) {
            if isPart {
              element(.th, .scope(.row), .classes(.sub)) { label }
            } else {
              element(.th, .scope(.row)) { label }
            }
            element(.td, .classes(.number)) { number }
          }
        }
      }
    }
  }

  @MarkupBuilder private var band: Markup {
    let sentences = openEpisodes
    if !sentences.isEmpty {
      element(.h3) { "Open episodes" }
      for sentence in sentences { element(.p) { sentence } }
    }
  }

  /// What episodes without an outcome could change; empty where there are none.
  package var openEpisodes: [String] {
    guard let open = fields.count("band", "unresolved"), open > 0,
      let n = fields.count("band", "n")
    else { return [] }
    return [
      "The outcome of \(Figures.grouped(open)) of \(Figures.grouped(n)) episodes is open. "
        + "If all of them failed, the rate would be \(rate("worst")); if all succeeded, "
        + "\(rate("best")).",
      Self.tippingPoint(fields, open: open),
    ]
  }

  private func rate(_ end: String) -> String { Figures.percent(fields.text("band", end)) }

  /// How many of the open episodes would settle it (STATISTICS §6).
  private static func tippingPoint(_ fields: EvidenceFields, open: Int64) -> String {
    if let needed = fields.count("band", "successes_needed") {
      return needed == 0
        ? "The counts support the claim even if every open episode failed."
        : "The claim is supported only if at least \(needed) of the \(open) open episodes succeeded."
    }
    if let most = fields.count("band", "successes_still_refuted") {
      return "The counts refute the claim as long as at most \(most) of the \(open) open episodes "
        + "succeeded."
    }
    return fields["band", "flips"]?.bool == true
      ? "The verdict depends on them."
      : "Their outcomes would not change the verdict of the counts."
  }

  package static let policyNames: [(key: String, label: String)] = [
    ("errors_as_failures", "Errors count as failures"), ("errors_excluded", "Errors are left out"),
    ("as_planned", "All that was planned counts"), ("best_case", "All open episodes succeed"),
  ]

  @MarkupBuilder private var policies: Markup {
    let rows = Self.policyNames.filter { fields["policies", $0.key]?.object != nil }
    if !rows.isEmpty, !hasDimensions {
      element(.details) {
        element(.summary) { "The same episodes under other ways to count" }
        element(.table) {
          element(.caption) {
            "The result above decides; this shows how much hangs on the way of counting."
          }
          element(.thead) {
            element(.tr) {
              element(.th, .scope(.col)) { "Way to count" }
              element(.th, .scope(.col), .classes(.number)) { "Succeeded" }
              element(.th, .scope(.col), .classes(.number)) { "Rate" }
              element(.th, .scope(.col)) { "Verdict" }
            }
          }
          element(.tbody) {
            for (key, label) in rows { policyRow(key, label) }
          }
        }
      }
    }
  }

  private func policyRow(_ key: String, _ label: String) -> Markup {
    element(.tr) {
      element(.th, .scope(.row)) { worded(label, key) }
      element(.td, .classes(.number)) {
        Figures.counts(fields.count("policies", key, "k"), fields.count("policies", key, "n"))
      }
      element(.td, .classes(.number)) { Figures.percent(fields.text("policies", key, "rate")) }
      element(.td) { Wording.plain(fields.text("policies", key, "verdict") ?? "unknown") }
    }
  }
}
