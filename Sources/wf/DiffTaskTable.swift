import Audit
import Terminal

/// The rows of tasks: one line each with a plot where the terminal has room, else a few short ones.
struct DiffTaskTable {
  let text: DiffText
  private let plot: DifferencePlot
  private let name: Int
  private let rate: Int
  private let change: Int
  private let p: Int
  private let hasTests: Bool
  private static let leastName = 12
  private static let pTitle = "p (Holm)"
  /// Columns of the plot; negative where rows take several lines.
  private let plotColumns: Int

  init(tasks: [TaskComparison], text: DiffText) {
    self.text = text
    plot = DifferencePlot(tasks)
    hasTests = tasks.contains { $0.adjusted != nil }
    rate =
      tasks.flatMap { [$0.a, $0.b] }.map { displayWidth(of: DiffWords.rate($0)) }.max() ?? 6
    let longest = tasks.map { displayWidth(of: plainText($0.task)) }.max() ?? 4
    change = tasks.compactMap { $0.difference.map(DiffWords.points) }.map { displayWidth(of: $0) }
      .reduce(6, max)
    p = tasks.compactMap { $0.adjusted.map(DiffWords.p) }.map { displayWidth(of: $0) }
      .reduce(displayWidth(of: Self.pTitle), max)
    let fixed = 2 + 2 + rate + 2 + rate + 2 + change + (hasTests ? 2 + 2 + p : 0)
    let room = text.width - fixed
    let leastPlot = hasTests ? 9 : 0
    name = min(longest, max(Self.leastName, room - leastPlot))
    plotColumns = room - name >= leastPlot ? min(41, room - name) : -1
  }

  private var isWide: Bool { plotColumns >= 0 }

  /// The head of the columns; empty where rows take several lines.
  var head: String {
    guard isWide else { return "" }
    let cells = [
      pad("  task", name + 2), right("before", rate), right("after", rate), right("change", change),
    ]
    guard hasTests else { return trimmed(cells.joined(separator: "  ")) }
    let scale = displayWidth(of: plot.title) <= plotColumns ? plot.title : ""
    return trimmed(
      (cells + [pad(scale, plotColumns), Self.pTitle]).joined(separator: "  "))
  }

  func lines(_ task: TaskComparison) -> [String] {
    isWide ? [wide(task)] : narrow(task)
  }

  private func wide(_ task: TaskComparison) -> String {
    var cells = [
      "  " + pad(text.cutMiddle(plainText(task.task), to: name), name),
      right(DiffWords.rate(task.a), rate), right(DiffWords.rate(task.b), rate),
      right(task.difference.map(DiffWords.points) ?? "", change),
    ]
    if hasTests {
      let line = plot.line(task, columns: plotColumns, style: text.style)
      cells += [pad(line, plotColumns), right(task.adjusted.map(DiffWords.p) ?? "", p)]
    }
    return trimmed(cells.joined(separator: "  "))
  }

  private func narrow(_ task: TaskComparison) -> [String] {
    let change = task.difference.map(DiffWords.points) ?? ""
    var lines = ["  " + text.cutMiddle(plainText(task.task), to: text.width - 2)]
    lines += text.wrapped(
      "    ", "\(DiffWords.counts(task.a)) → \(DiffWords.counts(task.b)) \(change)")
    guard let p = task.adjusted.map(DiffWords.p) else { return lines }
    let cells = min(21, text.width - 4 - 2 - 2 - displayWidth(of: p) - 1)
    let line = plot.line(task, columns: cells, style: text.style)
    lines.append("    " + (line.isEmpty ? "p \(p)" : "\(line)  p \(p)"))
    return lines
  }

  private func pad(_ cell: String, _ columns: Int) -> String {
    cell + String(repeating: " ", count: max(0, columns - displayWidth(of: cell)))
  }

  private func right(_ cell: String, _ columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - displayWidth(of: cell))) + cell
  }

  private func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }
}
