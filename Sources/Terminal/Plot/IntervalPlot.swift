/// A rate with its interval and a threshold on one line: `├──●──┤ ┊` over 0…1.
public struct IntervalPlot: Sendable, Equatable {
  public var lower: Share?
  public var rate: Share?
  public var upper: Share?
  public var threshold: Share?

  public init(lower: Share?, rate: Share?, upper: Share?, threshold: Share?) {
    self.lower = lower
    self.rate = rate
    self.upper = upper
    self.threshold = threshold
  }

  /// The line in `width` columns; the threshold shows through a whisker or dot that covers it.
  ///
  /// What is not known is not drawn: without an interval the dot stands alone.
  public func line(width: Int, style: Style) -> String {
    let scale = PlotScale(columns: width)
    let marks = PlotMarks(style)
    var cells = [Character](repeating: " ", count: scale.columns)
    if let lower, let upper, lower <= upper {
      let (left, right) = (scale.column(lower), scale.column(upper))
      for column in left...right { cells[column] = marks.whisker }
      cells[left] = marks.left
      cells[right] = marks.right
    }
    if let rate { cells[scale.column(rate)] = marks.dot }
    if let threshold {
      let column = scale.column(threshold)
      cells[column] =
        switch cells[column] {
        case " ": marks.threshold
        case marks.dot: marks.dotAtThreshold
        default: marks.whiskerAtThreshold
        }
    }
    return String(cells)
  }
}

/// Where on a line of columns a share stands.
struct PlotScale: Sendable, Equatable {
  let columns: Int

  /// At least 10 columns.
  init(columns: Int) { self.columns = max(10, columns) }

  func column(_ share: Share) -> Int {
    (share.millionths * (columns - 1) + 500_000) / 1_000_000
  }
}

/// The characters of a plot.
struct PlotMarks: Sendable, Equatable {
  let dot: Character
  let whisker: Character
  let left: Character
  let right: Character
  let threshold: Character
  let dotAtThreshold: Character
  let whiskerAtThreshold: Character
  let axis: Character
  let axisLeft: Character
  let axisTick: Character
  let axisRight: Character
  let axisThreshold: Character

  init(_ style: Style) {
    let all: [Character] = Array(style.unicode ? "●─├┤┊◉┼─└┴┘┊" : "o-[]|@+-+++|")
    dot = all[0]
    whisker = all[1]
    left = all[2]
    right = all[3]
    threshold = all[4]
    dotAtThreshold = all[5]
    whiskerAtThreshold = all[6]
    axis = all[7]
    axisLeft = all[8]
    axisTick = all[9]
    axisRight = all[10]
    axisThreshold = all[11]
  }
}
