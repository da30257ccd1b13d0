import Audit
import Evidence
import Pages
import Testing

struct ComparisonPageTests {
  @Test func `a comparison is well formed, loads nothing and comes out the same`() throws {
    let contents = try ComparisonExample.contents()
    let page = Page(comparisonPage(contents))
    #expect(page.faults == [])
    #expect(page.bytes == comparisonPage(contents))
    for word in ["<script", " style=", "http:", "https:", "//", "url(", "@import", " src="] {
      #expect(!page.source.contains(word), "\(word)")
    }
    #expect(page.all("table").count == page.all("caption").count)
    for cell in page.all("th") { #expect(cell.attributes["scope"] != nil) }
  }

  @Test func `the gate comes first, in words`() throws {
    let page = Page(comparisonPage(try ComparisonExample.contents()))
    #expect(
      page.all("h2").map(\.text) == [
        "May they be compared?", "Verdict and grade", "All common tasks together",
        "Tasks, regressions first", "Flipped episodes", "Stored members",
      ])
    let gate = try #require(page.all("section", class: "panel").first)
    #expect(gate.text.contains("Comparable with care"))
    #expect(gate.text.contains("[degraded]"))
    #expect(
      gate.text.contains(
        "It is not known whether both ran in the same environment. [environment_digest_unknown]"))
  }

  @Test func `regressions first, with counts, interval and adjusted p`() throws {
    let contents = try ComparisonExample.contents()
    let page = Page(comparisonPage(contents))
    let table = try #require(page.all("table", class: "forest").first)
    let bodies = table.text.split(separator: "task number ").dropFirst()
    #expect(bodies.map { String($0.prefix(1)) } == ["0", "1", "2", "3"])
    #expect(
      contents.comparison.tasks.map(\.change) == [.regression, .improvement, .unclear, .same])
    #expect(table.text.contains("0suite/0\n48/50 → 20/50\n−56.0 pp\n"))
    #expect(table.text.contains("< 0.0001\nregression\n"))
    #expect(table.text.contains("1suite/1\n20/50 → 48/50\n+56.0 pp\n"))
    #expect(
      page.text.contains("Of 4 common tasks: 1 regression, 1 improvement, 1 unclear, 1 the same."))
    #expect(page.text.contains("153 of 200 (76.5 %) before, 154 of 200 (77.0 %) now"))
    let interval = try #require(contents.comparison.tasks[0].interval)
    let place = (-1 * (Int(interval[0].dropFirst(3)) ?? 0) + 1_000_000) / 2
    let whiskers = page.elements.filter { $0.attributes["class"] == "whisker" }
    #expect(whiskers.count == 4)
    #expect(whiskers[0].attributes["x1"]?.hasPrefix("\(place / 10_000).") == true)
    let signs = page.elements.filter { $0.attributes["x"] == "22%" && $0.name == "svg" }
    #expect(signs.count == 1)
    let zero = page.elements.filter { $0.name == "line" && $0.attributes["class"] == "zero" }
    #expect(zero.count == 5)
    #expect(zero.allSatisfy { $0.attributes["x1"] == "50%" })
  }

  @Test func `flips carry seed and raw references, lost ones first`() throws {
    let contents = try ComparisonExample.contents()
    let page = Page(comparisonPage(contents))
    #expect(
      page.text.contains("28 episodes went from success to failure, 29 from failure to success."))
    let rows = page.all("table", class: "flips").map(\.text)
    #expect(rows.count == 2)
    #expect(rows[0].contains("suite/0\n20\n1020\nsuccess → failure\n\(PagesExample.digest("7"))\n"))
    #expect(rows[0].contains("none"))
    #expect(!rows[0].contains("failure → success"))
    #expect(page.text.contains("37 more"))
    #expect(
      page.text.contains(
        "References to raw evidence: 1 added, 2 removed, 3 changed, 4 kept."))
    #expect(page.text.contains("evidence.json\nchanged\n"))
  }

  @Test func `without a comparison there is no p-value and the page says why`() throws {
    let a = try ComparisonExample.version([ComparisonExample.letters(40)])
    var b = try ComparisonExample.version([ComparisonExample.letters(20)])
    b.protocol.metricContract.successRule = "another_rule"
    let page = Page(
      comparisonPage(
        ComparisonPageContents(
          nameA: "a", nameB: "b", comparison: compare(a, b), flipRaw: [], members: [],
          raw: ComparisonPageContents.RawCounts(added: 0, removed: 0, changed: 0, kept: 0))))
    #expect(page.text.contains("Not comparable"))
    #expect(
      page.text.contains("The two sides decide success by different rules. [other_success_rule]"))
    #expect(page.text.contains("No test is made."))
    #expect(page.text.contains("40/50 → 20/50\n−40.0 pp\n"))
    #expect(page.text.contains("All members are the same."))
    #expect(!page.elements.contains { $0.attributes["class"] == "whisker" })
  }

  @Test func `many tasks are folded and none is lost`() throws {
    let outcomes = (0..<130).map { ComparisonExample.letters($0 % 11, of: 10) }
    let version = try ComparisonExample.version(outcomes)
    let page = Page(
      comparisonPage(
        ComparisonPageContents(
          nameA: "a", nameB: "b", comparison: compare(version, version), flipRaw: [], members: [],
          raw: ComparisonPageContents.RawCounts(added: 0, removed: 0, changed: 0, kept: 0))))
    #expect(page.faults == [])
    #expect(Set(page.all("bdi", class: "name").map(\.text)).count == 130)
    #expect(page.all("details").count == 1)
    #expect(page.text.contains("No episode changed between success and failure."))
  }
}
