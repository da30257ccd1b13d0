import JSON
import Platform
import TestSupport
import Testing

/// A text, how it is read, and the error it must give.
struct Refused: Sendable, CustomTestStringConvertible {
  let text: [UInt8]
  let code: JSONError.Code
  let offset: Int
  let line: Int
  let column: Int
  var options = JSONOptions.strict

  init(
    _ text: String, _ code: JSONError.Code, _ offset: Int, _ line: Int = 1, _ column: Int? = nil,
    options: JSONOptions = .strict
  ) {
    self.init(Array(text.utf8), code, offset, line, column, options: options)
  }

  init(
    _ text: [UInt8], _ code: JSONError.Code, _ offset: Int, _ line: Int = 1,
    _ column: Int? = nil, options: JSONOptions = .strict
  ) {
    self.text = text
    self.code = code
    self.offset = offset
    self.line = line
    self.column = column ?? offset + 1
    self.options = options
  }

  var error: JSONError { JSONError(code, offset: offset, line: line, column: column) }
  var testDescription: String {
    "\(String(decoding: text.prefix(40), as: UTF8.self)) → \(code.rawValue)"
  }
}

let python = JSONOptions(allowNonFinite: true)
let marked = JSONOptions(allowByteOrderMark: true)
let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

struct JSONErrorTests {
  static let simple: [Refused] = [
    Refused("", .emptyInput, 0),
    Refused(" \n\t", .emptyInput, 3, 2, 2),
    Refused(mark, .emptyInput, 3, 1, 1, options: marked),
    // Truncation is told from a wrong letter.
    Refused("[", .truncated, 1),
    Refused("[1,\n", .truncated, 4, 2, 1),
    Refused("{", .truncated, 1),
    Refused("{\"a\"", .truncated, 4),
    Refused("{\"a\":", .truncated, 5),
    Refused("{\"a\":1", .truncated, 6),
    Refused("{\"a\":1,", .truncated, 7),
    Refused("\"abc", .truncated, 4),
    Refused("\"\\", .truncated, 2),
    Refused("\"\\u12", .truncated, 5),
    Refused("\"\\ud800\\u", .truncated, 9),
    Refused("tru", .truncated, 3),
    Refused("[fals", .truncated, 5),
    Refused("n", .truncated, 1),
    Refused("-", .truncated, 1),
    Refused("1.", .truncated, 2),
    Refused("1e", .truncated, 2),
    Refused("1e-", .truncated, 3),
    Refused("-Infin", .truncated, 6),
    // Grammar.
    Refused("]", .syntax, 0),
    Refused("[1 2]", .syntax, 3),
    Refused("[1,]", .syntax, 3),
    Refused("[,1]", .syntax, 1),
    Refused("[1}", .syntax, 2),
    Refused("{]", .syntax, 1),
    Refused("{\"a\":1,}", .syntax, 7),
    Refused("{\"a\" 1}", .syntax, 5),
    Refused("{\"a\":}", .syntax, 5),
    Refused("{\"a\":1 \"b\":2}", .syntax, 7),
    Refused("{a:1}", .syntax, 1),
    Refused("{1:1}", .syntax, 1),
    Refused("{'a':1}", .syntax, 1),
    Refused("True", .syntax, 0),
    Refused("nul1", .syntax, 3),
    Refused("[truE]", .syntax, 4),
    Refused("None", .syntax, 1),
    Refused("+1", .syntax, 0),
    Refused(".5", .syntax, 0),
    Refused("01", .syntax, 1),
    Refused("-01", .syntax, 2),
    Refused("[1.]", .syntax, 3),
    Refused("[1.e3]", .syntax, 3),
    Refused("[1e+]", .syntax, 4),
    Refused("[-]", .syntax, 2),
    Refused("-NaN", .syntax, 1),
    Refused("-NaN", .syntax, 1, options: python),
    Refused("Inf", .truncated, 3, options: python),
    Refused("[Infinite]", .syntax, 8, options: python),
    Refused("[0x10]", .syntax, 2),
    Refused("[1\u{A0}]", .syntax, 2),
    Refused("// c\n1", .syntax, 0),
    Refused("\"a\nb\"", .syntax, 2, 1, 3),
    Refused("\"tab\t\"", .syntax, 4),
    Refused("\"nul\u{0}\"", .syntax, 4),
    Refused("\"\\x41\"", .syntax, 2),
    Refused("\"\\'\"", .syntax, 2),
    Refused("\"\\u12G4\"", .syntax, 5),
    Refused("[\u{0}]", .syntax, 1),
    Refused("[1,\n 2,\n  é]", .syntax, 10, 3, 3),
    Refused("1 2", .trailingData, 2),
    Refused("{}\n{}", .trailingData, 3, 2, 1),
    Refused("[]]", .trailingData, 2),
    Refused("\"a\"\u{0}", .trailingData, 3),
    Refused("truex", .trailingData, 4),
  ]

