internal import Evidence
internal import JSON
internal import Statistics

/// A claim that can be tested, together with what is averaged over the tasks (STATISTICS §3.2, §3.3).
struct ClaimTest: Sendable {
  /// nil for a claim that compares with a baseline.
  let rate: RateClaim?
  /// Set exactly when `rate` is nil.
  let baseline: BaselineClaim?
  let confidence: Confidence
  /// nil: the claim does not say, and the tasks differ in size.
  let aggregate: ClaimMetric.Aggregate?
  /// Whether "better than" became "at least" for want of the baseline's counts.
  let isBaselineWithoutCounts: Bool
  /// Set where the tasks span several dimensions, over which nothing is ever pooled.
  let dimensions: Dimensions?
  private let rules: RuleSet

  /// Nil when threshold, confidence, margin or baseline cannot be read.
  init?(
    _ metric: ClaimMetric, baseline: JSONValue, tasks: [Counted], dimensions: Dimensions?,
    rules: RuleSet
  ) {
    self.dimensions = dimensions?.areSeveral == true ? dimensions : nil
    self.rules = rules
    aggregate =
      self.dimensions == nil ? Self.aggregate(metric.aggregate, tasks) : metric.aggregate
    if let rate = RateClaim(
      kind: metric.kind, threshold: metric.threshold, confidence: metric.confidence)
    {
      self.rate = rate
      self.baseline = nil
      confidence = rate.confidence
      isBaselineWithoutCounts = false
    } else if let rate = BaselineClaim.rateClaim(metric, baseline: baseline, rules: rules) {
      self.rate = rate
      self.baseline = nil
      confidence = rate.confidence
      isBaselineWithoutCounts = true
    } else if let claim = BaselineClaim(metric, baseline: baseline, rules: rules) {
      rate = nil
      self.baseline = claim
      confidence = claim.confidence
      isBaselineWithoutCounts = false
    } else {
      return nil
    }
  }

  var isMicro: Bool { aggregate == .micro && dimensions == nil }

  /// Whether one pooled count decides.
  func isPooled(_ tasks: [Counted]) -> Bool {
    isMicro || (dimensions == nil && aggregate == .macro && tasks.areEqualInSize)
  }

  /// What an `each_task` claim is tested on: the tasks, or the dimensions where there are several.
  func units(_ tasks: [Counted]) -> [Counted] { dimensions?.counts(tasks) ?? tasks }

  /// What these counts, one per task, say with a fixed n.
  func verdict(_ tasks: [Counted]) -> RateVerdict {
    guard tasks.total.n > 0 else { return .notAuditable }
    guard let aggregate else { return .inconclusive }
    if dimensions != nil, aggregate != .eachTask { return .inconclusive }
    guard let rate else { return comparedVerdict(tasks) }
    switch aggregate {
    case .micro: return rate.verdict(tasks.total)
    case .macro: return Self.macroVerdict(rate, tasks)
    case .eachTask: return Self.eachTaskVerdict(rate, units(tasks))
    }
  }

  /// A baseline is one pooled count: other counts than pooled ones have no test against it.
  private func comparedVerdict(_ tasks: [Counted]) -> RateVerdict {
    if rules >= .v2, !isPooled(tasks) { return .inconclusive }
    return baseline?.verdict(tasks.total) ?? .inconclusive
  }

  private static func macroVerdict(_ rate: RateClaim, _ tasks: [Counted]) -> RateVerdict {
    if tasks.areEqualInSize { return rate.verdict(tasks.total) }
    return MacroClaim(rate: rate, tasks: tasks)?.verdict ?? .notAuditable
  }

  /// Supported when every task is, uncorrected (all must pass); refuted when one is after Holm.
  private static func eachTaskVerdict(_ rate: RateClaim, _ tasks: [Counted]) -> RateVerdict {
    if tasks.allSatisfy({ rate.verdict($0) == .supported }) { return .supported }
    let adjusted = Holm.adjusted(tasks.map { rate.pValues($0).refute })
    let alpha = rate.alpha.double
    return adjusted.contains { $0 <= alpha } ? .refuted : .inconclusive
  }

  /// How the claim is averaged: as it says; unstated with one task or equal sizes, pooled.
  private static func aggregate(_ stated: ClaimMetric.Aggregate?, _ tasks: [Counted])
    -> ClaimMetric.Aggregate?
  {
    if let stated { return stated }
    return tasks.count <= 1 || tasks.areEqualInSize ? .micro : nil
  }
}

extension ClaimTest {
  /// Whether some outcome of runs of these sizes would support the claim.
  func canSupport(_ tasks: [Counted]) -> Bool {
    guard let rate else { return true }
    if dimensions != nil, aggregate != .eachTask { return true }
    return switch aggregate {
    case nil: true
    case .micro: rate.critical(tasks.total.n)?.canSupport ?? false
    case .macro:
      rate.critical((tasks.map(\.n).min() ?? 0) * tasks.count)?.canSupport ?? false
    case .eachTask: units(tasks).allSatisfy { rate.critical($0.n)?.canSupport ?? false }
    }
  }

  /// Why a fixed-n result is not better than it is, in the order of STATISTICS §3.2 and §3.3.
  func reasons(_ fixed: RateVerdict, _ tasks: [Counted]) -> [String] {
    var words = isBaselineWithoutCounts ? ["baseline_without_n"] : []
    guard fixed == .inconclusive else { return words }
    if aggregate == nil { return words + ["aggregate_unstated"] }
    if dimensions != nil, aggregate != .eachTask { return words + ["dimensions_not_pooled"] }
    words += baseline?.reasons(tasks.total) ?? []
    if !canSupport(tasks) { words.append("too_few_episodes") }
    return words
  }
}
