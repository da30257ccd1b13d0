/// The smallest fresh run of fixed length that would support a claim with given power.
///
/// STATISTICS §11. N and c are exact for a cap up to 20,000, the power to 1e-9. To plan a refutation, take the complements of both rates.
public struct SampleSize: Sendable, Hashable {
  /// N: episodes of the fresh run.
  public let episodes: Int
  /// c(N): successes at which the claim is supported.
  public let successes: Int
  /// P(Bin(N, assumed rate) ≥ c(N)).
  public let power: Double

  /// The first N in 1…cap with c(N) ≤ N and P(Bin(N, assumed) ≥ c(N)) ≥ target; nil if there is none.
  ///
  /// Power is a sawtooth; the first crossing is meant. Nil also for rates above 1 or α outside (0, 1).
  public static func least(
    assuming assumed: Rational, threshold: Rational, alpha: Rational,
    target: Rational = .fourFifths, cap: Int = 20_000
  ) -> SampleSize? {
    guard var null = TailWalk(p: threshold), var alternative = TailWalk(p: assumed),
      alpha > .zero, alpha < .one, cap > 0
    else { return nil }
    let (level, goal) = (alpha.double, target.double)
    for n in 1...cap {
      null.addEpisode()
      alternative.addEpisode()
      let isAtMost: Bool
      if abs(null.tail - level) > 1e-9 * level {
        isAtMost = null.tail < level
      } else {
        isAtMost = ExactTail.compareUpper(null.c, n: n, p: threshold, to: alpha) <= 0
      }
      if !isAtMost {
        null.raiseCriticalValue()
        alternative.raiseCriticalValue()
      }
      guard null.c <= n, alternative.tail > goal * (1 - 1e-9) else { continue }
      let reached =
        alternative.tail > goal * (1 + 1e-9)
        || ExactTail.compareUpper(null.c, n: n, p: assumed, to: target) >= 0
      if reached {
        return SampleSize(episodes: n, successes: null.c, power: alternative.tail)
      }
    }
    return nil
  }
}
