import Audit
import History

/// A diff as a comment of a pull request: the answer and what became worse or better first,
/// everything else folded.
///
/// GitHub takes 65,536 characters. What changed for sure may fill most of that; the folded lists
/// stop early, and each says how many rows it leaves out.
struct DiffMarkdown {
  let report: DiffReport
  /// Where rows of regressions and improvements stop.
  static let mostBytes = 40_000
  /// Where folded lists stop, as long as the rows above do not need more.
  static let folded = 7_000

  private var comparison: Comparison { report.comparison }
  private var isComparable: Bool { comparison.comparability.state != .notComparable }

  var text: String {
    var page = BoundedMarkdown()
    addAnswer(&page)
    addClear(&page)
    let limit = max(Self.folded, page.size + 4000)
    addCircumstances(&page)
    addTasks(&page, limit)
    addLoneTasks(&page, limit)
    addFlips(&page, limit)
    addStorage(&page)
    return page.text.replacing("\u{A0}", with: " ")
  }

  private func addAnswer(_ page: inout BoundedMarkdown) {
    page.add("**\(DiffWords.answer(comparison))**")
    page.add("")
    page.add(
      "\(MarkdownText.code(report.nameA)) → \(MarkdownText.code(report.nameB)) · verdict "
        + "\(DiffWords.verdict(comparison.verdict)) · grade \(DiffWords.verdict(comparison.grade))"
        + " · \(DiffWords.state(comparison.comparability.state))")
    guard !isComparable else { return }
    page.add("")
    for reason in comparison.comparability.reasons { page.add("- " + sentence(reason)) }
  }

  private func addClear(_ page: inout BoundedMarkdown) {
    let rows = comparison.tasks(.regression) + comparison.tasks(.improvement)
    guard isComparable, !rows.isEmpty else { return }
    page.add("")
    page.add("| | task | before | after | difference | interval | p (Holm) |")
    page.add("|---|---|--:|--:|--:|---|--:|")
    let missing = page.add(
      rows.map { task in
        let cells = [
          "**\(task.change.rawValue)**", MarkdownText.code(task.task), DiffWords.rate(task.a),
          DiffWords.rate(task.b), task.difference.map(DiffWords.points) ?? "",
          DiffWords.interval(task.interval) ?? "", task.adjusted.map(p) ?? "",
        ]
        return "| " + cells.joined(separator: " | ") + " |"
      }, upTo: Self.mostBytes)
    addRest(missing, "task", &page)
  }

  private func addCircumstances(_ page: inout BoundedMarkdown) {
    open("How it was compared", &page)
    if let row = comparison.overall, let line = DiffWords.overall(comparison) {
      page.add("- Overall: " + escaped(line) + (DiffWords.test(row).map { ". \($0)." } ?? ""))
    }
    if isComparable {
      for reason in comparison.comparability.reasons { page.add("- " + sentence(reason)) }
    }
    page.add(
      "- Pairing: " + escaped(DiffWords.pairing(comparison.pairing, notes: comparison.notes)))
    for note in DiffWords.notes(comparison) { page.add("- " + escaped(note)) }
    if isComparable {
      page.add("- p-values of tasks are adjusted by Holm over the compared tasks.")
    }
    close(&page)
  }

  private func addTasks(_ page: inout BoundedMarkdown, _ limit: Int) {
    let rows = isComparable ? comparison.tasks(.unclear) : comparison.tasks
    let same = isComparable ? comparison.tasks(.same).count : 0
    guard !rows.isEmpty || same > 0 else { return }
    let title =
      isComparable
      ? "\(DiffWords.number(rows.count, "task")) without a clear change, \(same) the same"
      : DiffWords.number(rows.count, "task")
    open(title, &page)
    if !rows.isEmpty {
      page.add("| task | before | after | difference |\(isComparable ? " p (Holm) |" : "")")
      page.add("|---|--:|--:|--:|\(isComparable ? "--:|" : "")")
      // Half of what is left, so that the lists below have room too.
      let missing = page.add(
        rows.map { task in
          "| \(MarkdownText.code(task.task)) | \(DiffWords.counts(task.a)) | "
            + "\(DiffWords.counts(task.b)) | \(task.difference.map(DiffWords.points) ?? "") |"
            + (isComparable ? " \(task.adjusted.map(p) ?? "") |" : "")
        }, upTo: page.size + max(0, limit - page.size) * 2 / 3)
      addRest(missing, "task", &page)
    }
    close(&page)
  }

