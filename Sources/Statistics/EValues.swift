import Glibc

/// The evidence that k of n episodes give for and against a threshold, however the run was stopped.
///
/// Likelihood-ratio mixtures with a uniform prior. Each may be compared with 1/α at any time (Ville
/// 1939; Robbins 1970; Howard et al. 2021). STATISTICS §7. For 0 < p0 < 1 and n up to a million:
/// the logarithms to 1e-10 absolute, E⁺ and E⁻ to 1e-10 relative. These two are sums that use +, ×
/// and ÷ alone, which round alike on every machine, so that their printed digits are the same
/// everywhere, however large they are; decisions compare logarithms, and integers near a tie.
public struct EValues: Sendable, Hashable {
  public let proportion: Proportion
  public let threshold: Rational
  /// log E⁺, against "the rate is at most p0".
  public let logAbove: Double
  /// log E⁻, against "the rate is at least p0".
  public let logBelow: Double
  /// log E, against "the rate is p0".
  public let logTwoSided: Double
  /// E⁺; the largest double where it would be beyond one, which only understates it.
  public let above: Double
  /// E⁻; the largest double where it would be beyond one.
  public let below: Double

  /// Nil for p0 = 0, p0 = 1 or above.
  public init?(_ proportion: Proportion, threshold: Rational) {
    guard threshold > .zero, threshold < .one, let complement = threshold.complement else {
      return nil
    }
    self.proportion = proportion
    self.threshold = threshold
    let (k, n) = (proportion.k, proportion.n)
    let (p, q) = (threshold.double, complement.double)
    logAbove = Self.logAbove(k, n, p, q)
    logBelow = Self.logAbove(n - k, n, q, p)
    logTwoSided = -log(Double(n) + 1) - Binomial(n: n, p: p, q: q).logMass(k)
    above = Self.above(k, n, p, q)
    below = Self.above(n - k, n, q, p)
  }

  /// E; the largest double where it would be beyond one.
  public var twoSided: Double { min(exp(logTwoSided), .greatestFiniteMagnitude) }

  /// Whether E⁺ ≥ 1/α, exactly: the data support "at least p0" under any stopping.
  public func supports(alpha: Rational) -> Bool {
    guard alpha > .zero else { return false }
    let difference = logAbove + log(alpha.double)
    if abs(difference) >= 1e-9 { return difference > 0 }
    // E⁺ = P(Bin(n+1,p0) ≤ k) / P(… = k) / (n+1−k), seen from the failures.
    guard let complement = threshold.complement else { return false }
    let (k, n) = (proportion.k, proportion.n)
    return ExactTail.compareRatio(
      n + 1 - k, n: n + 1, p: complement, to: UInt64(n + 1 - k), over: alpha) >= 0
  }

  /// Whether E⁻ ≥ 1/α, exactly: the data refute "at least p0" under any stopping.
  public func refutes(alpha: Rational) -> Bool {
    guard alpha > .zero else { return false }
    let difference = logBelow + log(alpha.double)
    if abs(difference) >= 1e-9 { return difference > 0 }
    let (k, n) = (proportion.k, proportion.n)
    return ExactTail.compareRatio(
      k + 1, n: n + 1, p: threshold, to: UInt64(k + 1), over: alpha) >= 0
  }

  /// Whether the mean of the tasks' E⁻ reaches 1/α: some task's rate is below the threshold.
  ///
  /// False without tasks.
  public static func meanRefutes(_ tasks: [EValues], alpha: Rational) -> Bool {
    guard alpha > .zero, let largest = tasks.map(\.logBelow).max() else { return false }
    let sum = tasks.reduce(0.0) { $0 + exp($1.logBelow - largest) }
    let difference = largest + log(sum) - log(Double(tasks.count)) + log(alpha.double)
    if abs(difference) >= 1e-9 { return difference > 0 }
    let terms = tasks.map {
      (k: $0.proportion.k + 1, n: $0.proportion.n + 1, p: $0.threshold)
    }
    return ExactTail.meanRatioReaches(terms, inverseOf: alpha)
  }

  /// log of P(Bin(n+1,p) ≤ k) / (q·(n+1)·P(Bin(n,p) = k)).
  private static func logAbove(_ k: Int, _ n: Int, _ p: Double, _ q: Double) -> Double {
    let wider = Binomial(n: n + 1, p: p, q: q)
    return wider.logLower(k) - wider.logMass(k) - log(Double(n + 1 - k))
  }

  /// Σ_{i≤k} P(X = i) / P(X = k) / (n + 1 − k) for X ~ Bin(n+1, p).
  private static func above(_ k: Int, _ n: Int, _ p: Double, _ q: Double) -> Double {
    let odds = q / p
    var term = 1 / Double(n + 1 - k)
    var sum = term
    var i = Double(k)
    let end = Double(n + 1)
    // Where the terms rise first, they reach the largest double before they are many.
    while i > 0, sum < .infinity {
      term *= i / (end - i + 1) * odds
      sum += term
      if term < 1e-17 * sum { break }
      i -= 1
    }
    return min(sum, .greatestFiniteMagnitude)
  }
}
