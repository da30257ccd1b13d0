/// The hybrid score interval for the difference of two independent rates.
///
/// Newcombe 1998 (Stat. Med. 17: 873), method 10. STATISTICS §5.2. For n ≥ 1 on both sides: 1e-12
/// absolute.
public struct NewcombeUnpaired: Sendable, Hashable {
  /// B − A.
  public let difference: Double
  public let interval: Interval

  /// Nil when a side has no episode.
  public init?(a: Proportion, b: Proportion, confidence: Confidence) {
    guard let rateA = a.rate, let rateB = b.rate else { return nil }
    let z = Normal.quantile(upperTail: confidence.halfAlpha)
    let (boundsA, boundsB) = (Wilson.bounds(a, z: z), Wilson.bounds(b, z: z))
    func reach(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
    difference = rateB - rateA
    interval = Interval(
      lower: max(-1, difference - reach(rateB - boundsB.lower, boundsA.upper - rateA)),
      upper: min(1, difference + reach(boundsB.upper - rateB, rateA - boundsA.lower)))
  }
}
