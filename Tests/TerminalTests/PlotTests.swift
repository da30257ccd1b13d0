import Terminal
import Testing

struct PlotTests {
  private static func style(_ width: Int = 80, unicode: Bool = true) -> Style {
    Style(colour: false, unicode: unicode, width: width)
  }

  private static func share(_ percent: Int) -> Share? { Share(millionths: percent * 10_000) }

  private static func interval(
    _ lower: Int?, _ rate: Int?, _ upper: Int?, _ threshold: Int?
  ) -> IntervalPlot {
    IntervalPlot(
      lower: lower.flatMap(share), rate: rate.flatMap(share), upper: upper.flatMap(share),
      threshold: threshold.flatMap(share))
  }

  /// 21 columns: one for every 5 %.
  struct Line: Sendable, CustomTestStringConvertible {
    let marks: [Int?]
    let unicode: String
    let ascii: String
    var testDescription: String { ascii }
  }

  @Test(arguments: [
    Line(
      marks: [20, 40, 60, 80], unicode: "    ├───●───┤   ┊    ", ascii: "    [---o---]   |    "),
    // A threshold under the whisker, either end, or the dot still shows.
    Line(
      marks: [20, 40, 60, 50], unicode: "    ├───●─┼─┤        ", ascii: "    [---o-+-]        "),
    Line(
      marks: [20, 40, 60, 20], unicode: "    ┼───●───┤        ", ascii: "    +---o---]        "),
    Line(
      marks: [20, 40, 60, 60], unicode: "    ├───●───┼        ", ascii: "    [---o---+        "),
    Line(
      marks: [20, 40, 60, 40], unicode: "    ├───◉───┤        ", ascii: "    [---@---]        "),
    // Ends of the scale.
    Line(
      marks: [85, 100, 100, 0], unicode: "┊                ├──●", ascii: "|                [--o"),
    Line(marks: [0, 0, 15, 100], unicode: "●──┤                ┊", ascii: "o--]                |"),
    Line(
      marks: [50, 50, 50, nil], unicode: "          ●          ", ascii: "          o          "),
    // What is not known is not drawn.
    Line(
      marks: [nil, 40, nil, 80], unicode: "        ●       ┊    ", ascii: "        o       |    "),
    Line(
      marks: [20, nil, 60, nil], unicode: "    ├───────┤        ", ascii: "    [-------]        "),
    Line(
      marks: [nil, nil, nil, 80], unicode: "                ┊    ", ascii: "                |    "),
    Line(
      marks: [60, 40, 20, nil], unicode: "        ●            ", ascii: "        o            "),
  ])
  func `rate, interval and threshold stand at their columns`(line: Line) {
    let plot = Self.interval(line.marks[0], line.marks[1], line.marks[2], line.marks[3])
    #expect(plot.line(width: 21, style: Self.style()) == line.unicode)
    #expect(plot.line(width: 21, style: Self.style(unicode: false)) == line.ascii)
  }

  private static let plot = WhiskerPlot(
    rows: [
      row("overall", "452/500", 87, 90, 93, "supported"),
      row("libero_spatial/0", "49/50", 90, 98, 100, "supported"),
      row("libero_spatial/10", "38/50", 63, 76, 86, "inconclusive"),
    ], threshold: share(80), thresholdLabel: "claim: at least 80 %")

  private static func row(
    _ name: String, _ counts: String, _ lower: Int, _ rate: Int, _ upper: Int, _ word: String
  ) -> WhiskerPlot.Row {
    WhiskerPlot.Row(
      name: name, counts: counts, interval: interval(lower, rate, upper, nil), word: word)
  }

