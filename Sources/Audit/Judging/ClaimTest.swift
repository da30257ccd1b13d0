internal import Evidence
internal import Statistics

/// A claim about a rate together with what is averaged over the tasks (STATISTICS §3.2, §3.3).
struct ClaimTest: Sendable {
  let rate: RateClaim
  /// nil: the claim does not say, and the tasks differ in size.
  let aggregate: ClaimMetric.Aggregate?

  var isMicro: Bool { aggregate == .micro }

  /// What these counts, one per task, say with a fixed n.
  func verdict(_ tasks: [Counted]) -> RateVerdict {
    guard tasks.total.n > 0 else { return .notAuditable }
    switch aggregate {
    case nil: return .inconclusive
    case .micro: return rate.verdict(tasks.total)
    case .macro: return macroVerdict(tasks)
    case .eachTask: return eachTaskVerdict(tasks)
    }
  }

  /// The one count that `test` shows: totals, or the equalised counts of an uneven macro claim.
  func isPooled(_ tasks: [Counted]) -> Bool {
    aggregate == .micro || (aggregate == .macro && tasks.areEqualInSize)
  }

  private func macroVerdict(_ tasks: [Counted]) -> RateVerdict {
    if tasks.areEqualInSize { return rate.verdict(tasks.total) }
    guard let macro = MacroClaim(rate: rate, tasks: tasks) else { return .notAuditable }
    return macro.verdict
  }

  /// Supported when every task is, uncorrected (all must pass); refuted when one is after Holm.
  private func eachTaskVerdict(_ tasks: [Counted]) -> RateVerdict {
    let isSupported = tasks.allSatisfy { counted in
      rate.critical(counted.n).map { rate.mirrored(counted).k >= $0.supportMin } ?? false
    }
    if isSupported { return .supported }
    let adjusted = Holm.adjusted(tasks.map { rate.pValues($0).refute })
    let alpha = rate.alpha.double
    return adjusted.contains { $0 <= alpha } ? .refuted : .inconclusive
  }
}

/// The `at_least` and `at_most` rows of STATISTICS §3.2 that a protocol's metric asks for.
extension ClaimTest {
  /// How the claim is averaged: as it says; unstated with one task or equal sizes, pooled.
  static func aggregate(_ stated: ClaimMetric.Aggregate?, _ tasks: [Counted])
    -> ClaimMetric.Aggregate?
  {
    if let stated { return stated }
    return tasks.count <= 1 || tasks.areEqualInSize ? .micro : nil
  }
}
