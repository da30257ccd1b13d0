/// Numbers with exactly six fractional digits, half to even: the text form of evidence.json.
///
/// STATISTICS §1. Rates come from integers and are the same on every machine; other reals are
/// rounded on the exact value of the double. Zero never carries a sign.
public enum SixDigits {
  /// k / n; nil when n < 1.
  ///
  /// A negative k (a difference) rounds by its magnitude.
  public static func text(k: Int, n: Int) -> String? {
    guard n > 0 else { return nil }
    let scaled = UInt128(k.magnitude) * 1_000_000
    let rounded = quotientHalfToEven(scaled, UInt128(n))
    return text(millionths: rounded, negative: k < 0)
  }

  /// The fraction itself, as in `text(k:n:)`.
  public static func text(_ value: Rational) -> String {
    let scaled = UInt128(value.numerator) * 1_000_000
    return text(
      millionths: quotientHalfToEven(scaled, UInt128(value.denominator)), negative: false)
  }

  /// A real number, half to even on its exact binary value.
  ///
  /// A value that is not finite is a bug of the caller and stops the program.
  public static func text(_ value: Double) -> String {
    precondition(value.isFinite, "an undefined result is nil and is never written as a number")
    let magnitude = value.magnitude
    guard magnitude >= 0x1p-32 else { return "0.000000" }  // below half a millionth
    let exponent = Int(magnitude.exponent) - 52
    if exponent >= 0 {
      var whole = BigNatural(magnitude.significandBitPattern | 1 << 52)
      whole.shiftLeft(exponent)
      return (value < 0 ? "-" : "") + whole.decimal + ".000000"
    }
    // 53 bits times 10⁶ fit in 73; the shift is at most 84.
    let scaled = UInt128(magnitude.significandBitPattern | 1 << 52) * 1_000_000
    let rounded = quotientHalfToEven(scaled, UInt128(1) << UInt128(-exponent))
    return text(millionths: rounded, negative: value < 0)
  }

  /// numerator / denominator for numbers of any size; the denominator is not zero.
  static func text(_ numerator: BigNatural, over denominator: BigNatural) -> String {
    // The result is a mean of rates: binary long division of 10⁶·numerator by the denominator.
    var rest = numerator
    rest.multiply(by: 1_000_000)
    var quotient: UInt128 = 0
    var shift = max(0, rest.bitWidth - denominator.bitWidth)
    while true {
      var part = denominator
      part.shiftLeft(shift)
      quotient <<= 1
      if part <= rest {
        rest.subtract(part)
        quotient |= 1
      }
      if shift == 0 { break }
      shift -= 1
    }
    rest.shiftLeft(1)
    if rest > denominator || (rest == denominator && quotient & 1 == 1) { quotient += 1 }
    return text(millionths: quotient, negative: false)
  }

  private static func quotientHalfToEven(_ value: UInt128, _ divisor: UInt128) -> UInt128 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    let opposite = divisor - remainder
    let up = remainder > opposite || (remainder == opposite && quotient & 1 == 1)
    return up ? quotient + 1 : quotient
  }

  private static func text(millionths: UInt128, negative: Bool) -> String {
    let (whole, part) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
    let digits = String(part)
    let sign = negative && millionths > 0 ? "-" : ""
    return sign + String(whole) + "." + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
