import Glibc

/// Fisher's exact test of two rates, given the successes together.
///
/// `less` is small when B is worse than A. The two-sided value sums the tables that are no likelier
/// than the observed one, ties decided in integers (by doubles above ten million episodes). Fisher
/// 1935. STATISTICS §5.2. 1e-9 relative for up to a million episodes a side.
public struct Fisher: Sendable, Hashable {
  public let less: Double
  public let greater: Double
  public let twoSided: Double

  /// Nil when a side has no episode.
  public init?(a: Proportion, b: Proportion) {
    guard a.n > 0, b.n > 0 else { return nil }
    let tables = Hypergeometric(nA: a.n, nB: b.n, s: a.k + b.k)
    less = tables.lower(b.k)
    greater = tables.upper(b.k)
    twoSided = Self.twoSided(tables, observed: b.k)
  }

  private static func twoSided(_ tables: Hypergeometric, observed: Int) -> Double {
    let mode = tables.mode
    if observed == mode { return 1 }
    // Weights fall on both sides of the mode: find where the other side starts to be no likelier.
    let step = observed < mode ? 1 : -1
    let end = observed < mode ? tables.high : tables.low
    let logObserved = tables.logMass(observed)
    var (fails, holds) = (-1, abs(end - mode) + 1)  // distances from the mode
    while holds - fails > 1 {
      let middle = fails + (holds - fails) / 2
      if isAtMost(tables, mode + step * middle, observed, logObserved) {
        holds = middle
      } else {
        fails = middle
      }
    }
    if holds == 0 { return 1 }
    let other = mode + step * holds
    return observed < mode
      ? min(1, tables.lower(observed) + tables.upper(other))
      : min(1, tables.upper(observed) + tables.lower(other))
  }

  private static func isAtMost(
    _ tables: Hypergeometric, _ i: Int, _ observed: Int, _ logObserved: Double
  ) -> Bool {
    let difference = tables.logMass(i) - logObserved
    if abs(difference) > 1e-9 { return difference < 0 }
    // STATISTICS §5.2 lets doubles decide for large N; products of that many factors take seconds.
    if tables.nA + tables.nB > 10_000_000 { return true }
    return weight(tables, i).compared(to: weight(tables, observed)) <= 0
  }

  private static func weight(_ tables: Hypergeometric, _ i: Int) -> CombinatorialWeight {
    CombinatorialWeight(first: (tables.nB, i), second: (tables.nA, tables.s - i))
  }
}
