/// The interval for the difference of two rates on the same episodes.
///
/// Newcombe 1998 (Stat. Med. 17: 2635), square-and-add on Wilson bounds with his corrected φ, often
/// called method 10. STATISTICS §5.1. For any counts with n ≥ 1: 1e-10 absolute.
public struct NewcombePaired: Sendable, Hashable {
  /// B − A.
  public let difference: Double
  /// The correlation of the pairs, corrected for continuity when positive.
  public let phi: Double
  public let interval: Interval

  /// Pairs in which both, A alone, B alone, neither succeed; nil for negative counts or no pair.
  public init?(both: Int, onlyA: Int, onlyB: Int, neither: Int, confidence: Confidence) {
    let n = both + onlyA + onlyB + neither
    guard min(both, onlyA, onlyB, neither) >= 0, n > 0,
      let a = Proportion(k: both + onlyA, n: n), let b = Proportion(k: both + onlyB, n: n)
    else { return nil }
    let z = Normal.quantile(upperTail: confidence.halfAlpha)
    let (boundsA, boundsB) = (Wilson.bounds(a, z: z), Wilson.bounds(b, z: z))
    let total = Double(n)
    let (rateA, rateB) = (Double(a.k) / total, Double(b.k) / total)
    let phi = Self.phi(Double(both), Double(onlyA), Double(onlyB), Double(neither))
    func reach(_ x: Double, _ y: Double) -> Double {
      max(0, x * x - 2 * phi * x * y + y * y).squareRoot()
    }
    difference = Double(onlyB - onlyA) / total
    self.phi = phi
    interval = Interval(
      lower: max(-1, difference - reach(rateB - boundsB.lower, boundsA.upper - rateA)),
      upper: min(1, difference + reach(boundsB.upper - rateB, rateA - boundsA.lower)))
  }

  private static func phi(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
    let product = (a + b) * (c + d) * (a + c) * (b + d)
    guard product > 0 else { return 0 }
    let (t, half) = (a * d - b * c, (a + b + c + d) / 2)
    let corrected = t > half ? t - half : min(t, 0)
    return corrected / product.squareRoot()
  }
}
