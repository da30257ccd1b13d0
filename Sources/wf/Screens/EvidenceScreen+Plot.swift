import Audit
import JSON
import Terminal

// Rates with their intervals: one row for all episodes and one per task, or one per dimension.
extension EvidenceScreen {
  /// More tasks than fit a screen; the worst are shown.
  private static let most = 40

  var plot: [String] {
    let dimensions = reading.dimensions
    if !dimensions.isEmpty {
      return section(
        "Dimensions", "succeeded/counted, rate, \(confidence)interval (Clopper-Pearson)",
        dimensions.map { row in
          let interval = row["clopper_pearson"]
          return plotRow(row, name: "dimension", interval: interval?["two_sided"] ?? interval)
        }, hidden: 0)
    }
    let tasks = reading.rows("tasks")
    guard !tasks.isEmpty else { return [] }
    let overall = WhiskerPlot.Row(
      name: "overall", counts: counts(reading.evidence["primary"]),
      interval: interval(
        reading.evidence["intervals"]?["clopper_pearson"]?["two_sided"],
        rate: reading.evidence["primary"]?["rate"]), word: Wording.plain(reading.verdict))
    let shown = tasks.count > Self.most ? Array(worstFirst(tasks).prefix(Self.most)) : tasks
    let order = tasks.count > Self.most ? ", worst first" : ""
    return section(
      "Tasks",
      "succeeded/counted, rate, \(confidence)interval (overall Clopper-Pearson, tasks "
        + "Wilson)\(order)",
      [overall] + shown.map { plotRow($0, name: "task", interval: $0["wilson"]) },
      hidden: tasks.count - shown.count)
  }

  private func section(
    _ title: String, _ legend: String, _ rows: [WhiskerPlot.Row], hidden: Int
  ) -> [String] {
    let plot = WhiskerPlot(
      rows: rows, threshold: reading.threshold,
      thresholdLabel: reading.demand.map { "claim: \($0)" } ?? "")
    var lines = text.heading(title, legend, .quiet) + plot.lines(style: style, indent: 2)
    if hidden > 0 {
      lines += text.paragraph("\(style.ellipsis) and \(hidden) more tasks (wf inspect --json)")
    }
    return lines
  }

  private func plotRow(_ row: JSONValue, name: String, interval bounds: JSONValue?)
    -> WhiskerPlot.Row
  {
    WhiskerPlot.Row(
      name: row[name]?.string ?? "unnamed", counts: counts(row),
      interval: interval(bounds, rate: row["rate"]),
      word: Wording.plain(row["verdict"]?.string ?? ""))
  }

  private func counts(_ row: JSONValue?) -> String {
    let (k, n) = (row?["k"]?.int, row?["n"]?.int)
    return "\(k.map(String.init) ?? "?")/\(n.map(String.init) ?? "?")"
  }

  private func interval(_ bounds: JSONValue?, rate: JSONValue?) -> IntervalPlot {
    IntervalPlot(
      lower: EvidenceReading.bound(bounds, "lower"),
      rate: rate?.string.flatMap(Share.init(sixDigits:)),
      upper: EvidenceReading.bound(bounds, "upper"), threshold: nil)
  }

  /// By the exact rate, tasks without a counted episode in front; equal ones keep their order.
  private func worstFirst(_ tasks: [JSONValue]) -> [JSONValue] {
    func isWorse(_ a: JSONValue, _ b: JSONValue) -> Bool? {
      guard let (k, n) = whole(a) else { return whole(b) == nil ? nil : true }
      guard let (l, m) = whole(b) else { return false }
      let (x, y) = (k.multipliedFullWidth(by: m), l.multipliedFullWidth(by: n))
      return x == y ? nil : x < y
    }
    return tasks.enumerated().sorted { isWorse($0.element, $1.element) ?? ($0.offset < $1.offset) }
      .map(\.element)
  }

  private func whole(_ row: JSONValue) -> (k: UInt64, n: UInt64)? {
    guard let k = row["k"]?.int, let n = row["n"]?.int, k >= 0, n > 0 else { return nil }
    return (UInt64(k), UInt64(n))
  }
}
