import JSON
import TestSupport
import Testing

struct JSONValueTests {
  @Test func `a text becomes its value`() throws {
    let text =
      " {\"a\": [1, -0, 2.50, 1E+2], \"b\": {\"\": null}, \"c\": true, \"d\": \"\\u00e9\\/\"}\n"
    let value = try JSONValue.parse(Array(text.utf8))
    #expect(value.object?.keys == ["a", "b", "c", "d"])
    let lexemes = value["a"]?.array?.compactMap { $0.number?.lexeme }
    #expect(lexemes == ["1", "-0", "2.50", "1E+2"])
    #expect(value["b"] == ["": nil])
    #expect(value["b"]?[""]?.isNull == true)
    #expect(value["b"]?["x"] == nil)
    #expect(value["a"]?["x"] == nil)
    #expect(value["c"]?.bool == true)
    #expect(value["d"]?.string == "é/")
  }

  @Test(arguments: ["null", "true", "false", "0", "\"\"", "[]", "{}", " 1 ", "\r\n[\t]\n"])
  func `any value may stand alone`(_ text: String) throws {
    _ = try JSONValue.parse(Array(text.utf8))
  }

  @Test func `a byte order mark is skipped where it is allowed`() throws {
    #expect(try JSONValue.parse(mark + Array("[1]".utf8), options: marked) == [1])
  }

  @Test func `the tokens that Python writes are values where they are allowed`() throws {
    let text = Array("[NaN,Infinity,-Infinity]".utf8)
    let value = try JSONValue.parse(text, options: python)
    let numbers = value.array?.compactMap(\.number) ?? []
    #expect(numbers.map(\.lexeme) == ["NaN", "Infinity", "-Infinity"])
    #expect(numbers.map(\.isFinite) == [false, false, false])
    #expect(numbers[0].double.isNaN)
    #expect(numbers[1].double == .infinity && numbers[2].double == -.infinity)
    #expect(value.array?[0].int == nil)
  }

  @Test(arguments: [
    ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
    ("9223372036854775808", nil), ("-0", 0), ("1.0", nil), ("1e2", nil), ("12", 12),
  ])
  func `only a number written as an integer is one`(_ text: String, _ expected: Int64?) throws {
    #expect(try JSONValue.parse(Array(text.utf8)).int == expected)
  }

  @Test func `a number is made from a lexeme only when it is one`() {
    #expect(JSONNumber(lexeme: "1.50")?.lexeme == "1.50")
    for text in ["", " 1", "1 ", "01", "1e400", "NaN", "true", "1,2", "[1]"] {
      #expect(JSONNumber(lexeme: text) == nil, "\(text)")
    }
    #expect(JSONNumber(1e21)?.lexeme == "1e+21")
    #expect(JSONNumber(Double.nan) == nil)
    #expect(JSONNumber(-7).lexeme == "-7")
  }

  @Test func `two spellings of a letter are two keys and two strings`() throws {
    let text = Array("{\"é\":1,\"e\u{301}\":2}".utf8)
    let value = try JSONValue.parse(text)
    #expect(value["\u{E9}"] == 1)
    #expect(value["e\u{301}"] == 2)
    #expect(JSONValue.string("\u{E9}") != JSONValue.string("e\u{301}"))
    #expect(try CanonicalJSON.bytes(value) == Array("{\"e\u{301}\":2,\"é\":1}".utf8))
  }

  @Test(arguments: [3, 16, 17, 40])
  func `members keep their order and are found`(_ count: Int) {
    var object = JSONObject()
    for number in 0..<count { object["k\(number)"] = .number(JSONNumber(Int64(number))) }
    #expect(object.keys == (0..<count).map { "k\($0)" })
    object["k1"] = "changed"
    #expect(object["k1"] == "changed")
    #expect(object.count == count)
    object["k0"] = nil
    #expect(object["k0"] == nil)
    #expect(object["k\(count - 1)"]?.int == Int64(count - 1))
    object["new"] = nil
    object["k0"] = true
    #expect(object.keys == (1..<count).map { "k\($0)" } + ["k0"])
    object.members.reverse()
    #expect(object.keys.first == "k0")
    #expect(object["k0"] == true && object["k2"]?.int == 2)
  }

  @Test func `literals give the values that they look like`() throws {
    let value: JSONValue = ["a": nil, "b": [true, -3, "x"], "c": [:], "d": []]
    #expect(
      try CanonicalJSON.bytes(value)
        == Array("{\"a\":null,\"b\":[true,-3,\"x\"],\"c\":{},\"d\":[]}".utf8))
    #expect(value != ["a": nil])
    #expect(JSONValue.number(JSONNumber(1)) != JSONValue.bool(true))
  }

  @Test func `nesting is allowed to the limit and not beyond`() throws {
    for limit in [1, 2, 64, 128] {
      let options = JSONOptions(maximumDepth: limit)
      let open = String(repeating: "[{\"a\":", count: limit / 2) + (limit % 2 == 1 ? "[" : "")
      let close = (limit % 2 == 1 ? "]" : "") + String(repeating: "}]", count: limit / 2)
      let inner = limit % 2 == 1 ? "" : "0"
      _ = try JSONValue.parse(Array((open + inner + close).utf8), options: options)
      let error = #expect(throws: JSONError.self) {
        try JSONValue.parse(Array((open + "[]" + close).utf8), options: options)
      }
      #expect(error?.code == .tooDeep)
      #expect(error?.offset == open.utf8.count)
    }
  }

  @Test func `a million open brackets are refused without recursion`() {
    for text in ["[", "{\"a\":", "[{\"b\":"] {
      let bytes = Array(String(repeating: text, count: 1_000_000).utf8)
      let error = #expect(throws: JSONError.self) { try JSONValue.parse(bytes) }
      #expect(error?.code == .tooDeep)
      #expect(throws: JSONError.self) { try skipAll(bytes, JSONOptions(maximumDepth: .max)) }
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `a hundred thousand keys are compared in linear time`() throws {
    var text = "{"
    for key in 0..<100_000 { text += key % 2 == 0 ? "\"k\(key)\":0," : "\"\\u006b\(key)\":0," }
    let whole = Array((text + "\"last\":0}").utf8)
    try skipAll(whole)
    #expect(try JSONValue.parse(whole)["k99999"] == 0)
    for key in ["k0", "k1", "k99998", "\\u006b50000"] {
      let twice = Array((text + "\"\(key)\":0}").utf8)
      #expect(
        throws: JSONError(
          .duplicateKey, offset: text.utf8.count, line: 1, column: text.utf8.count + 1)
      ) {
        try skipAll(twice)
      }
    }
  }

  @Test(arguments: 2...40)
  func `the second of a key is found in objects of every size`(_ count: Int) throws {
    let keys = (0..<count).map { "\"\($0 % 3 == 0 ? "\\u006b" : "k")\($0)\":{\"k0\":[{\"k1\":1}]}" }
    try skipAll(Array("{\(keys.joined(separator: ","))}".utf8))
    for again in 0..<count {
      let last = "\"k\(again)\":0"
      let text = Array("{\((keys + [last]).joined(separator: ","))}".utf8)
      let error = #expect(throws: JSONError.self) { try skipAll(text) }
      #expect(error?.code == .duplicateKey)
      #expect(error?.offset == text.count - last.utf8.count - 1)
    }
  }
}
