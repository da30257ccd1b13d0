import History
import JSON
import Terminal

/// A package on one screen, for a person.
struct EvidenceScreen {
  let evidence: JSONValue
  let report: TargetReport
  let style: Style

  var lines: [String] {
    heading + result + taskTable + grade + missing + axes + recommendation + verification
  }

  private func text(_ path: String...) -> String? {
    var value: JSONValue? = evidence
    for name in path { value = value?[name] }
    return value?.string
  }

  private var heading: [String] {
    let verdict = text("verdict") ?? "unknown"
    let ink: Style.Ink =
      switch verdict {
      case "supported": .good
      case "refuted": .bad
      default: .caution
      }
    let reasons = (evidence["reasons"]?.array ?? []).compactMap(\.string)
    let why = reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
    return [
      style.paint(
        "\(text("display_id") ?? "")  \(plainText(text("claim", "slug") ?? ""))", .strong),
      plainText(text("claim", "text") ?? ""), "",
      "Verdict  \(style.paint(verdict.split(separator: "_").joined(separator: " "), ink))\(why)",
    ]
  }

  private var result: [String] {
    let k = evidence["primary"]?["k"]?.int ?? 0
    let n = evidence["primary"]?["n"]?.int ?? 0
    var lines = [
      "Result   \(k) of \(n) counted attempts succeeded\(percent(text("primary", "rate")))"
    ]
    if let plot = plot(
      evidence["intervals"]?["clopper_pearson"]?["two_sided"], rate: text("primary", "rate"),
      width: min(style.width - 30, 60))
    {
      let bounds = evidence["intervals"]?["clopper_pearson"]?["two_sided"]
      lines.append(
        "         \(plot) \(shown(bounds?["lower"]?.string)) to \(shown(bounds?["upper"]?.string))")
    }
    let counts = evidence["counts"]
    let names = ["planned", "attempted", "succeeded", "failed", "errored", "excluded", "missing"]
    let parts = names.compactMap { name in counts?[name]?.int.map { "\($0) \(name)" } }
    lines.append("Counts   " + parts.joined(separator: ", "))
    return lines
  }

  private var taskTable: [String] {
    let tasks = evidence["tasks"]?.array ?? []
    guard tasks.count > 1 else { return [] }
    var table = Table([
      ("task", .left), ("succeeded", .right), ("rate", .right), ("interval (Wilson)", .left),
      ("alone", .left),
    ])
    for task in tasks.prefix(40) {
      table.add([
        plainText(task["task"]?.string ?? ""),
        "\(task["k"]?.int ?? 0) of \(task["n"]?.int ?? 0)",
        shown(task["rate"]?.string),
        plot(task["wilson"], rate: task["rate"]?.string, width: 30) ?? "",
        task["verdict"]?.string ?? "",
      ])
    }
    let rest = tasks.count > 40 ? ["  … and \(tasks.count - 40) more tasks"] : []
    return [""] + table.lines(style: style, indent: 2) + rest
  }

  private var grade: [String] {
    let letter = report.displayedGrade ?? text("grade", "letter") ?? "D"
    let caps =
      report.gradeNotes.isEmpty
      ? (evidence["grade"]?["caps"]?.array ?? []).compactMap { cap in
        cap["word"]?.string.map { "\($0) (at most \(cap["cap"]?.string ?? ""))" }
      } : report.gradeNotes
    return ["", "Grade    \(style.paint(letter, .strong))"] + caps.map { "         \($0)" }
  }

  private var missing: [String] {
    let rows = evidence["missing_evidence"]?.array ?? []
    guard !rows.isEmpty else { return ["", "Missing  nothing that was asked for"] }
    return ["", "Missing evidence"]
      + rows.map { row in
        let severity = row["severity"]?.string ?? ""
        let ink: Style.Ink = severity == "major" ? .bad : severity == "minor" ? .caution : .quiet
        let gap = String(repeating: " ", count: max(0, 6 - severity.count))
        return "  \(style.paint(severity, ink))\(gap) \(row["label"]?.string ?? "")"
      }
  }

  private var axes: [String] {
    let rows = evidence["next_axes"]?.array ?? []
    guard !rows.isEmpty else { return [] }
    return ["", "Vary next"]
      + rows.map { row in
        let design = row["design"]
        let plan =
          design.flatMap { value -> String? in
            guard let levels = value["levels"]?.int, let each = value["episodes_per_level"]?.int
            else { return nil }
            return ": \(levels) levels × \(each) episodes"
          } ?? ""
        return "  \(row["rank"]?.int ?? 0). \(row["axis"]?.string ?? "")\(plan)"
      }
  }

  private var recommendation: [String] {
    ["", "Advice   \(plainText(text("recommendation", "text") ?? ""))"]
  }

  private var verification: [String] {
    let failure = report.firstFailure
    let state =
      failure.map { style.paint("FAILED", .bad) + " \($0.check.rawValue): \($0.detail)" }
      ?? (report.signer.map {
        style.paint("verified", .good) + ", signed by \($0.principal ?? $0.fingerprint)"
      }
        ?? style.paint("consistent", .good) + ", not signed here")
    return ["", "Checks   \(state)"]
  }

  private func plot(_ interval: JSONValue?, rate: String?, width: Int) -> String? {
    guard let lower = interval?["lower"]?.string.flatMap(Double.init),
      let upper = interval?["upper"]?.string.flatMap(Double.init),
      let rate = rate.flatMap(Double.init)
    else { return nil }
    let threshold = text("claim", "threshold").flatMap(Double.init)
    return IntervalPlot(lower: lower, rate: rate, upper: upper, threshold: threshold)
      .line(width: width, style: style)
  }

  private func percent(_ rate: String?) -> String { rate == nil ? "" : ": \(shown(rate))" }

  /// One digit, half up, from the six digits of the package; nothing is computed from doubles.
  private func shown(_ rate: String?) -> String {
    guard let rate else { return "undefined" }
    let parts = rate.split(separator: ".")
    guard parts.count == 2, parts[1].count == 6, let whole = Int(parts[0]), let part = Int(parts[1])
    else { return rate }
    let tenths = (whole * 1_000_000 + part + 500) / 1000
    return "\(tenths / 10).\(tenths % 10) %"
  }
}
