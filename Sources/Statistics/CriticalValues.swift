import Glibc

/// The two counts that decide a claim about a rate, found by exact comparison.
///
/// X ~ Bin(n, p0). Exact for n up to 20,000; above, two numbers that agree to 80 digits are taken for
/// equal, as ties are. STATISTICS §2.1. The verdict is k ≥ `supportMin` or k ≤ `refuteMax`, and no
/// rounding of a p-value or a bound takes part in it.
public struct CriticalValues: Sendable, Hashable {
  public let n: Int
  public let threshold: Rational
  public let alpha: Rational
  /// Smallest k in 0…n+1 with P(X ≥ k) ≤ α; n + 1 when this n cannot support.
  public let supportMin: Int
  /// Largest k in −1…n with P(X ≤ k) ≤ α; −1 when this n cannot refute.
  public let refuteMax: Int

  /// Nil unless n ≥ 0, p0 ≤ 1 and 0 < α < 1.
  public init?(n: Int, threshold: Rational, alpha: Rational) {
    guard n >= 0, let complement = threshold.complement, alpha > .zero, alpha < .one,
      let support = Self.supportMin(n: n, threshold: threshold, alpha: alpha),
      let mirrored = Self.supportMin(n: n, threshold: complement, alpha: alpha)
    else { return nil }
    self.n = n
    self.threshold = threshold
    self.alpha = alpha
    supportMin = support
    refuteMax = n - mirrored
  }

  public var canSupport: Bool { supportMin <= n }
  public var canRefute: Bool { refuteMax >= 0 }

  /// P(X ≥ supportMin); nil when this n cannot support.
  public var attainedSupport: Double? {
    canSupport ? Binomial(n: n, p: threshold)?.upper(supportMin) : nil
  }

  /// P(X ≤ refuteMax); nil when this n cannot refute.
  public var attainedRefute: Double? {
    canRefute ? Binomial(n: n, p: threshold)?.lower(refuteMax) : nil
  }

  /// What k successes say about "the rate is at least p0".
  public func verdict(_ k: Int) -> RateVerdict {
    if n == 0 { return .notAuditable }
    if k >= supportMin { return .supported }
    return k <= refuteMax ? .refuted : .inconclusive
  }

  /// Least n with p0ⁿ ≤ α, the smallest run that can support; nil for p0 = 1 or beyond 2⁵³.
  public static func leastSupporting(threshold: Rational, alpha: Rational) -> Int? {
    guard threshold < .one, alpha > .zero else { return nil }
    guard threshold > .zero else { return 1 }
    let (a, b) = (threshold.numerator, threshold.denominator)
    let logBase = 2 * a > b ? log1p(-Double(b - a) / Double(b)) : log(threshold.double)
    let logAlpha = log(alpha.double)
    var (fails, holds) = (0, 1)
    while !powerIsAtMost(holds, threshold, logBase, alpha, logAlpha) {
      fails = holds
      guard holds < 1 << 53 else { return nil }
      holds *= 2
    }
    while holds - fails > 1 {
      let middle = fails + (holds - fails) / 2
      if powerIsAtMost(middle, threshold, logBase, alpha, logAlpha) {
        holds = middle
      } else {
        fails = middle
      }
    }
    return holds
  }

  /// Least n with (1 − p0)ⁿ ≤ α, the smallest run that can refute; nil for p0 = 0 or beyond 2⁵³.
  public static func leastRefuting(threshold: Rational, alpha: Rational) -> Int? {
    threshold.complement.flatMap { leastSupporting(threshold: $0, alpha: alpha) }
  }

  /// Whether P(X ≥ k) ≤ α, exactly: a double decides unless it is within 1e-9·α of a tie.
  static func upperIsAtMost(_ binomial: Binomial, _ k: Int, threshold: Rational, alpha: Rational)
    -> Bool
  {
    let level = alpha.double
    let tail = binomial.upper(k)
    if abs(tail - level) > 1e-9 * level { return tail < level }
    return ExactTail.compareUpper(k, n: binomial.n, p: threshold, to: alpha) <= 0
  }

  private static func supportMin(n: Int, threshold: Rational, alpha: Rational) -> Int? {
    guard let binomial = Binomial(n: n, p: threshold) else { return nil }
    var (fails, holds) = (0, n + 1)  // P(X ≥ 0) = 1 > α and P(X ≥ n+1) = 0
    while holds - fails > 1 {
      let middle = fails + (holds - fails) / 2
      if upperIsAtMost(binomial, middle, threshold: threshold, alpha: alpha) {
        holds = middle
      } else {
        fails = middle
      }
    }
    return holds
  }

  private static func powerIsAtMost(
    _ n: Int, _ base: Rational, _ logBase: Double, _ alpha: Rational, _ logAlpha: Double
  ) -> Bool {
    let difference = Double(n) * logBase - logAlpha
    if abs(difference) > 1e-9 { return difference < 0 }
    var left = ScaledProduct.power(base.numerator, n)
    left.multiply(by: alpha.denominator)
    var right = ScaledProduct.power(base.denominator, n)
    right.multiply(by: alpha.numerator)
    // A tie needs bⁿ to divide a 64-bit denominator, so it is always small enough to be exact here.
    return (left.compared(to: right) ?? 1) <= 0
  }
}
