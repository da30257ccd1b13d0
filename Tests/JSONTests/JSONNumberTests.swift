import JSON
import TestSupport
import Testing

struct JSONNumberTests {
  @Test func `decimals become the doubles that V8 reads`() throws {
    let rows = try JSONValue.parse(Fixtures.bytes("json/decimals-v8.json")).array ?? []
    #expect(rows.count > 3000)
    for row in rows {
      let lexeme = try #require(row.array?[0].string)
      let bits = try #require(row.array?[1].string.flatMap { UInt64($0, radix: 16) })
      let read = try double(of: lexeme)
      #expect(read.bitPattern == bits, "\(lexeme)")
      #expect(JSONNumber(lexeme: lexeme)?.double.bitPattern == bits, "\(lexeme)")
    }
  }

  @Test func `random decimals become the doubles that Swift reads`() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<20_000 {
      let digits =
        UInt64.random(in: 0...UInt64.max, using: &generator)
        >> UInt64.random(in: 0..<64, using: &generator)
      let power = Int.random(in: -40...40, using: &generator)
      var lexeme = "\(digits)e\(power)"
      if Bool.random(using: &generator) { lexeme = "-0.\(digits)" }
      let expected = try #require(Double(lexeme))
      #expect(try double(of: lexeme).bitPattern == expected.bitPattern, "\(lexeme)")
    }
  }

  @Test func `a double's own text reads back as the same double`() throws {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &generator))
      guard value.isFinite else { continue }
      var bytes: [UInt8] = []
      try CanonicalJSON.appendDouble(value, to: &bytes)
      #expect(try double(of: String(decoding: bytes, as: UTF8.self)) == value)
    }
  }

  @Test func `the largest double is in range and half a step above is not`() throws {
    // 2^1024 - 2^970, the first number that rounds to infinity, to 309 digits.
    let limit =
      "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017"
      + "97758720709633028641669288791094655554785194040263065748867150582068190890200070838367627"
      + "38548458177115317644757302700698555713669596228429148198608349364752927190741684443655107"
      + "04342711559699508093042880177904174497792"
    #expect(limit.utf8.count == 309)
    var below = Array(limit.utf8)
    below[308] -= 1
    #expect(try double(of: String(decoding: below, as: UTF8.self)) == .greatestFiniteMagnitude)
    for text in [limit, "-" + limit, limit + ".0", limit + "e0", "0.\(limit)e309"] {
      #expect(throws: JSONError(.numberOutOfRange, offset: 0, line: 1, column: 1)) {
        try JSONValue.parse(Array(text.utf8))
      }
    }
    for text in [
      "1.7976931348623157e308", "1.7976931348623158e308", "0e400", "0.0e999999999999999999999",
      "-0E+9999", "1e-999999999999999999999", "0.000001e314", "1000000e302",
      "0." + String(repeating: "0", count: 400) + "9e400", "12e307",
      String(repeating: "9", count: 308),
    ] {
      #expect(try double(of: text).isFinite, "\(text)")
    }
  }

  private func double(of lexeme: String) throws -> Double {
    try JSONReader.reading(Array(lexeme.utf8)) { reader throws(JSONError) in
      reader.double(try reader.next())
    }
  }
}
