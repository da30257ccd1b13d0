internal import Evidence
internal import Statistics

/// The counts of one task, or of all together, on both sides; with the pairs where they are proven.
struct PairedCounts: Sendable {
  let a: Counted
  let b: Counted
  let pairs: PairCounts?

  /// With a proven pairing the paired episodes, else everything that counts.
  init(_ task: CommonTask, _ pairing: EpisodePairing?, policy: CountingPolicy) {
    guard let pairing, pairing.proof == .proven else {
      self.init(unpaired: Self.counts(task.a, policy), Self.counts(task.b, policy))
      return
    }
    var table = [0, 0, 0, 0]  // neither, only B, only A, both
    for (left, right) in pairing.pairs {
      let inA = task.a.episodes.outcomes[left] == UInt8(ascii: "S")
      let inB = task.b.episodes.outcomes[right] == UInt8(ascii: "S")
      table[(inA ? 2 : 0) + (inB ? 1 : 0)] += 1
    }
    let pairs = PairCounts(
      both: table[3], onlyA: table[2], onlyB: table[1], neither: table[0],
      dropped: pairing.dropped)
    self.init(pairs)
  }

  private init(unpaired a: Counted, _ b: Counted) {
    self.a = a
    self.b = b
    pairs = nil
  }

  private init(_ pairs: PairCounts) {
    let n = pairs.both + pairs.onlyA + pairs.onlyB + pairs.neither
    a = Counted(k: pairs.both + pairs.onlyA, n: n)
    b = Counted(k: pairs.both + pairs.onlyB, n: n)
    self.pairs = pairs
  }

  /// The sum over tasks, paired when all of them are.
  init(summing counts: [PairedCounts]) {
    let pairs = counts.compactMap(\.pairs)
    guard pairs.count == counts.count, !pairs.isEmpty else {
      self.init(unpaired: counts.map(\.a).total, counts.map(\.b).total)
      return
    }
    self.init(
      PairCounts(
        both: pairs.reduce(0) { $0 + $1.both }, onlyA: pairs.reduce(0) { $0 + $1.onlyA },
        onlyB: pairs.reduce(0) { $0 + $1.onlyB }, neither: pairs.reduce(0) { $0 + $1.neither },
        dropped: pairs.reduce(0) { $0 + $1.dropped }))
  }

  static func counts(_ task: AuditedTask, _ policy: CountingPolicy) -> Counted {
    let tally = OutcomeTally(letters: task.episodes.outcomes)
    return policy.counts(tally, isPlanned: true) ?? Counted(k: 0, n: 0)
  }

  var stratum: Stratum? {
    guard let a = a.proportion, let b = b.proportion else { return nil }
    return Stratum(a: a, b: b)
  }

  /// k_B·n_A − k_A·n_B: its sign is that of the difference of rates.
  var cross: Int128 {
    Int128(b.k) * Int128(a.n) - Int128(a.k) * Int128(b.n)
  }

  /// B − A with six digits, half to even by integers; nil when a side counted nothing.
  var difference: String? {
    let size = Int128(a.n) * Int128(b.n)
    guard size > 0 else { return nil }
    let scaled = cross.magnitude * 1_000_000
    var (quotient, rest) = scaled.quotientAndRemainder(dividingBy: size.magnitude)
    if 2 * rest > size.magnitude || (2 * rest == size.magnitude && quotient & 1 == 1) {
      quotient += 1
    }
    rest = quotient % 1_000_000
    let digits = String(rest)
    let sign = cross < 0 && quotient > 0 ? "-" : ""
    return sign + String(quotient / 1_000_000) + "."
      + String(repeating: "0", count: 6 - digits.utf8.count) + digits
  }

  /// Newcombe's interval at a confidence; nil when a side counted nothing.
  func interval(_ confidence: Confidence?) -> [String]? {
    guard let confidence, let a = a.proportion, let b = b.proportion else { return nil }
    let interval =
      if let pairs {
        NewcombePaired(
          both: pairs.both, onlyA: pairs.onlyA, onlyB: pairs.onlyB, neither: pairs.neither,
          confidence: confidence)?.interval
      } else {
        NewcombeUnpaired(a: a, b: b, confidence: confidence)?.interval
      }
    return interval.map { [SixDigits.text($0.lower), SixDigits.text($0.upper)] }
  }

  /// The class of a change by its (adjusted) p-value; nil p: not tested.
  func change(p: Double?, alpha: Double, deviation: Double? = nil) -> ChangeClass {
    if let p, p <= alpha {
      let direction = deviation ?? Double(cross)
      if direction < 0 { return .regression }
      if direction > 0 { return .improvement }
    }
    guard a.n > 0, b.n > 0 else { return .unclear }
    if let pairs { return pairs.onlyA == 0 && pairs.onlyB == 0 ? .same : .unclear }
    return cross == 0 ? .same : .unclear
  }
}

extension Counted {
  var episodes: CountedEpisodes { CountedEpisodes(k: k, n: n) }
}

/// A two-sided test of one difference, and its name.
struct RateComparison: Sendable {
  let test: String
  let pValue: Double
  /// Whose sign is that of the change, where it is not that of the pooled difference.
  let deviation: Double?

  private init(test: String, pValue: Double, deviation: Double?) {
    self.test = test
    self.pValue = pValue
    self.deviation = deviation
  }

  /// McNemar for pairs, else Boschloo, else Fisher; nil when a side counted nothing.
  init?(_ counts: PairedCounts) {
    deviation = nil
    if let pairs = counts.pairs {
      guard counts.a.n > 0, let mcNemar = McNemar(onlyA: pairs.onlyA, onlyB: pairs.onlyB) else {
        return nil
      }
      (test, pValue) = ("mcnemar", mcNemar.twoSided)
      return
    }
    guard let a = counts.a.proportion, let b = counts.b.proportion else { return nil }
    if let boschloo = Boschloo(a: a, b: b) {
      (test, pValue) = ("boschloo", boschloo.twoSided)
    } else if let fisher = Fisher(a: a, b: b) {
      (test, pValue) = ("fisher", fisher.twoSided)
    } else {
      return nil
    }
  }

  /// Pooled when every task has the same share of both sides, else Cochran–Mantel–Haenszel.
  init?(overall counts: PairedCounts, strata: [Stratum]) {
    let isProportional = strata.allSatisfy {
      Int128($0.a.n) * Int128(counts.b.n) == Int128($0.b.n) * Int128(counts.a.n)
    }
    if counts.pairs != nil || isProportional {
      self.init(counts)
      return
    }
    guard let stratified = CochranMantelHaenszel(strata) else { return nil }
    self.init(
      test: "cochran_mantel_haenszel", pValue: stratified.pValue, deviation: stratified.deviation)
  }
}