  @Test func `120 columns hold everything`() {
    #expect(
      Self.plot.lines(style: Self.style(120), indent: 2) == [
        "                                                                       claim: at least 80 % ┊",
        "  overall            452/500  90.0 %                                                        ┊   ├─●─┤       supported",
        "  libero_spatial/0     49/50  98.0 %                                                        ┊     ├─────●┤  supported",
        "  libero_spatial/10    38/50  76.0 %                                            ├────────●──┼───┤           inconclusive",
        "                                      └─────────────────────────────────┴───────────────────┊────────────┘",
        "                                      0 %                             50 %                           100 %",
      ])
  }

  @Test func `80 columns hold everything`() {
    #expect(
      Self.plot.lines(style: Self.style(80), indent: 2) == [
        "                                       claim: at least 80 % ┊",
        "  overall            452/500  90.0 %                        ┊├●┤    supported",
        "  libero_spatial/0     49/50  98.0 %                        ┊ ├─●┤  supported",
        "  libero_spatial/10    38/50  76.0 %                   ├───●┼┤      inconclusive",
        "                                      └─────────────┴───────┊────┘",
        "                                      0 %         50 %       100 %",
      ])
  }

  @Test func `60 columns drop the word`() {
    #expect(
      Self.plot.lines(style: Self.style(60), indent: 2) == [
        "                                  claim: at least 80 % ┊",
        "  overall            452/500  90.0 %                   ┊├●┤",
        "  libero_spatial/0     49/50  98.0 %                   ┊ ├─●",
        "  libero_spatial/10    38/50  76.0 %               ├──●┼┤",
        "                                      └──────────┴─────┊───┘",
        "                                      0 %      50 %    100 %",
      ])
  }

  @Test func `40 columns drop the rate and cut the names`() {
    #expect(
      Self.plot.lines(style: Self.style(40), indent: 2) == [
        "              claim: at least 80 % ┊",
        "  overall  452/500                 ┊ ●┤",
        "  lib…l/0    49/50                 ┊ ├─●",
        "  lib…/10    38/50              ├─●┼┤",
        "                    └─────────┴────┊───┘",
        "                    0 %     50 %   100 %",
      ])
    #expect(
      Self.plot.lines(style: Self.style(40, unicode: false), indent: 2) == [
        "              claim: at least 80 % |",
        "  overall  452/500                 | o]",
        "  li.../0    49/50                 | [-o",
        "  li...10    38/50              [-o+]",
        "                    +---------+----|---+",
        "                    0 %     50 %   100 %",
      ])
  }

  @Test func `counts of a million put the name on a line of its own`() {
    let plot = WhiskerPlot(
      rows: [Self.row("libero_spatial/0", "900000/1000000", 89, 90, 91, "supported")],
      threshold: Self.share(95), thresholdLabel: "claim: at least 95 %")
    #expect(
      plot.lines(style: Self.style(40), indent: 2) == [
        "                 claim: at least 95 % ┊",
        "  libero_spatial/0",
        "  900000/1000000                     ●┊",
        "                  └──────────┴────────┊┘",
        "                  0 %      50 %    100 %",
      ])
  }

  @Test func `a threshold at the left end is named on its right`() {
    let plot = WhiskerPlot(
      rows: [Self.row("a", "1/50", 0, 2, 11, "")], threshold: Self.share(5),
      thresholdLabel: "claim: at most 5 %")
    #expect(
      plot.lines(style: Self.style(50), indent: 0) == [
        "                  ┊ claim: at most 5 %",
        "a  1/50  2.0 %  ├●┼─┤",
        "                └─┊──────────────┴───────────────┘",
        "                0 %            50 %          100 %",
      ])
  }

  @Test func `without a threshold there is no line for it`() {
    let plot = WhiskerPlot(
      rows: [Self.row("a", "1/50", 0, 50, 100, "")], threshold: nil, thresholdLabel: "")
    #expect(
      plot.lines(style: Self.style(40, unicode: false), indent: 0) == [
        "a  1/50  50.0 %  [----------o----------]",
        "                 +----------+----------+",
        "                 0 %      50 %     100 %",
      ])
  }

  @Test func `no line is wider than the terminal, and the axis has at least 20 columns`() {
    let names = ["a", "libero_spatial/0", "机器人/任务-0123456789", String(repeating: "x", count: 300)]
    let counts = ["0/0", "47/50", "427000/500000", "1000000/1000000"]
    for width in [40, 41, 47, 53, 60, 66, 79, 80, 99, 120, 161, 200, 201, 250] {
      for name in names {
        for count in counts {
          for threshold in [0, 3, 50, 97, 100] {
            let plot = WhiskerPlot(
              rows: [
                Self.row(name, count, 10, 50, 90, "inconclusive"),
                Self.row("b", "1/1", 0, 0, 100, "not auditable"),
              ], threshold: Self.share(threshold), thresholdLabel: "claim: at least \(threshold) %")
            let lines = plot.lines(style: Self.style(width), indent: 2)
            let widest = lines.map { displayWidth(of: $0) }.max() ?? 0
            #expect(widest <= min(200, width), "\(width) \(name) \(count): \(widest)")
            let axis = lines.first { $0.contains("─┴─") || $0.contains("─┊─") } ?? ""
            let columns = axis.drop { $0 == " " }.count
            #expect(columns >= 20, "\(width) \(name) \(count)")
            #expect(lines.contains { $0.contains(count) })
            #expect(lines.contains { $0.contains("\(threshold) %") })
          }
        }
      }
    }
  }
}
