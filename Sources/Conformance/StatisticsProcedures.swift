internal import Statistics

/// The procedures of the statistics oracle by name, each from the product's own functions.
enum StatisticsProcedures {
  typealias Procedure = @Sendable (StatisticsInput) -> Computed?

  static let table: [String: Procedure] = [
    "binomial_tail": binomialTail, "critical_value": criticalValue,
    "clopper_pearson": clopperPearson, "wilson": wilson, "mcnemar": mcNemar,
    "newcombe_unpaired": newcombeUnpaired, "newcombe_paired": newcombePaired,
    "miettinen_nurminen": miettinenNurminen, "fisher": fisher, "boschloo": boschloo,
    "homogeneity": homogeneity, "holm": holm, "confidence_sequence": confidenceSequence,
    "splitmix64": splitMix64, "bootstrap": bootstrap, "grim": grim, "macro": macro,
    "power": power, "denominators": denominators, "runs": runs, "rounding": rounding,
  ]

  // MARK: - One rate

  @Sendable private static func binomialTail(_ input: StatisticsInput) -> Computed? {
    guard let k = input.int("k"), let n = input.int("n"), let p = input.rational("p"),
      let binomial = Binomial(n: n, p: p)
    else { return nil }
    return .fields([
      ("lower", .real(binomial.lower(k))), ("upper", .real(binomial.upper(k))),
      ("pmf", .real(binomial.mass(k))),
    ])
  }

  @Sendable private static func criticalValue(_ input: StatisticsInput) -> Computed? {
    guard let n = input.int("n"), let threshold = input.rational("threshold"),
      let alpha = input.confidence()?.alpha,
      let values = CriticalValues(n: n, threshold: threshold, alpha: alpha)
    else { return nil }
    return .fields([
      ("support_min", .integer(values.supportMin)), ("refute_max", .integer(values.refuteMax)),
      ("can_support", .flag(values.canSupport)), ("can_refute", .flag(values.canRefute)),
      (
        "least_n_support",
        .integer(CriticalValues.leastSupporting(threshold: threshold, alpha: alpha))
      ),
      (
        "least_n_refute",
        .integer(CriticalValues.leastRefuting(threshold: threshold, alpha: alpha))
      ),
      ("attained_support", .real(values.attainedSupport)),
      ("attained_refute", .real(values.attainedRefute)),
    ])
  }

  @Sendable private static func clopperPearson(_ input: StatisticsInput) -> Computed? {
    guard let proportion = input.proportion(), let confidence = input.confidence() else {
      return nil
    }
    let bounds = ClopperPearson(proportion, confidence: confidence)
    return .fields([
      ("one_sided_lower", .real(bounds?.oneSidedLower)),
      ("one_sided_upper", .real(bounds?.oneSidedUpper)),
      ("two_sided_lower", .real(bounds?.twoSided.lower)),
      ("two_sided_upper", .real(bounds?.twoSided.upper)),
    ])
  }

  @Sendable private static func wilson(_ input: StatisticsInput) -> Computed? {
    guard let proportion = input.proportion(), let confidence = input.confidence() else {
      return nil
    }
    let interval = Wilson.interval(proportion, confidence: confidence)
    return .fields([
      ("z", .real(Normal.quantile(upperTail: confidence.halfAlpha))),
      ("lower", .real(interval?.lower)), ("upper", .real(interval?.upper)),
      ("estimate_6", text(SixDigits.text(k: proportion.k, n: proportion.n))),
    ])
  }

  @Sendable private static func confidenceSequence(_ input: StatisticsInput) -> Computed? {
    guard let proportion = input.proportion(), let confidence = input.confidence(),
      let threshold = input.rational("threshold")
    else { return nil }
    let interval = ConfidenceSequence.interval(proportion, confidence: confidence)
    let e = EValues(proportion, threshold: threshold)
    return .fields([
      ("lower", .real(interval?.lower)), ("upper", .real(interval?.upper)),
      ("e_two_sided", .real(e?.twoSided)), ("e_above", .real(e?.above)),
      ("e_below", .real(e?.below)),
      ("supports_at_least", flag(e?.supports(alpha: confidence.alpha))),
      ("refutes_at_least", flag(e?.refutes(alpha: confidence.alpha))),
    ])
  }

