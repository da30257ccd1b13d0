import JSON
import Platform
import ShareServer
import TestSupport
import Testing

/// Texts that want to be something else, in every place of a DTO that has a text.
struct PageEscapingTests {
  private static let hostile: [String] = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
    // The mark makes one grapheme of both: an escape by graphemes lets the quote pass.
    "\"\u{301} onmouseover=alert(1) x=\"\u{301}", "<\u{338}b>", "</title><h1>", "&lt;b&gt;",
    "{{>offline}} {{#tasks}}{{/tasks}} {{{style}}}", "${location} `x`",
    "# Not a heading\n* nor a list",
    "**bold** [link](https://example.org)",
  ]

  /// The DTO with every text replaced, but for the words that decide how it is read.
  private static func replaced(_ value: JSONValue, by text: String) -> JSONValue {
    switch value {
    case .string: .string(text)
    case .array(let rows): .array(rows.map { replaced($0, by: text) })
    case .object(let object):
      .object(JSONObject(object.members.map { ($0.key, replaced($0.value, by: text)) }))
    default: value
    }
  }

  @Test(arguments: hostile)
  func `a text stays a text`(text: String) throws {
    let plain = try PageExamples.text(Self.replaced(PageExamples.dto(), by: "word"))
    let page = try PageExamples.text(Self.replaced(PageExamples.dto(), by: text))
    let shape = { (page: String) in Markup.tags(page).map { "\($0.name) \($0.attributes.map(\.0))" }
    }
    #expect(shape(page) == shape(plain))
    let framed = try [text, "word"].map { text in
      let files = SharedFiles(signature: text, proof: [text], publicKey: text)
      return shape(try PageExamples.text(PageExamples.dto(), files: files))
    }
    #expect(framed[0] == framed[1])
  }

  @Test func `what cannot be seen is shown by a sign`() throws {
    let text = "a\u{202E}b\u{2066}c\u{200B}d\u{0007}e\u{2028}f\u{FEFF}g"
    let page = try PageExamples.text(Self.replaced(PageExamples.dto(), by: text))
    #expect(page.contains("a⟨U+202E⟩b⟨U+2066⟩c⟨U+200B⟩d␇e⟨U+2028⟩f⟨U+FEFF⟩g"))
    for scalar in page.unicodeScalars {
      #expect(![0x202E, 0x2066, 0x200B, 7, 0x2028, 0xFEFF].contains(scalar.value))
    }
  }

  @Test func `a digest that is none and a name that is none do not get into commands`() throws {
    let members: JSONValue = [
      [
        "name": "claim.json; rm -rf ~", "size": 1,
        "digest": .string("sha256:" + String(repeating: "a", count: 64)),
      ],
      ["name": "claim.json", "size": 1, "digest": "sha256:$(rm -rf ~)"],
    ]
    let page = try PageExamples.text(PageExamples.dto().setting("members", to: members))
    let commands = page.split(separator: "<pre").dropFirst().compactMap { part in
      part.firstRange(of: "</pre>").map { part[..<$0.lowerBound] }
    }
    #expect(commands.count >= 2)
    #expect(!commands.contains { $0.contains("rm -rf") })
  }

  @Test func `every template leaves escaping to the one place that knows how`() throws {
    let folder = Fixtures.path("../Sources/ShareServer/Page/Files")
    let names = try FileSystem().list(folder).compactMap(\.name).filter {
      $0.hasSuffix(".mustache")
    }
    #expect(names.count >= 15)
    for name in names {
      let text = String(decoding: try Fixtures.read(folder + "/" + name), as: UTF8.self)
      #expect(text.hasPrefix("{{% CONTENT_TYPE:TEXT}}\n"), "\(name)")
      #expect(!text.contains("{{{") && !text.contains("{{&"), "\(name)")
      // A value stands in content or between quotation marks, never bare in a tag.
      for tag in Markup.tags(text) {
        #expect(
          !tag.attributes.contains {
            $0.0.hasPrefix("{{") && !$0.0.hasPrefix("{{#") && !$0.0.hasPrefix("{{/")
          }, "\(name) \(tag)")
      }
    }
  }
}
