import Audit
import JSON

/// What the package lacks, beside the result and as large as it.
struct MissingSection {
  let fields: EvidenceFields

  private static let severities = ["major", "minor", "info"]

  @MarkupBuilder var markup: Markup {
    let rows = fields.rows("missing_evidence")
    section(.missing, "Missing evidence", isPanel: true) {
      if rows.isEmpty {
        element(.p) { "Nothing that was asked for is missing." }
      } else {
        element(.p) { Self.summary(rows) }
        element(.ul) { for row in Self.ordered(rows) { item(row) } }
      }
    }
  }

  /// Major first, else as listed.
  private static func ordered(_ rows: [JSONValue]) -> [JSONValue] {
    severities.flatMap { severity in rows.filter { $0["severity"]?.string == severity } }
      + rows.filter { !severities.contains($0["severity"]?.string ?? "") }
  }

  private static func summary(_ rows: [JSONValue]) -> String {
    let counts = severities.compactMap { severity -> String? in
      let count = rows.count { $0["severity"]?.string == severity }
      return count > 0 ? "\(count) \(severity)" : nil
    }
    let details = counts.isEmpty ? "" : ": " + counts.joined(separator: ", ")
    return Figures.amount(rows.count, "gap", "gaps") + details + "."
  }

  private func item(_ row: JSONValue) -> Markup {
    let severity = row["severity"]?.string ?? "unknown"
    let label = row["label"]?.string ?? "other"
    let ink: StyleClass =
      switch severity {
      case "major": .bad
      case "minor": .caution
      default: .neutral
      }
    return element(.li) {
      element(.span, .classes(.tag, ink)) { severity }
      " "
      worded(Wording.label(label), label)
    }
  }
}
