internal import Crypto
internal import Statistics

extension StatisticsProcedures {
  // MARK: - Two versions

  @Sendable static func mcNemar(_ input: StatisticsInput) -> Computed? {
    guard let onlyA = input.int("only_a"), let onlyB = input.int("only_b"),
      let test = McNemar(onlyA: onlyA, onlyB: onlyB)
    else { return nil }
    return .fields([
      ("regression", .real(test.regression)), ("improvement", .real(test.improvement)),
      ("two_sided", .real(test.twoSided)), ("mid_p", .real(test.midP)),
    ])
  }

  @Sendable static func newcombeUnpaired(_ input: StatisticsInput) -> Computed? {
    guard let a = input.proportion("a"), let b = input.proportion("b"),
      let confidence = input.confidence()
    else { return nil }
    let result = NewcombeUnpaired(a: a, b: b, confidence: confidence)
    return difference(result?.difference, result?.interval)
  }

  @Sendable static func newcombePaired(_ input: StatisticsInput) -> Computed? {
    guard let both = input.int("both"), let onlyA = input.int("only_a"),
      let onlyB = input.int("only_b"), let neither = input.int("neither"),
      let confidence = input.confidence()
    else { return nil }
    let result = NewcombePaired(
      both: both, onlyA: onlyA, onlyB: onlyB, neither: neither, confidence: confidence)
    return .fields([
      ("difference", .real(result?.difference)), ("phi", .real(result?.phi)),
      ("lower", .real(result?.interval.lower)), ("upper", .real(result?.interval.upper)),
    ])
  }

  @Sendable static func miettinenNurminen(_ input: StatisticsInput) -> Computed? {
    guard let a = input.proportion("a"), let b = input.proportion("b"),
      let confidence = input.confidence()
    else { return nil }
    let result = MiettinenNurminen(a: a, b: b, confidence: confidence)
    return difference(result?.difference, result?.interval)
  }

  @Sendable static func fisher(_ input: StatisticsInput) -> Computed? {
    guard let a = input.proportion("a"), let b = input.proportion("b") else { return nil }
    let test = Fisher(a: a, b: b)
    return .fields([
      ("less", .real(test?.less)), ("greater", .real(test?.greater)),
      ("two_sided", .real(test?.twoSided)),
    ])
  }

  @Sendable static func boschloo(_ input: StatisticsInput) -> Computed? {
    guard let a = input.proportion("a"), let b = input.proportion("b") else { return nil }
    let test = Boschloo(a: a, b: b)
    return .fields([
      ("statistic_less", .real(test?.statisticLess)),
      ("statistic_greater", .real(test?.statisticGreater)), ("less", .real(test?.less)),
      ("greater", .real(test?.greater)), ("two_sided", .real(test?.twoSided)),
    ])
  }

  private static func difference(_ value: Double?, _ interval: Interval?) -> Computed {
    .fields([
      ("difference", .real(value)), ("lower", .real(interval?.lower)),
      ("upper", .real(interval?.upper)),
    ])
  }

  // MARK: - Several tasks

  @Sendable static func homogeneity(_ input: StatisticsInput) -> Computed? {
    guard let tasks = input.tasks() else { return nil }
    let breslowDay = BreslowDay(tasks).map { test -> Computed in
      let cmh = CochranMantelHaenszel(tasks)
      return .fields([
        ("common_odds_ratio", .real(test.commonOddsRatio)),
        ("breslow_day", .real(test.uncorrected)), ("statistic", .real(test.statistic)),
        ("degrees", .integer(test.degrees)), ("p_value", .real(test.pValue)),
        ("cmh", .real(cmh?.statistic)), ("cmh_p_value", .real(cmh?.pValue)),
      ])
    }
    return .fields([
      ("informative_tasks", .integer(tasks.count(where: \.isInformative))),
      ("breslow_day_tarone", breslowDay ?? .undefined),
      ("tarone_z_a", tarone(tasks.map(\.a))), ("tarone_z_b", tarone(tasks.map(\.b))),
    ])
  }

  private static func tarone(_ tasks: [Proportion]) -> Computed {
    guard let test = TaroneZ(tasks) else { return .undefined }
    return .fields([("z", .real(test.z)), ("p_value", .real(test.pValue))])
  }

