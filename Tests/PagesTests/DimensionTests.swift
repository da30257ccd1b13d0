import JSON
import Testing

struct DimensionTests {
  static let rows: [JSONValue] = [
    [
      "dimension": "recovery_safety", "k": 19, "n": 20, "rate": "0.950000",
      "clopper_pearson": ["lower": "0.751271", "upper": "0.998735"], "verdict": "inconclusive",
    ],
    [
      "dimension": "audit_trail", "k": 20, "n": 20, "rate": "1.000000",
      "clopper_pearson": ["two_sided": ["lower": "0.831567", "upper": "1.000000"]],
      "verdict": "supported",
    ],
  ]

  @Test func `dimensions have rows of their own and no row for all together`() throws {
    var example = try PagesExample()
    example.set("dimensions", to: .array(Self.rows))
    let page = example.page
    #expect(page.text.contains("Each dimension is judged by itself"))
    #expect(!page.text.contains("4 of 6"))
    let table = try #require(page.all("table", class: "forest").first)
    #expect(!table.text.contains("All tasks together"))
    #expect(page.all("tr", class: "overall").isEmpty)
    #expect(table.text.contains("Recovery safety[recovery_safety]\n19/20\n95.0 %\n"))
    #expect(table.text.contains("75.1–99.9 %\ninconclusive\n"))
    #expect(table.text.contains("83.2–100.0 %\nsupported\n"))
    #expect(page.all("h2").contains { $0.text == "Dimensions" })
  }
}
