import Glibc

/// Boschloo's unconditional exact test of two independent rates.
///
/// Boschloo 1970: Fisher's one-sided value orders the tables, and the p-value is the largest
/// probability of the tables at least as extreme over a common rate π. 1e-7 relative, without the
/// Berger–Boos restriction. STATISTICS §5.2.
public struct Boschloo: Sendable, Hashable {
  /// Fisher's one-sided values, which order the tables.
  public let statisticLess: Double
  public let statisticGreater: Double
  /// Small when B is worse than A.
  public let less: Double
  /// Small when B is better than A.
  public let greater: Double
  public let twoSided: Double

  /// Sides above this are compared by Fisher's test instead.
  public static let largestSide = 5000

  /// Nil when a side has no episode or more than `largestSide`.
  public init?(a: Proportion, b: Proportion) {
    guard a.n > 0, b.n > 0, max(a.n, b.n) <= Self.largestSide else { return nil }
    (statisticLess, less) = Self.less(a, b)
    (statisticGreater, greater) = Self.less(a.swapped, b.swapped)
    twoSided = min(1, 2 * min(less, greater))
  }

  private static func less(_ a: Proportion, _ b: Proportion) -> (statistic: Double, p: Double) {
    let statistic = fisherLess(a.n, b.n, a.k, b.k)
    let region = RejectionRegion(nA: a.n, nB: b.n, critical: statistic * (1 + 1e-10))
    return (statistic, region.largestProbability())
  }

  static func fisherLess(_ nA: Int, _ nB: Int, _ kA: Int, _ kB: Int) -> Double {
    Hypergeometric(nA: nA, nB: nB, s: kA + kB).lower(kB)
  }
}