  private func addLoneTasks(_ page: inout BoundedMarkdown, _ limit: Int) {
    let renamed = comparison.tasks.compactMap { task in
      task.renamed.map {
        "- \(MarkdownText.code(task.task)) is now called \(MarkdownText.code($0.b)), "
          + "before \(MarkdownText.code($0.a))"
      }
    }
    let rows =
      comparison.onlyB.map { "- new: \(MarkdownText.code($0.task)) \(DiffWords.rate($0.counted))" }
      + comparison.onlyA.map {
        "- gone: \(MarkdownText.code($0.task)) \(DiffWords.rate($0.counted))"
      } + renamed
      + comparison.possibleRenames.map {
        "- perhaps renamed, not compared: \(MarkdownText.code($0.a)) → \(MarkdownText.code($0.b))"
      }
    guard !rows.isEmpty else { return }
    open(
      "\(comparison.onlyB.count) new, \(comparison.onlyA.count) gone, "
        + "\(DiffWords.number(renamed.count, "renamed task"))", &page)
    let missing = page.add(rows, upTo: page.size + max(0, limit - page.size) / 2)
    addRest(missing, "row", &page)
    close(&page)
  }

  private func addFlips(_ page: inout BoundedMarkdown, _ limit: Int) {
    let rows = DiffWords.flips(comparison, report.flipRaw)
    guard !rows.isEmpty else { return }
    let lost = rows.filter(\.flip.from).count
    open("\(lost) episodes lost, \(rows.count - lost) won", &page)
    let missing = page.add(
      rows.prefix(40).map { flip, raw in
        let parts =
          [DiffWords.episode(flip)] + [DiffWords.seed(flip)].compactMap { $0 }
          + raw.prefix(1).map { "raw `\($0.prefix(19))…`" }
        return "- \(flip.from ? "lost" : "won"): \(MarkdownText.code(flip.task)) "
          + parts.joined(separator: ", ")
      }, upTo: limit)
    addRest(missing + max(0, rows.count - 40), "episode", &page)
    close(&page)
  }

  private func addStorage(_ page: inout BoundedMarkdown) {
    open("Members and raw references", &page)
    let states = report.members.prefix(40).map {
      "\(MarkdownText.code($0.name)) \($0.state.rawValue)"
    }
    page.add("- " + (states.isEmpty ? "All members are the same." : states.joined(separator: ", ")))
    if report.members.count > 40 { addRest(report.members.count - 40, "member", &page) }
    let raw = report.raw
    page.add(
      "- Raw references: \(raw.added) added, \(raw.removed) removed, \(raw.changed) changed, "
        + "\(raw.kept) kept")
    close(&page)
  }

  private func addRest(_ count: Int, _ noun: String, _ page: inout BoundedMarkdown) {
    guard count > 0 else { return }
    page.add("")
    page.add(
      "… and \(DiffWords.number(count, noun)) more, left out to fit; `wf diff --json` has all.")
  }

  private func open(_ title: String, _ page: inout BoundedMarkdown) {
    page.add("")
    page.add("<details><summary>\(title)</summary>")
    page.add("")
  }

  private func close(_ page: inout BoundedMarkdown) {
    page.add("")
    page.add("</details>")
  }

  private func sentence(_ word: String) -> String { escaped(DiffWords.sentence(word)) }

  /// Our own sentences hold nothing but a bracketed word that Markdown could take for something.
  private func escaped(_ sentence: String) -> String {
    var result = ""
    for character in sentence {
      if "[]_<>|`*#@".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }

  private func p(_ text: String) -> String { escaped(DiffWords.p(text)) }
}
