import Audit
import History
import Terminal

/// Several versions in one table: per task what each counted, and how it changed.
struct SeriesScreen {
  let series: VersionSeries
  let style: Style
  static let shortList = 60

  private var text: DiffText { DiffText(style: style) }

  var lines: [String] { (answer + steps + table + legend).map(text.printable) }

  private var answer: [String] {
    let first = series.versions.first.map { "v\($0.number)" } ?? ""
    let last = series.versions.last.map { "v\($0.number)" } ?? ""
    let whole = series.whole ?? series.steps.last
    var lines = text.wrapped("", "\(series.slug): \(first) to \(last)")
      .map { style.paint($0, .strong) }
    if let whole { lines += text.wrapped("First to last: ", DiffWords.answer(whole.comparison)) }
    return lines
  }

  private var steps: [String] {
    var lines = [""]
    for step in series.steps + [series.whole].compactMap({ $0 }) {
      let (from, to) = (series.versions[step.from].number, series.versions[step.to].number)
      let comparison = step.comparison
      lines += text.wrapped("v\(from) → v\(to)  ", DiffWords.answer(comparison))
      let verdict = DiffWords.verdict(comparison.verdict)
      lines += text.wrapped(
        "    ",
        "verdict \(verdict), \(DiffWords.state(comparison.comparability.state)), "
          + pairing(comparison.pairing))
      lines += comparison.comparability.reasons.flatMap {
        text.wrapped("    ", DiffWords.sentence($0))
      }
    }
    return lines
  }

  private func pairing(_ pairing: Pairing) -> String {
    switch pairing.state {
    case .proven: "paired [\(pairing.word)]"
    case .partial, .none: "unpaired [\(pairing.word)]"
    }
  }

  private var table: [String] {
    let tasks = series.tasks
    let changes = (series.steps + [series.whole].compactMap { $0 }).map { step in
      (step, Dictionary(step.comparison.tasks.map { ($0.task, $0.change) }) { one, _ in one })
    }
    let shown = tasks.sorted { rank($0, changes) < rank($1, changes) }.prefix(Self.shortList)
    let columns = series.versions.enumerated().map { place, version in
      Column(
        title: "v\(version.number)",
        cells: shown.map { task in
          guard let counts = task.counts[place] else { return style.unicode ? "·" : "." }
          let change = changes.first { $0.0.to == place && $0.0.from == place - 1 }?.1[task.task]
          return mark(change) + DiffWords.counts(counts)
        })
    }
    let whole = series.whole.map { step in
      let last = changes.last?.1 ?? [:]
      let ends = (series.versions[step.from].number, series.versions[step.to].number)
      return Column(
        title: "v\(ends.0) → v\(ends.1)", cells: shown.map { last[$0.task]?.rawValue ?? "" })
    }
    let rest = tasks.count - shown.count
    return blocks(shown.map { plainText($0.task) }, columns + [whole].compactMap { $0 })
      + (rest > 0 ? ["  … and \(DiffWords.number(rest, "task")) more; --json has all"] : [])
  }

  private struct Column {
    let title: String
    let cells: [String]
    var width: Int { ([title] + cells).map { displayWidth(of: $0) }.max() ?? 0 }
  }

  /// As many columns beside each other as fit; the others below, with the tasks again.
  private func blocks(_ names: [String], _ columns: [Column]) -> [String] {
    let widest = columns.map(\.width).max() ?? 0
    let longest = names.map { displayWidth(of: $0) }.max() ?? 0
    let name = max(8, min(longest, text.width - 4 - widest))
    var lines: [String] = []
    var rest = columns[...]
    while !rest.isEmpty {
      var used = 2 + name
      let block = rest.prefix { column in
        used += 2 + column.width
        return used <= text.width
      }
      let taken = block.isEmpty ? rest.prefix(1) : block
      rest = rest.dropFirst(taken.count)
      var table = Table([("task", .left)] + taken.map { ($0.title, .right) })
      for (row, task) in names.enumerated() {
        table.add([text.cutMiddle(task, to: name)] + taken.map { $0.cells[row] })
      }
      lines += [""] + table.lines(style: style, indent: 2)
    }
    return lines
  }

  private func mark(_ change: ChangeClass?) -> String {
    switch change {
    case .regression: style.unicode ? "▼ " : "v "
    case .improvement: style.unicode ? "▲ " : "^ "
    default: ""
    }
  }

  /// Tasks with a regression first, then with an improvement, else in their order.
  private func rank(
    _ task: VersionSeries.Task, _ changes: [(VersionSeries.Step, [String: ChangeClass])]
  ) -> Int {
    let classes = changes.compactMap { $0.1[task.task] }
    return classes.contains(.regression) ? 0 : classes.contains(.improvement) ? 1 : 2
  }

  private var legend: [String] {
    [""]
      + text.wrapped(
        "",
        "\(mark(.regression))regression and \(mark(.improvement))improvement against the version "
          + "before. Each pair of versions has its own gate, and p-values are adjusted by Holm "
          + "within each comparison, not over all of them.")
  }
}
