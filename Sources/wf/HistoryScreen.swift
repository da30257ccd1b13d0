import Audit
import History
import Terminal

/// A claim's versions, oldest first, and each task's rate over them.
struct HistoryScreen {
  let series: VersionSeries
  let style: Style
  static let shortList = 100

  private var text: DiffText { DiffText(style: style) }

  var lines: [String] { (versions + tasks + regressions).map(text.printable) }

  private var versions: [String] {
    var table = Table([
      ("version", .left), ("date", .left), ("verdict", .left), ("grade", .left),
      ("succeeded", .right), ("rate", .right), ("label", .left),
    ])
    for entry in series.others {
      table.add([entry.kind, String(entry.time.prefix(10)), "", "", "", "", labels(entry)])
    }
    for version in series.versions {
      let entry = version.entry
      table.add([
        "v\(version.number)", String(entry.time.prefix(10)),
        entry.verdict.map(Wording.plain) ?? "", entry.grade ?? "",
        DiffWords.counts(version.counted), DiffWords.percent(version.counted) ?? "",
        labels(entry),
      ])
    }
    return [style.paint(series.slug, .strong)] + table.lines(style: style)
  }

  private func labels(_ entry: LogEntry) -> String { entry.labels.joined(separator: ", ") }

  private var tasks: [String] {
    let tasks = series.tasks
    guard !tasks.isEmpty else { return ["", "No package version yet."] }
    let lost = Dictionary(
      series.steps.flatMap { step in
        step.comparison.tasks(.regression).map { ($0.task, [span(step)]) }
      }, uniquingKeysWith: +)
    let spark = SparkLine(style: style)
    let longest = tasks.map { displayWidth(of: plainText($0.task)) }.max() ?? 0
    let name = min(longest, max(12, text.width / 2))
    let shown = tasks.prefix(Self.shortList).map { task in
      let cut = text.cutMiddle(plainText(task.task), to: name)
      let gap = String(repeating: " ", count: max(0, name - displayWidth(of: cut)))
      let last = task.counts.last.flatMap { $0 }.map { "  " + DiffWords.rate($0) } ?? "  gone"
      let marks = (lost[task.task] ?? []).joined(separator: ", ")
      return "  \(cut)\(gap)  \(spark.line(task.counts))\(last)"
        + (marks.isEmpty ? "" : "  " + style.paint("regression \(marks)", .bad))
    }
    let rest = tasks.count - shown.count
    let scale =
      style.unicode
      ? "Tasks, from ▁ below 12.5 % to █ from 87.5 % on; · where a version lacks the task"
      : "Tasks, from 0 below 10 % to 9 from 90 % on; . where a version lacks the task"
    return [""] + text.wrapped("", scale) + shown
      + (rest > 0 ? ["  … and \(DiffWords.number(rest, "task")) more; --json has all"] : [])
  }

  private func span(_ step: VersionSeries.Step) -> String {
    "v\(series.versions[step.from].number) → v\(series.versions[step.to].number)"
  }

  /// Steps whose whole is a regression, and steps that cannot be compared.
  private var regressions: [String] {
    let rows = series.steps.compactMap { step -> String? in
      let comparison = step.comparison
      if comparison.comparability.state == .notComparable {
        let why = comparison.comparability.reasons.first.map(DiffWords.sentence) ?? ""
        return "\(span(step)): not comparable. \(why)"
      }
      guard comparison.hasRegression else { return nil }
      return "\(span(step)): \(DiffWords.answer(comparison))"
    }
    guard !rows.isEmpty else { return [] }
    return ["", "Between neighbours"] + rows.flatMap { text.wrapped("  ", $0) }
  }
}

/// One sign per version: the rate in eight steps, or ten digits in ASCII.
struct SparkLine {
  let style: Style

  /// - Parameter counts: nil where the version lacks the task.
  func line(_ counts: [CountedEpisodes?]) -> String {
    String(counts.map(sign))
  }

  private func sign(_ counts: CountedEpisodes?) -> Character {
    guard let counts, counts.n > 0 else { return style.unicode ? "·" : "." }
    let signs = Array(style.unicode ? "▁▂▃▄▅▆▇█" : "0123456789")
    let step = Int(Int128(counts.k) * Int128(signs.count) / Int128(counts.n))
    return signs[min(signs.count - 1, max(0, step))]
  }
}
