import JSON
import TestSupport
import Testing

struct JSONReaderTests {
  @Test func `tokens come in order with their places`() throws {
    let text = Array("{\"a\\n\": [1.5, \"x\", null], \"b\": {}, \"c\": true, \"d\": NaN}".utf8)
    try read(text, python) { reader throws(JSONError) in
      var seen: [String] = []
      var depths: [Int] = []
      while true {
        let token = try reader.next()
        seen.append("\(token.kind) \(reader.lexeme(token))")
        depths.append(reader.depth)
        #expect(token.kind == .key || reader.offset == token.offset + token.length)
        if token.kind == .endOfInput { break }
      }
      #expect(
        seen == [
          "beginObject {", "key \"a\\n\"", "beginArray [", "number 1.5", "string \"x\"",
          "null null", "endArray ]", "key \"b\"", "beginObject {", "endObject }", "key \"c\"",
          "bool true", "key \"d\"", "nonFinite NaN", "endObject }", "endOfInput ",
        ])
      #expect(depths == [1, 1, 2, 2, 2, 2, 1, 1, 2, 1, 1, 1, 1, 1, 0, 0])
      #expect(try reader.next().kind == .endOfInput)
      #expect(reader.offset == text.count)
    }
  }

  @Test func `strings are decoded when asked`() throws {
    let text = Array(
      "[\"pl\\u0061in\",\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\\ud83d\\ude00é\",\"\"]".utf8)
    try read(text) { reader throws(JSONError) in
      _ = try reader.next()
      let first = try reader.next()
      #expect(first.hasEscapes && reader.string(first) == "plain")
      #expect(reader.matches(first, "plain") && !reader.matches(first, "plaid"))
      #expect(reader.string(try reader.next()) == "\"\\/\u{8}\u{C}\n\r\t")
      #expect(reader.string(try reader.next()) == "😀é")
      let empty = try reader.next()
      #expect(!empty.hasEscapes && reader.string(empty) == "" && reader.matches(empty, ""))
    }
  }

  @Test func `skipping passes over whole values and stops at an end`() throws {
    let text = Array("[[1,{\"a\":[]}],2,{\"k\":{\"x\":[1,2]},\"l\":3}]".utf8)
    try read(text) { reader throws(JSONError) in
      _ = try reader.next()
      #expect(try reader.skipValue())
      #expect(reader.offset == 13 && reader.depth == 1)
      #expect(try reader.skipValue())
      _ = try reader.next()
      #expect(reader.matches(try reader.next(), "k"))
      #expect(try reader.skipValue())
      #expect(reader.matches(try reader.next(), "l"))
      #expect(try reader.readValue() == 3)
      #expect(try reader.next().kind == .endObject)
      #expect(try reader.skipValue() == false)
      #expect(reader.depth == 0)
      try reader.finish()
    }
  }

  @Test func `before a key, its member is passed over`() throws {
    try read(Array("{\"a\":{\"b\":[1]},\"c\":2,\"d\":[3]}".utf8)) { reader throws(JSONError) in
      _ = try reader.next()
      #expect(try reader.skipValue())
      #expect(try reader.readValue() == 2)
      #expect(try reader.readValue() == [3])
      let error = #expect(throws: JSONError.self) { try reader.readValue() }
      #expect(error?.code == .syntax)
    }
  }

  @Test func `booleans and numbers are read in bulk`() throws {
    let text = Array(
      "{\"b\":[ true,\n false ,true],\"e\":[],\"n\":[1,-2.5e3, NaN,-Infinity,0.1]}".utf8)
    try read(text, python) { reader throws(JSONError) in
      var bools: [UInt8] = [9]
      var spans: [JSONNumberSpan] = []
      _ = try reader.next()
      _ = try reader.next()
      #expect(try reader.readBoolArray(into: &bools) == .complete)
      #expect(bools == [9, 1, 0, 1])
      _ = try reader.next()
      #expect(try reader.readBoolArray(into: &bools) == .complete)
      _ = try reader.next()
      #expect(try reader.readNumberSpans(into: &spans) == .complete)
      #expect(spans.map { reader.lexeme($0) } == ["1", "-2.5e3", "NaN", "-Infinity", "0.1"])
      #expect(spans.map(\.isFinite) == [true, true, false, false, true])
      #expect(spans[1].offset == text.count - 27)
      #expect(reader.double(spans[1]) == -2500 && reader.double(spans[4]) == 0.1)
      #expect(reader.double(spans[2]).isNaN && reader.double(spans[3]) == -.infinity)
      #expect(try reader.next().kind == .endObject)
      try reader.finish()
    }
  }

  @Test(arguments: [
    ("[true,false,\"true\",true]", JSONToken.Kind.string, 2, 12),
    ("[true,1]", .number, 1, 6), ("[null]", .null, 0, 1), ("[true, NaN]", .nonFinite, 1, 7),
    ("[false,[true]]", .beginArray, 1, 7), ("[false,{}]", .beginObject, 1, 7),
  ])
  func `an element that is no boolean is named`(
    _ text: String, _ kind: JSONToken.Kind, _ index: Int, _ offset: Int
  ) throws {
    try read(Array(text.utf8), python) { reader throws(JSONError) in
      var bools: [UInt8] = [0, 0]
      guard case .unexpected(let token, let place) = try reader.readBoolArray(into: &bools) else {
        Issue.record("accepted")
        return
      }
      #expect(token.kind == kind && token.offset == offset && place == index)
      #expect(bools.count == index + 2)
      try reader.finish()
    }
  }

  @Test func `an element that is no number, and what is no array, are named`() throws {
    try read(Array("[1,2,true,3]".utf8)) { reader throws(JSONError) in
      var spans: [JSONNumberSpan] = []
      let end = try reader.readNumberSpans(into: &spans)
      guard case .unexpected(let token, index: 2) = end else {
        Issue.record("\(end)")
        return
      }
      #expect(token.bool == true && spans.count == 2)
      #expect(try reader.next().kind == .number)
      try reader.finish()
    }
    try read(Array("{\"a\":{}}".utf8)) { reader throws(JSONError) in
      var bools: [UInt8] = []
      _ = try reader.next()
      _ = try reader.next()
      guard case .notAnArray(let token) = try reader.readBoolArray(into: &bools) else {
        Issue.record("accepted")
        return
      }
      #expect(token.kind == .beginObject && reader.depth == 2)
      try reader.finish()
    }
  }

  @Test(arguments: JSONErrorTests.simple + JSONErrorTests.content)
  func `bulk reading finds the faults that single tokens do`(_ row: Refused) throws {
    // Inside an array that begins well, so that the fast loops meet the fault.
    for start in ["[true,false,", "[0,1.5,"] where row.text != Array("[]]".utf8) {
      let text = Array(start.utf8) + row.text
      let thrown = #expect(throws: JSONError.self) {
        try JSONReader.reading(text, options: row.options) { reader throws(JSONError) in
          try reader.finish()
        }
      }
      let expected = try #require(thrown)
      #expect(throws: expected) {
        try JSONReader.reading(text, options: row.options) { reader throws(JSONError) in
          var bools: [UInt8] = []
          var spans: [JSONNumberSpan] = []
          if start.hasPrefix("[t") {
            _ = try reader.readBoolArray(into: &bools)
          } else {
            _ = try reader.readNumberSpans(into: &spans)
          }
          try reader.finish()
        }
      }
    }
  }

  @Test func `a value to be refused may hide a fault that counts more`() throws {
    let text = Array("{\"successes\":[true,\"true\"],\"x\":[1e400,{\"a\":1,\"a\":2}".utf8)
    try read(text) { reader throws(JSONError) in
      var bools: [UInt8] = []
      _ = try reader.next()
      _ = try reader.next()
      guard case .unexpected = try reader.readBoolArray(into: &bools) else {
        Issue.record("accepted")
        return
      }
      let error = #expect(throws: JSONError.self) { try reader.finish() }
      #expect(error?.code == .truncated)
      #expect(error?.offset == text.count)
    }
  }

  @Test func `tokens that are not finite may be allowed for one value alone`() throws {
    try read(Array("[NaN,NaN]".utf8)) { reader throws(JSONError) in
      _ = try reader.next()
      reader.allowNonFinite = true
      #expect(try reader.next().kind == .nonFinite)
      reader.allowNonFinite = false
      let error = #expect(throws: JSONError.self) { try reader.next() }
      #expect(error == JSONError(.nanNotAllowed, offset: 5, line: 1, column: 6))
    }
  }

  @Test func `a number of many megabytes keeps its text`() throws {
    let digits = 9_000_000
    let text = Array("[1,0.".utf8) + [UInt8](repeating: 0x33, count: digits) + Array(",2]".utf8)
    try read(text) { reader throws(JSONError) in
      var spans: [JSONNumberSpan] = []
      #expect(try reader.readNumberSpans(into: &spans) == .complete)
      #expect(spans.count == 3)
      #expect(reader.lexeme(spans[1]).utf8.count == digits + 2)
      #expect(reader.lexeme(spans[2]) == "2")
      #expect(reader.double(spans[1]) == 1.0 / 3)
    }
  }

  @Test func `line and column follow the text`() throws {
    try read(Array("[\n\"é😀\",\r\n 1]".utf8)) { reader throws(JSONError) in
      #expect(reader.lineAndColumn(of: 0) == (1, 1))
      #expect(reader.lineAndColumn(of: 2) == (2, 1))
      #expect(reader.lineAndColumn(of: 9) == (2, 4))
      #expect(reader.lineAndColumn(of: 14) == (3, 2))
      #expect(reader.lineAndColumn(of: 99) == (3, 4))
    }
  }

  private func read(
    _ text: [UInt8], _ options: JSONOptions = .strict,
    _ body: (inout JSONReader) throws(JSONError) -> Void
  ) throws {
    try JSONReader.reading(text, options: options, body)
  }
}
