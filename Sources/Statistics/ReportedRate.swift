/// A rate as a report prints it: its digits, its precision and its unit.
public struct ReportedRate: Sendable, Hashable {
  public enum Unit: Sendable {
    case fraction, percent
  }
  /// R: the digits without the point.
  public let digits: UInt64
  /// d: digits after the point, trailing zeros counted.
  public let places: Int
  /// U: the value is R / U as a rate of 1.
  public let scale: UInt64

  /// Nil unless it is an unsigned decimal of at most 16 places (fraction 18) that fits 64 bits.
  public init?(_ text: String, unit: Unit) {
    guard let parsed = UnsignedDecimal(text, keepingZeros: true),
      parsed.places <= (unit == .percent ? 16 : 18)
    else { return nil }
    digits = parsed.digits
    places = parsed.places
    scale = powerOfTen(parsed.places) * (unit == .percent ? 100 : 1)
  }

  /// The value as an exact rate of 1.
  public var rate: Rational { Rational(digits, scale) ?? .zero }

  /// h: half a unit of the last digit, as a rate of 1.
  public var halfUnit: Rational { Rational(1, scale)?.halved ?? .zero }
}
