/// What the verdict would be if every open episode had failed, or had succeeded.
///
/// STATISTICS §6. Exact.
public struct DenominatorBand: Sendable, Hashable {
  /// u = errored + excluded + missing.
  public let unresolved: Int
  public let n: Int
  public let worst: Proportion
  public let best: Proportion
  public let worstVerdict: RateVerdict
  public let bestVerdict: RateVerdict
  /// How many of the open episodes had to succeed for support; nil when all would not do.
  ///
  /// Only for claims of the kind "at least".
  public let successesNeeded: Int?
  /// How many of them may have succeeded and the claim is refuted still; nil when none may.
  ///
  /// Only for claims of the kind "at least".
  public let successesStillRefuted: Int?

  /// Nil when the counts contradict each other.
  public init?(_ counts: EpisodeCounts, test: RateTest) {
    unresolved = counts.unresolved
    n = counts.succeeded + counts.failed + unresolved
    guard let worst = Proportion(k: counts.succeeded, n: n),
      let best = Proportion(k: counts.succeeded + unresolved, n: n),
      let values = test.criticalValues(n: n)
    else { return nil }
    self.worst = worst
    self.best = best
    worstVerdict = test.verdict(worst)
    bestVerdict = test.verdict(best)
    let needed = max(0, values.supportMin - counts.succeeded)
    let stillRefuted = min(unresolved, values.refuteMax - counts.succeeded)
    let atLeast = test.direction == .atLeast
    successesNeeded = atLeast && needed <= unresolved ? needed : nil
    successesStillRefuted = atLeast && stillRefuted >= 0 ? stillRefuted : nil
  }

  /// Whether the open episodes decide the verdict.
  public var flips: Bool { worstVerdict != bestVerdict }
}
