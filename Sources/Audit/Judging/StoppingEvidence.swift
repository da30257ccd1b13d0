internal import Evidence
internal import Glibc
internal import JSON
internal import Statistics

/// What counts when the number of episodes was not settled beforehand (STATISTICS §7).
struct StoppingEvidence: Sendable {
  private let test: ClaimTest
  private let tasks: [Counted]
  /// Of the pooled counts and the threshold as claimed; nil for p0 of 0 or 1.
  private let pooled: EValues?
  private let rules: RuleSet

  init?(_ facts: AuditFacts) {
    guard facts.stopping != .fixed, let test = facts.test, facts.hasDenominator else { return nil }
    let counted = facts.counted
    self.test = test
    tasks = counted
    rules = facts.rules
    guard test.dimensions == nil, let rate = test.rate, let total = counted.total.proportion else {
      pooled = nil
      return
    }
    pooled = EValues(total, threshold: rate.threshold)
  }

  /// Pooled counts over several tasks are outside of the argument when blocks differ in rate.
  var assumesOneRate: Bool {
    test.rate != nil && (test.isMicro || (rules >= .v2 && test.isPooled(tasks))) && tasks.count > 1
  }

  /// A comparison with a baseline has no e-value.
  var isComparative: Bool { test.rate == nil }

  /// Whether the e-value upholds a fixed-n result.
  ///
  /// An inconclusive one is never upheld: its e-values fall short by construction.
  func confirms(_ fixed: RateVerdict) -> Bool {
    guard let rate = test.rate, fixed == .supported || fixed == .refuted else { return false }
    switch test.aggregate {
    case nil: return false
    case .micro: return confirmsPooled(fixed, rate)
    case .macro: return tasks.areEqualInSize && confirmsPooled(fixed, rate)
    case .eachTask: return confirmsEachTask(fixed, rate)
    }
  }

  private func confirmsPooled(_ fixed: RateVerdict, _ rate: RateClaim) -> Bool {
    // "At least 1" falls with the first failure, whenever the run stops.
    guard let pooled else { return fixed == .refuted && rate.tested == .one }
    let isAbove = (fixed == .supported) != rate.isAtMost
    return isAbove ? pooled.supports(alpha: rate.alpha) : pooled.refutes(alpha: rate.alpha)
  }

  private func confirmsEachTask(_ fixed: RateVerdict, _ rate: RateClaim) -> Bool {
    let units = test.units(tasks)
    let mirrored = units.compactMap { rate.mirrored($0).proportion }
    let values = mirrored.compactMap { EValues($0, threshold: rate.tested) }
    guard values.count == units.count else { return fixed == .refuted && rate.tested == .one }
    return fixed == .supported
      ? values.allSatisfy { $0.supports(alpha: rate.alpha) }
      : EValues.meanRefutes(values, alpha: rate.alpha)
  }

  /// The e-values that decide: e_above against "the rate is at most p0", e_below against "at least
  /// p0"; nil where none is defined, with the reason.
  ///
  /// Of one pooled count, or, for "each task", the smallest of those for the claim and the mean of
  /// those against it. Rules 1 gave the pooled ones for every claim.
  var decisive: (above: Double?, below: Double?, reason: String) {
    if rules == .v1 || test.isPooled(tasks) {
      return (
        pooled?.above, pooled?.below, isComparative ? "comparative_claim" : "threshold_at_bound"
      )
    }
    guard let rate = test.rate else { return (nil, nil, "comparative_claim") }
    switch test.aggregate {
    case .eachTask: return eachTask(rate)
    case nil: return (nil, nil, "aggregate_unstated")
    default: return (nil, nil, test.dimensions == nil ? "uneven_tasks" : "dimensions_not_pooled")
    }
  }

  private func eachTask(_ rate: RateClaim) -> (above: Double?, below: Double?, reason: String) {
    let values = test.units(tasks).compactMap(\.proportion).compactMap {
      EValues($0, threshold: rate.threshold)
    }
    guard !values.isEmpty else { return (nil, nil, "threshold_at_bound") }
    func least(_ logs: [Double]) -> Double? { logs.min().map(Self.bounded) }
    func mean(_ logs: [Double]) -> Double? {
      logs.max().map { largest in
        let sum = logs.reduce(0) { $0 + exp($1 - largest) }
        return Self.bounded(largest + log(sum / Double(logs.count)))
      }
    }
    let (above, below) = (values.map(\.logAbove), values.map(\.logBelow))
    return rate.isAtMost
      ? (mean(above), least(below), "threshold_at_bound")
      : (least(above), mean(below), "threshold_at_bound")
  }

  private static func bounded(_ logarithm: Double) -> Double {
    min(exp(logarithm), .greatestFiniteMagnitude)
  }
}

extension AuditFacts {
  func stoppingJSON(_ evidence: StoppingEvidence?) -> JSONValue {
    var object: JSONObject = ["state": .string(stopping.rawValue)]
    let values = evidence?.decisive
    let absence =
      stopping == .fixed ? "stopping_fixed" : test == nil ? "invalid_claim" : "no_episodes"
    let reason = values?.reason ?? absence
    object.set("e_above", .six(values?.above), orReason: reason)
    object.set("e_below", .six(values?.below), orReason: reason)
    return .object(object)
  }
}
