import Audit
import Evidence
import History
import Terminal

/// A diff for a person: may they be compared, what became worse, what else changed.
struct DiffScreen {
  let diff: PackageDiff
  let style: Style

  var lines: [String] {
    heading + gate + overall + tasks + flips + storage
  }

  private var comparison: Comparison { diff.comparison }

  private var heading: [String] {
    let verdict = comparison.verdict
    let grade = comparison.grade
    return [
      style.paint("\(diff.a.name) → \(diff.b.name)", .strong),
      "Verdict   \(arrow(verdict.a, verdict.b))", "Grade     \(arrow(grade.a, grade.b))",
    ]
  }

  private func arrow(_ a: String, _ b: String) -> String {
    a == b ? "\(a), as before" : "\(a) → \(b)"
  }

  private var gate: [String] {
    let reasons = comparison.comparability.reasons
    let why = reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
    switch comparison.comparability.state {
    case .comparable: return ["Compare   " + style.paint("comparable", .good)]
    case .degraded: return ["Compare   " + style.paint("comparable with care", .caution) + why]
    case .notComparable:
      return [
        "Compare   " + style.paint("not comparable", .bad) + why,
        "          differences are shown, no test is made",
      ]
    }
  }

  private var overall: [String] {
    guard let row = comparison.overall else { return ["", "No common task."] }
    var line = "Overall   \(rate(row.a)) → \(rate(row.b))"
    if let difference = row.difference { line += ", \(points(difference))" }
    if let interval = row.interval { line += " [\(points(interval[0])), \(points(interval[1]))]" }
    if let p = row.pValue { line += ", p \(p)" }
    var lines = ["", line + ", " + word(row.change)]
    if let test = row.test {
      let pairing = row.isPaired ? "episode by episode" : "unpaired"
      lines.append("          \(pairing), \(test.split(separator: "_").joined(separator: " "))")
    }
    if let same = row.homogeneity, let p = Double(same.pValue), p <= 0.05 {
      lines.append(
        "          the change differs between tasks (p \(same.pValue)): look at the tasks first")
    }
    return lines
  }

  private func word(_ change: ChangeClass) -> String {
    switch change {
    case .regression: style.paint("regression", .bad)
    case .improvement: style.paint("improvement", .good)
    case .unclear: "unclear"
    case .same: style.paint("same", .quiet)
    }
  }

  /// Regressions first, then improvements, then what is unclear, then what is the same.
  private var ordered: [TaskComparison] {
    let rank: [ChangeClass: Int] = [.regression: 0, .improvement: 1, .unclear: 2, .same: 3]
    return comparison.tasks.enumerated().sorted { x, y in
      let (a, b) = (rank[x.element.change] ?? 4, rank[y.element.change] ?? 4)
      return a != b ? a < b : x.offset < y.offset
    }.map(\.element)
  }

  private var tasks: [String] {
    guard !comparison.tasks.isEmpty else { return [] }
    var table = Table([
      ("task", .left), ("before", .right), ("after", .right), ("change", .right),
      ("interval", .left), ("p, adjusted", .right), ("", .left),
    ])
    for task in ordered.prefix(40) {
      table.add([
        plainText(task.task), rate(task.a), rate(task.b), task.difference.map(points) ?? "",
        task.interval.map { "[\(points($0[0])), \(points($0[1]))]" } ?? "", task.adjusted ?? "",
        word(task.change),
      ])
    }
    let rest =
      comparison.tasks.count > 40 ? ["  … and \(comparison.tasks.count - 40) more tasks"] : []
    return [""] + table.lines(style: style, indent: 2) + rest
  }

  private var flips: [String] {
    guard !comparison.flips.isEmpty else { return ["", "No episode flipped."] }
    let lost = comparison.flips.filter(\.from).count
    let won = comparison.flips.count - lost
    var lines = ["", "Flipped   \(lost) from success to failure, \(won) from failure to success"]
    let sorted = zip(comparison.flips, diff.flipRaw).sorted { $0.0.from && !$1.0.from }
    for (flip, raw) in sorted.prefix(10) {
      let seed =
        switch flip.seed {
        case .some(.integer(let value)): ", seed \(value)"
        case .some(.text(let text)): ", seed \(plainText(text))"
        case .none: ""
        }
      let arrow = flip.from ? style.paint("lost", .bad) : style.paint("won ", .good)
      let evidence = raw.first.map { ", raw \($0.prefix(19))…" } ?? ""
      lines.append("  \(arrow)  \(plainText(flip.task)) episode \(flip.episode)\(seed)\(evidence)")
    }
    if comparison.flips.count > 10 { lines.append("  … and \(comparison.flips.count - 10) more") }
    return lines
  }

  private var storage: [String] {
    var lines = [""]
    if diff.members.isEmpty {
      lines.append("Members   all the same")
    } else {
      lines.append(
        "Members   "
          + diff.members.map { "\($0.name) \($0.state.rawValue)" }.joined(separator: ", "))
    }
    let raw = diff.raw
    lines.append(
      "Raw       \(raw.added) added, \(raw.removed) removed, \(raw.changed) changed, \(raw.kept) kept"
    )
    return lines
  }

  private func rate(_ counted: CountedEpisodes) -> String { "\(counted.k)/\(counted.n)" }

  /// A six-digit difference as percentage points with one digit, half up, with its sign.
  private func points(_ text: String) -> String {
    let isNegative = text.hasPrefix("-")
    let digits = text.drop { $0 == "-" }.split(separator: ".")
    guard digits.count == 2, digits[1].count == 6, let whole = Int(digits[0]),
      let part = Int(digits[1])
    else { return text }
    let tenths = (whole * 1_000_000 + part + 500) / 1000
    let sign = tenths == 0 ? "±" : isNegative ? "−" : "+"
    return "\(sign)\(tenths / 10).\(tenths % 10) pp"
  }
}
