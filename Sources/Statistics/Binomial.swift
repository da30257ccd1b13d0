import Glibc

/// The number of successes in n independent episodes with one success probability.
///
/// Mass and tails to 1e-10 relative, down to 1e-290, for n up to a million. STATISTICS §2.
public struct Binomial: Sendable {
  public let n: Int
  public let p: Double
  /// 1 − p, kept beside p because 1 − p in doubles loses what a p near 1 needs.
  public let q: Double
  private let logP: Double
  private let logQ: Double

  /// Nil unless n ≥ 0 and 0 ≤ p ≤ 1.
  public init?(n: Int, p: Double) {
    guard n >= 0, p >= 0, p <= 1 else { return nil }
    self.init(n: n, p: p, q: 1 - p)
  }

  /// Nil unless n ≥ 0 and p ≤ 1.
  public init?(n: Int, p: Rational) {
    guard n >= 0, let q = p.complement else { return nil }
    self.init(n: n, p: p.double, q: q.double)
  }

  /// The caller vouches for n ≥ 0, p and q in [0, 1] and p + q = 1.
  init(n: Int, p: Double, q: Double) {
    self.n = n
    self.p = p
    self.q = q
    logP = q < p ? log1p(-q) : log(p)
    logQ = p < q ? log1p(-p) : log(q)
  }

  /// log P(X = k); −∞ where the mass is zero.
  public func logMass(_ k: Int) -> Double {
    guard k >= 0, k <= n else { return -.infinity }
    if p == 0 { return k == 0 ? 0 : -.infinity }
    if q == 0 { return k == n ? 0 : -.infinity }
    let (total, hits, misses) = (Double(n), Double(k), Double(n - k))
    if k == 0 { return total * logQ }
    if k == n { return total * logP }
    let correction =
      SaddlePoint.stirlingError(n) - SaddlePoint.stirlingError(k) - SaddlePoint.stirlingError(n - k)
      - SaddlePoint.deviance(hits, total * p) - SaddlePoint.deviance(misses, total * q)
    return correction + 0.5 * log(total / (2 * .pi * hits) / misses)
  }

  /// P(X = k); 0 outside 0…n.
  public func mass(_ k: Int) -> Double { exp(logMass(k)) }

  /// P(X ≤ k); 0 for k < 0 and 1 for k ≥ n.
  public func lower(_ k: Int) -> Double {
    if k < 0 { return 0 }
    if k >= n { return 1 }
    return Double(k) < Double(n) * p ? sumDown(from: k) : max(0, 1 - sumUp(from: k + 1))
  }

  /// P(X ≥ k); 1 for k ≤ 0 and 0 for k > n.
  public func upper(_ k: Int) -> Double {
    if k <= 0 { return 1 }
    if k > n { return 0 }
    return Double(k) > Double(n) * p ? sumUp(from: k) : max(0, 1 - sumDown(from: k - 1))
  }

  /// log P(X ≤ k), also where the probability itself would underflow.
  func logLower(_ k: Int) -> Double {
    if k < 0 { return -.infinity }
    if k >= n { return 0 }
    guard Double(k) < Double(n) * p else { return log1p(-min(1, sumUp(from: k + 1))) }
    return logMass(k) + log(ratioDown(from: k))
  }

  // Both sums start at their largest term, so that the first negligible term ends them.

  private func sumUp(from start: Int) -> Double {
    let first = mass(start)
    return first == 0 ? 0 : min(1, first * ratioUp(from: start))
  }

  private func sumDown(from start: Int) -> Double {
    let first = mass(start)
    return first == 0 ? 0 : min(1, first * ratioDown(from: start))
  }

  private func ratioUp(from start: Int) -> Double {
    let odds = p / q
    var (term, sum) = (1.0, 1.0)
    var i = Double(start)
    let end = Double(n)
    while i < end {
      term *= (end - i) / (i + 1) * odds
      sum += term
      if term < 1e-17 * sum { break }
      i += 1
    }
    return sum
  }

  private func ratioDown(from start: Int) -> Double {
    let odds = q / p
    var (term, sum) = (1.0, 1.0)
    var i = Double(start)
    let end = Double(n)
    while i > 0 {
      term *= i / (end - i + 1) * odds
      sum += term
      if term < 1e-17 * sum { break }
      i -= 1
    }
    return sum
  }
}
