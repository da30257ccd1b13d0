import JSON
import Platform
import ShareServer
import TestSupport
import Testing

/// The pages as people meet them: narrow, dark, printed, by keyboard, without scripts.
@Suite(.serialized, .enabled(if: Chromium.isInstalled, "skipped: chromium is not installed"))
struct PageInChromiumTests {
  fileprivate let served: ServedPages
  fileprivate let browser: DevTools

  init() throws {
    served = try ServedPages()
    browser = try DevTools()
    _ = try browser.call("Emulation.setScrollbarsHidden", ["hidden": true])
  }

  fileprivate func put(_ dto: JSONValue, named name: String) throws -> String {
    let files = SharedFiles(proof: ["proof/commit", "proof/tree"])
    return try served.put(served.pages.page(dto: dto, token: name, files: files), named: name)
  }

  fileprivate func example(served: Bool = true) throws -> JSONValue {
    try PageExamples.dto().setting("share", "package_bytes", to: served ? "served" : "withheld")
  }

  /// Every kind of page, by name.
  private func every() throws -> [(name: String, address: String)] {
    [
      ("example", try put(example(), named: "example")),
      ("many", try put(PageExamples.dto(tasks: 50), named: "many")),
      ("long", try put(PageExamples.long(), named: "long")),
      (
        "password",
        try served.put(served.pages.passwordForm(token: "x", wrong: true), named: "password")
      ),
      ("missing", served.server.address("nothing/here")),
    ]
  }

  @Test func `a narrow window scrolls in one direction, and all of a page is there`() throws {
    for (name, address) in try every() {
      for width in (name == "long" ? [320, 1280] : [320]) as [Int64] {
        try browser.resize(width: width, height: 800)
        try browser.open(address)
        let wide = try browser.evaluate(
          """
          [...document.body.querySelectorAll('*')].filter((e) => !e.closest('pre, .skip, svg')
            && getComputedStyle(e).clipPath === 'none' && !e.closest('thead')
            && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 80))
          """)
        #expect(wide.array?.isEmpty == true, "\(name) at \(width): \(wide)")
        let scroll = try browser.evaluate("document.documentElement.scrollWidth").int
        #expect(scroll == width, "\(name) at \(width)")
        try Kept.keep(browser.screenshot(isWhole: true), as: "\(name)-\(width).png")
      }
    }
  }

  @Test func `every letter has its contrast, in light and in dark`() throws {
    try browser.resize(width: 1000, height: 800)
    for scheme in [Chromium.Scheme.light, .dark] {
      try browser.emulate(scheme: scheme)
      for (name, address) in try every() where name != "many" {
        try browser.open(address)
        _ = try browser.evaluate(
          "document.querySelectorAll('details').forEach((d) => d.open = true)")
        let report = try browser.evaluate(Self.contrasts)
        let texts = try #require(report["texts"]?.int)
        #expect(texts >= 2, "\(name)")
        #expect(report["weak"]?.array?.isEmpty == true, "\(name): \(report["weak"] ?? .null)")
        let paper = try browser.evaluate(
          "getComputedStyle(document.documentElement).backgroundColor")
        #expect(paper.string == (scheme == .dark ? "rgb(16, 21, 27)" : "rgb(255, 255, 255)"))
        if scheme == .dark {
          try Kept.keep(browser.screenshot(isWhole: true), as: "\(name)-dark.png")
        }
      }
    }
  }

  /// Texts with less than 4.5:1 against what is painted below them (WCAG 2.2, 1.4.3).
  private static let contrasts = """
    (() => {
      const parse = (color) => color.match(/[\\d.]+/g).map(Number);
      const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
        .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      const below = (element) => {
        for (let e = element; e; e = e.parentElement) {
          const color = parse(getComputedStyle(e).backgroundColor);
          if (color.length === 3 || color[3] === 1) return color;
        }
        return [255, 255, 255];
      };
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const weak = [];
      let texts = 0;
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
        texts++;
        const style = getComputedStyle(element);
        const ink = element instanceof SVGElement ? style.fill : style.color;
        const pair = [light(parse(ink)), light(below(element))].sort((a, b) => b - a);
        const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
        if (ratio < 4.5) weak.push(`${walker.currentNode.data.trim()} ${ratio}`);
      }
      return { texts, weak };
    })()
    """

