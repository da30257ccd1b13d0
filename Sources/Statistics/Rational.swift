/// An exact fraction of two 64-bit naturals in lowest terms.
///
/// Thresholds, confidences and error rates are such fractions, so that no verdict depends on how a
/// decimal rounds to binary. STATISTICS §1.
public struct Rational: Sendable, Hashable {
  public let numerator: UInt64
  /// At least 1.
  public let denominator: UInt64

  /// Reduces the fraction; nil when the denominator is zero.
  public init?(_ numerator: UInt64, _ denominator: UInt64) {
    guard denominator > 0 else { return nil }
    let divisor = greatestCommonDivisor(numerator, denominator)
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  private init(lowestTerms numerator: UInt64, _ denominator: UInt64) {
    self.numerator = numerator
    self.denominator = denominator
  }

  public static let zero = Rational(lowestTerms: 0, 1)
  public static let half = Rational(lowestTerms: 1, 2)
  public static let one = Rational(lowestTerms: 1, 1)
  /// The power that designs are planned for (§10, §11).
  public static let fourFifths = Rational(lowestTerms: 4, 5)

  /// Reads an unsigned decimal such as `0.8`, `1` or `99.95`; nil for anything else.
  ///
  /// Digits with at most one point that has digits on both sides; no sign, exponent or blank. At most
  /// 18 fractional digits after trailing zeros are dropped, and a value below 2⁶⁴ / 10^(places).
  public init?(decimal text: String) {
    guard let parsed = UnsignedDecimal(text), parsed.places <= 18 else { return nil }
    self.init(parsed.digits, powerOfTen(parsed.places))
  }

  /// The fraction divided by 100, for a value that was written as a percentage.
  public var asPercentage: Rational? {
    let shared = greatestCommonDivisor(numerator, 100)
    let (product, overflow) = denominator.multipliedReportingOverflow(by: 100 / shared)
    return overflow ? nil : Rational(lowestTerms: numerator / shared, product)
  }

  /// 1 − x; nil when x > 1.
  public var complement: Rational? {
    numerator <= denominator
      ? Rational(lowestTerms: denominator - numerator, denominator) : nil
  }

  /// x / 2; nil when the denominator would leave 64 bits.
  public var halved: Rational? {
    if numerator.isMultiple(of: 2) { return Rational(numerator / 2, denominator) }
    let (product, overflow) = denominator.multipliedReportingOverflow(by: 2)
    return overflow ? nil : Rational(lowestTerms: numerator, product)
  }

  /// x − y; nil when the difference is negative or leaves 64 bits.
  public func subtracting(_ other: Rational) -> Rational? {
    let shared = greatestCommonDivisor(denominator, other.denominator)
    let (left, o1) = numerator.multipliedReportingOverflow(by: other.denominator / shared)
    let (right, o2) = other.numerator.multipliedReportingOverflow(by: denominator / shared)
    let (common, o3) = denominator.multipliedReportingOverflow(by: other.denominator / shared)
    guard !o1, !o2, !o3, left >= right else { return nil }
    return Rational(left - right, common)
  }

  /// The nearest double, ties to even.
  public var double: Double {
    if numerator == 0 { return 0 }
    let n = UInt128(numerator) << UInt128(numerator.leadingZeroBitCount + 64)
    let exponent = -(numerator.leadingZeroBitCount + 64)
    var (quotient, remainder) = n.quotientAndRemainder(dividingBy: UInt128(denominator))
    // 128 significant bits over at most 64: the quotient has at least 64.
    var dropped = 0
    let width = 128 - quotient.leadingZeroBitCount
    if width > 64 {
      dropped = width - 64
      let low = quotient & ((UInt128(1) << UInt128(dropped)) - 1)
      quotient >>= UInt128(dropped)
      remainder |= low
    }
    let sticky: UInt64 = remainder == 0 ? 0 : 1
    // 64 bits with the sticky bit round once, correctly: a double keeps 53.
    return Double(
      sign: .plus, exponent: exponent + dropped, significand: Double(UInt64(quotient) | sticky))
  }
}

extension Rational: Comparable {
  public static func < (left: Rational, right: Rational) -> Bool {
    left.numerator.multipliedFullWidth(by: right.denominator)
      < right.numerator.multipliedFullWidth(by: left.denominator)
  }
}

/// Euclid's algorithm; the other number when one is zero.
func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
  var (x, y) = (a, b)
  while y != 0 { (x, y) = (y, x % y) }
  return x
}