  static let content: [Refused] = [
    Refused("{\"a\":1,\"a\":2}", .duplicateKey, 7),
    Refused("{\"a\":1,\n \"\\u0061\":2}", .duplicateKey, 9, 2, 2),
    Refused("{\"\\n\":1,\"\\u000A\":2}", .duplicateKey, 8),
    Refused("{\"😀\":1,\"\\ud83d\\ude00\":2}", .duplicateKey, 10, 1, 8),
    Refused("{\"\":1,\"\":2}", .duplicateKey, 6),
    Refused("[{\"x\":{\"a\":1},\"a\":{},\"x\":0}]", .duplicateKey, 21),
    Refused("1e400", .numberOutOfRange, 0),
    Refused("[-1e309]", .numberOutOfRange, 1),
    Refused("{\"k\":[0,\n1E+999999999999999999999999]}", .numberOutOfRange, 9, 2, 1),
    Refused("1" + String(repeating: "0", count: 309), .numberOutOfRange, 0),
    Refused("0." + String(repeating: "0", count: 400) + "1e800", .numberOutOfRange, 0),
    Refused("1.7976931348623159e308", .numberOutOfRange, 0),
    Refused("1797693134862315.9e293", .numberOutOfRange, 0),
    Refused("NaN", .nanNotAllowed, 0),
    Refused("[1, -Infinity]", .nanNotAllowed, 4),
    Refused("[Infinity]", .nanNotAllowed, 1),
    Refused("\"\\ud800\"", .invalidUnicode, 1),
    Refused("[\"ab\\udc00\"]", .invalidUnicode, 4),
    Refused("\"\\ud800\\ud800\"", .invalidUnicode, 1),
    Refused("\"\\ud800\\n\"", .invalidUnicode, 1),
    Refused("{\"\\udfff\":1}", .invalidUnicode, 2),
  ]

  static let bytes: [Refused] = [
    Refused([0x22, 0xFF, 0x22], .invalidUTF8, 1),
    Refused([0x22, 0xC0, 0x80, 0x22], .invalidUTF8, 1),
    Refused([0x22, 0xE0, 0x9F, 0xBF, 0x22], .invalidUTF8, 1),
    Refused([0x22, 0xED, 0xA0, 0x80, 0x22], .invalidUTF8, 1),
    Refused([0x22, 0xF0, 0x8F, 0xBF, 0xBF, 0x22], .invalidUTF8, 1),
    Refused([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], .invalidUTF8, 1),
    Refused([0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], .invalidUTF8, 1),
    Refused([0x22, 0x80, 0x22], .invalidUTF8, 1),
    Refused([0x22, 0xE2, 0x82, 0x22], .invalidUTF8, 1),
    Refused([0x22, 0xE2, 0x82], .invalidUTF8, 1),
    Refused([0x22, 0xC3, 0xA9, 0xE2, 0x28, 0xA1, 0x22], .invalidUTF8, 3, 1, 3),
    Refused([0xFF, 0xFE, 0x5B, 0x00], .invalidUTF8, 0),
    Refused(mark + Array("[]".utf8), .byteOrderMark, 0),
    Refused(mark, .byteOrderMark, 0),
    Refused(mark + Array("[1 2]".utf8), .syntax, 6, 1, 4, options: marked),
    Refused(mark + mark + Array("[]".utf8), .syntax, 3, 1, 1, options: marked),
  ]

