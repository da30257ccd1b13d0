import Glibc

/// The two pieces of Loader's saddle-point form of the binomial mass.
///
/// Loader 2000, "Fast and accurate computation of binomial probabilities". `lgamma` alone loses the
/// tenth digit at n = 100,000, since its absolute error grows with its value.
enum SaddlePoint {
  /// log(n!) − log(√(2πn)·(n/e)ⁿ): what Stirling's formula leaves out.
  static func stirlingError(_ n: Int) -> Double {
    if n <= 15 { return small(n) }
    let x = Double(n)
    let inverse = 1 / (x * x)
    let series = 1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 * inverse) * inverse
    return (1.0 / 12 - (1.0 / 360 - series * inverse) * inverse) / x
  }

  /// x·log(x/m) + m − x for x ≥ 0 and m > 0, without cancellation near x = m.
  static func deviance(_ x: Double, _ m: Double) -> Double {
    let difference = x - m
    guard abs(difference) < 0.1 * (x + m) else { return x * log(x / m) + m - x }
    let v = difference / (x + m)
    let square = v * v
    var sum = difference * v
    var power = 2 * x * v
    var odd = 3.0
    while true {
      power *= square
      let next = sum + power / odd
      if next == sum { return next }
      sum = next
      odd += 2
    }
  }

  /// To 20 digits from log n! at 40 digits.
  private static func small(_ n: Int) -> Double {
    switch n {
    case 1: 0.081061466795327258
    case 2: 0.041340695955409294
    case 3: 0.027677925684998339
    case 4: 0.020790672103765093
    case 5: 0.016644691189821192
    case 6: 0.013876128823070748
    case 7: 0.011896709945891770
    case 8: 0.010411265261972096
    case 9: 0.0092554621827127329
    case 10: 0.0083305634333628713
    case 11: 0.0075736754879518408
    case 12: 0.0069428401072095299
    case 13: 0.0064089941880042071
    case 14: 0.0059513701127588477
    case 15: 0.0055547335519628014
    default: 0
    }
  }
}
