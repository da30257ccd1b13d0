/// A claim that a rate is at least, or at most, a threshold, tested at a fixed number of episodes.
///
/// At most p0 is at least 1 − p0 for the failures. STATISTICS §3.2.
public struct RateTest: Sendable, Hashable {
  public enum Direction: String, Sendable {
    case atLeast = "at_least"
    case atMost = "at_most"
  }
  public let direction: Direction
  public let threshold: Rational
  public let alpha: Rational
  /// p0 of the equivalent "at least" claim.
  private let mirrored: Rational

  /// Nil unless 0 < p0 ≤ 1 (at least) or 0 ≤ p0 < 1 (at most), and 0 < α < 1.
  public init?(_ direction: Direction, threshold: Rational, alpha: Rational) {
    guard let complement = threshold.complement, alpha > .zero, alpha < .one else { return nil }
    self.direction = direction
    self.threshold = threshold
    self.alpha = alpha
    mirrored = direction == .atLeast ? threshold : complement
    if mirrored == .zero { return nil }
  }

  /// The critical values of the equivalent "at least" claim, which count successes or, for
  /// `atMost`, failures; nil for a negative n.
  public func criticalValues(n: Int) -> CriticalValues? {
    CriticalValues(n: n, threshold: mirrored, alpha: alpha)
  }

  /// `notAuditable` when there is no episode.
  public func verdict(_ proportion: Proportion) -> RateVerdict {
    guard let values = criticalValues(n: proportion.n) else { return .notAuditable }
    return values.verdict(direction == .atLeast ? proportion.k : proportion.failures)
  }

  /// The p-value for "supported": P(X ≥ k) at the threshold, in doubles; nil without episodes.
  public func supportPValue(_ proportion: Proportion) -> Double? {
    let counted = direction == .atLeast ? proportion : proportion.swapped
    guard counted.n > 0 else { return nil }
    return Binomial(n: counted.n, p: mirrored)?.upper(counted.k)
  }

  /// The p-value for "refuted": P(X ≤ k) at the threshold, in doubles; nil without episodes.
  public func refutePValue(_ proportion: Proportion) -> Double? {
    let counted = direction == .atLeast ? proportion : proportion.swapped
    guard counted.n > 0 else { return nil }
    return Binomial(n: counted.n, p: mirrored)?.lower(counted.k)
  }
}
