/// The counts that a rounded rate can stand for: some k of one n.
///
/// STATISTICS §3.2, "if several k0 fit, the verdict must be the same for all". Exact.
public struct PossibleCounts: Sendable, Hashable {
  public let k: ClosedRange<Int>
  public let n: Int

  /// Up to so many are all looked at.
  public static let few = 64

  /// Nil unless 0 ≤ k ≤ n for all of them.
  public init?(k: ClosedRange<Int>, n: Int) {
    guard k.lowerBound >= 0, k.upperBound <= n else { return nil }
    self.k = k
    self.n = n
  }

  /// Those on which it depends whether all of them, as a baseline for `ours`, give one verdict.
  ///
  /// A rate of a billion episodes fits a million counts. Every test here is monotone in the
  /// baseline's count, so a verdict for a difference in one direction holds at one end if anywhere,
  /// one for the other direction at the other end, and one for no difference where the rates are
  /// nearest: these three see every verdict there is.
  public func deciding(against ours: Proportion) -> [Proportion] {
    guard k.count > Self.few else { return k.compactMap { Proportion(k: $0, n: n) } }
    let nearest = ours.n == 0 ? 0 : Int128(ours.k) * Int128(n) / Int128(ours.n)
    let middle = min(max(Int(nearest), k.lowerBound), k.upperBound)
    return [k.lowerBound, middle, k.upperBound].compactMap { Proportion(k: $0, n: n) }
  }
}