  @Sendable private static func power(_ input: StatisticsInput) -> Computed? {
    guard let proportion = input.proportion(), let alpha = input.confidence()?.alpha,
      let threshold = input.rational("threshold"),
      let hint = PowerHint(proportion, threshold: threshold, alpha: alpha)
    else { return nil }
    return .fields([
      ("assumed_rate_6", .text(SixDigits.text(hint.assumedRate))),
      ("episodes", .integer(hint.plan?.episodes)), ("successes", .integer(hint.plan?.successes)),
      ("more", .integer(hint.more)), ("power", .real(hint.plan?.power)),
    ])
  }

  @Sendable private static func denominators(_ input: StatisticsInput) -> Computed? {
    guard let succeeded = input.int("succeeded"), let failed = input.int("failed"),
      let errored = input.int("errored"), let excluded = input.int("excluded"),
      input.int("planned") != nil || input.isNull("planned"),
      let counts = EpisodeCounts(
        succeeded: succeeded, failed: failed, errored: errored, excluded: excluded,
        planned: input.int("planned")),
      let threshold = input.rational("threshold"), let alpha = input.confidence()?.alpha,
      let test = RateTest(.atLeast, threshold: threshold, alpha: alpha),
      let band = DenominatorBand(counts, test: test)
    else { return nil }
    let policies = DenominatorPolicy.allCases.map { policy -> (String, Computed) in
      guard let counted = counts.proportion(policy) else { return (policy.rawValue, .undefined) }
      let verdict = Computed.text(test.verdict(counted).rawValue)
      return (
        policy.rawValue,
        .fields([("k", .integer(counted.k)), ("n", .integer(counted.n)), ("verdict", verdict)])
      )
    }
    func end(_ proportion: Proportion, _ verdict: RateVerdict) -> Computed {
      .fields([("k", .integer(proportion.k)), ("verdict", .text(verdict.rawValue))])
    }
    return .fields([
      ("policies", .fields(policies)),
      (
        "band",
        .fields([
          ("unresolved", .integer(band.unresolved)), ("n", .integer(band.n)),
          ("worst", end(band.worst, band.worstVerdict)),
          ("best", end(band.best, band.bestVerdict)), ("flips", .flag(band.flips)),
          ("successes_needed", .integer(band.successesNeeded)),
          ("successes_still_refuted", .integer(band.successesStillRefuted)),
        ])
      ),
    ])
  }

  @Sendable private static func grim(_ input: StatisticsInput) -> Computed? {
    guard let text = input.string("reported"), let n = input.int("n"),
      let scale = input.int("scale"), scale == 1 || scale == 100,
      let reported = ReportedRate(text, unit: scale == 100 ? .percent : .fraction),
      let result = Grim(reported, n: n)
    else { return nil }
    return .fields([
      ("state", .text(result.state.rawValue)), ("k_min", .integer(result.counts?.lowerBound)),
      ("k_max", .integer(result.counts?.upperBound)),
      ("smallest_n", .integer(Grim.smallestConsistent(reported))),
    ])
  }

  @Sendable private static func runs(_ input: StatisticsInput) -> Computed? {
    guard let outcomes = input.string("outcomes"),
      outcomes.allSatisfy({ $0 == "0" || $0 == "1" })
    else { return nil }
    let result = Runs(outcomes.map { $0 == "1" })
    return .fields([
      ("runs", .integer(result.runs)), ("p_value", .real(result.pValue)),
      ("p_few", .real(result.pFew)),
    ])
  }

  @Sendable private static func rounding(_ input: StatisticsInput) -> Computed? {
    guard let k = input.int("k"), let n = input.int("n") else { return nil }
    return .fields([("text", text(SixDigits.text(k: k, n: n)))])
  }

  static func text(_ value: String?) -> Computed { value.map { .text($0) } ?? .undefined }
  static func flag(_ value: Bool?) -> Computed { value.map { .flag($0) } ?? .undefined }
}
