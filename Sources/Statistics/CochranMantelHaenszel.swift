/// The overall test of two versions over tasks of unequal sizes, without continuity correction.
///
/// Cochran 1954, Mantel & Haenszel 1959. STATISTICS §5.3. For any number of tasks: 1e-9 relative
/// unless the deviations cancel.
public struct CochranMantelHaenszel: Sendable, Hashable {
  /// χ² with one degree of freedom.
  public let statistic: Double
  /// Two-sided.
  public let pValue: Double
  /// Σ(k_B − E): its sign is that of the common change.
  public let deviation: Double

  /// Nil when no task is informative.
  public init?(_ strata: [Stratum]) {
    var (deviation, variance) = (0.0, 0.0)
    for stratum in strata where stratum.isInformative {
      let (nA, nB) = (Double(stratum.a.n), Double(stratum.b.n))
      let (total, s) = (nA + nB, Double(stratum.a.k + stratum.b.k))
      deviation += Double(stratum.b.k) - s * nB / total
      variance += nA * nB * s * (total - s) / (total * total * (total - 1))
    }
    guard variance > 0, let p = ChiSquare.upperTail(deviation * deviation / variance, degrees: 1)
    else { return nil }
    self.deviation = deviation
    statistic = deviation * deviation / variance
    pValue = p
  }
}
