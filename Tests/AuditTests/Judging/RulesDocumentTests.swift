import Audit
import TestSupport
import Testing

struct RulesDocumentTests {
  @Test func `the page of rules is what the code applies`() throws {
    let path = Fixtures.path("../Docs/Rules.md")
    let written = String(decoding: try Fixtures.read(path), as: UTF8.self)
    #expect(written == rulesDocument())
  }

  @Test func `no rule promises more than an audit can`() {
    let text = rulesDocument().lowercased()
    for word in ["certified", "certificate", " safe ", "safe.", "guarantee"] {
      #expect(!text.contains(word), "\(word)")
    }
  }
}
