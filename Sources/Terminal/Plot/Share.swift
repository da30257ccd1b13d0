/// A share of one in whole millionths: what the six digits of a package say, exactly.
public struct Share: Sendable, Hashable, Comparable {
  /// 0…1,000,000.
  public let millionths: Int

  /// nil outside of 0…1,000,000.
  public init?(millionths: Int) {
    guard (0...1_000_000).contains(millionths) else { return nil }
    self.millionths = millionths
  }

  /// A derived rate or bound as packages write it, such as `0.904000`; nil for everything else.
  public init?(sixDigits text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 8, bytes[1] == UInt8(ascii: ".") else { return nil }
    var value = 0
    for (place, byte) in bytes.enumerated() where place != 1 {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    self.init(millionths: value)
  }

  /// The nearest millionth of a fraction; nil outside of 0…1.
  public init?(_ numerator: Int64, over denominator: Int64) {
    guard denominator > 0, (0...denominator).contains(numerator) else { return nil }
    let product = UInt64(numerator).multipliedFullWidth(by: 2_000_000)
    // Below 2·10⁶, since the numerator is no larger than the denominator.
    let doubled = UInt64(denominator).dividingFullWidth((product.high, product.low)).quotient
    self.init(millionths: Int(doubled + 1) / 2)
  }

  /// One digit, half up: `90.4 %`.
  public var percent: String {
    let tenths = (millionths + 500) / 1000
    return "\(tenths / 10).\(tenths % 10) %"
  }

  public static func < (a: Share, b: Share) -> Bool { a.millionths < b.millionths }
}
