import JSON
import TestSupport
import Testing

struct CanonicalJSONTests {
  @Test(arguments: ["json/rfc8785-numbers.json", "json/doubles-v8.json"])
  func `doubles are written as ECMAScript writes them`(_ file: String) throws {
    let rows = try JSONValue.parse(Fixtures.bytes(file)).array ?? []
    #expect(rows.count >= 24)
    for row in rows {
      let pair =
        row.array?.compactMap(\.string) ?? [row["bits"]?.string ?? "", row["text"]?.string ?? ""]
      let bits = try #require(UInt64(pair[0], radix: 16))
      var bytes: [UInt8] = []
      try CanonicalJSON.appendDouble(Double(bitPattern: bits), to: &bytes)
      #expect(String(decoding: bytes, as: UTF8.self) == pair[1], "\(pair[0])")
    }
  }

  @Test(arguments: ["json/rfc8785-texts.json", "json/canonical-v8.json"])
  func `a text becomes its canonical text`(_ file: String) throws {
    let rows = try JSONValue.parse(Fixtures.bytes(file)).array ?? []
    #expect(rows.count >= 2)
    for row in rows {
      let input = Array(try #require(row.array?[0].string).utf8)
      let expected = Array(try #require(row.array?[1].string).utf8)
      #expect(try CanonicalJSON.bytes(JSONValue.parse(input)) == expected)
      #expect(CanonicalJSON.isCanonical(expected))
      #expect(CanonicalJSON.isCanonical(input) == (input == expected))
    }
  }

  @Test(arguments: [
    ("1.0", "1"), ("1e2", "100"), ("-0", "0"), ("-0.0", "0"), ("1E21", "1e+21"),
    ("100000000000000000000", "100000000000000000000"), ("0.0000001", "1e-7"),
    ("0.000001", "0.000001"), ("9007199254740993", "9007199254740992"),
    ("9007199254740992", "9007199254740992"), ("-9007199254740991", "-9007199254740991"),
    ("5e-324", "5e-324"), ("1e-400", "0"),
    ("123456789012345678901234567890", "1.2345678901234568e+29"),
  ])
  func `numbers are written as their doubles`(_ text: String, _ expected: String) throws {
    #expect(try CanonicalJSON.bytes(JSONValue.parse(Array(text.utf8))) == Array(expected.utf8))
  }

  @Test func `only what must be escaped is escaped`() throws {
    let all =
      String(String.UnicodeScalarView((0...0x7F).compactMap { Unicode.Scalar($0) })) + "é\u{2028}😀"
    var bytes: [UInt8] = []
    CanonicalJSON.appendString(all, to: &bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      text.hasPrefix(
        "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r\\u000e\\u000f\\u0010"
      ))
    #expect(text.contains("\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f !\\\"#"))
    #expect(
      text.contains("./0") && text.contains("[\\\\]") && text.hasSuffix("~\u{7F}é\u{2028}😀\""))
    #expect(try JSONValue.parse(bytes).string == all)
  }

  @Test(arguments: [
    " 1", "1 ", "1\n", "{ }", "{\"b\":1,\"a\":2}", "\"\\u0061\"", "\"\\/\"", "\"\\u000A\"",
    "1.0", "-0", "1e2", "\"\\u001F\"", "{\"a\":1,\"a\":1}", "", "NaN", "[1,]",
  ])
  func `a text that differs from its canonical form is told`(_ text: String) {
    #expect(!CanonicalJSON.isCanonical(Array(text.utf8)))
  }

  @Test func `what has no canonical form is refused and leaves the buffer as it was`() throws {
    let nan = try JSONValue.parse(Array("NaN".utf8), options: python)
    var deep = JSONValue.array([])
    for _ in 0..<1024 { deep = .array([deep]) }
    let twice = JSONValue.object(JSONObject([("b", 1), ("a", 1), ("b", 2)]))
    for (value, code) in [
      (nan, JSONError.Code.nanNotAllowed), (deep, .tooDeep), (twice, .duplicateKey),
    ] {
      var bytes: [UInt8] = [1, 2, 3]
      let error = #expect(throws: JSONError.self) {
        try CanonicalJSON.append(["x": "long text", "y": value], to: &bytes)
      }
      #expect(error?.code == code)
      #expect(bytes == [1, 2, 3])
    }
    var bytes: [UInt8] = []
    #expect(throws: JSONError.self) { try CanonicalJSON.appendDouble(.infinity, to: &bytes) }
  }

  @Test func `the order of keys is that of UTF-16`() throws {
    var generator = SeededGenerator(seed: 3)
    let scalars: [Unicode.Scalar] = [
      "\0", "a", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{EFFF}",
      "\u{F000}", "\u{FFFF}", "\u{10000}", "\u{FFFFF}", "\u{100000}", "\u{10FFFF}",
    ]
    for _ in 0..<300 {
      var keys: Set<[UInt8]> = []
      for _ in 0..<20 {
        var key = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
          key.append(scalars.randomElement(using: &generator) ?? "a")
        }
        keys.insert(Array(String(key).utf8))
      }
      let names = keys.map { String(decoding: $0, as: UTF8.self) }
      let object = JSONObject(names.map { ($0, 0) })
      let written = try JSONValue.parse(CanonicalJSON.bytes(.object(object))).object?.keys
      let expected = names.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
      #expect(written?.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }
  }

  @Test func `rows are appended piece by piece`() {
    var bytes: [UInt8] = []
    CanonicalJSON.appendLiteral("{\"n\":", to: &bytes)
    for value in [0, -1, 10, Int64.max, Int64.min] {
      CanonicalJSON.appendInteger(value, to: &bytes)
      CanonicalJSON.appendLiteral(",", to: &bytes)
    }
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "{\"n\":0,-1,10,9223372036854775807,-9223372036854775808,")
  }
}
