/// factor · C(n1,k1) · C(n2,k2) / divisor: the weights that two exact tests order.
struct CombinatorialWeight {
  var first: (n: Int, k: Int)
  var second: (n: Int, k: Int)
  var factor: UInt64 = 1
  var divisor: UInt64 = 1

  /// Above this many factors, whole integers would take too long and agreement to 80 digits is
  /// equality.
  private static let longestWhole = 40_000

  /// −1, 0 or 1 as self is less than, equal to or greater than the other, which has the same n1, n2.
  ///
  /// Only the factors in which the two differ are multiplied: two weights of a test of a million
  /// episodes lie a few thousand steps apart.
  func compared(to other: CombinatorialWeight) -> Int {
    var left = ScaledProduct(factor)
    left.multiply(by: other.divisor)
    var right = ScaledProduct(other.factor)
    right.multiply(by: divisor)
    forEachFactor(against: other) { numerator, denominator in
      left.multiply(by: numerator)
      right.multiply(by: denominator)
    }
    if let decided = left.compared(to: right) { return decided }
    guard abs(first.k - other.first.k) + abs(second.k - other.second.k) <= Self.longestWhole else {
      return 0
    }
    var (x, y) = (BigNatural(factor), BigNatural(other.factor))
    x.multiply(by: other.divisor)
    y.multiply(by: divisor)
    forEachFactor(against: other) { numerator, denominator in
      x.multiply(by: numerator)
      y.multiply(by: denominator)
    }
    return x == y ? 0 : (x < y ? -1 : 1)
  }

  /// The factors of C(n,k) / C(n,k') for both coefficients.
  private func forEachFactor(
    against other: CombinatorialWeight, _ body: (_ numerator: UInt64, _ denominator: UInt64) -> Void
  ) {
    for (n, k, base) in [
      (first.n, first.k, other.first.k), (second.n, second.k, other.second.k),
    ] {
      for j in min(k, base)..<max(k, base) {
        let (up, down) = (UInt64(n - j), UInt64(j + 1))
        if k > base { body(up, down) } else { body(down, up) }
      }
    }
  }
}
