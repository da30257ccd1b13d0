internal import Evidence
internal import JSON
internal import Statistics

/// What is known of the baseline of a claim.
enum ReportedBaseline: Sendable {
  /// Its counts; several where a rounded rate fits more than one.
  case counts(PossibleCounts)
  /// A rate that no count of its episodes gives.
  case impossible
  /// A rate without a number of episodes.
  case rate(ReportedRate)

  /// Nil when the baseline cannot be read, or when there is none.
  init?(_ baseline: JSONValue, rules: RuleSet) {
    // A bare string or number from elsewhere is shown and never compared.
    guard baseline.object != nil, baseline["kind"]?.string != "none" else { return nil }
    let read = rules == .v1 ? Self.readLoosely(baseline) : Self.read(baseline)
    guard let read else { return nil }
    self = read
  }

  /// Nothing that is stated is passed over: counts that contradict each other, a number that is not
  /// a rate, and a rate that is not the one of its counts make the baseline unreadable.
  private static func read(_ baseline: JSONValue) -> Self? {
    var rate: ReportedRate?
    if let value = baseline["value"], !value.isNull {
      guard let text = value.string?.filter({ $0 != "\u{202F}" }), let stated = Self.rate(text),
        stated.rate <= .one
      else { return nil }
      rate = stated
    }
    guard let episodes = baseline["episodes"], !episodes.isNull else {
      return rate.map { .rate($0) }
    }
    guard let n = episodes["denominator"]?.int.flatMap({ Int(exactly: $0) }), n > 0 else {
      return nil
    }
    guard let stated = episodes["succeeded"], !stated.isNull else {
      return rate.map { rate in
        possible(rate, n: n).map { .counts($0) } ?? .impossible
      }
    }
    guard let k = stated.int.flatMap({ Int(exactly: $0) }), let counts = Proportion(k: k, n: n),
      let possible = PossibleCounts(k: k...k, n: n)
    else { return nil }
    if let rate, !Self.gives(rate, counts) { return nil }
    return .counts(possible)
  }

  /// The counts of n episodes that a printed rate can stand for.
  private static func possible(_ rate: ReportedRate, n: Int) -> PossibleCounts? {
    guard rate.places >= 10 else {
      return Grim(rate, n: n)?.counts.flatMap { PossibleCounts(k: $0, n: n) }
    }
    // That many digits are the printed form of a double.
    let nearest = (rate.rate.double * Double(n)).rounded()
    guard let counts = Proportion(k: Int(nearest), n: n), gives(rate, counts) else { return nil }
    return PossibleCounts(k: counts.k...counts.k, n: n)
  }

  /// Whether a printed rate is that of these counts: rounded, cut, or to 1e-9 from ten digits on.
  private static func gives(_ rate: ReportedRate, _ counts: Proportion) -> Bool {
    guard rate.places >= 10 else {
      return Grim(rate, n: counts.n)?.counts?.contains(counts.k) ?? false
    }
    let (stated, counted) = (rate.rate.double, Double(counts.k) / Double(counts.n))
    return abs(stated - counted) <= 1e-9 * max(stated, counted)
  }

  /// As rules 1 read it: counts that contradict each other fall through to the rate.
  private static func readLoosely(_ baseline: JSONValue) -> Self? {
    let n = baseline["episodes"]?["denominator"]?.int.flatMap { Int(exactly: $0) }
    if let n, n > 0, let k = baseline["episodes"]?["succeeded"]?.int,
      let counts = Int(exactly: k).flatMap({ PossibleCounts(k: $0...$0, n: n) })
    {
      return .counts(counts)
    }
    guard let text = baseline["value"]?.string, let rate = rate(text), rate.rate <= .one else {
      return nil
    }
    guard let n, n > 0 else { return .rate(rate) }
    guard let counts = Grim(rate, n: n)?.counts.flatMap({ PossibleCounts(k: $0, n: n) }) else {
      return .impossible
    }
    return .counts(counts)
  }

  private static func rate(_ text: String) -> ReportedRate? {
    guard text.hasSuffix("%") else { return ReportedRate(text, unit: .fraction) }
    let digits = text.dropLast().filter { $0 != " " && $0 != "\u{A0}" }
    return ReportedRate(String(digits), unit: .percent)
  }
}
