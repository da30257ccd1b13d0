import Glibc

/// A confidence interval that holds at every moment of a run at once.
///
/// The uniform mixture of likelihood ratios: all p with (n+1)·P(Bin(n,p) = k) > α. Valid whenever the
/// run was stopped. Ville 1939, Robbins 1970, Howard et al. 2021. STATISTICS §7. 1e-9 relative for n
/// from 1 to a million.
public enum ConfidenceSequence {
  /// Nil when there is no episode.
  public static func interval(_ proportion: Proportion, confidence: Confidence) -> Interval? {
    let (k, n) = (proportion.k, proportion.n)
    guard n > 0 else { return nil }
    let logLevel = log(confidence.alpha.double) - log(Double(n) + 1)
    let edge = logLevel / Double(n)
    return Interval(
      lower: k == 0 ? 0 : (k == n ? exp(edge) : end(proportion, logLevel, above: false)),
      upper: k == n ? 1 : (k == 0 ? -expm1(edge) : end(proportion, logLevel, above: true)))
  }

  /// The zero of log P(Bin(n,p) = k) − logLevel on one side of k/n, for 0 < k < n.
  private static func end(_ proportion: Proportion, _ logLevel: Double, above: Bool) -> Double {
    let (k, n) = (Double(proportion.k), Double(proportion.n))
    let peak = k / n
    let spread = (2 * max(1, -logLevel) * k * (n - k) / n).squareRoot() / n
    var (low, high) = above ? (peak, 1.0) : (0.0, peak)
    var p = above ? peak + spread : peak - spread
    if !(p > low && p < high) { p = low + (high - low) / 2 }
    for _ in 0..<200 {
      let binomial = Binomial(n: proportion.n, p: p, q: 1 - p)
      let value = binomial.logMass(proportion.k) - logLevel
      if value == 0 { return p }
      if (value < 0) == above { high = p } else { low = p }
      let slope = (k - n * p) / (p * (1 - p))
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
