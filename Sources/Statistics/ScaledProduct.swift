/// A positive product kept to some 320 bits, with a bound on what truncation has lost.
///
/// The true value lies in [m·2^e, m·2^e·(1 + loss·2⁻³²⁰)]. It decides a comparison of long products
/// (binomial coefficients, powers) in milliseconds where whole integers would have millions of bits;
/// what it cannot decide differs by less than 10⁻⁸⁰ and is then compared in whole integers.
struct ScaledProduct {
  /// Limbs kept; the top one may hold a single bit, so 64·(limbs − 1) bits are sure.
  private static let kept = 6
  private static let sureBits = 64 * (kept - 1)

  private var mantissa: BigNatural
  private var exponent = 0
  /// Relative error in units of 2⁻³²⁰; 0 means exact.
  private var loss = 0.0

  init(_ value: UInt64) { mantissa = BigNatural(value) }

  /// A fixed-point number value·2^exponent known to `loss` units.
  init(_ value: BigNatural, exponent: Int, loss: Double) {
    mantissa = value
    self.exponent = exponent
    self.loss = loss
    truncate()
  }

  mutating func multiply(by factor: UInt64) {
    mantissa.multiply(by: factor)
    truncate()
  }

  mutating func multiply(by other: ScaledProduct) {
    mantissa = mantissa.multiplied(by: other.mantissa)
    exponent += other.exponent
    loss += other.loss
    truncate()
  }

  static func power(_ base: UInt64, _ exponent: Int) -> ScaledProduct {
    var result = ScaledProduct(1)
    var square = ScaledProduct(base)
    var left = exponent
    while left > 0 {
      if left & 1 == 1 { result.multiply(by: square) }
      left >>= 1
      if left > 0 { square.multiply(by: square) }
    }
    return result
  }

  /// C(n, k) for 0 ≤ k ≤ n as a fraction, so that nothing is divided.
  static func choose(_ n: Int, _ k: Int) -> (numerator: ScaledProduct, denominator: ScaledProduct) {
    var (numerator, denominator) = (Factors(), Factors())
    for j in 0..<max(0, min(k, n - k)) {
      numerator.multiply(by: UInt64(n - j))
      denominator.multiply(by: UInt64(j + 1))
    }
    return (numerator.product, denominator.product)
  }

  /// Factors gathered to 64 bits before each long multiplication.
  private struct Factors {
    private var long = ScaledProduct(1)
    private var short: UInt64 = 1

    mutating func multiply(by factor: UInt64) {
      let (value, overflow) = short.multipliedReportingOverflow(by: factor)
      if overflow {
        long.multiply(by: short)
        short = factor
      } else {
        short = value
      }
    }

    var product: ScaledProduct {
      var whole = long
      whole.multiply(by: short)
      return whole
    }
  }

  /// −1, 0 or 1 as self is less than, equal to or greater than the other; nil when undecided.
  func compared(to other: ScaledProduct) -> Int? {
    if mantissa.isZero || other.mantissa.isZero {
      return mantissa.isZero ? (other.mantissa.isZero ? 0 : -1) : 1
    }
    let left = exponent + mantissa.bitWidth
    let right = other.exponent + other.mantissa.bitWidth
    // The losses are far below a factor of two.
    if abs(left - right) >= 2 { return left < right ? -1 : 1 }
    var (x, y) = (mantissa, other.mantissa)
    x.shiftLeft(max(0, exponent - other.exponent))
    y.shiftLeft(max(0, other.exponent - exponent))
    if loss == 0 && other.loss == 0 { return x == y ? 0 : (x < y ? -1 : 1) }
    let isLess = x < y
    var difference = isLess ? y : x
    difference.subtract(isLess ? x : y)
    // decided when difference / max > loss · 2⁻³²⁰
    var scaled = difference
    scaled.shiftLeft(Self.sureBits)
    var bound = isLess ? y : x
    bound.multiply(by: UInt64(min(4 * (loss + other.loss) + 4, 1e18)))
    return scaled > bound ? (isLess ? -1 : 1) : nil
  }

  private mutating func truncate() {
    let extra = mantissa.limbs.count - Self.kept
    guard extra > 0 else { return }
    if mantissa.dropLowLimbs(extra) { loss += 1 }
    exponent += 64 * extra
  }
}
