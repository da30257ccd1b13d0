internal import Evidence
internal import JSON
internal import Statistics

/// What counts when the number of episodes was not settled beforehand (STATISTICS §7).
struct StoppingEvidence: Sendable {
  private let test: ClaimTest
  private let tasks: [Counted]
  /// Of the pooled counts and the threshold as claimed; nil for p0 of 0 or 1.
  private let pooled: EValues?

  init?(_ facts: AuditFacts) {
    guard facts.stopping != .fixed, let test = facts.test, facts.hasDenominator else { return nil }
    let counted = facts.counted
    self.test = test
    tasks = counted
    guard let rate = test.rate, let total = counted.total.proportion else {
      pooled = nil
      return
    }
    pooled = EValues(total, threshold: rate.threshold)
  }

  /// Pooled counts over several tasks are outside of the argument when blocks differ in rate.
  var assumesOneRate: Bool { test.rate != nil && test.isMicro && tasks.count > 1 }

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
    let mirrored = tasks.compactMap { rate.mirrored($0).proportion }
    let values = mirrored.compactMap { EValues($0, threshold: rate.tested) }
    guard values.count == tasks.count else { return fixed == .refuted && rate.tested == .one }
    return fixed == .supported
      ? values.allSatisfy { $0.supports(alpha: rate.alpha) }
      : EValues.meanRefutes(values, alpha: rate.alpha)
  }

  /// e_above against "the rate is at most p0", e_below against "at least p0".
  var above: Double? { pooled?.above }
  var below: Double? { pooled?.below }
}

extension AuditFacts {
  func stoppingJSON(_ evidence: StoppingEvidence?) -> JSONValue {
    var object: JSONObject = ["state": .string(stopping.rawValue)]
    let reason =
      if stopping == .fixed {
        "stopping_fixed"
      } else if evidence == nil {
        test == nil ? "invalid_claim" : "no_episodes"
      } else {
        evidence?.isComparative == true ? "comparative_claim" : "threshold_at_bound"
      }
    object.set("e_above", .six(evidence?.above), orReason: reason)
    object.set("e_below", .six(evidence?.below), orReason: reason)
    return .object(object)
  }
}
