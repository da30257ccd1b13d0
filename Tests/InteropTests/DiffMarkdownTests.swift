import Audit
import Testing

@testable import wf

struct DiffMarkdownTests {
  @Test func `100 tasks take less than 8 kB`() throws {
    let text = DiffMarkdown(
      report: try ComparedVersions.many(100, everyNth: 20) { "libero_object/\($0)" }
    ).text
    #expect(text.utf8.count < 8192, "\(text.utf8.count)")
    #expect(text.hasPrefix("**5 regressions, 0 improvements in 100 tasks; overall regression"))
    #expect(text.components(of: "**regression**") == 5)
    #expect(text.contains("left out to fit"))
  }

  static let sizes: [(Int, Int, Int)] = [
    (1000, 1, 3), (1000, 1, 190), (1000, 1000, 190), (1000, 7, 60), (3000, 2, 12), (1, 1, 5),
  ]

  @Test(arguments: sizes)
  func `it always fits a comment, and says what it leaves out`(
    count: Int, nth: Int, length: Int
  ) throws {
    let report = try ComparedVersions.many(count, everyNth: nth) {
      String(repeating: "|", count: max(0, length - 4)) + "\($0)"
    }
    let text = DiffMarkdown(report: report).text
    #expect(text.utf8.count < 65_536, "\(text.utf8.count)")
    let regressions = report.comparison.tasks(.regression).count
    let shown = text.components(of: "| **regression** |")
    if shown < regressions {
      #expect(text.contains("… and \(regressions - shown) tasks more, left out to fit"))
    }
    #expect(text.components(of: "<details>") == text.components(of: "</details>"))
  }

  static let hostile = [
    "a|b", "a\\|b", "`x`", "``", "</details><script>alert(1)</script>", "@everyone", "#1",
    "![x](https://example.org/x.png)", "<img src=x onerror=alert(1)>", "\u{202E}evil", "a\nb",
    "  spaces  ", "&lt;b&gt;", "**bold**", ":tada:", "$x$", "~~gone~~", "https://example.org",
    "<!-- ", "\u{1B}[31mred", "a\\", "`a\\`|", "| | |",
  ]

  @Test(arguments: hostile)
  func `a hostile task name stays a name`(name: String) throws {
    typealias Task = ComparedVersions.Task
    let good = String(repeating: "S", count: 8)
    let bad = String(repeating: "F", count: 8)
    let a = try ComparedVersions.version([
      Task(id: name, name: name, letters: good), Task(id: "gone" + name, letters: good),
    ])
    let b = try ComparedVersions.version([
      Task(id: name, name: name + "2", letters: bad), Task(id: "new" + name, letters: good),
    ])
    let text = DiffMarkdown(report: ComparedVersions.report(a, b, names: (name, name))).text
    let plain = DiffMarkdown(
      report: ComparedVersions.report(
        try ComparedVersions.version([
          Task(id: "x", name: "x", letters: good), Task(id: "gonex", letters: good),
        ]),
        try ComparedVersions.version([
          Task(id: "x", name: "x2", letters: bad), Task(id: "newx", letters: good),
        ]), names: ("x", "x"))
    ).text
    let (lines, expected) = (Self.outside(of: text), Self.outside(of: plain))
    // Outside of code, a foreign name leaves no trace: the same text as with the name x.
    #expect(lines == expected)
    #expect(
      !text.unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
    #expect(!text.contains("\u{202E}"))
  }

  @Test func `code spans hold the name as it is`() {
    #expect(MarkdownText.code("libero_spatial/3") == "`libero_spatial/3`")
    #expect(MarkdownText.code("a|b") == "<code>a&#124;b</code>")
    #expect(MarkdownText.code("a\nb") == "<code>a&#92;u&#123;a&#125;b</code>")
    #expect(MarkdownText.code("") == "<code></code>")
  }

  /// The text with every code span and `<code>` element reduced to a mark.
  ///
  /// A span is what CommonMark takes for one: from a backtick to the next in the same line; names
  /// with backticks never come in spans.
  static func outside(of text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var result = ""
      var rest = line[...]
      while let first = rest.first {
        if first == "`", let end = rest.dropFirst().firstIndex(of: "`") {
          result += "¤"
          rest = rest[rest.index(after: end)...]
        } else if rest.hasPrefix("<code>"), let end = rest.firstRange(of: "</code>") {
          result += "¤"
          rest = rest[end.upperBound...]
        } else {
          result.append(first)
          rest = rest.dropFirst()
        }
      }
      return result
    }
  }
}

extension String {
  /// How often a text stands in this one.
  func components(of text: String) -> Int { ranges(of: text).count }
}
