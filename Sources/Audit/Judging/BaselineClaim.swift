internal import Evidence
internal import JSON
internal import Statistics

/// A claim that compares with a baseline: better than it, or equal to what was reported.
///
/// A is the baseline, B the audited run. STATISTICS §3.2.
struct BaselineClaim: Sendable {
  enum Relation: Sendable { case better, equal }

  /// What is known of the baseline.
  enum Reported: Sendable {
    /// Its counts; several where a rounded rate fits more than one.
    case counts([Proportion])
    /// A rate that no count of its episodes gives.
    case impossible
    /// A rate without a number of episodes.
    case rate(ReportedRate)
  }

  let relation: Relation
  /// Δ > 0; nil when none is stated.
  let margin: Rational?
  let reported: Reported
  let confidence: Confidence

  /// Nil when margin, confidence or baseline cannot be read.
  init?(_ metric: ClaimMetric, baseline: JSONValue) {
    guard metric.kind == .betterThan || metric.kind == .equalsReported,
      let level = metric.confidence.flatMap(RateClaim.decimal), let confidence = Confidence(level),
      let reported = Self.reported(baseline)
    else { return nil }
    relation = metric.kind == .betterThan ? .better : .equal
    self.confidence = confidence
    self.reported = reported
    guard let text = metric.margin else {
      margin = nil
      return
    }
    guard let margin = RateClaim.decimal(text), .zero < margin, margin < .one else { return nil }
    self.margin = margin
  }

  /// The `at_least` claim that "better than a rate without n" stands for; nil for all others.
  static func rateClaim(_ metric: ClaimMetric, baseline: JSONValue) -> RateClaim? {
    guard metric.kind == .betterThan, case .rate? = reported(baseline),
      let value = baseline["value"]?.string
    else { return nil }
    return RateClaim(kind: .atLeast, threshold: value, confidence: metric.confidence)
  }

  private static func reported(_ baseline: JSONValue) -> Reported? {
    // A bare string or number from elsewhere is shown and never compared.
    guard baseline.object != nil, baseline["kind"]?.string != "none" else { return nil }
    let n = baseline["episodes"]?["denominator"]?.int.flatMap { Int(exactly: $0) }
    if let n, n > 0, let k = baseline["episodes"]?["succeeded"]?.int,
      let counts = Int(exactly: k).flatMap({ Proportion(k: $0, n: n) })
    {
      return .counts([counts])
    }
    guard let text = baseline["value"]?.string, let rate = rate(text), rate.rate <= .one else {
      return nil
    }
    guard let n, n > 0 else { return .rate(rate) }
    guard let counts = Grim(rate, n: n)?.counts else { return .impossible }
    return .counts(counts.compactMap { Proportion(k: $0, n: n) })
  }

  private static func rate(_ text: String) -> ReportedRate? {
    guard text.hasSuffix("%") else { return ReportedRate(text, unit: .fraction) }
    let digits = text.dropLast().filter { $0 != " " && $0 != "\u{A0}" }
    return ReportedRate(String(digits), unit: .percent)
  }

  /// What the pooled counts say; `notAuditable` when nothing was counted.
  func verdict(_ counted: Counted) -> RateVerdict {
    guard let ours = counted.proportion, ours.n > 0 else { return .notAuditable }
    switch reported {
    case .impossible: return .inconclusive
    case .rate(let rate): return verdict(ours, against: rate)
    case .counts(let baselines):
      let verdicts = Set(baselines.map { verdict(ours, against: $0) })
      return verdicts.count == 1 ? verdicts.first ?? .inconclusive : .inconclusive
    }
  }

  /// Why an inconclusive result is one, in the order of STATISTICS §3.2.
  func reasons(_ counted: Counted) -> [String] {
    var words: [String] = []
    if case .rate = reported { words.append("baseline_without_n") }
    if relation == .equal, margin == nil { words.append("no_equivalence_margin") }
    if case .counts(let baselines) = reported, let ours = counted.proportion,
      Set(baselines.map { verdict(ours, against: $0) }).count > 1
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
    case .counts(let baselines):
      guard margin == nil else { return ("miettinen_nurminen", nil) }
      guard let ours = counted.proportion, let baseline = baselines.first,
        let test = UnpairedTest(a: baseline, b: ours)
      else { return ("boschloo", nil) }
      // "Equal" without a margin is never supported, so nothing is a p-value for it.
      return (test.name, relation == .better && baselines.count == 1 ? test.greater : nil)
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
