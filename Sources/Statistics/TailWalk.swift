/// P(X ≥ c) while n grows by one and c by at most one, without summing anew.
///
/// P(X_{n+1} ≥ c) = P(X_n ≥ c) + p·P(X_n = c − 1). Summed afresh every 256 steps, so that rounding
/// does not pile up.
struct TailWalk {
  private let rate: Rational
  private let p: Double
  private let q: Double
  private var n = 0
  private(set) var c = 1
  private(set) var tail = 0.0
  /// P(X = c − 1).
  private var mass = 1.0

  init?(p rate: Rational) {
    guard let complement = rate.complement else { return nil }
    self.rate = rate
    p = rate.double
    q = complement.double
  }

  mutating func addEpisode() {
    n += 1
    if n.isMultiple(of: 256) || q == 0 { return sumAfresh() }
    tail += p * mass
    mass *= Double(n) / Double(n + 1 - c) * q
  }

  mutating func raiseCriticalValue() {
    if q == 0 {
      c += 1
      return sumAfresh()
    }
    mass *= Double(n + 1 - c) / Double(c) * (p / q)  // now P(X = c)
    tail = max(0, tail - mass)
    c += 1
  }

  private mutating func sumAfresh() {
    let binomial = Binomial(n: n, p: p, q: q)
    tail = binomial.upper(c)
    mass = binomial.mass(c - 1)
  }
}
