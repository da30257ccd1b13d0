/// Whether a reported rate can come from whole episodes (GRIM).
///
/// Brown & Heathers 2017. STATISTICS §8, I02. Exact.
public struct Grim: Sendable, Hashable {
  public enum State: String, Sendable, CaseIterable {
    case consistent
    /// No count rounds to the value, but one is cut to it.
    case truncatedOnly = "truncated_only"
    case impossible
  }
  public let state: State
  /// The counts that give the value, by rounding or else by truncation; nil when impossible.
  public let counts: ClosedRange<Int>?

  /// Nil unless n ≥ 1.
  public init?(_ reported: ReportedRate, n: Int) {
    guard n >= 1 else { return nil }
    if let rounded = Self.rounding(reported, n) {
      (state, counts) = (.consistent, rounded)
    } else if let cut = Self.truncation(reported, n) {
      (state, counts) = (.truncatedOnly, cut)
    } else {
      (state, counts) = (.impossible, nil)
    }
  }

  /// The smallest n up to `limit` with a count that rounds to the value; nil if there is none.
  public static func smallestConsistent(_ reported: ReportedRate, limit: Int = 2000) -> Int? {
    guard limit >= 1 else { return nil }
    return (1...limit).first { rounding(reported, $0) != nil }
  }

  /// The k in 0…n with 2·|U·k − R·n| ≤ n; a tie may have been rounded either way.
  private static func rounding(_ reported: ReportedRate, _ n: Int) -> ClosedRange<Int>? {
    let (count, scale) = (Int128(n), Int128(reported.scale))
    let centre = 2 * Int128(reported.digits) * count
    return range(
      from: ceiling(centre - count, 2 * scale), to: floor(centre + count, 2 * scale), n)
  }

  /// The k in 0…n with R·n ≤ U·k < (R + 1)·n.
  private static func truncation(_ reported: ReportedRate, _ n: Int) -> ClosedRange<Int>? {
    let (count, scale) = (Int128(n), Int128(reported.scale))
    let low = Int128(reported.digits) * count
    return range(from: ceiling(low, scale), to: ceiling(low + count, scale) - 1, n)
  }

  private static func range(from low: Int128, to high: Int128, _ n: Int) -> ClosedRange<Int>? {
    let (first, last) = (max(0, low), min(Int128(n), high))
    return first <= last ? Int(first)...Int(last) : nil
  }

  private static func floor(_ value: Int128, _ divisor: Int128) -> Int128 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  private static func ceiling(_ value: Int128, _ divisor: Int128) -> Int128 {
    -floor(-value, divisor)
  }
}
