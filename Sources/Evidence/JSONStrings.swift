/// The strings of a JSON text, found by their quotes alone, so that a text that is cut short or
/// malformed is looked at just the same.
enum JSONStrings {
  /// Calls `body` with place and decoded bytes of every string that has an escape.
  static func forEachEscaped(in bytes: [UInt8], _ body: (Int, [UInt8]) -> Void) {
    var place = 0
    while let start = bytes[place...].firstIndex(of: 0x22) {
      var end = start + 1
      var hasEscape = false
      while end < bytes.count, bytes[end] != 0x22 {
        if bytes[end] == 0x5C {
          hasEscape = true
          end += 1
        }
        end += 1
      }
      end = min(end, bytes.count)
      if hasEscape { body(start, decoded(Array(bytes[start + 1..<end]))) }
      place = min(end + 1, bytes.count)
    }
  }

  /// Escapes of RFC 8259 §7 as the bytes they stand for; what is no escape stays.
  static func decoded(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(0x5C) else { return bytes }
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      guard bytes[place] == 0x5C, place + 1 < bytes.count else {
        result.append(bytes[place])
        place += 1
        continue
      }
      if bytes[place + 1] == 0x75, let (scalar, length) = scalar(bytes, at: place) {
        result.append(contentsOf: String(scalar).utf8)
        place += length
        continue
      }
      switch bytes[place + 1] {
      case 0x62: result.append(0x08)
      case 0x66: result.append(0x0C)
      case 0x6E: result.append(0x0A)
      case 0x72: result.append(0x0D)
      case 0x74: result.append(0x09)
      default: result.append(bytes[place + 1])
      }
      place += 2
    }
    return result
  }

  /// The scalar of one or two `\uXXXX`, and how many bytes they take.
  private static func scalar(_ bytes: [UInt8], at place: Int) -> (Unicode.Scalar, Int)? {
    guard let high = unit(bytes, at: place) else { return nil }
    if let scalar = Unicode.Scalar(high) { return (scalar, 6) }
    guard high < 0xDC00, let low = unit(bytes, at: place + 6), (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { return nil }
    return (scalar, 12)
  }

  private static func unit(_ bytes: [UInt8], at place: Int) -> UInt32? {
    guard bytes.has("\\u", at: place), place + 6 <= bytes.count else { return nil }
    return UInt32(String(decoding: bytes[place + 2..<place + 6], as: UTF8.self), radix: 16)
  }
}
