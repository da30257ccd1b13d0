/// The test of whether the rate differs between the tasks of one audit.
///
/// Tarone 1979, "Testing the goodness of fit of the binomial distribution". STATISTICS §4. For any
/// number of tasks, one pass each: 1e-9 relative unless the spread cancels.
public struct TaroneZ: Sendable, Hashable {
  public let z: Double
  /// P(Z ≥ z).
  public let pValue: Double

  /// Nil when all episodes succeed, all fail, or no task has two.
  public init?(_ tasks: [Proportion]) {
    let total = Double(tasks.reduce(0) { $0 + $1.n })
    let successes = Double(tasks.reduce(0) { $0 + $1.k })
    let pairs = tasks.reduce(0.0) { $0 + Double($1.n) * Double($1.n - 1) }
    guard successes > 0, successes < total, pairs > 0 else { return nil }
    let rate = successes / total
    let spread = tasks.reduce(0.0) { sum, task in
      let deviation = Double(task.k) - Double(task.n) * rate
      return sum + deviation * deviation
    }
    z = (spread / (rate * (1 - rate)) - total) / (2 * pairs).squareRoot()
    pValue = Normal.upperTail(z)
  }
}
