/// k successes in n episodes, 0 ≤ k ≤ n.
public struct Proportion: Sendable, Hashable {
  public let k: Int
  public let n: Int

  /// Nil when the counts contradict each other.
  public init?(k: Int, n: Int) {
    guard k >= 0, k <= n else { return nil }
    self.k = k
    self.n = n
  }

  private init(checked k: Int, _ n: Int) {
    self.k = k
    self.n = n
  }

  public var failures: Int { n - k }

  /// The same episodes with successes and failures swapped.
  public var swapped: Proportion { Proportion(checked: n - k, n) }

  /// k / n; nil when there is no episode.
  public var rate: Double? { n == 0 ? nil : Double(k) / Double(n) }
}
