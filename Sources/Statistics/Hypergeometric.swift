import Glibc

/// The number of an arm's successes when both arms' counts and the successes together are given.
///
/// P(X = i) = C(nB,i)·C(nA,s−i) / C(nA+nB,s). The mass is Loader's: a quotient of binomial masses at
/// p = s/N, 1e-12 relative up to 5,000 episodes a side and 1e-9 up to a million. Loader 2000.
struct Hypergeometric: Sendable {
  let nA: Int
  let nB: Int
  let s: Int
  /// Support.
  let low: Int
  let high: Int
  private let fromA: Binomial
  private let fromB: Binomial
  private let logTotal: Double

  /// The caller vouches for 0 ≤ s ≤ nA + nB and nA + nB ≥ 1.
  init(nA: Int, nB: Int, s: Int) {
    self.nA = nA
    self.nB = nB
    self.s = s
    low = max(0, s - nA)
    high = min(nB, s)
    let total = nA + nB
    let (p, q) = (Double(s) / Double(total), Double(total - s) / Double(total))
    fromA = Binomial(n: nA, p: p, q: q)
    fromB = Binomial(n: nB, p: p, q: q)
    logTotal = Binomial(n: total, p: p, q: q).logMass(s)
  }

  /// A count of largest weight.
  var mode: Int {
    let product = (UInt128(s) + 1) * (UInt128(nB) + 1) / (UInt128(nA + nB) + 2)
    return min(high, max(low, Int(product)))
  }

  func logMass(_ i: Int) -> Double {
    guard i >= low, i <= high else { return -.infinity }
    return fromB.logMass(i) + fromA.logMass(s - i) - logTotal
  }

  func lower(_ i: Int) -> Double {
    if i < low { return 0 }
    if i >= high { return 1 }
    return i < mode ? sumDown(from: i) : max(0, 1 - sumUp(from: i + 1))
  }

  func upper(_ i: Int) -> Double {
    if i <= low { return 1 }
    if i > high { return 0 }
    return i > mode ? sumUp(from: i) : max(0, 1 - sumDown(from: i - 1))
  }

  private func sumUp(from start: Int) -> Double {
    let first = exp(logMass(start))
    guard first > 0 else { return 0 }
    var (term, sum) = (1.0, 1.0)
    for i in start..<high {
      let up = Double(nB - i) * Double(s - i)
      term *= up / (Double(i + 1) * Double(nA - s + i + 1))
      sum += term
      if term < 1e-17 * sum { break }
    }
    return min(1, first * sum)
  }

  private func sumDown(from start: Int) -> Double {
    let first = exp(logMass(start))
    guard first > 0 else { return 0 }
    var (term, sum) = (1.0, 1.0)
    var i = start
    while i > low {
      let down = Double(i) * Double(nA - s + i)
      term *= down / (Double(nB - i + 1) * Double(s - i + 1))
      sum += term
      if term < 1e-17 * sum { break }
      i -= 1
    }
    return min(1, first * sum)
  }
}
