/// A rate with its interval and the claim's threshold on one line: `├──●──┤` over 0…1.
public struct IntervalPlot: Sendable {
  /// 0…1.
  public var lower: Double
  public var rate: Double
  public var upper: Double
  public var threshold: Double?

  public init(lower: Double, rate: Double, upper: Double, threshold: Double?) {
    self.lower = lower
    self.rate = rate
    self.upper = upper
    self.threshold = threshold
  }

  /// The line in `width` columns (at least 10); the threshold is a bar also where nothing else is.
  public func line(width: Int, style: Style) -> String {
    let columns = max(10, width)
    func column(_ x: Double) -> Int { Int((min(1, max(0, x)) * Double(columns - 1)).rounded()) }
    let (dot, dash, left, right, bar, blank):
      (Character, Character, Character, Character, Character, Character) =
        style.unicode ? ("●", "─", "├", "┤", "┊", "·") : ("o", "-", "[", "]", "|", ".")
    var cells = [Character](repeating: blank, count: columns)
    for index in column(lower)...max(column(lower), column(upper)) { cells[index] = dash }
    cells[column(lower)] = left
    cells[column(upper)] = right
    if let threshold { cells[column(threshold)] = bar }
    cells[column(rate)] = dot
    return String(cells)
  }
}
