/// A confidence level c with ½ ≤ c < 1 and the tail probabilities that follow from it.
public struct Confidence: Sendable, Hashable {
  public let level: Rational
  /// α = 1 − c: the tail of a one-sided bound.
  public let alpha: Rational
  /// α / 2: each tail of a two-sided interval.
  public let halfAlpha: Rational

  public init?(_ level: Rational) {
    guard level >= .half, let alpha = level.complement, alpha > .zero,
      let halfAlpha = alpha.halved
    else { return nil }
    self.level = level
    self.alpha = alpha
    self.halfAlpha = halfAlpha
  }

  /// Reads a decimal such as `0.95`; nil when it is not one or lies outside [0.5, 1).
  public init?(decimal text: String) {
    guard let level = Rational(decimal: text) else { return nil }
    self.init(level)
  }
}
