internal import Evidence
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
    let tasks = facts.counted
    guard decision.verdict == .inconclusive, let test = facts.test, tasks.total.n > 0 else {
      (json, reason, isUnderpowered) = (.null, "not_inconclusive", false)
      return
    }
    let tooFew = !test.canSupport(tasks)
    func absent(_ reason: String) -> (JSONValue, String?, Bool) { (.null, reason, tooFew) }
    guard let rate = test.rate else {
      (json, reason, isUnderpowered) = absent("comparative_claim")
      return
    }
    let isOfTasks = facts.rules >= .v2 && test.aggregate == .eachTask
    let isPooled = facts.rules >= .v2 ? test.isPooled(tasks) : test.isMicro
    guard isOfTasks || isPooled else {
      (json, reason, isUnderpowered) = absent(Self.absence(facts, test))
      return
    }
    var hints = Hints(rate: rate)
    let units = test.units(tasks)
    let more: Int
    if isOfTasks {
      let names = test.dimensions?.names ?? facts.tasks.map(\.key)
      let key = test.dimensions == nil ? "task" : "dimension"
      (json, more) = hints.perUnit(units, names: names, key: key)
    } else {
      let hint = hints.of(tasks.total)
      json = .object(Self.object(tasks.total, hint, rate, explained: facts.rules >= .v2))
      more = hint?.more ?? 0
    }
    reason = nil
    isUnderpowered = tooFew || (decision.fixed == .inconclusive && more > 0)
  }

  private static func absence(_ facts: AuditFacts, _ test: ClaimTest) -> String {
    guard facts.rules >= .v2 else { return "micro_only" }
    if test.aggregate == nil { return "aggregate_unstated" }
    return test.dimensions == nil ? "uneven_tasks" : "dimensions_not_pooled"
  }

  /// - Parameter explained: whether every null has its reason beside it.
  fileprivate static func object(
    _ counted: Counted, _ hint: PowerHint?, _ rate: RateClaim, explained: Bool
  ) -> JSONObject {
    var object: JSONObject = [:]
    // (k + 1)/(n + 2) of the claim's own counts, whichever direction was tested.
    object["assumed_rate"] = .rate(Counted(k: counted.k + 1, n: counted.n + 2))
    let absence = hint?.absence?.rawValue ?? "not_defined"
    object.set("episodes", .count(hint?.plan?.episodes), orReason: absence)
    // For "at most" the plan counts failures; what is allowed are the other episodes.
    let successes = hint?.plan.map { rate.isAtMost ? $0.episodes - $0.successes : $0.successes }
    for (key, value) in [("successes", successes), ("more", hint?.more)] {
      object[key] = .count(value)
      if explained, value == nil { object[key + "_reason"] = .string(absence) }
    }
    return object
  }
}

/// Hints for many tasks, of which most have the same counts as another.
private struct Hints {
  let rate: RateClaim
  private var known: [Counted: PowerHint] = [:]

  init(rate: RateClaim) { self.rate = rate }

  mutating func of(_ counted: Counted) -> PowerHint? {
    if let hint = known[counted] { return hint }
    let hint = rate.mirrored(counted).proportion.flatMap {
      PowerHint($0, threshold: rate.tested, alpha: rate.alpha)
    }
    known[counted] = hint
    return hint
  }

  /// One row for each task, or dimension, that is not supported by itself; and the most that any of
  /// them lacks.
  mutating func perUnit(_ units: [Counted], names: [String], key: String) -> (JSONValue, Int) {
    var rows: [JSONValue] = []
    var most = 0
    for (name, counted) in zip(names, units) where rate.verdict(counted) != .supported {
      let hint = of(counted)
      var row = PowerReport.object(counted, hint, rate, explained: true)
      row[key] = .string(name)
      rows.append(.object(row))
      most = max(most, hint?.more ?? 0)
    }
    var object: JSONObject = [:]
    for field in ["assumed_rate", "episodes", "successes", "more"] {
      object.set(field, nil, orReason: "per_" + key)
    }
    object[key + "s"] = .array(rows)
    return (.object(object), most)
  }
}
