/// Base64 of RFC 4648: the standard alphabet with padding, and the URL-safe one.
public enum Base64 {
  /// Standard alphabet, with padding, in one line.
  public static func encode(_ bytes: [UInt8]) -> String {
    encode(bytes, digits: Array(standard.utf8), padding: true)
  }

  /// Standard alphabet without padding, as in SSH fingerprints.
  public static func encodeUnpadded(_ bytes: [UInt8]) -> String {
    encode(bytes, digits: Array(standard.utf8), padding: false)
  }

  /// URL-safe alphabet without padding.
  public static func encodeURL(_ bytes: [UInt8]) -> String {
    encode(bytes, digits: Array(urlSafe.utf8), padding: false)
  }

  /// Strict: no foreign character, padding required, spare bits zero; else nil.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    decode(Array(text.utf8))
  }

  /// As above, from ASCII bytes.
  public static func decode(_ text: [UInt8]) -> [UInt8]? {
    if text.count % 4 != 0 { return nil }
    return decode(text, alphabet: standard)
  }

  /// URL-safe alphabet; padding may be there (then to a multiple of four) or not.
  public static func decodeURL(_ text: some StringProtocol) -> [UInt8]? {
    var bytes = Array(text.utf8)
    if bytes.contains(pad) {
      if bytes.count % 4 != 0 { return nil }
    } else {
      while bytes.count % 4 != 0 { bytes.append(pad) }
    }
    return decode(bytes, alphabet: urlSafe)
  }

  private static var standard: String {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  }
  private static var urlSafe: String {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
  }
  private static var pad: UInt8 { 61 }

  private static func encode(_ bytes: [UInt8], digits: [UInt8], padding: Bool) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group = UInt32(bytes[start]) << 16
      if count > 1 { group |= UInt32(bytes[start + 1]) << 8 }
      if count > 2 { group |= UInt32(bytes[start + 2]) }
      for place in 0...count {
        text.append(digits[Int(group >> UInt32(18 - 6 * place) & 63)])
      }
      if padding { for _ in count..<3 { text.append(pad) } }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The length is a multiple of four by now.
  private static func decode(_ text: [UInt8], alphabet: String) -> [UInt8]? {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, digit) in alphabet.utf8.enumerated() { values[Int(digit)] = UInt8(value) }
    var digits = text[...]
    var padding = 0
    while padding < 2, digits.last == pad {
      digits.removeLast()
      padding += 1
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var group: UInt32 = 0
    var bits = 0
    for digit in digits {
      let value = values[Int(digit)]
      if value == 255 { return nil }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
        group &= (1 << UInt32(bits)) - 1
      }
    }
    // 6 bits left over would be a lone digit; any bit set in what is left is a second spelling.
    return bits < 6 && group == 0 ? bytes : nil
  }
}
