internal import JSON
internal import Statistics

/// Each dimension of a governance benchmark by itself: counts, rate, interval, word.
struct DimensionsReport: Sendable {
  let json: JSONValue

  /// Nil for a format without dimensions.
  init?(_ facts: AuditFacts) {
    guard let dimensions = facts.dimensions else { return nil }
    let counted =
      facts.hasDenominator
      ? dimensions.counts(facts.counted) : dimensions.names.map { _ in Counted(k: 0, n: 0) }
    let rate = facts.test?.rate
    let pValues = counted.map { rate?.pValues($0) }
    let support = Holm.adjusted(pValues.map { $0?.support ?? 1 })
    let refute = Holm.adjusted(pValues.map { $0?.refute ?? 1 })
    let absence =
      facts.test == nil ? "invalid_claim" : rate == nil ? "comparative_claim" : "no_episodes"
    let alpha = rate?.alpha.double ?? 0
    json = .array(
      dimensions.names.indices.map { place in
        let counts = counted[place]
        var row: JSONObject = [
          "dimension": .string(dimensions.names[place]), "k": .count(counts.k),
          "n": .count(counts.n),
        ]
        row.set("rate", .rate(counts), orReason: "no_episodes")
        let interval = facts.test.flatMap { test in
          counts.n == 0
            ? nil
            : counts.proportion.flatMap { ClopperPearson($0, confidence: test.confidence) }
        }
        row.set(
          "clopper_pearson", .bounds(interval?.twoSided),
          orReason: facts.test == nil ? "invalid_claim" : "no_episodes")
        row.set("p_support", .six(pValues[place]?.support), orReason: absence)
        row.set("p_refute", .six(pValues[place]?.refute), orReason: absence)
        row.set("adjusted_support", rate == nil ? nil : .six(support[place]), orReason: absence)
        row.set("adjusted_refute", rate == nil ? nil : .six(refute[place]), orReason: absence)
        let word: RateVerdict =
          support[place] <= alpha
          ? .supported : refute[place] <= alpha ? .refuted : .inconclusive
        let isTested = rate != nil && counts.n > 0
        row["verdict"] = .string((isTested ? word : .notAuditable).rawValue)
        return .object(row)
      })
  }
}
