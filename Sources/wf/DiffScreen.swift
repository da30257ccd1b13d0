import Audit
import History
import Terminal

/// A diff for a person, in ten seconds: the answer, whether it may be given, what became worse.
struct DiffScreen {
  let report: DiffReport
  let style: Style
  /// Rows of a class that says little, and flips, beyond which only their number is told.
  static let shortList = 40

  var lines: [String] {
    (answer + gate + overall + tasks + loneTasks + flips + notes + storage).map(text.printable)
  }

  private var comparison: Comparison { report.comparison }
  private var text: DiffText { DiffText(style: style) }
  private var isNarrow: Bool { text.width < 60 }

  /// A heading in a column of its own, or on a line of its own where the terminal is narrow.
  private func row(_ heading: String, _ words: String) -> [String] {
    if isNarrow { return (heading.isEmpty ? [] : [heading]) + text.wrapped("  ", words) }
    let gap = String(repeating: " ", count: max(1, 10 - heading.count))
    return text.wrapped(heading + gap, words)
  }

  private var answer: [String] {
    let ink: Style.Ink =
      comparison.comparability.state == .notComparable
      ? .caution : comparison.hasRegression ? .bad : .good
    return text.wrapped("", DiffWords.answer(comparison)).map { style.paint($0, ink) }
      + row("Versions", "\(report.nameA) → \(report.nameB)")
      + row("Verdict", DiffWords.verdict(comparison.verdict))
      + row("Grade", DiffWords.verdict(comparison.grade))
  }

  private var gate: [String] {
    row("Compare", DiffWords.state(comparison.comparability.state))
      + comparison.comparability.reasons.flatMap { row("", DiffWords.sentence($0)) }
      + row("Pairing", DiffWords.pairing(comparison.pairing, notes: comparison.notes))
  }

  private var overall: [String] {
    guard let row = comparison.overall, let line = DiffWords.overall(comparison) else { return [] }
    return [""] + self.row("Overall", line)
      + (DiffWords.test(row).map { self.row("", $0) } ?? [])
  }

  private static let titles: [(ChangeClass, String, Style.Ink)] = [
    (.regression, "Regressions", .bad), (.improvement, "Improvements", .good),
    (.unclear, "Unclear", .caution), (.same, "Same", .quiet),
  ]

  private var tasks: [String] {
    guard !comparison.tasks.isEmpty else { return [] }
    let table = DiffTaskTable(tasks: comparison.tasks, text: text)
    guard comparison.comparability.state != .notComparable else {
      return ["", "Differences"] + (table.head.isEmpty ? [] : [style.paint(table.head, .quiet)])
        + listed(comparison.tasks, table)
    }
    var lines: [String] = [""]
    if !table.head.isEmpty { lines.append(style.paint(table.head, .quiet)) }
    for (change, title, ink) in Self.titles {
      let rows = comparison.tasks(change)
      guard !rows.isEmpty else { continue }
      lines.append(style.paint("\(title) (\(rows.count))", ink))
      lines += change == .regression ? rows.flatMap(table.lines) : listed(rows, table)
    }
    return lines
  }

  private func listed(_ rows: [TaskComparison], _ table: DiffTaskTable) -> [String] {
    rows.prefix(Self.shortList).flatMap(table.lines)
      + more(rows.count - Self.shortList, "task")
  }

  private func more(_ count: Int, _ noun: String) -> [String] {
    count > 0 ? ["  … and \(DiffWords.number(count, noun)) more; --json has all"] : []
  }

  private var loneTasks: [String] {
    let renamed = comparison.tasks.compactMap { task in
      task.renamed.map { (task.task, "\"\(plainText($0.a))\" is now \"\(plainText($0.b))\"") }
    }
    return lone("Only in the new version", comparison.onlyB)
      + lone("Only in the old version", comparison.onlyA)
      + listing(
        "Renamed",
        renamed.prefix(Self.shortList).map { "\(plainText($0.0)): \($0.1)" },
        of: renamed.count, "task")
      + listing(
        "Possibly renamed, not compared [possible_rename]",
        comparison.possibleRenames.prefix(Self.shortList).map {
          "\(plainText($0.a)) → \(plainText($0.b)): \"\(plainText($0.name))\""
        }, of: comparison.possibleRenames.count, "task")
  }

  private func lone(_ title: String, _ tasks: [CountedTask]) -> [String] {
    listing(
      title,
      tasks.prefix(Self.shortList).map { "\(plainText($0.task))  \(DiffWords.rate($0.counted))" },
      of: tasks.count, "task")
  }

  private func listing(_ title: String, _ rows: [String], of count: Int, _ noun: String)
    -> [String]
  {
    guard count > 0 else { return [] }
    return ["", "\(title) (\(count))"]
      + rows.map { "  " + text.cutMiddle($0, to: text.width - 2) }
      + more(count - rows.count, noun)
  }

  private var flips: [String] {
    let rows = DiffWords.flips(comparison, report.flipRaw)
    guard !rows.isEmpty else { return [""] + row("Flipped", DiffWords.noFlip(comparison)) }
    let lost = rows.filter(\.flip.from).count
    return [""]
      + row("Flipped", "\(lost) from success to failure, \(rows.count - lost) the other way")
      + rows.prefix(10).flatMap(flipLines) + more(rows.count - 10, "episode")
  }

  private func flipLines(_ flip: Flip, _ raw: [String]) -> [String] {
    let sign = flip.from ? style.paint("lost", .bad) : style.paint("won", .good) + " "
    let what = ([DiffWords.episode(flip)] + [DiffWords.seed(flip)].compactMap { $0 })
      .joined(separator: ", ")
    let room = text.width - 8 - displayWidth(of: what) - 1
    let name = text.cutMiddle(plainText(flip.task), to: max(8, room))
    let line = "  \(sign)  \(name) \(what)"
    guard !report.isPublic, let digest = raw.first else { return [line] }
    let more = raw.count > 1 ? " and \(raw.count - 1) more" : ""
    let evidence = "raw \(digest.prefix(19))…\(more)"
    if displayWidth(of: line) + 2 + displayWidth(of: evidence) <= text.width {
      return [line + ", " + evidence]
    }
    return [line, "        raw \(digest.prefix(19))…"]
  }

  private var notes: [String] {
    let notes = DiffWords.notes(comparison)
    guard !notes.isEmpty else { return [] }
    return [""] + notes.enumerated().flatMap { row($0.offset == 0 ? "Notes" : "", $0.element) }
  }

  private var storage: [String] {
    let raw = report.raw
    return [""] + row("Members", DiffReport.memberSentence(report.members))
      + row(
        "Raw",
        "\(raw.added) added, \(raw.removed) removed, \(raw.changed) changed, \(raw.kept) kept")
  }
}
