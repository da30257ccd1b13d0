internal import Audit
internal import JSON
internal import Pages

/// The letter, what keeps it down, failed checks, and what the package lacks.
struct GradeFields {
  let dto: JSONValue

  var fields: [String: PageFields.Field] {
    let letter = dto.text("result", "grade", "letter") ?? "D"
    let caps = dto.rows("result", "grade", "caps")
    // Only what holds the letter where it is; what is weaker changes nothing.
    let binding = caps.filter { ($0.text("cap") ?? "") >= letter }
    let failures = dto.rows("integrity")
    let gaps = dto.rows("missing_evidence")
    return [
      "letter": .text(letter),
      "planned": .text(dto.text("protocol", "grade_planned") ?? "none"),
      "has_caps": .flag(!binding.isEmpty), "caps": .rows(binding.map(cap)),
      "has_failures": .flag(!failures.isEmpty),
      "failures": .rows(failures.enumerated().map(failure)),
      "missing_summary": .text(Self.summary(gaps)), "gaps": .rows(Self.ordered(gaps)),
    ]
  }

  private func cap(_ row: JSONValue) -> PageFields {
    let word = row.text("word") ?? "other"
    return PageFields([
      "word": .text(word), "sentence": .text(Wording.cap(word)),
      "cap": .text(row.text("cap") ?? "?"),
    ])
  }

  private func failure(_ index: Int, _ row: JSONValue) -> PageFields {
    let id = row.text("id") ?? "?"
    return PageFields([
      "i": .text(String(index)), "id": .text(id), "sentence": .text(Wording.check(id)),
      "severity": .text(row.text("severity") ?? "unknown"),
      "observed": .text(row.text("observed") ?? "not recorded"), "cap": .text(row.text("cap")),
    ])
  }

  private static let severities = ["major", "minor", "info"]

  private static func summary(_ rows: [JSONValue]) -> String {
    if rows.isEmpty { return "Nothing that was asked for is missing." }
    let counts = severities.compactMap { severity -> String? in
      let count = rows.count { $0.text("severity") == severity }
      return count > 0 ? "\(count) \(severity)" : nil
    }
    let details = counts.isEmpty ? "" : ": " + counts.joined(separator: ", ")
    return Figures.amount(rows.count, "gap", "gaps") + details + "."
  }

  /// Major first, else as listed; each keeps the number that it has in evidence.json.
  private static func ordered(_ rows: [JSONValue]) -> [PageFields] {
    func rank(_ row: JSONValue) -> Int {
      severities.firstIndex(of: row.text("severity") ?? "") ?? severities.count
    }
    return rows.enumerated().sorted { one, other in
      (rank(one.element), one.offset) < (rank(other.element), other.offset)
    }.map { index, row in
      let label = row.text("label") ?? "other"
      let severity = row.text("severity") ?? "unknown"
      return PageFields([
        "i": .text(String(index)), "label": .text(label), "severity": .text(severity),
        "sentence": .text(Wording.label(label)),
        "ink": .text(severity == "major" ? "bad" : severity == "minor" ? "caution" : "neutral"),
      ])
    }
  }
}
