import Audit
import Terminal

/// The interval of a difference around a zero line: `├──●──┤ ┊`, all rows of a table on one scale.
struct DifferencePlot {
  /// Percentage points at either end.
  let reach: Int

  /// The smallest scale that holds every bound.
  init(_ tasks: [TaskComparison]) {
    let bounds = tasks.flatMap { $0.interval ?? [] }.compactMap { Double($0)?.magnitude }
    let most = (bounds.max() ?? 1) * 100
    reach = [5, 10, 20, 30, 50, 75].first { Double($0) >= most } ?? 100
  }

  /// `columns` cells, an odd number of at least 9 so that zero has one; empty without an interval.
  func line(_ task: TaskComparison, columns: Int, style: Style) -> String {
    let cells = columns % 2 == 1 ? columns : columns - 1
    guard cells >= 9, let interval = task.interval, let lower = Double(interval[0]),
      let upper = Double(interval[1]), let difference = task.difference.flatMap({ Double($0) })
    else { return "" }
    let half = cells / 2
    func column(_ value: Double) -> Int {
      let share = min(1, max(-1, value * 100 / Double(reach)))
      return half + Int((share * Double(half)).rounded())
    }
    let (dot, dash, left, right, zero): (Character, Character, Character, Character, Character) =
      style.unicode ? ("●", "─", "├", "┤", "┊") : ("o", "-", "[", "]", "|")
    var line = [Character](repeating: " ", count: cells)
    let (first, last) = (column(lower), max(column(lower), column(upper)))
    for place in first...last { line[place] = dash }
    line[first] = left
    line[last] = right
    line[half] = zero
    line[column(difference)] = dot
    return String(line)
  }

  /// What the two ends stand for, for the head of the column.
  var title: String { "−\(reach) pp … +\(reach) pp" }
}
