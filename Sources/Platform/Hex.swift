/// Hexadecimal text.
public enum Hex {
  /// Lower-case digits, two per byte.
  public static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.underestimatedCount * 2)
    for byte in bytes {
      text.append(digit(byte >> 4))
      text.append(digit(byte & 15))
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of lower-case hex text; nil for an odd length or any other character.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? { decode(Array(text.utf8)) }

  /// The bytes of lower-case hex digits in ASCII.
  public static func decode(_ digits: [UInt8]) -> [UInt8]? {
    if digits.count % 2 != 0 { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  /// The digit of a value from 0 to 15, in ASCII.
  public static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

  /// The value of a lower-case digit.
  public static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 48...57: digit - 48
    case 97...102: digit - 87
    default: nil
    }
  }

  /// The value of eight lower-case digits, the first one in the highest byte; all at once, since a store's ids
  /// are read by the thousand.
  public static func value(eight digits: UInt64) -> UInt32? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // Letters have bit 6, and their low half counts from 1.
    var values = (digits & (15 * ones)) + 9 * (digits >> 6 & ones)
    let areLetters = (values + 6 * ones) >> 4 & ones
    guard values & (0xF0 * ones) == 0, values + 0x30 * ones + 0x27 * areLetters == digits else {
      return nil
    }
    values = (values | values >> 4) & 0x00FF_00FF_00FF_00FF
    values = (values | values >> 8) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: values | values >> 16)
  }
}
