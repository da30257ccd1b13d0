import JSON
import TestSupport
import Testing

struct JSONHostileTests {
  /// Something of everything: each kind of token, escapes, two to four bytes of UTF-8, nesting.
  static let sample = Array(
    ("{\"per_task\":[{\"k\":[1.5e-3,-0,true,false,null],\"é€😀\":\"\\u00e9\\ud83d\\ude00\\n\"},[]],\n"
      + " \"long key beyond a word\":{\"a\":{},\"b\":12345678901234567890}}").utf8)

  @Test func `every truncation gives a typed error`() throws {
    _ = try JSONValue.parse(Self.sample)
    for length in 0..<Self.sample.count {
      let text = Array(Self.sample.prefix(length))
      let thrown = #expect(throws: JSONError.self) { try JSONValue.parse(text) }
      let error = try #require(thrown)
      #expect(throws: error) { try skipAll(text) }
      let codes: [JSONError.Code] = length == 0 ? [.emptyInput] : [.truncated, .invalidUTF8]
      #expect(codes.contains(error.code), "\(length)")
    }
  }

  @Test func `no change of one byte crashes, and both readers agree on it`() {
    var accepted = 0
    for place in Self.sample.indices {
      var text = Self.sample
      for byte in UInt8.min...UInt8.max {
        text[place] = byte
        if agree(text) { accepted += 1 }
      }
    }
    // Letters and digits may change into others, most else not.
    #expect(accepted > Self.sample.count && accepted < Self.sample.count * 128)
  }

  @Test func `no byte taken out or put in crashes`() {
    for place in Self.sample.indices {
      var text = Self.sample
      text.remove(at: place)
      _ = agree(text)
      for byte: UInt8 in [0x00, 0x22, 0x5C, 0x5B, 0x7D, 0x2C, 0x2D, 0x65, 0x80, 0xF0] {
        text = Self.sample
        text.insert(byte, at: place)
        _ = agree(text)
      }
    }
  }

  @Test func `random texts of JSON's own bytes never crash`() {
    var generator = SeededGenerator(seed: 4)
    let pieces = [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "d800", "true", "NaN", "-", "1e", "0", ".5",
      "é", " ", "\n", "\"a\":", "Infinity", "null",
    ].map { Array($0.utf8) }
    for _ in 0..<5_000 {
      var text: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<24, using: &generator) {
        text += pieces.randomElement(using: &generator) ?? []
      }
      _ = agree(text)
    }
  }

  /// Whether a text is accepted; both readers must say the same, and what is accepted must survive
  /// being written and read again.
  private func agree(_ text: [UInt8]) -> Bool {
    do throws(JSONError) {
      let value = try JSONValue.parse(text)
      try skipAll(text)
      let bytes = try CanonicalJSON.bytes(value)
      let again = try CanonicalJSON.bytes(JSONValue.parse(bytes))
      if again != bytes { Issue.record("not stable: \(text)") }
      return true
    } catch {
      let parsed = Result { () throws(JSONError) in try JSONValue.parse(text) }
      let skipped = Result { () throws(JSONError) in try skipAll(text) }
      if case .failure(let one) = parsed, case .failure(let other) = skipped, one == other {
        return false
      }
      Issue.record("\(error): the readers differ on \(text)")
      return false
    }
  }
}
