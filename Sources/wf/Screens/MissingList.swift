import Audit
import JSON
import Terminal

/// The rows of missing evidence, worst first and otherwise in the package's order.
struct MissingList {
  struct Row {
    let severity: String
    let label: String
  }
  let rows: [Row]

  init(_ reading: EvidenceReading) {
    let all = reading.rows("missing_evidence").map {
      Row(
        severity: plainText($0["severity"]?.string ?? "unknown"),
        label: plainText($0["label"]?.string ?? "other"))
    }
    rows = all.enumerated().sorted {
      (Self.rank($0.element.severity), $0.offset) < (Self.rank($1.element.severity), $1.offset)
    }.map(\.element)
  }

  /// `4 major, 1 info`, or that nothing is missing.
  var summary: String {
    var counts: [(word: String, count: Int)] = []
    for row in rows {
      if counts.last?.word == row.severity {
        counts[counts.count - 1].count += 1
      } else {
        counts.append((row.severity, 1))
      }
    }
    return counts.isEmpty
      ? "nothing is listed" : counts.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
  }

  /// A sentence each, at most `limit` of them.
  func lines(_ text: SentenceLayout, limit: Int = .max) -> [String] {
    let shown = rows.prefix(limit).flatMap { row in
      text.item(
        row.severity, Wording.bracketed(Wording.label(row.label), row.label),
        ink: Self.ink(row.severity), columns: 5)
    }
    guard rows.count > limit else { return shown }
    return shown
      + text.paragraph("\(text.style.ellipsis) and \(rows.count - limit) more (wf inspect)")
  }

  /// A word of a later version could be worse than any that is known here, so it comes first.
  private static func rank(_ severity: String) -> Int {
    ["major": 1, "minor": 2, "info": 3][severity] ?? 0
  }

  private static func ink(_ severity: String) -> Style.Ink {
    switch severity {
    case "minor": .caution
    case "info": .quiet
    default: .bad
    }
  }
}
