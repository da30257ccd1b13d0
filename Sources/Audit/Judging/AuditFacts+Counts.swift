internal import Evidence
internal import JSON
internal import Statistics

// The parts of evidence.json that are counts, and what one count says.
extension AuditFacts {
  var claimJSON: JSONValue {
    [
      "id": .string(claim.id), "slug": .string(claim.slug), "text": .string(claim.text),
      "subject_id": .string(claim.subject.id), "capability": .string(claim.capability),
      "kind": .text(metric?.kind.rawValue), "threshold": .text(metric?.threshold),
      "confidence": .text(metric?.confidence), "aggregate": .text(metric?.aggregate?.rawValue),
      "margin": .text(metric?.margin),
    ]
  }

  /// Whether the claim is about a baseline.
  var compares: Bool { metric?.kind == .betterThan || metric?.kind == .equalsReported }

  /// What the claim says of its baseline, so that a comparison is read beside it.
  var baselineJSON: JSONValue {
    let stated = claim.baseline
    return [
      "kind": .text(stated["kind"]?.string), "id": .text(stated["id"]?.string),
      "value": .text(stated["value"]?.string),
      "succeeded": stated["episodes"]?["succeeded"].flatMap {
        $0.int.map { .number(JSONNumber($0)) }
      }
        ?? .null,
      "denominator": stated["episodes"]?["denominator"].flatMap {
        $0.int.map { .number(JSONNumber($0)) }
      } ?? .null,
    ]
  }

  var countsJSON: JSONValue {
    [
      "planned": .count(isPlanned ? totals.cells : nil), "attempted": .count(totals.attempted),
      "succeeded": .count(totals.succeeded), "failed": .count(totals.failed),
      "errored": .count(totals.errored), "excluded": .count(totals.excluded),
      "missing": .count(totals.missing),
    ]
  }

  var primaryJSON: JSONValue {
    var object: JSONObject = ["policy": .string(policy.rawValue)]
    let total = counted.total
    object["k"] = .count(totals.succeeded)
    object["n"] = .count(total.n)
    let absence = hasDenominator ? "no_episodes" : "planned_unknown"
    object.set(
      "rate", spansDimensions ? nil : .rate(total),
      orReason: spansDimensions ? "dimensions_not_pooled" : absence)
    return .object(object)
  }

  var policiesJSON: JSONValue {
    var object: JSONObject = [:]
    for policy in CountingPolicy.allCases {
      guard let counts = counted(policy) else {
        object.set(policy.rawValue, nil, orReason: "planned_unknown")
        continue
      }
      var row: JSONObject = ["k": .count(counts.total.k), "n": .count(counts.total.n)]
      row.set(
        "rate", spansDimensions ? nil : .rate(counts.total),
        orReason: spansDimensions ? "dimensions_not_pooled" : "no_episodes")
      row["verdict"] = .string((test?.verdict(counts) ?? .notAuditable).rawValue)
      object[policy.rawValue] = .object(row)
    }
    return .object(object)
  }

  /// One pooled or combined test; never over several dimensions.
  var testJSON: JSONValue {
    var object: JSONObject = [:]
    let tasks = counted
    let reason = test == nil ? "invalid_claim" : hasDenominator ? "no_episodes" : "planned_unknown"
    guard let test, tasks.total.n > 0 else {
      object["name"] = "binomial_exact"
      for key in ["support_min", "refute_max", "p_value"] { object.set(key, nil, orReason: reason) }
      return .object(object)
    }
    if rules >= .v2, test.aggregate == nil {
      // Which counts decide depends on what is averaged: no one test stands for all of them.
      for key in ["name", "support_min", "refute_max", "p_value"] {
        object.set(key, nil, orReason: "aggregate_unstated")
      }
      return .object(object)
    }
    if let baseline = test.baseline {
      let (name, pValue) = baseline.test(tasks.total)
      object["name"] = .string(name)
      object.set("support_min", nil, orReason: "comparative_claim")
      object.set("refute_max", nil, orReason: "comparative_claim")
      object.set("p_value", .six(pValue), orReason: "no_p_value")
      return .object(object)
    }
    guard let rate = test.rate else { return .object(object) }
    if test.aggregate == .eachTask {
      object["name"] = "each_task"
      object.set("support_min", nil, orReason: "per_task")
      object.set("refute_max", nil, orReason: "per_task")
      object["p_value"] = .six(tasks.map { rate.pValues($0).support }.max())
      return .object(object)
    }
    var decisive = tasks.total
    object["name"] = "binomial_exact"
    if test.aggregate == .macro, !test.isPooled(tasks) {
      object["name"] = "equalised"
      let macro = MacroClaim(rate: rate, tasks: tasks)
      decisive = Counted(k: macro?.low ?? 0, n: macro?.n ?? 0)
      if rate.isAtMost { decisive.k = decisive.n - decisive.k }
    }
    let critical = rate.critical(decisive.n)
    object["support_min"] = .count(critical?.supportMin)
    object["refute_max"] = .count(critical?.refuteMax)
    object["p_value"] = .six(rate.pValues(decisive).support)
    return .object(object)
  }

  var tasksJSON: JSONValue {
    let counts = hasDenominator ? counted : tasks.map { _ in Counted(k: 0, n: 0) }
    let rate = test?.rate
    let pValues = counts.map { rate?.pValues($0) }
    let support = Holm.adjusted(pValues.map { $0?.support ?? 1 })
    let refute = Holm.adjusted(pValues.map { $0?.refute ?? 1 })
    let alpha = rate?.alpha.double ?? 0
    let undefined =
      test == nil ? "invalid_claim" : rate == nil ? "comparative_claim" : "no_episodes"
    return .array(
      tasks.indices.map { place in
        var row: JSONObject = [
          "task": .string(tasks[place].key), "name": .text(tasks[place].name),
          "k": .count(counts[place].k), "n": .count(counts[place].n),
        ]
        row.set("rate", .rate(counts[place]), orReason: "no_episodes")
        let wilson = test.flatMap { test in
          counts[place].proportion.flatMap {
            Wilson.interval($0, confidence: test.confidence)
          }
        }
        row.set("wilson", .bounds(wilson), orReason: undefined)
        row.set("p_support", .six(pValues[place]?.support), orReason: undefined)
        row.set("p_refute", .six(pValues[place]?.refute), orReason: undefined)
        row.set(
          "adjusted_support", rate == nil ? nil : .six(support[place]), orReason: undefined)
        row.set("adjusted_refute", rate == nil ? nil : .six(refute[place]), orReason: undefined)
        let verdict: RateVerdict =
          support[place] <= alpha
          ? .supported : refute[place] <= alpha ? .refuted : .inconclusive
        let isTested = rate != nil && counts[place].n > 0
        row["verdict"] = .string((isTested ? verdict : .notAuditable).rawValue)
        return .object(row)
      })
  }

  /// Whether the tasks' rates differ by more than chance (Tarone 1979).
  var homogeneityJSON: JSONValue {
    if spansDimensions { return .null }
    let total = counted.total
    let tarone = TaroneZ(counted.compactMap(\.proportion))
    let reason =
      total.n == 0
      ? "no_episodes"
      : total.k == 0 || total.k == total.n ? "no_variation" : "one_episode_per_task"
    var object: JSONObject = [:]
    object.set("tarone_z", .six(tarone?.z), orReason: reason)
    object.set("p_value", .six(tarone?.pValue), orReason: reason)
    return .object(object)
  }
}
