import Audit
import Glibc
import Platform
import TestSupport
import Testing

struct RulesDocumentTests {
  @Test func `the page of rules is what the code applies`() throws {
    let path = Fixtures.path("../Docs/Rules.md")
    if getenv("WF_RECORD") != nil { try FileSystem().write(Array(rulesDocument().utf8), to: path) }
    let written = String(decoding: try Fixtures.read(path), as: UTF8.self)
    #expect(written == rulesDocument(), "WF_RECORD=1 make test writes the page anew")
  }

  @Test func `no rule promises more than an audit can`() {
    let text = rulesDocument().lowercased()
    for word in ["certified", "certificate", " safe ", "safe.", "guarantee"] {
      #expect(!text.contains(word), "\(word)")
    }
  }
}
