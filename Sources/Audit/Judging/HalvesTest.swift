internal import Glibc
internal import Statistics

/// Fisher's exact test of two halves of equal size, two-sided (I10).
///
/// With equal sizes the weights mirror around half of the successes, so the tables that are no
/// likelier than the observed one are the two equal tails, and no tie has to be decided in integers.
struct HalvesTest: Sendable {
  let pValue: Double

  /// Nil without episodes or when the counts contradict each other.
  init?(first: Int, second: Int, half: Int) {
    let all = first + second
    guard half > 0, (0...half).contains(first), (0...half).contains(second),
      let share = Rational(UInt64(all), UInt64(2 * half)),
      let one = Binomial(n: half, p: share), let both = Binomial(n: 2 * half, p: share)
    else { return nil }
    let (low, high) = (min(first, second), max(first, second))
    guard low < high, all < 2 * half else {
      pValue = 1
      return
    }
    // P(one half has `low` of the successes), as a quotient of binomial masses at the common rate.
    let mass = one.logMass(low) + one.logMass(high) - both.logMass(all)
    var (term, sum) = (1.0, 1.0)
    var (x, y) = (low, high)
    while x > 0, y < half {
      // One success less here is one more there.
      term *= Double(x) * Double(half - y) / (Double(half - x + 1) * Double(y + 1))
      sum += term
      if term < 1e-17 * sum { break }
      (x, y) = (x - 1, y + 1)
    }
    pValue = min(1, 2 * sum * exp(mass))
  }
}
