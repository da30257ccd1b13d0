import Glibc

/// The exact binomial bounds of Clopper and Pearson.
///
/// Clopper & Pearson 1934. 1e-10 relative for n from 1 to a million. For display; the verdict comes from `CriticalValues`.
/// STATISTICS §2.2.
public struct ClopperPearson: Sendable, Hashable {
  public let oneSidedLower: Double
  public let oneSidedUpper: Double
  /// Both bounds with α/2.
  public let twoSided: Interval

  /// Nil when there is no episode.
  public init?(_ proportion: Proportion, confidence: Confidence) {
    guard let oneLower = Self.lower(proportion, tail: confidence.alpha),
      let oneUpper = Self.upper(proportion, tail: confidence.alpha),
      let lower = Self.lower(proportion, tail: confidence.halfAlpha),
      let upper = Self.upper(proportion, tail: confidence.halfAlpha)
    else { return nil }
    oneSidedLower = oneLower
    oneSidedUpper = oneUpper
    twoSided = Interval(lower: lower, upper: upper)
  }

  /// The p with P(X ≥ k) = tail; 0 for k = 0, nil for n = 0.
  public static func lower(_ proportion: Proportion, tail: Rational) -> Double? {
    let (k, n) = (proportion.k, proportion.n)
    guard n > 0, tail > .zero, tail < .one else { return nil }
    let alpha = tail.double
    if k == 0 { return 0 }
    if k == n { return exp(log(alpha) / Double(n)) }
    let start = Wilson.bounds(proportion, z: Normal.quantile(upperTail: tail)).lower
    return solve(from: start, upTo: proportion) { p in
      let binomial = Binomial(n: n, p: p, q: 1 - p)
      let value = binomial.upper(k) - alpha
      return (value, Double(k) * binomial.mass(k) / p)
    }
  }

  /// The p with P(X ≤ k) = tail; 1 for k = n, nil for n = 0.
  public static func upper(_ proportion: Proportion, tail: Rational) -> Double? {
    let (k, n) = (proportion.k, proportion.n)
    guard n > 0, tail > .zero, tail < .one else { return nil }
    let alpha = tail.double
    if k == n { return 1 }
    if k == 0 { return -expm1(log(alpha) / Double(n)) }
    let start = Wilson.bounds(proportion, z: Normal.quantile(upperTail: tail)).upper
    // Solved in p itself: 1 − (a bound near 1) would lose the digits of a small upper bound.
    return solve(from: start, upTo: proportion) { p in
      let binomial = Binomial(n: n, p: p, q: 1 - p)
      let value = alpha - binomial.lower(k)
      return (value, Double(n - k) * binomial.mass(k) / (1 - p))
    }
  }

  /// The zero of an increasing function on (0, 1): Newton steps inside a shrinking bracket.
  private static func solve(
    from start: Double, upTo proportion: Proportion,
    _ function: (Double) -> (value: Double, slope: Double)
  ) -> Double {
    var (low, high) = (0.0, 1.0)
    var p = start > 0 && start < 1 ? start : Double(proportion.k) / Double(proportion.n)
    for _ in 0..<200 {
      let (value, slope) = function(p)
      if value == 0 { return p }
      if value < 0 { low = p } else { high = p }
      var next = p - value / slope
      // So short a step is right to twice as many digits; rounding may carry it out of the bracket.
      if abs(next - p) <= 1e-10 * min(p, 1 - p) { return min(1, max(0, next)) }
      if !(next > low && next < high) { next = low + (high - low) / 2 }
      p = next
      if high - low <= 1e-16 * p { break }
    }
    return p
  }
}
