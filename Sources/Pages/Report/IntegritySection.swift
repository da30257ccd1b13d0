import Audit
import JSON

/// The integrity checks: failed ones in full, the others behind a line that counts them.
struct IntegritySection {
  let fields: EvidenceFields

  @MarkupBuilder var markup: Markup {
    let rows = fields.rows("integrity")
    let failed = rows.filter { $0["state"]?.string == "fail" }
    section(.integrity, "Integrity") {
      element(.p) { Self.summary(rows) }
      if !failed.isEmpty {
        element(.ul) { for row in failed { failure(row) } }
      }
      if !rows.isEmpty {
        element(.details) {
          element(.summary) { "All checks with what they saw" }
          table(rows)
        }
      }
    }
  }

  private static func summary(_ rows: [JSONValue]) -> String {
    func count(_ state: String) -> Int { rows.count { $0["state"]?.string == state } }
    let (passed, failed, idle) = (count("pass"), count("fail"), count("not_applicable"))
    let others = rows.count - passed - failed - idle
    return "\(passed) of \(Figures.amount(rows.count, "check", "checks")) passed, "
      + (failed == 0 ? "none failed" : "\(failed) failed") + ", \(idle) not applicable"
      + (others > 0 ? ", \(others) in a state that this page does not know." : ".")
  }

  private func failure(_ row: JSONValue) -> Markup {
    let id = row["id"]?.string ?? "?"
    return element(.li) {
      element(.strong, .classes(.bad)) { "Failed, \(row["severity"]?.string ?? "unknown"):" }
      " "
      worded(Wording.check(id), Wording.checkWord(id).map { "\(id) \($0)" } ?? id)
      element(.small) { Self.seen(row) }
    }
  }

  private static func seen(_ row: JSONValue) -> String {
    var parts: [String] = []
    if let observed = row["observed"]?.string { parts.append("seen: \(observed)") }
    if let expected = row["expected"]?.string { parts.append("expected: \(expected)") }
    if let place = row["where"]?.string { parts.append("at \(place)") }
    if let cap = row["cap"]?.string { parts.append("grade at most \(cap)") }
    return parts.isEmpty ? "" : " " + parts.joined(separator: "; ")
  }

  private func table(_ rows: [JSONValue]) -> Markup {
    element(.div, .classes(.scroll)) {
      element(.table) {
        element(.caption) { "Integrity checks of the packaged input" }
        element(.thead) {
          element(.tr) {
            for name in ["Check", "State", "Severity", "Seen"] {
              element(.th, .scope(.col)) { name }
            }
          }
        }
        element(.tbody) { for row in rows { line(row) } }
      }
    }
  }

  private func line(_ row: JSONValue) -> Markup {
    let id = row["id"]?.string ?? "?"
    let state = row["state"]?.string ?? "unknown"
    let ink: StyleClass = state == "fail" ? .bad : state == "pass" ? .good : .neutral
    return element(.tr) {
      element(.th, .scope(.row)) { "\(id) \(Wording.plain(Wording.checkWord(id) ?? ""))" }
      element(.td, .classes(ink)) { Wording.plain(state) }
      element(.td) { row["severity"]?.string ?? "–" }
      element(.td) { row["observed"]?.string ?? "–" }
    }
  }
}
