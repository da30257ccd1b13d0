/// factor · C(n1,k1) · C(n2,k2) / divisor: the weights that two exact tests order.
struct CombinatorialWeight {
  var first: (n: Int, k: Int)
  var second: (n: Int, k: Int)
  var factor: UInt64 = 1
  var divisor: UInt64 = 1

  /// Above this, whole integers would take too long and agreement to 80 digits is equality.
  private static let longestWhole = 20_000

  /// −1, 0 or 1 as self is less than, equal to or greater than the other.
  func compared(to other: CombinatorialWeight) -> Int {
    var left = ScaledProduct.choose(first.n, first.k)
    left.multiply(by: .choose(second.n, second.k))
    left.multiply(by: factor)
    left.multiply(by: other.divisor)
    var right = ScaledProduct.choose(other.first.n, other.first.k)
    right.multiply(by: .choose(other.second.n, other.second.k))
    right.multiply(by: other.factor)
    right.multiply(by: divisor)
    if let decided = left.compared(to: right) { return decided }
    guard max(first.n, second.n) <= Self.longestWhole else { return 0 }
    var (x, y) = (whole, other.whole)
    x.multiply(by: other.divisor)
    y.multiply(by: divisor)
    return x == y ? 0 : (x < y ? -1 : 1)
  }

  private var whole: BigNatural {
    var product = BigNatural.choose(first.n, first.k)
    product = product.multiplied(by: .choose(second.n, second.k))
    product.multiply(by: factor)
    return product
  }
}

extension BigNatural {
  /// C(n, k) for 0 ≤ k ≤ n.
  static func choose(_ n: Int, _ k: Int) -> BigNatural {
    var result = BigNatural(1)
    for j in 0..<max(0, min(k, n - k)) {
      result.multiply(by: UInt64(n - j))
      result.divide(by: UInt64(j + 1))
    }
    return result
  }
}
