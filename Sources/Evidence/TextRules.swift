internal import Platform
@_spi(_Unicode) internal import Swift

/// Rules for single texts: characters, labels, slugs, times, decimals (SCHEMAS §1).
public enum TextRules {
  /// Whether a text is `[a-z][a-z0-9_]*`, at most 64 long.
  public static func isLabel(_ text: String) -> Bool { isLabel(text.utf8) }

  static func isLabel(_ text: some Collection<UInt8>) -> Bool {
    guard let first = text.first, first &- 0x61 < 26, text.count <= 64 else { return false }
    return text.allSatisfy { $0 &- 0x61 < 26 || $0.isDigit || $0 == 0x5F }
  }

  /// Whether a text is `[a-z0-9][a-z0-9-]{0,79}`.
  public static func isSlug(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != 0x2D, text.utf8.count <= 80 else { return false }
    return text.utf8.allSatisfy { $0 &- 0x61 < 26 || $0.isDigit || $0 == 0x2D }
  }

  /// Whether a text is RFC 3339 in UTC with `Z` and whole seconds, and an existing time.
  public static func isTime(_ text: String) -> Bool { UTCTime(rfc3339: text) != nil }

  /// Whether a text is in Unicode's normalisation form C.
  public static func isNFC(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 < 0x80 } || text.unicodeScalars.elementsEqual(text._nfc)
  }

  /// The text in Unicode's normalisation form C.
  public static func nfc(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var result = ""
    result.unicodeScalars.append(contentsOf: text._nfc)
    return result
  }

  /// Whether a text holds a control character (C0, DEL or C1).
  public static func hasControl(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
  }

  /// The text cut to a number of Unicode scalars, with `…` as the last one when it was longer.
  public static func cut(_ text: String, to limit: Int) -> String {
    guard text.unicodeScalars.count > limit, limit > 0 else { return text }
    var scalars = String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))
    scalars.append("…")
    return String(scalars)
  }

  /// Whether a text is a derived number: an optional `-`, digits, `.`, exactly six digits.
  static func isSixDigits(_ text: String) -> Bool {
    var bytes = Array(text.utf8)[...]
    if bytes.first == 0x2D { bytes = bytes.dropFirst() }
    guard bytes.count >= 8, bytes[bytes.endIndex - 7] == 0x2E else { return false }
    let whole = bytes.dropLast(7)
    return whole.allSatisfy(\.isDigit) && bytes.suffix(6).allSatisfy(\.isDigit)
      && (whole.count == 1 || whole.first != 0x30)
  }
}

/// A decimal that a person wrote, exact: `0.8`, `80 %` (read as 4/5).
public struct DecimalText: Sendable, Equatable {
  /// As written.
  public let text: String
  /// In lowest terms, the denominator positive.
  public let numerator: Int64
  public let denominator: Int64

  /// nil when the text is no decimal, or has more than 15 digits.
  public init?(_ text: String) {
    var bytes = Array(text.utf8)[...]
    var isPercent = false
    if bytes.last == 0x25 {
      isPercent = true
      bytes = bytes.dropLast()
      while bytes.last == 0x20 { bytes = bytes.dropLast() }
      // NO-BREAK SPACE and NARROW NO-BREAK SPACE are what typesetters put before the sign.
      if bytes.suffix(2).elementsEqual([0xC2, 0xA0]) { bytes = bytes.dropLast(2) }
      if bytes.suffix(3).elementsEqual([0xE2, 0x80, 0xAF]) { bytes = bytes.dropLast(3) }
    }
    var isNegative = false
    if bytes.first == 0x2D {
      isNegative = true
      bytes = bytes.dropFirst()
    }
    let parts = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count),
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isDigit) }),
      parts.reduce(0, { $0 + $1.count }) <= 15
    else { return nil }
    var value: Int64 = 0
    for digit in parts.joined() { value = value * 10 + Int64(digit - 0x30) }
    var scale: Int64 = isPercent ? 100 : 1
    for _ in 0..<(parts.count == 2 ? parts[1].count : 0) { scale *= 10 }
    let divisor = Self.greatestCommonDivisor(value, scale)
    self.text = text
    numerator = (isNegative ? -value : value) / divisor
    denominator = scale / divisor
  }

  /// Whether two texts say the same number.
  public func hasSameValue(as other: DecimalText) -> Bool {
    numerator == other.numerator && denominator == other.denominator
  }

  private static func greatestCommonDivisor(_ a: Int64, _ b: Int64) -> Int64 {
    var (x, y) = (a, b)
    while y != 0 { (x, y) = (y, x % y) }
    return max(x, 1)
  }
}
