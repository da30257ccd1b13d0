internal import Evidence
internal import JSON
internal import Statistics

/// A claim that compares with a baseline: better than it, or equal to what was reported.
///
/// A is the baseline, B the audited run. STATISTICS §3.2.
struct BaselineClaim: Sendable {
  enum Relation: Sendable { case better, equal }

  let relation: Relation
  /// Δ > 0; nil when none is stated.
  let margin: Rational?
  let reported: ReportedBaseline
  let confidence: Confidence

  /// Nil when margin, confidence or baseline cannot be read.
  init?(_ metric: ClaimMetric, baseline: JSONValue, rules: RuleSet) {
    guard metric.kind == .betterThan || metric.kind == .equalsReported,
      let level = metric.confidence.flatMap(RateClaim.decimal), let confidence = Confidence(level),
      let reported = ReportedBaseline(baseline, rules: rules)
    else { return nil }
    relation = metric.kind == .betterThan ? .better : .equal
    // A bare rate is a threshold (`rateClaim`); where it can't be one, nothing is left to compare.
    if rules >= .v2, relation == .better, case .rate = reported { return nil }
    self.confidence = confidence
    self.reported = reported
    guard let text = metric.margin else {
      margin = nil
      return
    }
    guard let margin = Self.margin(text) else { return nil }
    self.margin = margin
  }

  /// The `at_least` claim that "better than a rate without n" stands for; nil for all others.
  ///
  /// With a margin Δ the threshold is the rate plus Δ.
  static func rateClaim(_ metric: ClaimMetric, baseline: JSONValue, rules: RuleSet) -> RateClaim? {
    guard metric.kind == .betterThan,
      case .rate(let rate)? = ReportedBaseline(baseline, rules: rules)
    else { return nil }
    guard rules >= .v2 else {
      return RateClaim(
        kind: .atLeast, threshold: baseline["value"]?.string, confidence: metric.confidence)
    }
    var threshold = rate.rate
    if let text = metric.margin {
      // p + Δ as 1 − ((1 − p) − Δ), which is nil above 1.
      guard let margin = margin(text),
        let raised = threshold.complement?.subtracting(margin)?.complement
      else { return nil }
      threshold = raised
    }
    return RateClaim(kind: .atLeast, threshold: threshold, confidence: metric.confidence)
  }

  /// Δ with 0 < Δ < 1.
  private static func margin(_ text: String) -> Rational? {
    guard let margin = RateClaim.decimal(text), .zero < margin, margin < .one else { return nil }
    return margin
  }

  /// What the pooled counts say; `notAuditable` when nothing was counted.
  func verdict(_ counted: Counted) -> RateVerdict {
    guard let ours = counted.proportion, ours.n > 0 else { return .notAuditable }
    switch reported {
    case .impossible: return .inconclusive
    case .rate(let rate): return verdict(ours, against: rate)
    case .counts(let possible):
      let verdicts = Set(possible.deciding(against: ours).map { verdict(ours, against: $0) })
      return verdicts.count == 1 ? verdicts.first ?? .inconclusive : .inconclusive
    }
  }

  /// Why an inconclusive result is one, in the order of STATISTICS §3.2.
  func reasons(_ counted: Counted) -> [String] {
    var words: [String] = []
    if case .rate = reported { words.append("baseline_without_n") }
    if relation == .equal, margin == nil { words.append("no_equivalence_margin") }
    if case .counts(let possible) = reported, let ours = counted.proportion,
      Set(possible.deciding(against: ours).map { verdict(ours, against: $0) }).count > 1
    {
      words.append("reported_count_ambiguous")
    }
    if case .impossible = reported { words.append("reported_impossible") }
    return words
  }

  /// The name of the deciding test, and the p-value for "supported" where there is one.
  func test(_ counted: Counted) -> (name: String, pValue: Double?) {
    switch reported {
    case .impossible: return ("boschloo", nil)
    case .rate: return ("clopper_pearson", nil)
    case .counts(let possible):
      guard margin == nil else { return ("miettinen_nurminen", nil) }
      guard let ours = counted.proportion,
        let baseline = Proportion(k: possible.k.lowerBound, n: possible.n),
        let test = UnpairedTest(a: baseline, b: ours)
      else { return ("boschloo", nil) }
      // "Equal" without a margin is never supported, so nothing is a p-value for it.
      return (test.name, relation == .better && possible.k.count == 1 ? test.greater : nil)
    }
  }

  private func verdict(_ ours: Proportion, against baseline: Proportion) -> RateVerdict {
    let alpha = confidence.alpha.double
    guard let margin else {
      guard let test = UnpairedTest(a: baseline, b: ours) else { return .inconclusive }
      if relation == .equal { return test.twoSided <= alpha ? .refuted : .inconclusive }
      if test.greater <= alpha { return .supported }
      return test.less <= alpha ? .refuted : .inconclusive
    }
    guard
      let bounds = MiettinenNurminen(a: baseline, b: ours, tail: confidence.alpha)?.interval
    else { return .inconclusive }
    let delta = margin.double
    switch relation {
    case .better:
      if bounds.lower > delta { return .supported }
      return bounds.upper < delta ? .refuted : .inconclusive
    case .equal:
      if bounds.lower > -delta, bounds.upper < delta { return .supported }
      return bounds.lower >= delta || bounds.upper <= -delta ? .refuted : .inconclusive
    }
  }

  /// Refuted only: the two-sided interval lies wholly outside of what the printed digits allow.
  private func verdict(_ ours: Proportion, against rate: ReportedRate) -> RateVerdict {
    guard let bounds = ClopperPearson(ours, confidence: confidence)?.twoSided else {
      return .inconclusive
    }
    let (value, half) = (rate.rate.double, rate.halfUnit.double)
    return bounds.upper < value - half || bounds.lower > value + half ? .refuted : .inconclusive
  }
}

/// Boschloo's test, or Fisher's above its largest side.
struct UnpairedTest: Sendable {
  let name: String
  let less: Double
  let greater: Double
  let twoSided: Double

  /// Nil when a side has no episode.
  init?(a: Proportion, b: Proportion) {
    if let test = Boschloo(a: a, b: b) {
      (name, less, greater, twoSided) = ("boschloo", test.less, test.greater, test.twoSided)
    } else if let test = Fisher(a: a, b: b) {
      (name, less, greater, twoSided) = ("fisher", test.less, test.greater, test.twoSided)
    } else {
      return nil
    }
  }
}
