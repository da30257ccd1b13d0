/// Rates with intervals below one another on a common axis, a threshold through all of them.
///
/// As the terminal narrows, columns drop in this order: the word, the rate. Counts always stay. Names
/// lose their middle, the axis keeps at least 20 columns, and where both do not fit beside each other a
/// name takes a line of its own.
public struct WhiskerPlot: Sendable {
  public struct Row: Sendable, Equatable {
    public var name: String
    /// Succeeded and counted, such as `47/50`.
    public var counts: String
    public var interval: IntervalPlot
    /// What is said of the row, such as `supported`.
    public var word: String

    public init(name: String, counts: String, interval: IntervalPlot, word: String) {
      self.name = plainText(name)
      self.counts = plainText(counts)
      self.interval = interval
      self.word = plainText(word)
    }

    var rate: String { interval.rate?.percent ?? "" }
  }

  public var rows: [Row]
  public var threshold: Share?
  /// What stands at the threshold's line, such as `at least 80 %`.
  public var thresholdLabel: String

  public init(rows: [Row], threshold: Share?, thresholdLabel: String) {
    self.threshold = threshold
    self.thresholdLabel = plainText(thresholdLabel)
    self.rows = rows.map { row in
      var row = row
      row.interval.threshold = threshold
      return row
    }
  }

  /// The lines, none wider than the terminal from 30 columns on.
  public func lines(style: Style, indent: Int) -> [String] {
    let layout = PlotLayout(rows: rows, width: min(200, style.width) - indent)
    let margin = String(repeating: " ", count: indent)
    let body = rows.flatMap { layout.lines(of: $0, style: style) }
    return (label(layout, style) + body + axis(layout, style)).map { line in
      var line = margin + line
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// The threshold's name, left of its line where there is room, else right of it.
  private func label(_ layout: PlotLayout, _ style: Style) -> [String] {
    guard let threshold else { return [] }
    let mark = PlotMarks(style).threshold
    let column = layout.offset + layout.scale.column(threshold)
    let text = cutInMiddle(
      thresholdLabel, width: max(column - 1, layout.width - column - 2), style: style)
    let columns = displayWidth(of: text)
    if columns + 1 <= column {
      return [Self.blanks(column - 1 - columns) + text + " \(mark)"]
    }
    return [Self.blanks(column) + "\(mark) " + text]
  }

  private func axis(_ layout: PlotLayout, _ style: Style) -> [String] {
    let marks = PlotMarks(style)
    let scale = layout.scale
    let middle = Share(millionths: 500_000).map(scale.column) ?? 0
    var cells = [Character](repeating: marks.axis, count: scale.columns)
    cells[0] = marks.axisLeft
    cells[middle] = marks.axisTick
    cells[scale.columns - 1] = marks.axisRight
    if let threshold { cells[scale.column(threshold)] = marks.axisThreshold }
    let beforeMiddle = middle - 2 - 3
    let afterMiddle = scale.columns - 5 - (middle + 2)
    let labels = "0 %" + Self.blanks(beforeMiddle) + "50 %" + Self.blanks(afterMiddle) + "100 %"
    let start = Self.blanks(layout.offset)
    // Ten columns hold no three labels.
    return [start + String(cells)] + (beforeMiddle > 0 && afterMiddle > 0 ? [start + labels] : [])
  }

  static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
