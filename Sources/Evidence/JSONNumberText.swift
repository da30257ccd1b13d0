/// Numbers that members carry as text.
enum JSONNumberText {
  /// Whether a text is one JSON number (RFC 8259 §6).
  static func isNumber(_ text: String) -> Bool { isNumber(Array(text.utf8)) }

  /// The same of bytes, whose indices are from 0.
  static func isNumber<Bytes: RandomAccessCollection>(_ bytes: Bytes) -> Bool
  where Bytes.Element == UInt8, Bytes.Index == Int {
    var place = bytes.first == 0x2D ? 1 : 0
    let whole = bytes.end(of: \.isDigit, from: place)
    guard whole > place, whole == place + 1 || bytes[place] != 0x30 else { return false }
    place = whole
    if place < bytes.count, bytes[place] == 0x2E {
      let fraction = bytes.end(of: \.isDigit, from: place + 1)
      guard fraction > place + 1 else { return false }
      place = fraction
    }
    if place < bytes.count, bytes[place] | 0x20 == 0x65 {
      place += 1
      if place < bytes.count, bytes[place] == 0x2B || bytes[place] == 0x2D { place += 1 }
      let exponent = bytes.end(of: \.isDigit, from: place)
      guard exponent > place else { return false }
      place = exponent
    }
    return place == bytes.count
  }
}
