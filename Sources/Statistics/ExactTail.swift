/// Comparisons of a binomial tail with a fraction, decided in integers.
///
/// With p = a/b and c = b − a, P(X ≥ k) = Σ_{i≥k} C(n,i)·aⁱ·cⁿ⁻ⁱ / bⁿ. STATISTICS §2, §2.1, §7.
/// First with some 320 bits, which settles everything but ties, then with whole integers.
enum ExactTail {
  /// Bits of the fixed-point sum of ratios.
  private static let pointBits = 448
  /// Above this, sums of whole integers would take minutes; agreement to 80 digits is then equality.
  private static let longestWholeSum = 20_000

  /// −1, 0 or 1 as P(X ≥ k) is less than, equal to or greater than α.
  ///
  /// 0 ≤ p ≤ 1 and α > 0.
  static func compareUpper(_ k: Int, n: Int, p: Rational, to alpha: Rational) -> Int {
    let (a, b) = (p.numerator, p.denominator)
    let c = b - a
    if k <= 0 || (c == 0 && k <= n) { return sign(.one, alpha) }
    if k > n || a == 0 { return -1 }
    // For p = ½ and n odd the upper half is exactly ½, at any n.
    if p == .half && 2 * k == n + 1 { return sign(.half, alpha) }

    let choose = ScaledProduct.choose(n, k)
    var left = choose.numerator
    left.multiply(by: .power(a, k))
    left.multiply(by: .power(c, n - k))
    left.multiply(by: alpha.denominator)
    left.multiply(by: ratioSum(from: k, n: n, a: a, c: c))
    var right = ScaledProduct.power(b, n)
    right.multiply(by: alpha.numerator)
    right.multiply(by: choose.denominator)
    if let decided = left.compared(to: right) { return decided }

    guard n <= longestWholeSum else { return 0 }
    var (_, sum) = wholeSum(from: k, n: n, a: a, c: c)
    sum.multiply(by: alpha.denominator)
    var bound = BigNatural(b).power(n)
    bound.multiply(by: alpha.numerator)
    return sum == bound ? 0 : (sum < bound ? -1 : 1)
  }

  /// −1, 0 or 1 as P(X ≥ k) / P(X = k) is less than, equal to or greater than `factor` / α.
  ///
  /// 0 < p < 1, 0 ≤ k ≤ n, α > 0.
  static func compareRatio(_ k: Int, n: Int, p: Rational, to factor: UInt64, over alpha: Rational)
    -> Int
  {
    let (a, c) = (p.numerator, p.denominator - p.numerator)
    var left = ratioSum(from: k, n: n, a: a, c: c)
    left.multiply(by: alpha.numerator)
    var right = ScaledProduct(factor)
    right.multiply(by: alpha.denominator)
    if let decided = left.compared(to: right) { return decided }

    guard n <= longestWholeSum else { return 0 }
    var (first, sum) = wholeSum(from: k, n: n, a: a, c: c)
    sum.multiply(by: alpha.numerator)
    first.multiply(by: alpha.denominator)
    first.multiply(by: factor)
    return sum == first ? 0 : (sum < first ? -1 : 1)
  }

  /// Whether the mean of P(X ≥ k) / (k·P(X = k)) over the terms is at least 1/α.
  ///
  /// To 80 digits: a difference that small counts as equal. 0 < p < 1, 1 ≤ k ≤ n, α > 0.
  static func meanRatioReaches(_ terms: [(k: Int, n: Int, p: Rational)], inverseOf alpha: Rational)
    -> Bool
  {
    var sum = BigNatural(0)
    for term in terms {
      let (a, c) = (term.p.numerator, term.p.denominator - term.p.numerator)
      var ratio = fixedPointRatioSum(from: term.k, n: term.n, a: a, c: c)
      ratio.divide(by: UInt64(term.k))
      sum.add(ratio)
    }
    var left = ScaledProduct(sum, exponent: -pointBits, loss: 1)
    left.multiply(by: alpha.numerator)
    var right = ScaledProduct(UInt64(terms.count))
    right.multiply(by: alpha.denominator)
    return (left.compared(to: right) ?? 0) >= 0
  }

  /// Σ_{i≥k} P(X = i) / P(X = k).
  private static func ratioSum(from k: Int, n: Int, a: UInt64, c: UInt64) -> ScaledProduct {
    // Each of at most 2³¹ steps loses less than 2⁻⁴⁴⁸ of its term or of the first one.
    ScaledProduct(
      fixedPointRatioSum(from: k, n: n, a: a, c: c), exponent: -pointBits, loss: k == n ? 0 : 1)
  }

  private static func fixedPointRatioSum(from k: Int, n: Int, a: UInt64, c: UInt64) -> BigNatural {
    var term = BigNatural(powerOfTwo: pointBits)
    var sum = term
    for i in k..<n {
      term.multiply(by: UInt64(n - i))
      term.multiply(by: a)
      term.divide(by: UInt64(i + 1))
      term.divide(by: c)
      if term.isZero { break }
      sum.add(term)
    }
    return sum
  }

  /// C(n,k)·aᵏ·cⁿ⁻ᵏ and the sum of such terms from k to n.
  private static func wholeSum(from k: Int, n: Int, a: UInt64, c: UInt64) -> (
    first: BigNatural, sum: BigNatural
  ) {
    var term = BigNatural(a).power(k).multiplied(by: BigNatural(c).power(n - k))
    for j in 0..<min(k, n - k) {
      term.multiply(by: UInt64(n - j))
      term.divide(by: UInt64(j + 1))
    }
    let first = term
    var sum = term
    for i in k..<n {
      term.multiply(by: UInt64(n - i))
      term.multiply(by: a)
      term.divide(by: UInt64(i + 1))
      term.divide(by: c)
      sum.add(term)
    }
    return (first, sum)
  }

  private static func sign(_ left: Rational, _ right: Rational) -> Int {
    left == right ? 0 : (left < right ? -1 : 1)
  }
}
