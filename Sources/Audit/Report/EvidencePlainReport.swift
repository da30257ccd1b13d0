internal import JSON

/// The lines of evidence.md under rules 2: plain sentences, the machine word in brackets behind each.
///
/// Titles and order are those of SCHEMAS §13.
struct EvidencePlainReport {
  /// The same package as rules 1 word it, of which some sentences are kept.
  let base: EvidenceReport

  var evidence: JSONValue { base.evidence }

  var lines: [String] {
    let sections: [(title: String, body: [String])] = [
      ("Result", result), ("Tasks", tasks), ("Integrity", integrity), ("Scope", [base.scope]),
      ("Missing evidence", missing), ("Next falsification axes", axes),
      ("Recommendation", recommendation), ("Provenance", base.provenance),
    ]
    return head + sections.flatMap { ["", "## " + $0.title, ""] + $0.body }
  }

  private var head: [String] {
    let verdict = base.text("verdict")
    return [
      "# Evidence " + base.text("display_id"), "",
      "**Claim.** " + MarkdownEscape.claim(base.text("claim", "text")), "",
      "**Verdict:** \(verdict) · **Grade:** \(base.text("grade", "letter"))", "",
      Wording.bracketed(Wording.verdict(verdict), verdict),
    ] + listed(reasons.map { Wording.bracketed(Wording.reason($0), $0) }) + grade
  }

  private var reasons: [String] { words(evidence["reasons"]) }

  /// What caps the grade, and what only `verify` can see.
  private var grade: [String] {
    let caps = (evidence["grade"]?["caps"]?.array ?? []).map { row -> String in
      let word = row["word"]?.string ?? ""
      return Wording.bracketed(Wording.cap(word), word)
        + " (at most \(row["cap"]?.string ?? "D"))"
    }
    let left = words(evidence["grade"]?["left_to_verify"]).map { "[\($0)]" }
    let later =
      left.isEmpty
      ? [] : ["", "`wf verify` can only lower it: \(left.joined(separator: " "))."]
    let letter = base.text("grade", "letter")
    guard !caps.isEmpty else {
      return ["", "Grade \(letter): nothing that lies in the package caps it."] + later
    }
    return ["", "Grade \(letter), because of:"] + listed(caps) + later
  }

  private var tasks: [String] {
    let rows = (evidence["tasks"]?.array ?? []).map { task -> String in
      let name = task["name"]?.string.map { ": " + MarkdownEscape.name($0) } ?? ""
      let key = MarkdownEscape.name(task["task"]?.string ?? "")
      return "| \(key)\(name) | \(countsAndRate(task, interval: "wilson")) |"
    }
    let table = [
      "| task | succeeded / counted | rate\(claimedRate) | \(confidence) interval (Wilson) | by itself |",
      "|---|---|---|---|---|",
    ]
    let note =
      rows.count > 1 ? ["", "\"By itself\" is corrected for \(rows.count) tasks (Holm)."] : []
    return table + rows + note
  }

  private var integrity: [String] {
    let failed = (evidence["integrity"]?.array ?? []).filter { $0["state"]?.string == "fail" }
    guard !failed.isEmpty else { return ["No check failed."] }
    return failed.map { row in
      let id = row["id"]?.string ?? ""
      let word = Wording.checkWord(id).map { "\(id) \($0)" } ?? id
      let weight = [
        row["severity"]?.string, row["cap"]?.string.map { "grade at most \($0)" },
      ].compactMap(\.self).joined(separator: ", ")
      let facts = [
        row["observed"]?.string.map { "observed " + MarkdownEscape.inner($0) },
        row["expected"]?.string.map { "expected " + MarkdownEscape.inner($0) },
        row["where"]?.string.map { "at " + MarkdownEscape.inner($0) },
      ].compactMap(\.self).joined(separator: "; ")
      let sentence = Wording.bracketed(Wording.check(id), word) + " (\(weight))"
      return "- " + sentence + (facts.isEmpty ? "" : " – " + facts)
    }
  }

  private var missing: [String] {
    let rows = evidence["missing_evidence"]?.array ?? []
    guard !rows.isEmpty else { return ["Nothing is listed."] }
    return rows.map { row in
      let label = row["label"]?.string ?? "other"
      let asked = row["question_id"]?.string.map { ", question \(MarkdownEscape.inner($0))" } ?? ""
      return "- " + Wording.bracketed(Wording.label(label), label)
        + " (\(row["severity"]?.string ?? "info")\(asked))"
    }
  }

  private var axes: [String] {
    let rows = evidence["next_axes"]?.array ?? []
    guard !rows.isEmpty else { return ["No axis scores high enough."] }
    return rows.map { row in
      let axis = row["axis"]?.string ?? ""
      let gap = row["missing"]?.string ?? ""
      // The gap is said once, though it is also a reason for the rank.
      let why = words(row["why"]).filter { !$0.hasPrefix("gap_") }
      let sentences =
        [Wording.bracketed(Wording.axis(axis), axis), Wording.bracketed(Wording.gap(gap), gap)]
        + why.map { Wording.bracketed(Wording.why($0), $0) }
      let rank = row["rank"]?.int ?? 0
      return "\(rank). " + sentences.joined(separator: " ") + design(row)
    }
  }

  private func design(_ row: JSONValue) -> String {
    guard let levels = row["design"]?["levels"]?.int else { return "" }
    guard let each = row["design"]?["episodes_per_level"]?.int, let all = row["episodes"]?.int
    else { return " Design: \(levels) levels." }
    return
      " Design: \(levels) levels × \(each) episodes; \(all) episodes refute the claim four times "
      + "out of five where its rate is missed by a tenth."
  }

  private var recommendation: [String] {
    let word = base.text("recommendation", "word")
    return [Wording.bracketed(MarkdownEscape.name(base.text("recommendation", "text")), word)]
  }

  /// A list below a line; nothing for nothing.
  private func listed(_ items: [String]) -> [String] {
    items.isEmpty ? [] : [""] + items.map { "- " + $0 }
  }

  func words(_ value: JSONValue?) -> [String] { (value?.array ?? []).compactMap(\.string) }

  /// `45 / 50 | 90.0 % | 78.6 % to 95.7 % | supported` of a row.
  func countsAndRate(_ row: JSONValue, interval: String) -> String {
    let (k, n) = (row["k"]?.int ?? 0, row["n"]?.int ?? 0)
    let rate = row["rate"]?.string.flatMap(Percentage.text) ?? "–"
    let bounds = base.range(row[interval]) ?? "–"
    return "\(k) / \(n) | \(rate) | \(bounds) | \(row["verdict"]?.string ?? "–")"
  }

  var confidence: String { Percentage.exact(base.text("claim", "confidence")) ?? "95 %" }

  /// The threshold, to stand beside a rate; empty for a comparison.
  var claimedRate: String {
    guard let threshold = Percentage.exact(base.text("claim", "threshold")) else { return "" }
    switch base.text("claim", "kind") {
    case "at_least": return " (claim: at least \(threshold))"
    case "at_most": return " (claim: at most \(threshold))"
    default: return ""
    }
  }
}
