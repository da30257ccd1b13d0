import Statistics
import Testing

/// k of n; throws where they contradict each other.
func proportion(_ k: Int, _ n: Int) throws -> Proportion {
  let made = Proportion(k: k, n: n)
  return try #require(made)
}

/// a / b; throws for a zero denominator.
func fraction(_ a: UInt64, _ b: UInt64) throws -> Rational {
  let made = Rational(a, b)
  return try #require(made)
}

/// A decimal such as 0.8; throws where it is not one.
func decimal(_ text: String) throws -> Rational {
  let made = Rational(decimal: text)
  return try #require(made)
}
