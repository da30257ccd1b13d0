/// Which columns of a plot fit a width, and how wide each is.
struct PlotLayout: Sendable, Equatable {
  private static let gap = 2
  private static let least = 20
  private static let most = 100
  private static let leastName = 6

  let width: Int
  /// Columns of the name; 0 where names take lines of their own.
  let name: Int
  let counts: Int
  /// 0 = dropped.
  let rate: Int
  /// 0 = dropped.
  let word: Int
  let scale: PlotScale

  init(rows: [WhiskerPlot.Row], width: Int) {
    func widest(_ text: (WhiskerPlot.Row) -> String) -> Int {
      rows.map { displayWidth(of: text($0)) }.max() ?? 0
    }
    let (names, counts) = (widest(\.name), widest(\.counts))
    let (rates, words) = (widest(\.rate), widest(\.word))
    self.width = width
    for (rate, word) in [(rates, words), (rates, 0), (0, 0)] {
      let taken =
        Self.gap + counts + Self.gap + (rate > 0 ? rate + Self.gap : 0)
        + (word > 0 ? word + Self.gap : 0)
      let room = width - taken - Self.least
      guard room >= min(names, Self.leastName) else { continue }
      name = min(names, room)
      (self.counts, self.rate, self.word) = (counts, rate, word)
      scale = PlotScale(columns: min(Self.most, width - taken - name))
      return
    }
    (name, rate, word) = (0, 0, 0)
    // Counts of a million each still stand whole on 40 columns.
    self.counts = min(counts, max(1, width - Self.gap - Self.least))
    scale = PlotScale(columns: min(Self.most, width - self.counts - Self.gap))
  }

  /// Columns left of the axis.
  var offset: Int {
    (name > 0 ? name + Self.gap : 0) + counts + Self.gap + (rate > 0 ? rate + Self.gap : 0)
  }

  func lines(of row: WhiskerPlot.Row, style: Style) -> [String] {
    var line = ""
    var above: [String] = []
    if name > 0 {
      let text = cutInMiddle(row.name, width: name, style: style)
      line += text + WhiskerPlot.blanks(name - displayWidth(of: text) + Self.gap)
    } else {
      above = [cutInMiddle(row.name, width: width, style: style)]
    }
    line += rightAligned(cutInMiddle(row.counts, width: counts, style: style), counts)
    if rate > 0 { line += rightAligned(row.rate, rate) }
    line += row.interval.line(width: scale.columns, style: style)
    if word > 0, !row.word.isEmpty { line += WhiskerPlot.blanks(Self.gap) + row.word }
    return above + [line]
  }

  private func rightAligned(_ text: String, _ columns: Int) -> String {
    WhiskerPlot.blanks(columns - displayWidth(of: text)) + text + WhiskerPlot.blanks(Self.gap)
  }
}
