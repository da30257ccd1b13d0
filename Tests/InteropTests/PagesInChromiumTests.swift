import Audit
import Evidence
import Glibc
import History
import JSON
import Pages
import Platform
import TestSupport
import Testing

/// Pages as people see them: few starts of the browser, much looked at in each.
@Suite(
  .serialized, .enabled(if: Chromium.isInstalled, "skipped: chromium is not installed"))
struct PagesInChromiumTests {
  /// The report of the demo's first version, written by the program, and its evidence.
  private func demoPage(_ folder: TemporaryFolder) throws -> (path: String, evidence: JSONValue) {
    let program = try CommandJSONTests.demo()
    let path = folder.path + "/report.html"
    let export = try program(
      "export", "demo@v1", "--format", "html", "--output", path, "--public", "--json")
    try #require(export.status == 0, "\(export.out)\(export.err)")
    let rows = try #require(try JSONValue.parse(export.outBytes)["rows"]?.array)
    #expect(rows.count == 1)
    #expect(rows.first?["name"]?.string == "report.html")
    #expect(rows.first?["new"]?.string == Digest.text(of: try Fixtures.read(path)))
    let again = try program("export", "demo@v1", "--format", "html", "--output", path, "--json")
    #expect(again.status == 4)
    #expect(try Program.reason(again) == "output_exists")
    let inspect = try program("inspect", "demo@v1", "--html", path, "--json")
    #expect(try Program.reason(inspect) == "output_exists")
    let forced = try program("inspect", "demo@v1", "--html", path + "2", "--json")
    #expect(try Fixtures.read(path) == Fixtures.read(path + "2"))
    return (path, try #require(try JSONValue.parse(forced.outBytes)["evidence"]))
  }

  @Test func `the plot stands where the numbers say, in light and in dark`() throws {
    let folder = TemporaryFolder()
    let (path, evidence) = try demoPage(folder)
    let rates = try #require(evidence["tasks"]?.array).compactMap {
      $0["rate"]?.string.flatMap(Double.init)
    }.sorted()
    let overall = try #require(evidence["primary"]?["rate"]?.string.flatMap(Double.init))
    for scheme in [Chromium.Scheme.light, .dark] {
      let shot = try Chromium.screenshot(of: path, width: 1000, height: 2600, scheme: scheme)
      #expect(shot.console == [])
      let inks = Inks(scheme)
      #expect(shot.image[2, 2] == inks.paper)
      #expect(shot.image[2, 2500] == inks.paper)
      let plot = try #require(PlotInPixels(shot.image, inks))
      #expect(abs(plot.threshold - plot.place(0.8)) <= 2, "\(plot)")
      #expect(plot.signs.count == rates.count + 1)
      for (sign, rate) in zip(plot.signs, [overall] + rates) {
        #expect(abs(sign - plot.place(rate)) <= 2, "\(rate) at \(sign) of \(plot)")
      }
      if scheme == .light { try Recorded.keep(shot.bytes) }
    }
  }

  @Test func `a phone shows all of a page with long words and scrolls in one direction`() throws {
    let folder = TemporaryFolder()
    let long = String(repeating: "longword", count: 60)
    var evidence = try JSONValue.parse(Fixtures.bytes("package-example/evidence.json"))
    var members = try #require(evidence.object)
    members["claim"] = ["text": .string(long), "kind": "at_least", "threshold": "0.8"]
    members["scope"] = ["suites": [.string(long)], "excludes": [.string(long)]]
    members["recommendation"] = ["text": .string(long), "word": .string(long)]
    members["missing_evidence"] = [["label": .string(long), "severity": "major"]]
    var tasks = try #require(evidence["tasks"]?.array)
    tasks[0] = [
      "task": .string(long), "name": .string(long), "k": 1, "n": 2, "rate": "0.500000",
      "verdict": "inconclusive",
    ]
    members["tasks"] = .array(tasks)
    evidence = .object(members)
    let page = reportPage(
      ReportPageContents(
        evidence: evidence,
        digests: ReportDigests(claim: long, auditInput: nil, evidence: nil, manifest: long),
        findings: nil))
    let path = folder.path + "/long.html"
    try FileSystem().write(page, to: path)
    let shot = try Chromium.screenshot(of: path, width: 360, height: 5000)
    #expect(shot.console == [])
    let paper = Inks(.light).paper
    // Whatever overflows is painted over the margin of 16 pixels at the right.
    let stained = (0..<shot.image.height).first { y in
      (346..<360).contains { shot.image[$0, y] != paper }
    }
    #expect(stained == nil)
    #expect((0..<shot.image.height).contains { shot.image[40, $0] != paper })
  }

