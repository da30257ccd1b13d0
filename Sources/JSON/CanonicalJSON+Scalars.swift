extension CanonicalJSON {
  /// Appends fixed ASCII text as it stands: brackets, `"key":`, `true`.
  public static func appendLiteral(_ text: StaticString, to bytes: inout [UInt8]) {
    // Safe because the count is the literal's own.
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends a string in quotes with the fewest escapes (RFC 8785 §3.2.2.2).
  public static func appendString(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(0x22)
    var text = text
    text.withUTF8 { utf8 in
      // Safe because it is used in this closure alone.
      let raw = unsafe TextBytes(UnsafeRawBufferPointer(utf8))
      var place = 0
      while place < raw.count {
        let end = ByteScan.skipUnescaped(raw, from: place)
        raw.append(from: place, to: end, onto: &bytes)
        if end < raw.count { appendEscape(of: raw[end], to: &bytes) }
        place = end + 1
      }
    }
    bytes.append(0x22)
  }

  /// Appends an integer in decimal, digit for digit.
  ///
  /// RFC 8785 holds for it within ±2^53; what lies beyond belongs into a string.
  public static func appendInteger(_ value: Int64, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(0x2D) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      bytes.append(0x30 + UInt8(truncatingIfNeeded: digit))
      rest = quotient
    } while rest > 0
    bytes[start...].reverse()
  }

  /// Appends a double in ECMAScript's form; NaN and infinities are `nan_not_allowed`.
  public static func appendDouble(_ value: Double, to bytes: inout [UInt8]) throws(JSONError) {
    guard value.isFinite else { throw unwritable(.nanNotAllowed, bytes.count) }
    appendFinite(value, to: &bytes)
  }

  static func appendNumber(_ number: JSONNumber, to bytes: inout [UInt8]) throws(JSONError) {
    if let integer = number.integer, integer.magnitude <= 1 << 53 {
      return appendInteger(integer, to: &bytes)
    }
    guard number.isFinite else { throw unwritable(.nanNotAllowed, bytes.count) }
    let double = number.double
    guard double.isFinite else { throw unwritable(.numberOutOfRange, bytes.count) }
    appendFinite(double, to: &bytes)
  }

  /// ECMA-262, Number::toString with radix 10, for a finite double.
  ///
  /// Swift's description has the shortest digits that read back as the same double, and the nearest
  /// of these; only where the point stands differs.
  static func appendFinite(_ value: Double, to bytes: inout [UInt8]) {
    if value == 0 { return bytes.append(0x30) }
    if value < 0 { bytes.append(0x2D) }
    let (digits, point) = shortestDigits(value.magnitude)
    let count = digits.count
    if point > 0 && point <= 21 {
      bytes.append(contentsOf: digits.prefix(point))
      if count <= point {
        bytes.append(contentsOf: repeatElement(0x30, count: point - count))
      } else {
        bytes.append(0x2E)
        bytes.append(contentsOf: digits[point...])
      }
    } else if point > -6 && point <= 0 {
      appendLiteral("0.", to: &bytes)
      bytes.append(contentsOf: repeatElement(0x30, count: -point))
      bytes.append(contentsOf: digits)
    } else {
      bytes.append(contentsOf: digits.prefix(1))
      if count > 1 {
        bytes.append(0x2E)
        bytes.append(contentsOf: digits.dropFirst())
      }
      bytes.append(0x65)
      if point > 0 { bytes.append(0x2B) }
      appendInteger(Int64(point - 1), to: &bytes)
    }
  }

  /// The shortest digits of a positive double, and how many of them stand before the point.
  private static func shortestDigits(_ value: Double) -> (digits: [UInt8], point: Int) {
    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    var isExponent = false
    var isNegative = false
    for byte in value.description.utf8 {
      switch byte {
      case 0x2E: point = digits.count
      case 0x65: isExponent = true
      case 0x2D: isNegative = true
      case 0x30...0x39:
        if isExponent { exponent = exponent * 10 + Int(byte - 0x30) } else { digits.append(byte) }
      default: break
      }
    }
    var place = (point ?? digits.count) + (isNegative ? -exponent : exponent)
    let zeros = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(zeros)
    place -= zeros
    while digits.last == 0x30 { digits.removeLast() }
    return (digits, place)
  }

  private static func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case 0x22: appendLiteral("\\\"", to: &bytes)
    case 0x5C: appendLiteral("\\\\", to: &bytes)
    case 0x08: appendLiteral("\\b", to: &bytes)
    case 0x09: appendLiteral("\\t", to: &bytes)
    case 0x0A: appendLiteral("\\n", to: &bytes)
    case 0x0C: appendLiteral("\\f", to: &bytes)
    case 0x0D: appendLiteral("\\r", to: &bytes)
    default:
      appendLiteral("\\u00", to: &bytes)
      bytes.append(byte < 0x10 ? 0x30 : 0x31)
      let low = byte & 0x0F
      bytes.append(low < 10 ? 0x30 + low : 0x61 + low - 10)
    }
  }
}
