import Audit
import History

/// Several versions as a comment of a pull request.
struct SeriesMarkdown {
  let series: VersionSeries

  var text: String {
    var page = BoundedMarkdown()
    let whole = series.whole ?? series.steps.last
    page.add("**\(whole.map { DiffWords.answer($0.comparison) } ?? "")**")
    page.add("")
    for step in series.steps + [series.whole].compactMap({ $0 }) {
      page.add(
        "- \(span(step)): \(DiffWords.answer(step.comparison)), verdict "
          + "\(DiffWords.verdict(step.comparison.verdict)), "
          + DiffWords.state(step.comparison.comparability.state))
    }
    addTable(&page)
    page.add("")
    page.add(
      "▼ regression and ▲ improvement against the version before. p-values are adjusted by Holm "
        + "within each comparison, not over all of them.")
    return page.text.replacing("\u{A0}", with: " ")
  }

  private func span(_ step: VersionSeries.Step) -> String {
    "v\(series.versions[step.from].number) → v\(series.versions[step.to].number)"
  }

  private func addTable(_ page: inout BoundedMarkdown) {
    let tasks = series.tasks
    let changes = Dictionary(
      uniqueKeysWithValues: series.steps.map { step in
        (step.to, Dictionary(step.comparison.tasks.map { ($0.task, $0.change) }) { one, _ in one })
      })
    page.add("")
    page.add(
      "| task | " + series.versions.map { "v\($0.number)" }.joined(separator: " | ") + " |")
    page.add("|---|" + String(repeating: "--:|", count: series.versions.count))
    let missing = page.add(
      tasks.map { task in
        let cells = task.counts.enumerated().map { place, counts -> String in
          guard let counts else { return "" }
          return mark(changes[place]?[task.task]) + DiffWords.counts(counts)
        }
        return "| \(MarkdownText.code(task.task)) | \(cells.joined(separator: " | ")) |"
      }, upTo: DiffMarkdown.mostBytes)
    if missing > 0 {
      page.add("")
      page.add("… and \(DiffWords.number(missing, "task")) more, left out to fit.")
    }
  }

  private func mark(_ change: ChangeClass?) -> String {
    switch change {
    case .regression: "▼ "
    case .improvement: "▲ "
    default: ""
    }
  }
}
