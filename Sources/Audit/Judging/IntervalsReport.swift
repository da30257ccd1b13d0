internal import Evidence
internal import JSON
internal import Platform
internal import Statistics

/// The intervals around the rate (STATISTICS §2.2, §2.3, §4, §7).
struct IntervalsReport: Sendable {
  let facts: AuditFacts
  let digests: InputDigests

  /// Null over several dimensions.
  var json: JSONValue {
    if facts.spansDimensions { return .null }
    var object: JSONObject = [:]
    let absence =
      facts.test == nil ? "invalid_claim" : facts.hasDenominator ? "no_episodes" : "planned_unknown"
    guard let test = facts.test, let proportion = facts.counted.total.proportion, proportion.n > 0
    else {
      for key in ["clopper_pearson", "wilson", "confidence_sequence", "macro"] {
        object.set(key, nil, orReason: absence)
      }
      return .object(object)
    }
    let confidence = test.confidence
    object.set("clopper_pearson", clopperPearson(proportion, test), orReason: absence)
    object.set(
      "wilson", .bounds(Wilson.interval(proportion, confidence: confidence)), orReason: absence)
    object.set(
      "confidence_sequence",
      facts.stopping == .fixed
        ? nil : .bounds(ConfidenceSequence.interval(proportion, confidence: confidence)),
      orReason: "stopping_fixed")
    let (macro, reason) = macroIntervals(test)
    object.set("macro", macro, orReason: reason)
    return .object(object)
  }

  private func clopperPearson(_ proportion: Proportion, _ test: ClaimTest) -> JSONValue {
    guard let bounds = ClopperPearson(proportion, confidence: test.confidence) else { return nil }
    var object: JSONObject = ["two_sided": .bounds(bounds.twoSided)]
    // One side shows what "at least" or "at most" needs; a comparison has no such side.
    let side: JSONValue =
      switch test.rate?.isAtMost {
      case nil: nil
      case false?: ["lower": .six(bounds.oneSidedLower), "upper": nil]
      case true?: ["lower": nil, "upper": .six(bounds.oneSidedUpper)]
      }
    object.set("one_sided", side, orReason: "comparative_claim")
    return .object(object)
  }

  /// Shown when the claim is macro or the tasks differ in size.
  private func macroIntervals(_ test: ClaimTest) -> (JSONValue, String) {
    let tasks = facts.counted
    guard test.aggregate == .macro || !tasks.areEqualInSize else {
      return (nil, "equal_task_sizes")
    }
    let proportions = tasks.compactMap(\.proportion)
    guard let average = MacroAverage(proportions) else { return (nil, "task_without_episodes") }
    let closed = average.squareAndAdd(tail: test.confidence.halfAlpha)
    var object: JSONObject = ["square_and_add": .bounds(closed)]
    object.set("bootstrap", bootstrap(test), orReason: "too_many_episodes")
    return (.object(object), "")
  }

  /// The stratified bootstrap, tasks in the byte order of their keys; null above its size limit.
  private func bootstrap(_ test: ClaimTest) -> JSONValue {
    let ordered = zip(facts.tasks.map(\.key), facts.counted).sorted {
      $0.0.precedes($1.0)
    }
    guard let seed = bootstrapSeed,
      let bootstrap = Bootstrap(ordered.compactMap(\.1.proportion), seed: seed)
    else { return nil }
    let limits = bootstrap.limits(tail: test.confidence.halfAlpha)
    return [
      "seed": .string(String(seed)), "replicates": .count(Bootstrap.usualReplicates),
      "limits": [
        "lower": .string(bootstrap.text(limits.lower)),
        "upper": .string(bootstrap.text(limits.upper)),
      ],
    ]
  }

  /// From the digests of audit_input.json and protocol.json; nil when they are not digests.
  private var bootstrapSeed: UInt64? {
    guard let input = Digest.hex(of: digests.auditInput).flatMap(Hex.decode),
      let plan = Digest.hex(of: digests.protocol).flatMap(Hex.decode)
    else { return nil }
    return Bootstrap.seed(digest: Digest.raw(of: input + plan))
  }
}
