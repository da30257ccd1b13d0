import JSON
import Testing

@testable import Pages

struct HostileTextTests {
  static let texts: [(hostile: String, shown: String)] = [
    ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ("</h1></header><h1>Forged", "</h1></header><h1>Forged"),
    ("\"><svg onload=alert(1)>", "\"><svg onload=alert(1)>"),
    ("' onmouseover='alert(1)", "' onmouseover='alert(1)"),
    ("&lt;b&gt; &amp;amp; &#60;", "&lt;b&gt; &amp;amp; &#60;"),
    ("]]><!--</style><style>*{display:none}", "]]><!--</style><style>*{display:none}"),
    ("a\u{0}b\u{8}\u{1B}[31m", "a\u{2400}b\u{2408}\u{241B}[31m"),
    ("\u{202E}detroppus\u{2066}", "⟨U+202E⟩detroppus⟨U+2066⟩"),
    ("zero\u{200B}width\u{FEFF}\u{2028}", "zero⟨U+200B⟩width⟨U+FEFF⟩⟨U+2028⟩"),
    ("\u{85}\u{7F}\u{FFFE}", "⟨U+0085⟩\u{2421}⟨U+FFFE⟩"),
    ("\u{E0041}tag", "⟨U+E0041⟩tag"),
    ("line\nbreak\tand\rreturn", "line break and\u{240D}return"),
    ("حقيقة 真実 👩\u{200D}🔬 नमस्\u{200C}ते", "حقيقة 真実 👩\u{200D}🔬 नमस्\u{200C}ते"),
    (String(repeating: "w", count: 500), String(repeating: "w", count: 500)),
  ]

  /// The example with one text in every place where a person or another program wrote one.
  private func example(_ text: String) throws -> PagesExample {
    var example = try PagesExample()
    let value = JSONValue.string(text)
    for key in ["text", "slug", "subject_id", "id", "capability"] {
      example.set("claim", key, to: value)
    }
    for key in ["benchmark", "benchmark_version", "robot_embodiment", "simulator"] {
      example.set("scope", key, to: value)
    }
    example.set("scope", "suites", to: [value])
    example.set("scope", "excludes", to: [value])
    example.set("recommendation", to: ["word": value, "text": value])
    example.set("missing_evidence", to: [["label": value, "severity": value]])
    example.set("reasons", to: [value])
    example.set("verdict", to: value)
    example.set("display_id", to: value)
    example.set(
      "integrity", to: [["id": value, "state": "fail", "severity": value, "observed": value]])
    example.set("next_axes", to: [["axis": value, "missing": value, "why": [value]]])
    example.set(
      "tasks",
      to: [["task": value, "name": value, "k": 1, "n": 2, "rate": value, "verdict": value]])
    example.findings = PagesExample.verified(
      signer: VerifyFindings.Signer(principal: text, fingerprint: text), failed: true)
    example.findings?.checks[1].detail = text
    example.findings?.caps = [VerifyFindings.Cap(word: text, cap: text)]
    example.digests.manifest = text
    return example
  }

  @Test(arguments: texts.indices)
  func `no text becomes markup, and none hides`(place: Int) throws {
    let (hostile, shown) = Self.texts[place]
    let page = try example(hostile).page
    let plain = try example("plain").page
    #expect(page.faults == [])
    #expect(page.elements.map(\.name) == plain.elements.map(\.name))
    #expect(
      page.elements.map { $0.attributes.keys.sorted() }
        == plain.elements.map { $0.attributes.keys.sorted() })
    #expect(page.all("h1").first?.text == "Claim: \(shown)")
    #expect(page.all("title").first?.text == "\(shown) – evidence report")
    let isHidden = page.source.unicodeScalars.contains { scalar in
      switch scalar.value {
      case 0x0A: false
      case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
      default: false
      }
    }
    #expect(!isHidden)
    // A style sheet has other quotes and escapes than a page.
    #expect(Self.signs(page.style) == Self.signs(plain.style))
  }

  /// All that is neither a letter nor a digit, where the note at the foot of a sheet stands too.
  private static func signs(_ style: String) -> [UInt8] {
    style.utf8.filter { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: " "), UInt8(ascii: ":"),
        UInt8(ascii: "-"):
        false
      default: true
      }
    }
  }

  @Test func `a comparison escapes what it is handed`() throws {
    for (hostile, shown) in Self.texts {
      var contents = try ComparisonExample.contents()
      contents.nameA = hostile
      contents.nameB = hostile
      contents.members = [ComparisonPageContents.Member(name: hostile, state: hostile)]
      contents.flipRaw = contents.flipRaw.map { _ in [hostile] }
      let page = Page(comparisonPage(contents))
      #expect(page.faults == [])
      #expect(page.all("h1").first?.text == "\(shown) → \(shown)")
    }
  }
}