  /// FORMATS §1.2: the kinds of fault have an order, wherever each of them lies.
  static let order: [Refused] = [
    Refused(Array("[1 2, \"".utf8) + [0xFF] + Array("\"]".utf8), .invalidUTF8, 7),
    Refused(Array("{\"a\":1,\"a\":2} ".utf8) + [0xC3], .invalidUTF8, 14),
    Refused(mark + [0x22, 0xFF, 0x22], .invalidUTF8, 4, 1, 2),
    Refused(mark + Array("[[".utf8), .byteOrderMark, 0, options: JSONOptions(maximumDepth: 1)),
    Refused("[1 2, [[[", .tooDeep, 7, options: JSONOptions(maximumDepth: 2)),
    Refused("{\"a\":1,\"a\":[[]]}", .tooDeep, 12, options: JSONOptions(maximumDepth: 2)),
    Refused("[[[", .tooDeep, 2, options: JSONOptions(maximumDepth: 2)),
    Refused("[NaN, 1 2]", .syntax, 8),
    Refused("[1e400, \"\\ud800\", {\"a\":1,\"a\":1}, ", .truncated, 33),
    Refused("[1e400] 1", .trailingData, 8),
    Refused("[\"\\ud800\", 1e400]", .invalidUnicode, 2),
    Refused("[1e400, \"\\ud800\"]", .numberOutOfRange, 1),
    Refused("[\"[[[\\\"[[[\", 1 2]", .syntax, 15, options: JSONOptions(maximumDepth: 1)),
  ]

  @Test(arguments: simple + content + bytes + order)
  func `a faulty text gives its error with its place`(_ row: Refused) {
    #expect(throws: row.error) { try JSONValue.parse(row.text, options: row.options) }
    #expect(throws: row.error) { try skipAll(row.text, row.options) }
  }

  @Test func `every code has a row in the tables`() {
    let rows = Self.simple + Self.content + Self.bytes + Self.order
    #expect(Set(rows.map(\.code)) == Set(JSONError.Code.allCases))
  }

  @Test func `an error names its word, line and column`() {
    let error = JSONError(.duplicateKey, offset: 9, line: 2, column: 4, message: "twice")
    #expect(error.description == "line 2, column 4: twice [duplicate_key]")
    #expect(error.kind == .invalidInput)
    #expect(error == JSONError(.duplicateKey, offset: 9, line: 2, column: 4))
    #expect(error != JSONError(.duplicateKey, offset: 9, line: 2, column: 5))
    #expect(error != JSONError(.syntax, offset: 9, line: 2, column: 4))
  }

  @Test func `the wrong files of the lerobot cases give their reason word`() throws {
    let cases = try JSONValue.parse(Fixtures.bytes("json/bad/cases.json")).array ?? []
    #expect(cases.count == 14)
    for row in cases {
      let file = try #require(row["file"]?.string)
      let bytes = try Fixtures.read(Fixtures.path("json/bad/" + file))
      let error = #expect(throws: JSONError.self, "\(file)") { try JSONValue.parse(bytes) }
      #expect(error?.reason == row["reason"]?.string, "\(file)")
    }
  }
}

/// Reads a text through the pull reader, all of it skipped.
func skipAll(_ text: [UInt8], _ options: JSONOptions = .strict) throws(JSONError) {
  try JSONReader.reading(text, options: options) { reader throws(JSONError) in
    try reader.skipValue()
    try reader.finish()
  }
}
