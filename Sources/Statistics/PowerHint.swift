/// How many episodes a fresh run would need after an inconclusive one.
///
/// STATISTICS §11. Exact but for the power itself, see `SampleSize`.
public struct PowerHint: Sendable, Hashable {
  /// Why there is no number.
  public enum Absence: String, Sendable {
    case rateNotAboveThreshold = "rate_not_above_threshold"
    case overCap = "over_cap"
  }
  /// (k + 1) / (n + 2): shrinks 50 of 50 away from 1.
  public let assumedRate: Rational
  public let plan: SampleSize?
  /// max(0, N − n); nil without a plan.
  public let more: Int?
  /// Set exactly when `plan` is nil.
  public let absence: Absence?

  /// For "at least p0"; nil for counts beyond 2⁶² or an invalid threshold or α.
  public init?(_ proportion: Proportion, threshold: Rational, alpha: Rational) {
    guard proportion.n < 1 << 62, threshold <= .one, alpha > .zero, alpha < .one,
      let assumed = Rational(UInt64(proportion.k) + 1, UInt64(proportion.n) + 2)
    else { return nil }
    assumedRate = assumed
    let above = assumed > threshold
    plan = above ? SampleSize.least(assuming: assumed, threshold: threshold, alpha: alpha) : nil
    more = plan.map { max(0, $0.episodes - proportion.n) }
    absence = plan != nil ? nil : (above ? .overCap : .rateNotAboveThreshold)
  }
}
