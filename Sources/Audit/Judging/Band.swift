internal import Evidence
internal import JSON
internal import Statistics

/// What the open episodes could change (STATISTICS §6).
struct Band: Sendable {
  let unresolved: Int
  let n: Int
  let worst: Counted
  let best: Counted
  let worstVerdict: RateVerdict
  let bestVerdict: RateVerdict
  /// Whether a vote of another policy disagrees with the primary one.
  let policiesDisagree: Bool

  var flips: Bool { worstVerdict != bestVerdict }
  var isDenominatorSensitive: Bool { flips || policiesDisagree }

  init(_ facts: AuditFacts, test: ClaimTest) {
    let tasks = facts.settledTasks
    let worstTasks = tasks.map { Counted(k: $0.succeeded, n: $0.cells) }
    let bestTasks = tasks.map { Counted(k: $0.cells - $0.failed, n: $0.cells) }
    worst = worstTasks.total
    best = bestTasks.total
    n = worst.n
    unresolved = best.k - worst.k
    worstVerdict = test.verdict(worstTasks)
    bestVerdict = test.verdict(bestTasks)
    let primary = test.verdict(facts.counted)
    // A policy that contradicts a frozen choice is shown and has no vote.
    let voters: [CountingPolicy] =
      facts.isPolicyStated && facts.isFrozen
      ? [] : [.errorsAsFailures, .errorsExcluded, .asPlanned]
    policiesDisagree = voters.contains { policy in
      facts.counted(policy).map { test.verdict($0) != primary } ?? false
    }
  }

  func json(_ test: ClaimTest) -> JSONValue {
    var object: JSONObject = [
      "unresolved": .count(unresolved), "n": .count(n), "flips": .bool(flips),
    ]
    let isPooled = test.dimensions == nil
    let absence = isPooled ? "no_episodes" : "dimensions_not_pooled"
    object.set("worst", isPooled ? .rate(worst) : nil, orReason: absence)
    object.set("best", isPooled ? .rate(best) : nil, orReason: absence)
    guard test.isMicro, let rate = test.rate, !rate.isAtMost, let critical = rate.critical(n) else {
      let reason =
        test.isMicro ? "at_least_only" : isPooled ? "micro_only" : "dimensions_not_pooled"
      object.set("successes_needed", nil, orReason: reason)
      object.set("successes_still_refuted", nil, orReason: reason)
      return .object(object)
    }
    let needed = max(0, critical.supportMin - worst.k)
    let refuted = min(unresolved, critical.refuteMax - worst.k)
    object.set(
      "successes_needed", needed <= unresolved ? .count(needed) : nil, orReason: "out_of_reach")
    object.set(
      "successes_still_refuted", refuted >= 0 ? .count(refuted) : nil, orReason: "not_refuted")
    return .object(object)
  }

  /// The band of a claim that cannot be read: the rates stand, nothing is decided.
  static func undecided(_ facts: AuditFacts) -> JSONValue {
    let settled = facts.settledTasks.reduce(OutcomeTally(), +)
    let n = settled.cells
    var object: JSONObject = ["unresolved": .count(n - settled.succeeded - settled.failed)]
    object["n"] = .count(n)
    let (worst, best) = (Counted(k: settled.succeeded, n: n), Counted(k: n - settled.failed, n: n))
    let absence = facts.spansDimensions ? "dimensions_not_pooled" : "no_episodes"
    object.set("worst", facts.spansDimensions ? nil : .rate(worst), orReason: absence)
    object.set("best", facts.spansDimensions ? nil : .rate(best), orReason: absence)
    for key in ["flips", "successes_needed", "successes_still_refuted"] {
      object.set(key, nil, orReason: "invalid_claim")
    }
    return .object(object)
  }
}

extension AuditFacts {
  /// Each task's tally after a policy that was frozen before the run has settled what it can.
  ///
  /// Under `errors_as_failures` an error is a failure, under `errors_excluded` it is out, under
  /// `as_planned` everything but a success is a failure. Exclusions leave only when each of them
  /// carries the id of a rule of the frozen protocol.
  var settledTasks: [OutcomeTally] {
    guard isFrozen else { return tasks.map(\.outcomes) }
    // About all tasks together: asked once, or very many tasks would take their square.
    let excused = everyExclusionHasRule
    return tasks.map { settled($0.outcomes, exclusionsHaveRules: excused) }
  }

  private func settled(_ outcomes: OutcomeTally, exclusionsHaveRules: Bool) -> OutcomeTally {
    var tally = outcomes
    if isPolicyStated {
      switch policy {
      case .errorsAsFailures, .bestCase: tally.failed += tally.errored
      case .errorsExcluded: break
      case .asPlanned:
        tally.failed = tally.cells - tally.succeeded
        tally.excluded = 0
        tally.missing = 0
      }
      tally.errored = 0
    }
    if exclusionsHaveRules { tally.excluded = 0 }
    return tally
  }

  /// Whether each excluded episode names a rule of the protocol.
  private var everyExclusionHasRule: Bool {
    let rules = Set(plan.frozen.denominators.exclusionRules.map(\.id))
    return tasks.allSatisfy { tally in
      guard tally.outcomes.excluded > 0 else { return true }
      let episodes = input.tasks[tally.position].episodes
      return episodes.rows(of: UInt8(ascii: "X")).allSatisfy { _, index in
        episodes.reasons[index].map(rules.contains) ?? false
      }
    }
  }
}
