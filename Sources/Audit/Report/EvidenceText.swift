public import JSON

/// evidence.md, from evidence.json and the digests of two inputs alone (SCHEMAS §13).
///
/// UTF-8 with a final newline. Text that a person wrote is escaped, so that no claim can forge a
/// heading, a link or a tag. Worded by the rules that evidence.json names.
///
/// - Throws: `rules_unknown` where it names rules of a later wf, or none.
public func evidenceText(
  evidence: JSONValue, claimDigest: String, auditInputDigest: String
) throws(AuditError) -> [UInt8] {
  let rules = try RuleSet(name: evidence["rules"]?.string ?? "")
  let report = EvidenceReport(
    evidence: evidence, claimDigest: claimDigest, auditInputDigest: auditInputDigest)
  let lines =
    switch rules {
    case .v1: report.lines
    case .v2: EvidencePlainReport(base: report).lines
    }
  return Array((lines.joined(separator: "\n") + "\n").utf8)
}

/// The lines of evidence.md under rules 1: machine words.
struct EvidenceReport {
  let evidence: JSONValue
  let claimDigest: String
  let auditInputDigest: String

  var lines: [String] {
    let sections: [(title: String, body: [String])] = [
      ("Result", result), ("Tasks", tasks), ("Integrity", integrity), ("Scope", [scope]),
      ("Missing evidence", missing), ("Next falsification axes", axes),
      ("Recommendation", [MarkdownEscape.name(text("recommendation", "text"))]),
      ("Provenance", provenance),
    ]
    return head + sections.flatMap { ["", "## " + $0.title, ""] + $0.body }
  }

  private var head: [String] {
    let reasons = (evidence["reasons"]?.array ?? []).compactMap(\.string)
    let because = reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
    return [
      "# Evidence " + text("display_id"), "",
      "**Claim.** " + MarkdownEscape.claim(text("claim", "text")), "",
      "**Verdict:** \(text("verdict"))\(because) · **Grade:** \(text("grade", "letter"))",
    ]
  }

  private var result: [String] {
    let names = [
      "planned", "attempted", "succeeded", "failed", "errored", "excluded", "missing",
    ]
    let counts = names.map { integer("counts", $0).map(String.init) ?? "unknown" }
    return [
      sentence, "", "| " + names.joined(separator: " | ") + " |",
      "|" + String(repeating: "---|", count: names.count),
      "| " + counts.joined(separator: " | ") + " |", "", denominator,
    ]
  }

  private var tasks: [String] {
    let confidence = Percentage.exact(text("claim", "confidence")) ?? "95 %"
    let rows = (evidence["tasks"]?.array ?? []).map { task -> String in
      let name = task["name"]?.string.map { ": " + MarkdownEscape.name($0) } ?? ""
      let (k, n) = (task["k"]?.int ?? 0, task["n"]?.int ?? 0)
      let rate = task["rate"]?.string.flatMap(Percentage.text) ?? "–"
      let bounds = range(task["wilson"]) ?? "–"
      let key = MarkdownEscape.name(task["task"]?.string ?? "")
      return "| \(key)\(name) | \(k) / \(n) | \(rate) | \(bounds) |"
    }
    return [
      "| task | succeeded / counted | rate | \(confidence) interval (Wilson) |",
      "|---|---|---|---|",
    ] + rows
  }

  private var integrity: [String] {
    let failed = (evidence["integrity"]?.array ?? []).filter { $0["state"]?.string == "fail" }
    guard !failed.isEmpty else { return ["No check failed."] }
    return failed.map { row in
      let id = row["id"]?.string ?? ""
      let word = Rules.integrity.first { $0.id == id }.map { " " + $0.word } ?? ""
      return "- \(id)\(word): " + MarkdownEscape.name(row["observed"]?.string ?? "failed")
    }
  }

  private var missing: [String] {
    let rows = evidence["missing_evidence"]?.array ?? []
    guard !rows.isEmpty else { return ["Nothing is listed."] }
    return rows.map { "- \($0["label"]?.string ?? "other") (\($0["severity"]?.string ?? "info"))" }
  }

  private var axes: [String] {
    let rows = evidence["next_axes"]?.array ?? []
    guard !rows.isEmpty else { return ["No axis scores high enough."] }
    return rows.map { row in
      let notes = [
        row["missing"]?.string, row["episodes"]?.int.map { "\($0) episodes" },
      ].compactMap(\.self).joined(separator: "; ")
      let rank = row["rank"]?.int ?? 0
      return "\(rank). \(row["axis"]?.string ?? "")" + (notes.isEmpty ? "" : " (\(notes))")
    }
  }

  var provenance: [String] {
    [
      "- package " + text("package_id"), "- claim " + claimDigest,
      "- protocol freeze " + text("protocol", "freeze_digest"), "- audit input " + auditInputDigest,
    ]
  }

  /// A string by its path; empty when it is absent or null.
  func text(_ path: String...) -> String {
    path.reduce(Optional(evidence)) { $0?[$1] }?.string ?? ""
  }

  func integer(_ path: String...) -> Int64? {
    path.reduce(Optional(evidence)) { $0?[$1] }?.int
  }

  /// `22.3 % to 95.7 %` of an interval; nil when it is null.
  func range(_ interval: JSONValue?) -> String? {
    guard let lower = interval?["lower"]?.string.flatMap(Percentage.text),
      let upper = interval?["upper"]?.string.flatMap(Percentage.text)
    else { return nil }
    return "\(lower) to \(upper)"
  }
}
