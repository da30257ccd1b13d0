/// The exact test of two versions on the same episodes.
///
/// McNemar 1947; mid-p after Fagerland, Lydersen & Laake 2013. Only the discordant pairs count:
/// each is equally likely to favour either side. STATISTICS §5.1. 1e-10 relative for up to a million
/// discordant pairs.
public struct McNemar: Sendable, Hashable {
  /// Small when B is worse than A.
  public let regression: Double
  /// Small when B is better than A.
  public let improvement: Double
  public let twoSided: Double
  /// Two-sided, with half the observed probability; for information.
  public let midP: Double

  /// Counts the pairs in which A alone, and B alone, succeeds; nil for negative counts.
  ///
  /// Without such pairs all four values are 1.
  public init?(onlyA: Int, onlyB: Int) {
    guard onlyA >= 0, onlyB >= 0 else { return nil }
    let pairs = Binomial(n: onlyA + onlyB, p: 0.5, q: 0.5)
    regression = pairs.upper(onlyA)
    improvement = pairs.upper(onlyB)
    twoSided = min(1, 2 * min(regression, improvement))
    let fewer = min(onlyA, onlyB)
    midP =
      pairs.n == 0
      ? 1 : min(1, pairs.mass(fewer) + 2 * pairs.lower(fewer - 1))
  }
}
