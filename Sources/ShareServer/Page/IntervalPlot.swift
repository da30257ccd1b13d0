internal import JSON
internal import Pages

/// The drawing of the result: one row per interval over an axis from 0 to 100 %, and what the claim
/// needs as a line through all of them.
///
/// All places are shares of the width, so that letters keep their size on a phone.
struct IntervalPlot {
  private let evidence: EvidenceFields
  private let point: Millionths
  private let intervals: [Interval]

  private struct Interval {
    let name: String
    let lower: String
    let upper: String
    let ends: (Millionths, Millionths)
  }

  /// nil where no rate or no interval is there to draw.
  init?(evidence: EvidenceFields) {
    guard let point = Millionths(evidence.text("primary", "rate")) else { return nil }
    self.evidence = evidence
    self.point = point
    intervals = Self.names.compactMap { name, path in
      let limits = path.reduce(evidence["intervals"]) { $0?[$1] }
      guard let lower = limits?["lower"]?.string, let upper = limits?["upper"]?.string,
        let start = Millionths(lower), let end = Millionths(upper)
      else { return nil }
      return Interval(name: name, lower: lower, upper: upper, ends: (start, end))
    }
    if intervals.isEmpty { return nil }
  }

  private static let names: [(String, [String])] = [
    ("Clopper–Pearson", ["clopper_pearson", "two_sided"]), ("Wilson", ["wilson"]),
    ("Mean of the tasks’ rates", ["macro", "square_and_add"]),
    ("Confidence sequence", ["confidence_sequence"]),
  ]

  /// What open episodes could make of the rate.
  static func band(_ evidence: EvidenceFields) -> (Millionths, Millionths)? {
    guard (evidence.count("band", "unresolved") ?? 0) > 0,
      let worst = Millionths(evidence.text("band", "worst")),
      let best = Millionths(evidence.text("band", "best")), worst < best
    else { return nil }
    return (worst, best)
  }

  private static let top = 24
  private static let rowHeight = 44

  var fields: PageFields {
    let bottom = Self.top + intervals.count * Self.rowHeight
    return PageFields([
      "height": .text(String(bottom + 26)), "bottom": .text(String(bottom)),
      "tick_end": .text(String(bottom + 5)), "tick_text": .text(String(bottom + 20)),
      "title": .text(
        "Success rate \(Figures.percent(evidence.text("primary", "rate"))) on an axis from 0 to 100 %"
      ),
      "words": .text(words), "threshold": .group(threshold),
      "intervals": .rows(intervals.enumerated().map(row)),
      "ticks": .rows(
        PlotScale.rates.ticks.map { tick in
          PageFields([
            "at": .text(PlotScale.rates.place(tick).text),
            "label": .text("\(tick.value / 10_000)" + (tick.value == 0 ? " %" : "")),
          ])
        }),
    ])
  }

  /// The drawing in words.
  private var words: String {
    let parts = intervals.map { "\($0.name) \(Figures.range($0.lower, $0.upper))" }
    let needed = evidence.thresholdLabel.map { " Dashed line: the claim needs \($0)." } ?? ""
    return parts.joined(separator: "; ") + "." + needed
  }

  private var threshold: PageFields? {
    guard let at = evidence.threshold, let label = evidence.thresholdLabel else { return nil }
    let anchor = at.value < 250_000 ? "start" : at.value > 750_000 ? "end" : "middle"
    return PageFields([
      "at": .text(PlotScale.rates.place(at).text), "anchor": .text(anchor),
      "label": .text("needs " + label),
    ])
  }

  private func row(_ index: Int, _ interval: Interval) -> PageFields {
    let top = Self.top + index * Self.rowHeight
    let scale = PlotScale.rates
    return PageFields([
      "label": .text("\(interval.name) \(Figures.range(interval.lower, interval.upper))"),
      "text_y": .text(String(top + 12)), "y": .text(String(top + 28)),
      "band_y": .text(String(top + 22)),
      "lower": .text(scale.place(interval.ends.0).text),
      "upper": .text(scale.place(interval.ends.1).text), "point": .text(scale.place(point).text),
      "band": .group(
        Self.band(evidence).map { worst, best in
          PageFields([
            "start": .text(scale.place(worst).text),
            "width": .text(SVGLength.share(best.value - worst.value).text),
          ])
        }),
    ])
  }
}
