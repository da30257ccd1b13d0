/// The nearest double to a decimal number, without a string where integers suffice.
///
/// Up to 19 digits and powers of ten from -27 to 27 (5^27 fits in 64 bits) are decided by one exact
/// division or product of 128 bits and its remainder; the rest goes to Swift's own conversion.
enum DecimalDouble {
  /// The double of a JSON number's text, or nil when more than that is needed.
  static func value(_ bytes: TextBytes, from start: Int, to end: Int) -> Double? {
    var place = start
    guard place < end, end <= bytes.count else { return nil }
    let isNegative = bytes[place] == 0x2D
    if isNegative { place += 1 }
    var digits: UInt64 = 0
    var count = 0
    var power = 0
    var isFraction = false
    scan: while place < end {
      let byte = bytes[place]
      switch byte {
      case 0x30...0x39:
        if count > 0 || byte != 0x30 { count += 1 }
        if count > 19 { return nil }
        digits = digits &* 10 &+ UInt64(byte &- 0x30)
        if isFraction { power -= 1 }
      case 0x2E: isFraction = true
      case 0x65, 0x45: break scan
      default: return nil
      }
      place += 1
    }
    if place < end {
      guard let exponent = smallExponent(bytes, from: place + 1, to: end) else { return nil }
      power += exponent
    }
    guard let magnitude = nearest(digits, power: power) else { return nil }
    return isNegative ? -magnitude : magnitude
  }

  /// The nearest double to `digits` × 10^`power`, ties to even, for powers from -27 to 27.
  static func nearest(_ digits: UInt64, power: Int) -> Double? {
    guard digits != 0 else { return 0 }
    guard power >= -27 && power <= 27 else { return nil }
    let five = powerOfFive(abs(power))
    return power < 0
      ? quotient(digits, by: five, twos: power) : product(digits, by: five, twos: power)
  }

  /// 5^`power` for 0 to 27, by squaring.
  private static func powerOfFive(_ power: Int) -> UInt64 {
    var result: UInt64 = power & 1 == 0 ? 1 : 5
    if power & 2 != 0 { result &*= 25 }
    if power & 4 != 0 { result &*= 625 }
    if power & 8 != 0 { result &*= 390_625 }
    if power & 16 != 0 { result &*= 152_587_890_625 }
    return result
  }

  private static func quotient(_ digits: UInt64, by five: UInt64, twos: Int) -> Double {
    let above = digits << UInt64(digits.leadingZeroBitCount)
    let below = five << UInt64(five.leadingZeroBitCount)
    // Both have their highest bit set, so one of the two divisions gives a quotient that has it too.
    let fits = above < below
    let dividend: (high: UInt64, low: UInt64) =
      fits ? (above, 0) : (above >> 1, (above & 1) << 63)
    let (quotient, rest) = below.dividingFullWidth(dividend)
    let shift = five.leadingZeroBitCount - digits.leadingZeroBitCount - (fits ? 64 : 63)
    return rounded(quotient, isExact: rest == 0, twos: twos + shift)
  }

  private static func product(_ digits: UInt64, by five: UInt64, twos: Int) -> Double {
    let (high, low) = digits.multipliedFullWidth(by: five)
    guard high != 0 else {
      let shift = low.leadingZeroBitCount
      return rounded(low << UInt64(shift), isExact: true, twos: twos - shift)
    }
    let shift = high.leadingZeroBitCount
    let top = shift == 0 ? high : high << UInt64(shift) | low >> UInt64(64 - shift)
    return rounded(top, isExact: low << UInt64(shift) == 0, twos: twos + 64 - shift)
  }

  /// `top` × 2^`twos` to 53 bits; `top` has its highest bit set, and a little more follows it unless
  /// it is exact.
  private static func rounded(_ top: UInt64, isExact: Bool, twos: Int) -> Double {
    var bits = top >> 11
    let rest = top & 0x7FF
    if rest > 0x400 || (rest == 0x400 && (!isExact || bits & 1 == 1)) { bits += 1 }
    // Far from both ends of a double's exponents: twos is between -220 and 100.
    return Double(bits) * Double(bitPattern: UInt64(1023 + 11 + twos) << 52)
  }

  private static func smallExponent(_ bytes: TextBytes, from start: Int, to end: Int) -> Int? {
    guard start < end else { return nil }
    let isSigned = bytes[start] == 0x2D || bytes[start] == 0x2B
    var exponent = 0
    for place in (isSigned ? start + 1 : start)..<end {
      exponent = exponent * 10 + Int(bytes[place]) - 0x30
      if exponent > 1000 { return nil }
    }
    return bytes[start] == 0x2D ? -exponent : exponent
  }
}
