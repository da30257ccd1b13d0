import Glibc

/// The evidence that k of n episodes give for and against a threshold, however the run was stopped.
///
/// Likelihood-ratio mixtures with a uniform prior. Each may be compared with 1/α at any time (Ville's
/// inequality). STATISTICS §7.
public struct EValues: Sendable, Hashable {
  public let proportion: Proportion
  public let threshold: Rational
  /// log E⁺, against "the rate is at most p0".
  public let logAbove: Double
  /// log E⁻, against "the rate is at least p0".
  public let logBelow: Double
  /// log E, against "the rate is p0".
  public let logTwoSided: Double

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
  }

  /// E⁺; the largest double where it would be beyond one, which only understates it.
  public var above: Double { Self.bounded(logAbove) }
  /// E⁻; the largest double where it would be beyond one.
  public var below: Double { Self.bounded(logBelow) }
  /// E; the largest double where it would be beyond one.
  public var twoSided: Double { Self.bounded(logTwoSided) }

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

  private static func bounded(_ logValue: Double) -> Double {
    min(exp(logValue), .greatestFiniteMagnitude)
  }
}
