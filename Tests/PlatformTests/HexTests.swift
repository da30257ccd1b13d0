import Platform
import Testing

struct HexTests {
  @Test func `every byte survives hex and back`() {
    let bytes = [UInt8](0...255)
    #expect(Hex.decode(Hex.encode(bytes)) == bytes)
  }

  @Test(arguments: ["0", "0g", "AB", " 0", "é"])
  func `anything but pairs of lower-case digits is refused`(_ text: String) {
    #expect(Hex.decode(text) == nil)
  }

  @Test func `eight digits at once are what they are one by one`() {
    func packed(_ digits: [UInt8]) -> UInt64 { digits.reduce(0) { $0 << 8 | UInt64($1) } }
    for byte in UInt8.min...UInt8.max {
      for place in 0..<8 {
        var digits = Array("0f1a9e5c".utf8)
        digits[place] = byte
        let one = Hex.decode(digits).map { $0.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
        #expect(Hex.value(eight: packed(digits)) == one, "\(byte) at \(place)")
      }
    }
  }

  @Test(arguments: [
    ("", "a", true), ("a", "", false), ("", "", false), ("a", "a", false), ("a", "ab", true),
    ("ab", "b", true), ("z", "é", true), ("e\u{301}", "é", true), ("é", "e\u{301}", false),
    ("\u{1F600}", "\u{FFFD}", false),
  ]) func `names are in the order of their bytes`(_ a: String, _ b: String, _ isBefore: Bool) {
    #expect(a.precedes(b) == isBefore)
    #expect(a.precedes(b) == a.utf8.lexicographicallyPrecedes(b.utf8))
  }
}
