internal import Audit
internal import JSON
internal import Pages

/// The table of the tasks, lowest rate first, each with its interval drawn.
struct TaskFields {
  let dto: JSONValue
  let evidence: EvidenceFields

  var fields: [String: PageFields.Field] {
    let tasks = dto.rows("tasks")
    let total = dto.count("tasks_total") ?? Int64(tasks.count)
    let needed = evidence.thresholdLabel.map { " Dashed line: the claim needs \($0)." } ?? ""
    let corrected = tasks.count > 1 ? ", corrected for the number of tasks (Holm)" : ""
    return [
      "has_tasks": .flag(!tasks.isEmpty), "tasks": .rows(Self.lowestFirst(tasks).map(row)),
      "tasks_caption": .text("Success rates with their Wilson intervals, lowest rate first."),
      "tasks_legend": .text(
        "Sign: success rate, filled disc supported, ring inconclusive, square refuted. Line: "
          + "interval, axis from 0 to 100 %.\(needed) “By itself”: each task judged alone"
          + corrected + "."),
      "tasks_left_out": .texts(
        total > Int64(tasks.count)
          ? [
            "\(tasks.count) of \(Figures.grouped(total)) tasks are shown; all are in evidence.json."
          ]
          : []),
    ]
  }

  /// Equal rates stay in protocol order, tasks without a rate come last.
  private static func lowestFirst(_ rows: [JSONValue]) -> [(offset: Int, element: JSONValue)] {
    rows.enumerated().map { ($0, $1, Millionths($1.text("rate"))?.value ?? .max) }
      .sorted { ($0.2, $0.0) < ($1.2, $1.0) }.map { ($0.0, $0.1) }
  }

  private func row(_ index: Int, _ task: JSONValue) -> PageFields {
    let state = RowState.verdict(task.text("verdict") ?? "unknown")
    let place = Millionths(task.text("rate")).map { PlotScale.rates.place($0).text }
    let lower = Millionths(task.text("wilson", "lower"))
    let upper = Millionths(task.text("wilson", "upper"))
    return PageFields([
      "i": .text(String(index)), "key": .text(task.text("task") ?? "unnamed task"),
      "name": .text(task.text("name")), "ink": .text(state.ink.rawValue),
      "counts": .text(Figures.counts(task.count("k"), task.count("n"))),
      "rate": .text(Figures.percent(task.text("rate"))),
      "range": .text(Figures.range(task.text("wilson", "lower"), task.text("wilson", "upper"))),
      "verdict": .text(state.word),
      "threshold": .text(evidence.threshold.map { PlotScale.rates.place($0).text }),
      "lower": .text(upper == nil ? nil : lower.map { PlotScale.rates.place($0).text }),
      "upper": .text(upper.map { PlotScale.rates.place($0).text }),
      "disc": .text(state.marker == .disc ? place : nil),
      "ring": .text(state.marker == .ring ? place : nil),
      "square": .text(state.marker == .square ? place : nil),
    ])
  }
}
