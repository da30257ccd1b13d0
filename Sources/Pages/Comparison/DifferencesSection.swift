import Audit

/// Differences per task with their intervals around no change, regressions first.
struct DifferencesSection {
  let comparison: Comparison
  private let scale: PlotScale

  init(comparison: Comparison) {
    self.comparison = comparison
    let values = comparison.tasks.flatMap { [$0.difference] + ($0.interval ?? []) }
      .compactMap { Millionths($0) }
    scale = .differences(covering: values)
  }

  @MarkupBuilder var markup: Markup {
    let rows = comparison.orderedTasks
    section(.tasks, rows.count == 1 ? "Task" : "Tasks, regressions first") {
      if rows.isEmpty {
        element(.p) { "No task is in both versions." }
      } else {
        element(.p) { Self.summary(rows) }
        let shown = min(rows.count, TasksSection.shownRows)
        table(Self.caption, rows[..<shown])
        legend
        if shown < rows.count { folded(rows[shown...]) }
      }
      LoneTasksMarkup(comparison: comparison).markup
    }
  }

  private static let caption =
    "Sign: new minus old rate. Line: Newcombe's interval. p-values are adjusted for the number of "
    + "compared tasks (Holm)."

  private static func summary(_ rows: [TaskComparison]) -> String {
    func count(_ change: ChangeClass) -> Int { rows.count { $0.change == change } }
    return "Of \(Figures.amount(rows.count, "common task", "common tasks")): "
      + "\(Figures.amount(count(.regression), "regression", "regressions")), "
      + "\(Figures.amount(count(.improvement), "improvement", "improvements")), "
      + "\(count(.unclear)) unclear, \(count(.same)) the same."
  }

  private func folded(_ rest: ArraySlice<TaskComparison>) -> Markup {
    Markup(
      joining: stride(from: rest.startIndex, to: rest.endIndex, by: 200).map { start in
        let part = rest[start..<min(start + 200, rest.endIndex)]
        let numbers = "Tasks \(start + 1) to \(part.endIndex) of \(rest.endIndex)"
        let words = ChangeClass.allCases.filter { change in part.contains { $0.change == change } }
        return element(.details) {
          element(.summary) { numbers + ": " + words.map(\.rawValue).joined(separator: ", ") }
          table(numbers + ".", part)
        }
      })
  }

  private func table(_ caption: String, _ rows: ArraySlice<TaskComparison>) -> Markup {
    element(.table, .role(.table), .classes(.forest, .differences)) {
      element(.caption) { caption }
      element(.thead, .role(.rowgroup)) { head }
      element(.tbody, .role(.rowgroup)) { for entry in rows { row(entry) } }
      element(.tfoot, .role(.rowgroup)) { foot }
    }
  }

  private var head: Markup {
    element(.tr, .role(.row)) {
      columnHeader("Task")
      element(.th, .role(.columnheader), .scope(.col), .classes(.number)) { "Old → new" }
      element(.th, .role(.columnheader), .scope(.col), .classes(.number)) { "Difference" }
      element(.th, .role(.columnheader), .scope(.col), .classes(.plot), .label("Plot")) {
        LineLabel(scale: scale, at: Millionths(0), text: "no change", style: .zero).markup
      }
      columnHeader("Interval, pp")
      element(.th, .role(.columnheader), .scope(.col), .classes(.number)) { "p, adjusted" }
      columnHeader("Change")
    }
  }

  private func columnHeader(_ text: String) -> Markup {
    element(.th, .role(.columnheader), .scope(.col)) { text }
  }

  private func row(_ row: TaskComparison) -> Markup {
    let state = row.change.state
    let counts = "\(Self.counts(row.a)) → \(Self.counts(row.b))"
    return element(.tr, .role(.row)) {
      element(.th, .role(.rowheader), .scope(.row)) {
        if let name = row.name {
          element(.bdi, .classes(.name)) { name }
          element(.code, .classes(.word)) { row.task }
        } else {
          element(.bdi) { row.task }
        }
      }
      element(.td, .role(.cell), .classes(.number)) { counts }
      element(.td, .role(.cell), .classes(.number)) { Figures.points(row.difference) }
      element(.td, .role(.cell), .classes(.plot, state.ink)) {
        IntervalDrawing(
          scale: scale,
          title: "\(row.task): \(counts), \(Figures.points(row.difference)), \(state.word)",
          point: Millionths(row.difference), lower: Millionths(row.interval?.first),
          upper: Millionths(row.interval?.last), marker: state.marker, reach: 6,
          line: (Millionths(0), .zero)
        ).markup
      }
      element(.td, .role(.cell), .classes(.number, .interval)) { Self.range(row.interval) }
      element(.td, .role(.cell), .classes(.number, .adjusted)) { Figures.pValue(row.adjusted) }
      element(.td, .role(.cell), .classes(.state, state.ink)) { state.word }
    }
  }

  private static func counts(_ counted: CountedEpisodes) -> String {
    Figures.counts(Int64(counted.k), Int64(counted.n))
  }

  private static func range(_ interval: [String]?) -> String {
    guard let interval, interval.count == 2 else { return "–" }
    func short(_ text: String) -> String { Figures.points(text).replacing(" pp", with: "") }
    return "\(short(interval[0])) to \(short(interval[1]))"
  }

  private var foot: Markup {
    element(.tr, .role(.row)) {
      element(.td, .role(.cell), .columns(3)) {}
      element(.td, .role(.cell), .classes(.plot)) {
        PlotAxis(
          scale: scale, title: "Axis of differences in percentage points",
          explanation: "Left of the line the new version is worse, right of it better. Each row's "
            + "sign is the difference, the line through it the interval.",
          label: { tick in
            let points = tick.value / 10_000
            return points == 0 ? "0 pp" : points < 0 ? "−\(-points)" : "+\(points)"
          }
        ).markup
      }
      element(.td, .role(.cell), .columns(3)) {}
    }
  }

  private var legend: Markup {
    element(.ul, .classes(.legend)) {
      for change in ChangeClass.allCases {
        element(.li, .classes(change.state.ink)) {
          change.state.marker.sign()
          change.state.word
        }
      }
    }
  }
}
