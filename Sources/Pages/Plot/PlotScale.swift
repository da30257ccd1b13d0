/// Where a value stands on the axis of a plot.
package struct PlotScale: Sendable, Equatable {
  let lower: Int
  let upper: Int

  /// 0 to 100 %.
  package static let rates = PlotScale(lower: 0, upper: 1_000_000)

  /// Around no change, wide enough for all values: 10, 20, 50 or 100 points to each side.
  static func differences(covering values: [Millionths]) -> PlotScale {
    let widest = values.map { Int($0.value.magnitude) }.max() ?? 0
    let reach = [100_000, 200_000, 500_000].first { widest <= $0 } ?? 1_000_000
    return PlotScale(lower: -reach, upper: reach)
  }

  /// The share of the width; values beyond the axis stay at its end.
  package func place(_ value: Millionths) -> SVGLength {
    let inside = min(max(value.value, lower), upper)
    // In 128 bits for nothing: a reach of ±1 million times a million fits in 64.
    return .share((inside - lower) * 1_000_000 / (upper - lower))
  }

  /// Five or six values from end to end.
  package var ticks: [Millionths] {
    let step = lower < 0 ? upper / 2 : upper / 5
    return stride(from: lower, through: upper, by: step).map { Millionths($0) }
  }
}