  @Test func `the keyboard reaches everything in order, and shows where it is`() throws {
    try browser.resize(width: 1000, height: 800)
    try browser.open(put(example(), named: "example"))
    var stops: [String] = []
    for _ in 0..<60 {
      try browser.press("Tab")
      let stop = try browser.evaluate(
        """
        (({ activeElement: e }) => { const s = getComputedStyle(e), box = e.getBoundingClientRect();
          return { name: e === document.body ? '' : (e.id || e.textContent.trim()).slice(0, 30),
            outline: s.outlineStyle === 'none' ? 0 : parseFloat(s.outlineWidth),
            height: box.height, seen: box.bottom > 0 && box.top < innerHeight,
            isTarget: e.matches('button, input, summary') }; })(document)
        """)
      let name = stop["name"]?.string ?? ""
      if name.isEmpty { break }
      stops.append(name)
      #expect((stop["outline"]?.number?.double ?? 0) >= 2, "\(name): \(stop)")
      #expect(stop["seen"]?.bool == true, "\(name)")
      if stop["isTarget"]?.bool == true {
        #expect((stop["height"]?.number?.double ?? 0) >= 24, "\(name): \(stop)")
      }
    }
    #expect(stops.first == "Skip to the review")
    let expected = [
      "Bytes and signature", "The same episodes", "Task", "Succeeded", "Rate", "95 % interval",
      "By itself", "6 of 8 checks", "told", "verify-served", "picked", "audit_input.json",
      "artifact_manifest.json", "All of them", "curl", "wf verify", "mkdir", "python3",
      "ssh-keygen",
    ]
    var rest = stops[...]
    for name in expected {
      let at = try #require(rest.firstIndex { $0.hasPrefix(name) }, "\(name) in \(stops)")
      rest = rest[(at + 1)...]
    }
    try browser.open(put(example(), named: "example"))
    try browser.press("Tab")
    try browser.press("Enter", text: "\r")
    #expect(try browser.evaluate("document.activeElement.id").string == "review")
  }

  @Test func `the table is sorted by its buttons, up and down`() throws {
    try browser.open(put(PageExamples.dto(tasks: 50), named: "many"))
    let column = { (index: Int) in
      try self.browser.evaluate(
        "[...byId('task-table').tBodies[0].rows].map((row) => parseFloat(row.cells[\(index)].textContent))"
      ).array?.compactMap { $0.number?.double } ?? []
    }
    let press = { (index: Int) in
      try self.browser.evaluate(
        "(([head]) => { head.querySelector('button').click(); return head.ariaSort })"
          + "([byId('task-table').tHead.rows[0].cells[\(index)]])"
      ).string
    }
    #expect(try press(2) == "ascending")
    let up = try column(2)
    #expect(up.count == 50 && up == up.sorted())
    #expect(try press(2) == "descending")
    #expect(try column(2) == up.reversed())
    #expect(try press(1) == "ascending")
    let counts = try column(1)
    #expect(counts == counts.sorted() && counts.last == 50)
    let sorted = try browser.evaluate(
      "[...document.querySelectorAll('th[aria-sort]')].map((head) => head.textContent)")
    #expect(sorted == ["Succeeded"])
    #expect(try press(0) == "ascending")
    let names = try browser.evaluate(
      "[...byId('task-table').tBodies[0].rows].map((row) => row.cells[0].textContent)")
    // 2 before 10: names with numbers sort as people count.
    #expect(names.array?[2].string?.contains("plate 2 ") == true, "\(names)")
  }

