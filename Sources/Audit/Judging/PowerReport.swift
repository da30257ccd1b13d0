internal import JSON
internal import Statistics

/// How long a fresh run would have to be (STATISTICS §11).
struct PowerReport: Sendable {
  let json: JSONValue
  /// nil: not inconclusive.
  let reason: String?
  /// Whether an inconclusive run was too short to decide.
  let isUnderpowered: Bool

  init(_ facts: AuditFacts, decision: Decision) {
    let total = facts.counted.total
    guard decision.verdict == .inconclusive, let test = facts.test, total.n > 0 else {
      (json, reason, isUnderpowered) = (.null, "not_inconclusive", false)
      return
    }
    let tooFew = !test.canSupport(facts.counted)
    guard test.isMicro, let rate = test.rate, let proportion = rate.mirrored(total).proportion,
      let hint = PowerHint(proportion, threshold: rate.tested, alpha: rate.alpha)
    else {
      let reason = test.rate == nil ? "comparative_claim" : "micro_only"
      (json, self.reason, isUnderpowered) = (.null, reason, tooFew)
      return
    }
    var object: JSONObject = [:]
    // (k + 1)/(n + 2) of the claim's own counts, whichever direction was tested.
    object["assumed_rate"] = .rate(Counted(k: total.k + 1, n: total.n + 2))
    object.set(
      "episodes", .count(hint.plan?.episodes), orReason: hint.absence?.rawValue ?? "not_defined")
    // For "at most" the plan counts failures; what is allowed are the other episodes.
    object["successes"] = .count(
      hint.plan.map { rate.isAtMost ? $0.episodes - $0.successes : $0.successes })
    object["more"] = .count(hint.more)
    json = .object(object)
    reason = nil
    isUnderpowered = tooFew || (decision.fixed == .inconclusive && (hint.more ?? 0) > 0)
  }
}
