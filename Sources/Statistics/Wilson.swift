/// The score interval of a rate, for display.
///
/// Wilson 1927, without continuity correction. STATISTICS §2.3. For n ≥ 1, any k: 1e-14 absolute; a
/// bound near zero, being a difference, to 1e-10 relative up to a million episodes.
public enum Wilson {
  /// The two-sided interval; nil when there is no episode.
  public static func interval(_ proportion: Proportion, confidence: Confidence) -> Interval? {
    interval(proportion, tail: confidence.halfAlpha)
  }

  /// The interval whose bounds each leave out `tail`; nil when there is no episode.
  public static func interval(_ proportion: Proportion, tail: Rational) -> Interval? {
    guard proportion.n > 0 else { return nil }
    return bounds(proportion, z: Normal.quantile(upperTail: tail))
  }

  /// The bounds for n > 0.
  ///
  /// The order of operations is part of the definition, since the bounds are printed.
  static func bounds(_ proportion: Proportion, z: Double) -> Interval {
    let (k, n) = (Double(proportion.k), Double(proportion.n))
    let square = z * z
    let centre = (k + square / 2) / (n + square)
    let half = z / (n + square) * (k * (n - k) / n + square / 4).squareRoot()
    return Interval(
      lower: proportion.k == 0 ? 0 : centre - half,
      upper: proportion.k == proportion.n ? 1 : centre + half)
  }
}
