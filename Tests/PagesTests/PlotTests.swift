import JSON
import Testing

struct PlotTests {
  /// The elements of each row's drawing, in order of the rows.
  private func rows(_ page: Page) -> [[Page.Element]] {
    var rows: [[Page.Element]] = []
    var isInBody = false
    for element in page.elements {
      if element.name == "tbody" || element.name == "tfoot" || element.name == "thead" {
        isInBody = element.name == "tbody"
      }
      guard isInBody else { continue }
      if element.name == "svg", element.attributes["role"] == "img" { rows.append([]) }
      if element.name == "tr", !rows.isEmpty { continue }
      if !rows.isEmpty { rows[rows.count - 1].append(element) }
    }
    return rows
  }

  @Test func `sign, whisker and threshold stand where the numbers say`() throws {
    var example = try PagesExample()
    example.setTasks([47, 10], verdict: "refuted")
    let rows = rows(example.page)
    #expect(rows.count == 3)
    let overall = rows[0]
    #expect(overall.first { $0.name == "circle" }?.attributes["cx"] == "66.6667%")
    let whisker = overall.first { $0.attributes["class"] == "whisker" }
    #expect(whisker?.attributes["x1"] == "29.9993%")
    #expect(whisker?.attributes["x2"] == "90.3229%")
    for row in rows {
      let line = row.first { $0.attributes["class"] == "threshold" }
      #expect(line?.attributes["x1"] == "80%")
      #expect(line?.attributes["x2"] == "80%")
      #expect(line?.attributes["y2"] == "100%")
    }
    // lowest rate first
    #expect(rows[1].first { $0.name == "rect" }?.attributes["x"] == "20%")
    #expect(rows[2].first { $0.name == "rect" }?.attributes["x"] == "94%")
    #expect(
      rows[2].first { $0.name == "title" }?.text
        == "suite/0: 47/50, 94.0 %, interval 84.0–99.0 %; the claim needs at least 80 %")
    let table = try #require(example.page.all("table", class: "forest").first)
    #expect(table.text.contains("task number 0suite/0\n47/50\n94.0 %\n"))
    #expect(table.text.contains("All tasks together\n4/6\n66.7 %\n"))
  }

  @Test(arguments: [
    ("supported", "circle", "fill", "supported"), ("refuted", "rect", "fill", "refuted"),
    ("inconclusive", "circle", "hollow", "inconclusive"),
    ("not_auditable", "rect", "fill", "not auditable"),
    ("later_word", "rect", "fill", "later_word"),
  ])
  func `the state of a row is a shape and a word`(
    verdict: String, shape: String, style: String, word: String
  ) throws {
    var example = try PagesExample()
    example.setTasks([25], verdict: verdict)
    let row = try #require(rows(example.page).last)
    #expect(row.contains { $0.name == shape && $0.attributes["class"] == style })
    #expect(row.first { $0.attributes["class"]?.hasPrefix("state") == true }?.text == word)
  }

  @Test func `no threshold, no line`() throws {
    var example = try PagesExample()
    example.set("claim", "kind", to: "better_than")
    #expect(!example.page.elements.contains { $0.attributes["class"] == "threshold" })
    #expect(example.page.text.contains("The claim has no threshold."))
  }

  @Test(arguments: ["0.8", "0.80", "80%", "80 %"])
  func `a threshold is one place however it is written`(text: String) throws {
    var example = try PagesExample()
    example.set("claim", "threshold", to: .string(text))
    let line = example.page.elements.first {
      $0.name == "line" && $0.attributes["class"] == "threshold"
    }
    #expect(line?.attributes["x1"] == "80%")
    #expect(example.page.text.contains("at least 80 %"))
  }

  @Test(arguments: ["", "abc", "-", "1e9", "0.8.1", "99999999999999999999", "٣"])
  func `a threshold that is none draws nothing`(text: String) throws {
    var example = try PagesExample()
    example.set("claim", "threshold", to: .string(text))
    #expect(!example.page.elements.contains { $0.attributes["class"] == "threshold" })
    #expect(example.page.faults == [])
  }

  @Test func `beyond sixty tasks the rest is folded and none is lost`() throws {
    for count in [60, 61, 300] {
      var example = try PagesExample()
      example.setTasks((0..<count).map { $0 % 51 })
      let page = example.page
      let names = page.all("bdi", class: "name").map(\.text)
      #expect(names.count == count)
      #expect(Set(names).count == count)
      #expect(
        page.all("table", class: "forest").count == (count == 60 ? 1 : 1 + (count - 60 + 199) / 200)
      )
      #expect(rows(page).count == count + 1)
    }
    var small = try PagesExample()
    small.setTasks((0..<50).map { $0 })
    #expect(small.bytes.count - small.page.style.utf8.count < 60 << 10)
  }

  struct Open: Sendable, CustomTestStringConvertible {
    let name: String
    let band: JSONValue
    let sentence: String
    var testDescription: String { name }
  }

  static func band(_ needed: JSONValue, _ refuted: JSONValue, flips: Bool) -> JSONValue {
    [
      "unresolved": 12, "n": 100, "worst": "0.700000", "best": "0.820000", "flips": .bool(flips),
      "successes_needed": needed, "successes_still_refuted": refuted,
    ]
  }

  static let open = [
    Open(
      name: "needed", band: band(9, nil, flips: true),
      sentence: "supported only if at least 9 of the 12 open episodes succeeded."),
    Open(
      name: "none needed", band: band(0, nil, flips: false),
      sentence: "The counts support the claim even if every open episode failed."),
    Open(
      name: "refuted", band: band(nil, 4, flips: true),
      sentence: "refute the claim as long as at most 4 of the 12 open episodes succeeded."),
    Open(
      name: "flips", band: band(nil, nil, flips: true), sentence: "The verdict depends on them."),
    Open(
      name: "settled", band: band(nil, nil, flips: false),
      sentence: "Their outcomes would not change the verdict of the counts."),
  ]

  @Test(arguments: open)
  func `open episodes are a band and a tipping point`(open: Open) throws {
    var example = try PagesExample()
    #expect(!example.page.text.contains("Open episodes"))
    example.set("band", to: open.band)
    let page = example.page
    #expect(page.text.contains("The outcome of 12 of 100 episodes is open."))
    #expect(page.text.contains("the rate would be 70.0 %; if all succeeded, 82.0 %."))
    #expect(page.text.contains(open.sentence))
    let band = rows(page)[0].first { $0.attributes["class"] == "band" }
    #expect(band?.attributes["x"] == "70%")
    #expect(band?.attributes["width"] == "12%")
  }

  @Test func `the power hint says how long a fresh run would be`() throws {
    var example = try PagesExample()
    example.set(
      "power",
      to: ["assumed_rate": "0.860000", "episodes": 620, "successes": 512, "more": 120])
    #expect(
      example.page.text.contains(
        "Power: a fresh run of 620 episodes (120 more than now) with at least 512 successes would "
          + "support the claim, if the true rate is 86.0 %."))
    example.set("claim", "kind", to: "at_most")
    #expect(example.page.text.contains("with at most 512 successes"))
  }
  @Test func `each task has its own power hint, and says why where there is none`() throws {
    var example = try PagesExample()
    example.set(
      "power",
      to: [
        "assumed_rate": nil, "episodes": nil, "successes": nil, "more": nil,
        "tasks": [
          [
            "task": "s/1", "assumed_rate": "0.600000", "episodes": 190, "successes": 107,
            "more": 170,
          ],
          [
            "task": "s/2", "assumed_rate": "0.505000", "episodes": nil, "successes": nil,
            "more": nil, "episodes_reason": "over_cap",
          ],
        ],
      ])
    let text = example.page.text
    #expect(
      text.contains("s/1: a fresh run of 190 episodes (170 more than now) with at least 107"))
    #expect(text.contains("s/2: at the assumed rate of 50.5 % it would take more than 20,000"))
    #expect(!text.contains("more episodes would not support the claim"))
  }
}
