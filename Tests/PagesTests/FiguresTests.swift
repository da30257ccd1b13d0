import Testing

@testable import Pages

struct FiguresTests {
  @Test func `numbers are shown from their decimal texts`() {
    #expect(Figures.percent("0.941234") == "94.1 %")
    #expect(Figures.percent(nil) == "–")
    #expect(Figures.percent("<b>") == "–")
    #expect(Figures.range("0.838", "1.000000") == "83.8–100.0 %")
    #expect(Figures.range(nil, "1.0") == "–")
    #expect(Figures.counts(47, 50) == "47/50")
    #expect(Figures.counts(nil, 50) == "–")
    #expect(Figures.grouped(9999) == "9999")
    #expect(Figures.grouped(1_234_567) == "1\u{202F}234\u{202F}567")
    #expect(
      Figures.grouped(Int64.min)
        == "−9\u{202F}223\u{202F}372\u{202F}036\u{202F}854\u{202F}775\u{202F}808")
    #expect(Figures.amount(1, "task", "tasks") == "1 task")
    #expect(Figures.amount(0, "task", "tasks") == "0 tasks")
  }

  @Test(arguments: [
    ("-0.440000", "−44.0 pp"), ("0.000000", "±0.0 pp"), ("0.000499", "±0.0 pp"),
    ("0.000500", "+0.1 pp"), ("-0.000500", "−0.1 pp"), ("1.000000", "+100.0 pp"), ("x", "–"),
  ])
  func `differences are points with a sign`(text: String, shown: String) {
    #expect(Figures.points(text) == shown)
  }

  @Test(arguments: [
    ("0.000000", "< 0.0001"), ("0.000099", "< 0.0001"), ("0.000100", "0.0001"),
    ("0.049949", "0.0499"), ("0.049950", "0.0500"), ("0.999949", "0.9999"), ("0.999950", "1.0000"),
    ("1.000000", "1.0000"),
  ])
  func `a p-value is never rounded to nothing`(text: String, shown: String) {
    #expect(Figures.pValue(text) == shown)
  }

  @Test(arguments: [
    ("0.5", 500_000), ("-0.04", -40_000), ("80%", 800_000), ("80 %", 800_000), ("1", 1_000_000),
    (".5", 500_000), ("0.1234567", 123_456), ("12.5%", 125_000),
  ])
  func `decimal texts become millionths`(text: String, value: Int) {
    #expect(Millionths(text)?.value == value)
  }

  @Test(arguments: ["", ".", "-", "%", "1e3", "0x1", "1.2.3", "11", "1 0", "+1", "٣"])
  func `other texts are no number`(text: String) {
    #expect(Millionths(text) == nil)
  }

  @Test func `places on the axis are exact and stay on it`() {
    #expect(PlotScale.rates.place(Millionths(941_234)).text == "94.1234%")
    #expect(PlotScale.rates.place(Millionths(1_200_000)).text == "100%")
    #expect(PlotScale.rates.place(Millionths(-1)).text == "0%")
    let scale = PlotScale.differences(covering: [Millionths(-120_000), Millionths(90_000)])
    #expect(scale == PlotScale(lower: -200_000, upper: 200_000))
    #expect(scale.place(Millionths(0)).text == "50%")
    #expect(scale.place(Millionths(-120_000)).text == "20%")
    #expect(scale.ticks.map(\.value) == [-200_000, -100_000, 0, 100_000, 200_000])
    #expect(PlotScale.differences(covering: []).upper == 100_000)
    #expect(PlotScale.rates.ticks.count == 6)
  }
}
