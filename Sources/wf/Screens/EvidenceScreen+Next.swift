import Audit
import JSON
import Terminal

// What a check found, and what to vary next.
extension EvidenceScreen {
  var failedChecks: [String] {
    let rows = reading.rows("integrity")
    let failed = rows.filter { $0["state"]?.string == "fail" }
    guard !rows.isEmpty else { return [] }
    let passed = rows.filter { $0["state"]?.string == "pass" }.count
    let summary =
      "\(failed.count) failed, \(passed) passed, \(rows.count - failed.count - passed) did not apply"
    return text.heading("Integrity", summary) + failed.flatMap(failedCheck)
  }

  private func failedCheck(_ row: JSONValue) -> [String] {
    func field(_ name: String) -> String? { row[name]?.string.map(plainText) }
    let id = field("id") ?? "?"
    var sentence = Wording.bracketed(Wording.check(id), Wording.checkWord(id) ?? id)
    if let observed = field("observed") {
      let expected = field("expected").map { ", expected \($0)" } ?? ""
      sentence += " Observed: \(observed)\(expected)."
    }
    if let place = field("where") { sentence += " First at \(place)." }
    let severity = field("severity").map { " Severity: \($0)." } ?? ""
    return text.item(id, sentence + severity, ink: .caution)
  }

  var axes: [String] {
    let rows = reading.rows("next_axes")
    guard !rows.isEmpty else { return [] }
    return text.heading("Vary next", "what could break the claim soonest", .quiet)
      + rows.enumerated().flatMap { place, row in axis(row, place: place + 1) }
  }

  private func axis(_ row: JSONValue, place: Int) -> [String] {
    let word = plainText(row["axis"]?.string ?? "other")
    let why = (row["why"]?.array ?? []).compactMap(\.string).map(plainText)
    // The gap is told already.
    var reasons = why.filter { !$0.hasPrefix("gap_") }.map(Wording.why)
    if let gap = row["missing"]?.string.map(plainText) {
      reasons.insert(Wording.bracketed(Wording.gap(gap), gap), at: 0)
    }
    let sentence = Wording.bracketed(Wording.axis(word), word)
    return text.item("\(row["rank"]?.int ?? Int64(place)).", sentence)
      + text.paragraph(
        ([design(row)] + reasons).compactMap(\.self).joined(separator: " "), indent: 6)
  }

  private func design(_ row: JSONValue) -> String? {
    guard let levels = row["design"]?["levels"]?.int,
      let each = row["design"]?["episodes_per_level"]?.int
    else { return nil }
    let many = "\(levels) \(levels == 1 ? "level" : "levels")"
    return "Design: \(many) \(style.times) \(each) \(each == 1 ? "episode" : "episodes")."
  }
}
