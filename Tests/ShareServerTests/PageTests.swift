import JSON
import Platform
import ShareServer
import TestSupport
import Testing

/// The pages from their bytes.
struct PageTests {
  @Test func `the sections of the example stand in their order, one heading below the other`()
    throws
  {
    let page = try PageExamples.text(PageExamples.dto())
    try Kept.keep(Array(page.utf8), as: "page.html")
    let headings = Markup.headings(page)
    #expect(headings.filter { $0.level == 1 }.count == 1)
    #expect(
      headings.filter { $0.level == 2 }.map(\.text) == [
        "Claim", "Result", "Grade and what is missing", "Tasks", "Scope and deployment summary",
        "Recommendation", "What to vary next", "Artifacts behind the result", "Verification",
        "Approval and expiry", "Verify it yourself",
      ])
    for (one, next) in zip(headings, headings.dropFirst()) {
      #expect(next.level <= one.level + 1, "\(one) before \(next)")
    }
    #expect(headings.first?.text.contains("Inconclusive: the recorded episodes neither") == true)
    #expect(headings.first?.text.contains("limited to LIBERO v1") == true)
  }

  /// What a reader has to find, in words, whatever the field is called.
  @Test(arguments: [
    "ExampleVLA succeeds in at least 80 % of attempts", "example-org/baseline-vla",
    "4 of 6 counted attempts succeeded: 66.7 %", "needs at least 80 %",
    "Clopper–Pearson 22.3–95.7 %",
    "There are too few episodes to decide the claim. <code", "[underpowered_sample]",
    "0 excluded, 1 errored of 6", "pick up the black bowl next to the ramekin", "20.8–93.9 %",
    "other tasks, other embodiments, real robot", "It is not a decision about deployment.",
    "With 6 attempts no outcome could have supported the claim", "[collect_more_evidence]",
    "Start from other initial states.", "Evaluation results file", "under 1 KiB",
    "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "6 of 8 checks passed, 2 not made",
    "Customer safety review", "2026-12-08 12:00 UTC, in 7 to 30 days", "sha256sum -c",
    "da29dcf57a5c555f58a0bc24698a1267b148140aec5bcb90dad77319eb02d8fb  evidence.json",
    "packaged, imported output", "tamper-evident", "limited to the recorded protocol",
  ])
  func `the page says`(text: String) throws {
    let page = try PageExamples.text(PageExamples.dto())
    #expect(page.contains(text))
  }

  @Test func `no word promises what evidence cannot`() throws {
    let page = try PageExamples.text(PageExamples.dto()).lowercased()
    // The label that a person chose for the approval is theirs.
    let ours = page.replacing("customer safety review", with: "")
    for word in ["certified", "safe", "approved for deployment", "guarantee"] {
      #expect(!ours.contains(word), "\(word)")
    }
  }

  @Test func `nothing runs, is styled or loaded but the assets`() throws {
    for page in try PageExamples.every() {
      let tags = Markup.tags(page)
      for tag in tags {
        for (name, value) in tag.attributes {
          #expect(!name.hasPrefix("on") && name != "style", "\(tag)")
          if ["src", "href"].contains(name), tag.name != "a" {
            #expect(value.hasPrefix("/assets/"), "\(tag)")
          }
        }
        #expect(!["style", "base", "iframe", "img", "object", "embed"].contains(tag.name))
      }
      for script in tags where script.name == "script" {
        #expect(page.contains("defer></script>"))
        #expect(script.attributes.contains { $0.0 == "src" })
      }
      #expect(!page.contains("javascript:") && !page.contains("data:"))
    }
  }

  @Test func `assets are named by their bytes and known to the pages`() throws {
    let assets = try ReviewerPage().assets
    #expect(
      assets.map(\.contentType).sorted() == [
        "image/svg+xml", "text/css; charset=utf-8", "text/javascript; charset=utf-8",
      ])
    let page = try PageExamples.text(PageExamples.dto())
    for asset in assets {
      let name = asset.path.split(separator: ".")
      let sum = try run(["sha256sum"], input: asset.bytes).out
      #expect(name.count == 3 && sum.hasPrefix(name[1]) && name[1].utf8.count == 16)
      #expect(page.contains("\"\(asset.path)\""))
    }
  }

  @Test func `sizes stay within SHARING §10`() throws {
    let page = try PageExamples.text(PageExamples.dto(tasks: 50))
    #expect(page.utf8.count <= 60 << 10, "\(page.utf8.count)")
    try Kept.keep(Array(page.utf8), as: "fifty-tasks.html")
    #expect(page.contains("on plate 49"))
    let assets = try ReviewerPage().assets.filter { !$0.contentType.hasPrefix("image") }
    let size = assets.reduce(0) { $0 + $1.bytes.count }
    #expect(size <= 20 << 10, "\(size)")
    // Nothing moves, whatever the reader prefers.
    let text = assets.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    for motion in ["animation", "transition", "scroll-behavior", "@font-face", "@import"] {
      #expect(!text.contains(motion))
    }
  }

  @Test func `tasks stand by their rate, lowest first, and equal ones as listed`() throws {
    let page = try PageExamples.text(PageExamples.dto(tasks: 50))
    let rows = page.split(separator: "<tr role=\"row\" data-task=\"").dropFirst()
    let rates = rows.compactMap { row in
      row.firstRange(of: " %</td>").flatMap { end in
        Double(row[..<end.lowerBound].split(separator: ">").last ?? "")
      }
    }
    #expect(rates.count == 50 && rates == rates.sorted())
    #expect(rates.first == 2 && rates.last == 100)
  }

  @Test func `the same input gives the same bytes`() throws {
    let dto = try PageExamples.dto(tasks: 50)
    #expect(try PageExamples.text(dto) == PageExamples.text(dto))
  }

  /// A claim over dimensions has no rate of its own, and a DTO no dimensions.
  @Test func `a result without one rate is not said to be one of no attempts`() throws {
    let dto = try PageExamples.dto().setting("result", "primary", to: nil)
      .setting("result", "intervals", to: nil).setting("tasks", to: [])
    let page = try PageExamples.text(dto)
    #expect(page.contains("No rate over all episodes is given"))
    #expect(!page.contains("No attempt was counted") && !page.contains("<figure>"))
    #expect(page.contains("No task was counted by itself."))
  }

  @Test func `a page of nothing still says what it does not know`() throws {
    for dto in [[:], ["result": ["verdict": "later_word"], "tasks": 7], nil] as [JSONValue] {
      let page = try PageExamples.text(dto)
      #expect(page.contains("WF-?") && page.contains("The claim has no text."))
    }
  }

  @Test func `the token stands in addresses of the package's files and nowhere else`() throws {
    let withheld = try PageExamples.text(PageExamples.dto())
    #expect(!withheld.contains(PageExamples.token))
    let served = try PageExamples.text(
      PageExamples.dto().setting("share", "package_bytes", to: "served"))
    let links = Markup.tags(served).flatMap(\.attributes).filter {
      $0.1.contains(PageExamples.token)
    }
    #expect(links.count == 8 && links.allSatisfy { $0.0 == "href" })
    #expect(links.allSatisfy { $0.1.hasPrefix("/r/\(PageExamples.token)/package") })
    #expect(served.split(separator: PageExamples.token).count == 9)
  }

  @Test func `the question for a password is one form, and a wrong one is said at its field`()
    throws
  {
    let pages = try ReviewerPage()
    let asked = String(decoding: pages.passwordForm(token: "abc", wrong: false), as: UTF8.self)
    let again = String(decoding: pages.passwordForm(token: "abc", wrong: true), as: UTF8.self)
    for form in [asked, again] {
      #expect(form.contains("<form method=\"post\" action=\"/r/abc/unlock\">"))
      #expect(
        form.contains("<label for=\"password\">")
          && form.contains("autocomplete=\"current-password\""))
    }
    #expect(!asked.contains("aria-invalid") && !asked.contains("role=\"alert\""))
    #expect(again.contains("aria-invalid=\"true\" aria-describedby=\"error\""))
    #expect(again.contains("id=\"error\"") && again.contains("role=\"alert\""))
    #expect(!(asked + again).contains("<script"))
  }

  @Test func `what is not there is always the same page`() throws {
    let pages = try ReviewerPage()
    #expect(pages.notFound() == (try ReviewerPage()).notFound())
    let text = String(decoding: pages.notFound(), as: UTF8.self)
    #expect(text.contains("<h1>There is nothing to see here</h1>"))
    #expect(!text.contains("<script"))
  }
}