  @Test func `without scripts the page is complete and offers nothing that needs them`() throws {
    let address = try put(example(), named: "example")
    try browser.open(address)
    let before = try browser.evaluate("document.body.innerText.length").int ?? 0
    _ = try browser.call("Emulation.setScriptExecutionDisabled", ["value": true])
    try browser.open(address)
    let text = try #require(try browser.evaluate("document.body.innerText").string)
    #expect(text.utf8.count > Int(before) - 400)
    for words in [
      "Checking here needs scripts", "sha256sum -c", "66.7 %", "Customer safety review",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(!text.contains("Fetch and verify") && !text.contains("choose all of them"))
    #expect(try browser.evaluate("document.querySelectorAll('th button').length").int == 0)
    _ = try browser.call("Emulation.setScriptExecutionDisabled", ["value": false])
  }

  @Test func `the rules of axe find nothing`() throws {
    guard let rules = try AccessibilityRules.script() else { return }
    try browser.resize(width: 1000, height: 800)
    for scheme in [Chromium.Scheme.light, .dark] {
      try browser.emulate(scheme: scheme)
      for (name, address) in try every() where scheme == .light || name == "example" {
        // Of fifty rows of one kind the first two say enough.
        if name == "many" { continue }
        try browser.open(address)
        _ = try browser.evaluate(rules + "; 0")
        let found = try browser.evaluate(Self.violations)
        #expect(found["passes"]?.int ?? 0 > 10)
        #expect(found["violations"]?.array?.isEmpty == true, "\(name): \(found)")
      }
    }
    _ = try browser.evaluate(
      "document.documentElement.lang = ''; document.querySelector('th[scope]').remove()")
    let found = try browser.evaluate(Self.violations)["violations"]?.array ?? []
    #expect(found.contains { $0.string?.hasPrefix("html-has-lang") == true }, "\(found)")
  }

  private static let violations = """
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
      'best-practice'] }).then((r) => ({ passes: r.passes.length, violations: r.violations.map(
      (v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`) }))
    """

  @Test func `a print is dark on white, says what it prints, and hides the token`() throws {
    // No medium: that of the screen would be taken for printing too.
    try browser.emulate(scheme: .dark, media: "")
    let token = "secret-token-of-the-link"
    try browser.open(put(example(), named: token))
    let pdf = try browser.pdf()
    try Kept.keep(pdf, as: "example.pdf")
    try browser.emulate(scheme: .dark, media: "print")
    let shown = try browser.evaluate(
      """
      ({ ink: getComputedStyle(document.body).color, hidden: !byId('verify').checkVisibility(),
        link: getComputedStyle(document.querySelector('a[download]'), '::after').content,
        words: document.querySelector('.sheet').innerText,
        open: document.querySelector('details table').checkVisibility() })
      """)
    #expect(shown["ink"]?.string == "rgb(26, 32, 39)")
    #expect(shown["hidden"]?.bool == true)
    #expect(shown["link"]?.string?.contains("package/") == true, "\(shown)")
    guard PythonLibraries.areThere else { return }
    let sheets = try PrintedSheets.texts(pdf)
    #expect(sheets.count > 2)
    for sheet in sheets {
      #expect(sheet.contains("WF-6ZQBYP9S · manifest sha256:2d36fe8f"), "\(sheet)")
      #expect(!sheet.contains(token), "\(sheet)")
    }
    #expect(sheets.contains { $0.contains(Self.closedOnScreen) })
    #expect(shown["words"]?.string?.contains("WF-6ZQBYP9S") == true)
    #expect(shown["words"]?.string?.contains("sha256:2d36fe8f") == true)
    #expect(shown["open"]?.bool == true)
  }
}

extension PageInChromiumTests {
  /// In a part of the page that is closed at first.
  fileprivate static let closedOnScreen = "Checks that this server made"

  /// That a print shows what is closed on the screen is the style's doing, and would be missed.
  @Test func `without its rule a print would leave out what is closed`() throws {
    let style = try #require(served.pages.assets.first { $0.contentType.hasPrefix("text/css") })
    let text = String(decoding: style.bytes, as: UTF8.self)
    let rule = "details::details-content{content-visibility:visible;display:block;height:auto}"
    #expect(text.contains(rule))
    try served.server.put(Array(text.replacing(rule, with: "").utf8), at: style.path)
    try browser.emulate(scheme: .light, media: "")
    try browser.open(put(example(), named: "example"))
    let pdf = try browser.pdf()
    try browser.emulate(scheme: .light, media: "print")
    let isOpen = try browser.evaluate("document.querySelector('details table').checkVisibility()")
    #expect(isOpen.bool == false)
    guard PythonLibraries.areThere else { return }
    let sheets = try PrintedSheets.texts(pdf)
    #expect(sheets.count > 2 && !sheets.contains { $0.contains(Self.closedOnScreen) })
  }
}

/// axe.min.js out of .venv; nothing of it is part of the project.
enum AccessibilityRules {
  static func script() throws -> String? {
    guard PythonLibraries.areThere else { return nil }
    let found = try run([
      PythonLibraries.python, "-c",
      "import axe_playwright_python as a, pathlib; print(pathlib.Path(a.__file__).parent / 'axe.min.js')",
    ])
    guard found.status == 0 else { return nil }
    return String(
      decoding: try Fixtures.read(found.out.filter { $0 != "\n" }), as: UTF8.self)
  }
}

/// The text of each sheet of a PDF, by pypdf of .venv.
enum PrintedSheets {
  static func texts(_ pdf: [UInt8]) throws -> [String] {
    let script = """
      import io, json, sys, pypdf
      pages = pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read())).pages
      print(json.dumps([" ".join(page.extract_text().split()) for page in pages]))
      """
    let done = try run([PythonLibraries.python, "-c", script], input: pdf)
    return try JSONValue.parse(done.outBytes).array?.compactMap(\.string) ?? []
  }
}