  @Test func `a print is dark ink on white, whatever the screen likes`() throws {
    let folder = TemporaryFolder()
    let (path, _) = try demoPage(folder)
    let pdf = try Chromium.pdf(of: path, scheme: .dark)
    #expect(pdf.starts(with: Array("%PDF-".utf8)))
    // The colours that are set for filling, out of all that is drawn.
    let script = #"""
      import re,sys,zlib
      fills=set()
      for part in re.findall(rb"stream\r?\n(.*?)endstream",sys.stdin.buffer.read(),re.S):
          try: fills.update(re.findall(rb"([\d.]+ [\d.]+ [\d.]+) rg",zlib.decompress(part)))
          except zlib.error: pass
      print(b"\n".join(sorted(fills)).decode())
      """#
    let drawn = try run(["python3", "-c", script], input: pdf)
    let fills = drawn.out.split(separator: "\n").map { String($0) }
    #expect(fills.contains { Self.isNear($0, [0x1A, 0x20, 0x27]) }, "\(fills)")
    #expect(!fills.contains { Self.isNear($0, [0x10, 0x15, 0x1B]) }, "\(fills)")
    #expect(!fills.contains { Self.isNear($0, [0xE4, 0xE8, 0xEC]) }, "\(fills)")
  }

  /// Whether `r g b` is a colour, up to rounding.
  private static func isNear(_ fill: String, _ color: [Int]) -> Bool {
    let parts = fill.split(separator: " ").compactMap { Double($0) }
    return parts.count == 3 && zip(parts, color).allSatisfy { abs($0 * 255 - Double($1)) < 1 }
  }

  @Test func `a comparison shows differences around no change`() throws {
    let folder = TemporaryFolder()
    let program = try CommandJSONTests.demo()
    let files = FileSystem()
    let sides = try ["v1", "v2"].map {
      try DiffSide(
        name: $0, members: try readPackageFolder(program.work + "/" + $0, files: files))
    }
    let diff = try PackageDiff(sides[0], sides[1])
    let raw = diff.raw
    let page = comparisonPage(
      ComparisonPageContents(
        nameA: "demo@v1", nameB: "demo@v2", comparison: diff.comparison, flipRaw: diff.flipRaw,
        members: diff.members.map {
          ComparisonPageContents.Member(name: $0.name, state: $0.state.rawValue)
        },
        raw: ComparisonPageContents.RawCounts(
          added: raw.added, removed: raw.removed, changed: raw.changed, kept: raw.kept)))
    let path = folder.path + "/diff.html"
    try files.write(page, to: path)
    try Recorded.keepPage(page)
    let shot = try Chromium.screenshot(of: path, width: 1000, height: 2000)
    #expect(shot.console == [])
    let plot = try #require(PlotInPixels(shot.image, Inks(.light)))
    #expect(abs(plot.threshold - plot.place(0.5)) <= 2, "\(plot)")
  }

  @Test func `what a page may not do is heard in the console`() throws {
    let folder = TemporaryFolder()
    let (path, _) = try demoPage(folder)
    let page = String(decoding: try Fixtures.read(path), as: UTF8.self)
    let bad = page.replacing(
      "<h1",
      with: "<script>document.title='x'</script><img src=\"x.png\"><p style=\"color:red\">x</p><h1")
    let place = folder.path + "/bad.html"
    try FileSystem().write(Array(bad.utf8), to: place)
    let shot = try Chromium.screenshot(of: place, width: 400, height: 300)
    #expect(shot.console.count >= 3, "\(shot.console)")
  }
}

/// The colours of a scheme that the tests look for.
private struct Inks {
  let paper: PNGImage.Color
  let rule: PNGImage.Color
  let mark: PNGImage.Color
  let states: [PNGImage.Color]

  init(_ scheme: Chromium.Scheme) {
    let hex =
      switch scheme {
      case .light: ["#ffffff", "#d5dbe1", "#7b3fa0", "#0b5cad", "#b3261e", "#7d4e00"]
      case .dark: ["#10151b", "#303a45", "#c99bea", "#7ab8ff", "#ff958a", "#e8b44c"]
      }
    let colors = hex.map { PNGImage.Color($0) }
    (paper, rule, mark, states) = (colors[0], colors[1], colors[2], Array(colors[3...]))
  }
}

/// What a plot looks like to somebody who has its pixels alone.
private struct PlotInPixels: CustomStringConvertible {
  /// Where the axis begins and ends, from the lines of the grid.
  let start: Double
  let end: Double
  let rows: ClosedRange<Int>
  let threshold: Double
  /// The middle of each row's sign, from top to bottom.
  let signs: [Double]

  var description: String { "\(start)–\(end), line \(threshold), \(signs)" }

  func place(_ share: Double) -> Double { start + (end - start) * share }

  init?(_ image: PNGImage, _ inks: Inks) {
    let grid = (0..<image.width).filter { x in
      (0..<image.height).count { image[x, $0].distance(to: inks.rule) < 12 } > 250
    }
    guard let first = grid.first, let last = grid.last, last - first > 100 else { return nil }
    let inGrid = (0..<image.height).filter { image[first, $0].distance(to: inks.rule) < 12 }
    // The longest part without a large hole is the body of the table.
    guard let body = Self.groups(inGrid, gap: 12).max(by: { $0.count < $1.count }),
      let top = body.first, let bottom = body.last
    else { return nil }
    (start, end, rows) = (Double(first) + 0.5, Double(last) + 0.5, top...bottom)
    guard let line = Self.line(image, inks.mark, first...last, top...bottom) else { return nil }
    threshold = line
    signs = Self.signs(image, inks.states, (first - 8)...(last + 8), top...bottom)
  }

  /// The middle of the columns that are mostly of one colour.
  private static func line(
    _ image: PNGImage, _ color: PNGImage.Color, _ columns: ClosedRange<Int>,
    _ rows: ClosedRange<Int>
  ) -> Double? {
    let counts = columns.map { x in
      (x, rows.count { image[x, $0].distance(to: color) < 130 })
    }
    let strong = counts.filter { $0.1 > rows.count / 3 }
    guard let first = strong.first, let last = strong.last, last.0 - first.0 < 4 else { return nil }
    return Double(first.0 + last.0) / 2 + 0.5
  }

  /// Signs are taller than whiskers: the columns of a row that reach over six pixels or more.
  private static func signs(
    _ image: PNGImage, _ states: [PNGImage.Color], _ columns: ClosedRange<Int>,
    _ rows: ClosedRange<Int>
  ) -> [Double] {
    let hits = columns.map { x in
      rows.filter { y in states.contains { image[x, y].distance(to: $0) < 60 } }
    }
    let inked = Set(hits.joined()).sorted()
    return groups(inked, gap: 8).compactMap { row -> Double? in
      guard let top = row.first, let bottom = row.last else { return nil }
      let tall = zip(columns, hits).filter { _, hits in
        let here = hits.filter { (top...bottom).contains($0) }
        return (here.last ?? 0) - (here.first ?? 0) >= 5
      }.map(\.0)
      guard let first = tall.first, let last = tall.last else { return nil }
      return Double(first + last) / 2 + 0.5
    }
  }

  /// Numbers in ascending order, cut where the step is larger than a gap.
  private static func groups(_ numbers: [Int], gap: Int) -> [[Int]] {
    var groups: [[Int]] = []
    for number in numbers {
      if let last = groups.last?.last, number - last <= gap {
        groups[groups.count - 1].append(number)
      } else {
        groups.append([number])
      }
    }
    return groups
  }
}

/// Docs/report.png is a recording of this test: `WF_RECORD=1 swift test --filter PagesInChromium`.
private enum Recorded {
  static var isAsked: Bool { unsafe getenv("WF_RECORD") != nil }

  static func keep(_ picture: [UInt8]) throws {
    guard isAsked else { return }
    let folder = TemporaryFolder()
    try FileSystem().write(picture, to: folder.path + "/whole.png")
    let shrunk = try run([
      Fixtures.path("../Scripts/shrink-picture"), folder.path + "/whole.png",
      Fixtures.path("../Docs/report.png"), "2340",
    ])
    #expect(shrunk.status == 0, "\(shrunk.err)")
  }

  /// The page itself, for looking at it.
  static func keepPage(_ page: [UInt8]) throws {
    guard let folder = unsafe getenv("WF_KEEP_PAGES") else { return }
    try FileSystem().write(page, to: String(cString: folder) + "/diff.html")
  }
}