  @Sendable static func holm(_ input: StatisticsInput) -> Computed? {
    guard let texts = input.strings("p"), let alpha = input.confidence()?.alpha else { return nil }
    let p = texts.compactMap { Double($0) }
    guard p.count == texts.count else { return nil }
    let adjusted = Holm.adjusted(p)
    return .fields([
      ("adjusted", .list(adjusted.map { .real($0) })),
      ("rejected", .list(adjusted.map { .flag($0 <= alpha.double) })),
    ])
  }

  @Sendable static func macro(_ input: StatisticsInput) -> Computed? {
    guard let strata = input.strata(), let confidence = input.confidence() else { return nil }
    let average = MacroAverage(strata)
    let interval = average?.squareAndAdd(tail: confidence.halfAlpha)
    let equalised = average?.equalised.map { counts -> Computed in
      .fields([
        ("k_low", .integer(counts.low)), ("k_high", .integer(counts.high)),
        ("n", .integer(counts.n)),
      ])
    }
    let micro = SixDigits.text(
      k: strata.reduce(0) { $0 + $1.k }, n: strata.reduce(0) { $0 + $1.n })
    return .fields([
      ("macro_6", text(average?.text)), ("micro_6", text(micro)),
      ("lower", .real(interval?.lower)), ("upper", .real(interval?.upper)),
      ("equalised", equalised ?? .undefined),
    ])
  }

  // MARK: - Drawing

  @Sendable static func splitMix64(_ input: StatisticsInput) -> Computed? {
    guard let seed = input.string("seed").flatMap({ UInt64($0) }),
      let bound = input.string("bound").flatMap({ UInt64($0) }), bound > 0
    else { return nil }
    var generator = SplitMix64(seed: seed)
    let outputs = (0..<8).map { _ in generator.next() }
    generator = SplitMix64(seed: seed)
    let bounded = (0..<8).map { _ in generator.bounded(bound) }
    // The draws are counted by letting a second generator catch up with the first.
    let following = generator.next()
    var (second, draws) = (SplitMix64(seed: seed), 0)
    while second.next() != following, draws < 10_000 { draws += 1 }
    return .fields([
      ("outputs", .list(outputs.map { .text(String($0)) })),
      ("bounded", .list(bounded.map { .text(String($0)) })), ("draws", .integer(draws)),
    ])
  }

  @Sendable static func bootstrap(_ input: StatisticsInput) -> Computed? {
    guard let auditInput = input.string("audit_input").flatMap(bytes(hex:)),
      let protocolDigest = input.string("protocol").flatMap(bytes(hex:)),
      let strata = input.strata(), let replicates = input.int("replicates"),
      let confidence = input.confidence(),
      let seed = Bootstrap.seed(digest: SHA256.hash(data: auditInput + protocolDigest)),
      let bootstrap = Bootstrap(strata, seed: seed, replicates: replicates)
    else { return nil }
    var generator = SplitMix64(seed: seed)
    let first = (0..<8).map { _ in Computed.text(String(generator.next())) }
    let joined = bootstrap.values.map(String.init).joined(separator: "\n")
    let digest = SHA256.hash(data: Array(joined.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }
    func values(_ limits: Bootstrap.Limits) -> Computed {
      .list([.text(String(limits.lower)), .text(String(limits.upper))])
    }
    func texts(_ limits: Bootstrap.Limits) -> Computed {
      .list([.text(bootstrap.text(limits.lower)), .text(bootstrap.text(limits.upper))])
    }
    let twoSided = bootstrap.limits(tail: confidence.halfAlpha)
    let oneSided = bootstrap.limits(tail: confidence.alpha)
    return .fields([
      ("seed", .text(String(seed))), ("first_outputs", .list(first)),
      ("scale", .text(bootstrap.scale.rawValue)),
      ("denominator", .text(String(bootstrap.denominator))),
      ("first_values", .list(bootstrap.values.prefix(8).map { .text(String($0)) })),
      ("sum_of_values", .text(String(bootstrap.values.reduce(Int128(0)) { $0 + Int128($1) }))),
      ("values_sha256", .text(digest.joined())), ("two_sided", values(twoSided)),
      ("one_sided", values(oneSided)), ("two_sided_6", texts(twoSided)),
      ("one_sided_6", texts(oneSided)),
    ])
  }

  private static func bytes(hex: String) -> [UInt8]? {
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == hex.utf8.count, digits.count == 64 else { return nil }
    return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }
}
