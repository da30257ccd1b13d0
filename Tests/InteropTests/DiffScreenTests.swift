import Audit
import Evidence
import Terminal
import Testing

@testable import wf

struct DiffScreenTests {
  private static let long =
    "libero_object/pick_up_the_alphabet_soup_and_the_tomato_sauce_and_put_both_in_the_basket"

  private func report() throws -> DiffReport {
    try ComparedVersions.many(30, everyNth: 6) { $0 == 6 ? Self.long : "\($0)" }
  }

  struct Terminal: Sendable, CustomTestStringConvertible {
    let width: Int
    let unicode: Bool
    var colour = false
    var testDescription: String { "\(width) columns, \(unicode ? "Unicode" : "ASCII")" }
    var style: Style { Style(colour: colour, unicode: unicode, width: width) }
  }

  static let terminals = [40, 59, 60, 80, 97, 120, 200].flatMap { width in
    [true, false].flatMap { unicode in
      [false, true].map { Terminal(width: width, unicode: unicode, colour: $0) }
    }
  }

  @Test(arguments: terminals)
  func `no line is wider than the terminal, and ASCII stays ASCII`(terminal: Terminal) throws {
    let lines = DiffScreen(report: try report(), style: terminal.style).lines
    for line in lines {
      #expect(displayWidth(of: line) <= terminal.width, "\(line)")
      if !terminal.unicode { #expect(line.utf8.allSatisfy { $0 < 0x80 }, "\(line)") }
      #expect(!line.contains("\n"))
    }
    let text = lines.joined(separator: "\n")
    #expect(text.contains("Regressions (5)"))
    #expect(text.contains(terminal.unicode ? "●" : "o"))
    if terminal.width >= 60 { #expect(text.contains(terminal.unicode ? "┊" : "|")) }
  }

  @Test func `the first line is the answer`() throws {
    let report = try report()
    let first = DiffScreen(report: report, style: Style(colour: false, unicode: true, width: 120))
      .lines[0]
    #expect(first == DiffWords.answer(report.comparison))
    #expect(first.hasPrefix("5 regressions, 0 improvements in 30 tasks; overall regression"))
  }

  @Test func `regressions stand before everything else, counts beside rates`() throws {
    let style = Style(colour: false, unicode: true, width: 120)
    let lines = DiffScreen(report: try report(), style: style).lines
    let regressions = try #require(lines.firstIndex { $0.hasPrefix("Regressions") })
    let unclear = try #require(lines.firstIndex { $0.hasPrefix("Unclear") })
    #expect(regressions < unclear)
    #expect(lines[regressions + 1].contains("19/20 95.0 %"))
    #expect(lines[regressions + 1].contains("2/20 10.0 %"))
    #expect(lines[regressions + 1].contains("−85.0 pp"))
    // Cut in the middle: both ends of a name tell tasks apart.
    let cut = try #require(lines.first { $0.contains("…") && $0.contains("basket") })
    #expect(cut.contains("suite/"))
  }

  @Test func `flips have their seed and raw reference, and none where it is public`() throws {
    let style = Style(colour: false, unicode: true, width: 120)
    let text = DiffScreen(report: try report(), style: style).lines.joined(separator: "\n")
    #expect(text.contains("lost  suite/0 episode 2, seed 2, raw sha256:777777777777…"))
    let hidden = try report()
    let shared = DiffReport(
      nameA: "a", nameB: "b", comparison: hidden.comparison, flipRaw: hidden.flipRaw, members: [],
      raw: hidden.raw, isPublic: true)
    let lines = DiffScreen(report: shared, style: style).lines.joined(separator: "\n")
    #expect(!lines.contains("sha256:7"))
    #expect(!DiffMarkdown(report: shared).text.contains("sha256:7"))
    #expect(!shared.page.contains("sha256:7"))
    #expect(hidden.page.contains("sha256:7"))
    #expect(DiffMarkdown(report: hidden).text.contains("sha256:7"))
  }

  @Test func `tasks of one version only, renamed and perhaps renamed ones are told`() throws {
    typealias Task = ComparedVersions.Task
    let a = try ComparedVersions.version([
      Task(id: "1", name: "open", letters: "SSFF"), Task(id: "2", name: "close", letters: "SSSS"),
    ])
    let b = try ComparedVersions.version([
      Task(id: "1", name: "open wide", letters: "SSFF"),
      Task(id: "22", name: "close", letters: "FFFS"),
    ])
    let report = ComparedVersions.report(a, b)
    let style = Style(colour: false, unicode: true, width: 100)
    let text = DiffScreen(report: report, style: style).lines.joined(separator: "\n")
    #expect(text.contains("Only in the new version (1)\n  suite/22  1/4 25.0 %"))
    #expect(text.contains("Only in the old version (1)\n  suite/2  4/4 100.0 %"))
    #expect(text.contains("suite/1: \"open\" is now \"open wide\""))
    #expect(text.contains("suite/2 → suite/22: \"close\""))
    #expect(text.contains("[possible_rename]"))
    let markdown = DiffMarkdown(report: report).text
    for part in ["new: `suite/22` 1/4 25.0 %", "gone: `suite/2` 4/4 100.0 %", "`open wide`"] {
      #expect(markdown.contains(part), "\(part)")
    }
  }

  @Test func `what cannot be compared has differences and no test in any format`() throws {
    typealias Task = ComparedVersions.Task
    let a = try ComparedVersions.version([Task(id: "1", letters: "SSSSSSSSSSSSSSSSSSSS")])
    let b = try ComparedVersions.version([Task(id: "1", letters: "FFFFFFFFFFFFFFFFFFFF")]) {
      $1.metricContract.successRule = "another_rule"
    }
    let report = ComparedVersions.report(a, b)
    let style = Style(colour: false, unicode: true, width: 80)
    let lines = DiffScreen(report: report, style: style).lines
    #expect(lines[0] == "Not comparable: differences are shown, no test is made")
    let text = lines.joined(separator: "\n")
    #expect(text.contains("−100.0 pp"))
    #expect(!text.contains("p (Holm)") && !text.contains(", p ") && !text.contains("egression"))
    let markdown = DiffMarkdown(report: report).text
    #expect(markdown.contains("−100.0 pp") && markdown.hasPrefix("**Not comparable"))
    #expect(
      !markdown.contains("p (Holm)") && !markdown.contains(", p ") && !markdown.contains("Holm"))
  }

  @Test func `pairing is said in words in every format`() throws {
    typealias Task = ComparedVersions.Task
    let digest = "sha256:" + String(repeating: "e", count: 64)
    let sides = try ["SSSF", "SSFF"].map { letters in
      try ComparedVersions.version([Task(id: "1", letters: letters)]) {
        $1.environmentDigest = digest
      }
    }
    let report = ComparedVersions.report(sides[0], sides[1])
    let sentence = Wording.comparison("seed_and_environment")
    let style = Style(colour: false, unicode: true, width: 200)
    let text = DiffScreen(report: report, style: style).lines.joined(separator: "\n")
    #expect(text.contains(sentence + " [seed_and_environment] 4 pairs"))
    #expect(DiffMarkdown(report: report).text.contains(sentence))
    #expect(report.page.contains(sentence))
  }

  @Test func `a p-value that rounds to nothing is not nothing`() {
    #expect(DiffWords.p("0.000000") == "<\u{A0}0.000001")
    #expect(DiffWords.p("0.000001") == "0.000001")
  }

  static let percentages: [(Int, Int, String)] = [
    (0, 3, "0.0"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 2000, "0.1"), (1, 2001, "0.0"),
    (1999, 2000, "100.0"), (3, 3, "100.0"), (1 << 53, 1 << 53, "100.0"),
  ]

  @Test(arguments: percentages)
  func `percentages have one digit, half up`(k: Int, n: Int, text: String) {
    #expect(DiffWords.percent(CountedEpisodes(k: k, n: n)) == text + "\u{A0}%")
  }

  @Test func `a spark line has a sign per version`() {
    func line(_ counts: [(Int, Int)?], unicode: Bool) -> String {
      SparkLine(style: Style(colour: false, unicode: unicode, width: 80)).line(
        counts.map { $0.map { CountedEpisodes(k: $0.0, n: $0.1) } })
    }
    let counts: [(Int, Int)?] = [
      (0, 50), (6, 50), (7, 50), nil, (25, 50), (49, 50), (50, 50), (0, 0),
    ]
    #expect(line(counts, unicode: true) == "▁▁▂·▅██·")
    #expect(line(counts, unicode: false) == "011.599.")
  }
}
