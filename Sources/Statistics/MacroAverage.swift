/// The mean of the tasks' rates, each task counting alike whatever its size.
///
/// The mean's digits are exact; the interval is good to 1e-10 absolute. Newcombe 1998 (squared and
/// added). STATISTICS §3.3, §4.
public struct MacroAverage: Sendable, Hashable {
  public let tasks: [Proportion]

  /// Nil without tasks or with a task that has no episode.
  public init?(_ tasks: [Proportion]) {
    guard !tasks.isEmpty, tasks.allSatisfy({ $0.n > 0 }) else { return nil }
    self.tasks = tasks
  }

  /// The exact mean with six digits.
  public var text: String {
    // Σ k_t/n_t over the least common denominator, which stays short for many sizes.
    var denominator = BigNatural(1)
    for n in Set(tasks.map { UInt64($0.n) }) {
      denominator.multiply(
        by: n / greatestCommonDivisor(n, denominator.remainder(dividingBy: n)))
    }
    var numerator = BigNatural(0)
    for (n, k) in successesBySize {
      var share = denominator
      share.divide(by: UInt64(n))
      share.multiply(by: UInt64(k))
      numerator.add(share)
    }
    denominator.multiply(by: UInt64(tasks.count))
    return SixDigits.text(numerator, over: denominator)
  }

  public var mean: Double {
    tasks.reduce(0.0) { $0 + Double($1.k) / Double($1.n) } / Double(tasks.count)
  }

  /// The closed-form interval: Wilson bounds of the tasks, squared and added.
  ///
  /// Each bound leaves out `tail`: α/2 for the two-sided interval, α for the one-sided limits. Cut
  /// to [0, 1]. Does not collapse when every episode succeeds.
  public func squareAndAdd(tail: Rational) -> Interval {
    let z = Normal.quantile(upperTail: tail)
    let count = Double(tasks.count)
    var (below, above) = (0.0, 0.0)
    for task in tasks {
      let rate = Double(task.k) / Double(task.n)
      let bounds = Wilson.bounds(task, z: z)
      below += (rate - bounds.lower) * (rate - bounds.lower)
      above += (bounds.upper - rate) * (bounds.upper - rate)
    }
    return Interval(
      lower: max(0, mean - below.squareRoot() / count),
      upper: min(1, mean + above.squareRoot() / count))
  }

  /// The exact counts when every task counts only for the size of the smallest one.
  public var equalised: EqualisedCounts? {
    guard let smallest = tasks.map(\.n).min() else { return nil }
    var (low, high) = (0, 0)
    for task in tasks {
      let product = UInt128(smallest) * UInt128(task.k)
      let (quotient, remainder) = product.quotientAndRemainder(dividingBy: UInt128(task.n))
      low += Int(quotient)
      high += Int(quotient) + (remainder == 0 ? 0 : 1)
    }
    return EqualisedCounts(low: low, high: high, n: smallest * tasks.count)
  }

  /// Sums k over tasks of equal n, so that the common denominator stays short.
  private var successesBySize: [(n: Int, k: Int)] {
    var sums: [Int: Int] = [:]
    for task in tasks { sums[task.n, default: 0] += task.k }
    return sums.map { (n: $0.key, k: $0.value) }
  }
}

/// N* = T·μ episodes with μ = min n_t, and the successes rounded down and up per task.
///
/// Supported needs `low` ≥ c(N*), refuted needs `high` ≤ r(N*). STATISTICS §3.3.
public struct EqualisedCounts: Sendable, Hashable {
  public let low: Int
  public let high: Int
  public let n: Int
}
