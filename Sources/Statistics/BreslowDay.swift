/// The test of whether the change from A to B differs between tasks.
///
/// Breslow & Day 1980 with the correction of Tarone 1985, around the Mantel–Haenszel odds ratio.
/// STATISTICS §5.3. 1e-9 relative unless the correction cancels the statistic.
public struct BreslowDay: Sendable, Hashable {
  /// ψ, odds of B over odds of A.
  public let commonOddsRatio: Double
  /// Σ(k_B − e)²/v, before the correction.
  public let uncorrected: Double
  public let statistic: Double
  /// Informative tasks − 1.
  public let degrees: Int
  /// Upper χ² tail of `statistic`.
  public let pValue: Double

  /// Nil with fewer than two informative tasks or an odds ratio of zero or infinity.
  public init?(_ strata: [Stratum]) {
    let used = strata.filter(\.isInformative)
    guard used.count >= 2 else { return nil }
    var (with, against) = (0.0, 0.0)
    for stratum in used {
      let total = Double(stratum.a.n + stratum.b.n)
      with += Double(stratum.b.k) * Double(stratum.a.failures) / total
      against += Double(stratum.b.failures) * Double(stratum.a.k) / total
    }
    guard with > 0, against > 0 else { return nil }
    let ratio = with / against
    var (squares, deviations, variances) = (0.0, 0.0, 0.0)
    for stratum in used {
      let cells = Cells(stratum, ratio: ratio)
      squares += cells.deviation * cells.deviation / cells.variance
      deviations += cells.deviation
      variances += cells.variance
    }
    let corrected = max(0, squares - deviations * deviations / variances)
    guard let p = ChiSquare.upperTail(corrected, degrees: used.count - 1) else { return nil }
    commonOddsRatio = ratio
    uncorrected = squares
    statistic = corrected
    degrees = used.count - 1
    pValue = p
  }

  /// The four expected counts under a common odds ratio.
  private struct Cells {
    /// k_B − e.
    let deviation: Double
    let variance: Double

    // Each cell has its own quadratic: a small one taken as a difference of large ones would lose
    // the digits that its reciprocal needs.
    init(_ stratum: Stratum, ratio: Double) {
      let (nA, nB) = (Double(stratum.a.n), Double(stratum.b.n))
      let s = Double(stratum.a.k + stratum.b.k)
      let f = nA + nB - s
      let cells = [
        Self.expected(own: nB, other: nA, margin: s, ratio: ratio),
        Self.expected(own: nB, other: nA, margin: f, ratio: 1 / ratio),
        Self.expected(own: nA, other: nB, margin: s, ratio: 1 / ratio),
        Self.expected(own: nA, other: nB, margin: f, ratio: ratio),
      ]
      variance = 1 / cells.reduce(0) { $0 + 1 / $1 }
      // The same deviation, up to its sign, in all four: take it where it is sharpest.
      let deviations = [
        Double(stratum.b.k) - cells[0], cells[1] - Double(stratum.b.failures),
        cells[2] - Double(stratum.a.k), Double(stratum.a.failures) - cells[3],
      ]
      let smallest = cells.indices.min { cells[$0] < cells[$1] } ?? 0
      deviation = deviations[smallest]
    }

    /// The root e of e·(other − margin + e) = ψ·(margin − e)·(own − e) between its limits.
    private static func expected(own: Double, other: Double, margin: Double, ratio: Double)
      -> Double
    {
      let a = 1 - ratio
      let b = (other - margin) + ratio * (own + margin)
      let c = -ratio * own * margin
      let root = max(0, b * b - 4 * a * c).squareRoot()
      return b >= 0 ? -2 * c / (b + root) : (root - b) / (2 * a)
    }
  }
}
