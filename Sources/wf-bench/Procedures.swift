import Statistics

/// Every procedure at the largest input that an audit may hand it.
func procedures() -> [Measure] {
  oneRate + twoVersions + manyTasks
}

private let million = 1_000_000
private let threshold = Rational(4, 5) ?? .half
private let alpha = Rational(1, 20) ?? .half
private let confidence = Confidence(decimal: "0.95")

private func rate(_ k: Int, _ n: Int) -> Proportion {
  guard let rate = Proportion(k: k, n: n) else { preconditionFailure("\(k) of \(n) episodes") }
  return rate
}

private var oneRate: [Measure] {
  [
    Measure(name: "binomial_tail", input: "n = 1,000,000", budget: .milliseconds(1)) {
      Binomial(n: million, p: threshold)?.upper(800_800)
    },
    Measure(name: "critical_value", input: "n = 1,000,000", budget: .milliseconds(5)) {
      CriticalValues(n: million, threshold: threshold, alpha: alpha).map { Double($0.supportMin) }
    },
    Measure(name: "critical_value", input: "n = 999,999, an exact tie", budget: .milliseconds(5)) {
      CriticalValues(n: million - 1, threshold: .half, alpha: .half).map { Double($0.supportMin) }
    },
    Measure(name: "clopper_pearson", input: "n = 1,000,000", budget: .milliseconds(10)) {
      confidence.flatMap { ClopperPearson(rate(800_123, million), confidence: $0)?.oneSidedLower }
    },
    Measure(name: "wilson", input: "n = 1,000,000", budget: .milliseconds(1)) {
      confidence.flatMap { Wilson.interval(rate(800_123, million), confidence: $0)?.lower }
    },
    Measure(name: "confidence_sequence", input: "n = 1,000,000", budget: .milliseconds(1)) {
      confidence.flatMap {
        ConfidenceSequence.interval(rate(800_123, million), confidence: $0)?.lower
      }
    },
    Measure(name: "e_values", input: "n = 1,000,000", budget: .milliseconds(10)) {
      EValues(rate(804_000, million), threshold: threshold)?.above
    },
    Measure(name: "grim", input: "n = 1,000,000", budget: .milliseconds(1)) {
      ReportedRate("80.01", unit: .percent).flatMap { reported in
        Grim(reported, n: million).map { _ in
          Double(Grim.smallestConsistent(reported) ?? 0)
        }
      }
    },
    Measure(name: "denominators", input: "n* = 1,000,500", budget: .milliseconds(10)) {
      guard let test = RateTest(.atLeast, threshold: threshold, alpha: alpha),
        let counts = EpisodeCounts(
          succeeded: 800_000, failed: 199_000, errored: 300, excluded: 700, planned: 1_000_500)
      else { return nil }
      return DenominatorBand(counts, test: test).map { Double($0.n) }
    },
    Measure(name: "power", input: "up to the cap of 20,000", budget: .milliseconds(20)) {
      PowerHint(rate(800_001, million), threshold: threshold, alpha: alpha).map {
        Double($0.plan?.episodes ?? 0)
      }
    },
  ]
}

private var twoVersions: [Measure] {
  [
    Measure(name: "mcnemar", input: "1,000,000 discordant pairs", budget: .milliseconds(1)) {
      McNemar(onlyA: 501_000, onlyB: 499_000)?.twoSided
    },
    Measure(name: "fisher", input: "1,000,000 a side", budget: .milliseconds(10)) {
      Fisher(a: rate(800_000, million), b: rate(799_000, million))?.twoSided
    },
    Measure(name: "fisher", input: "1,000,000 a side, an exact tie", budget: .milliseconds(10)) {
      Fisher(a: rate(500_300, million), b: rate(499_700, million))?.twoSided
    },
    Measure(name: "boschloo", input: "10 a side", budget: .milliseconds(2)) {
      Boschloo(a: rate(9, 10), b: rate(6, 10))?.twoSided
    },
    Measure(name: "boschloo", input: "100 a side", budget: .milliseconds(10)) {
      Boschloo(a: rate(80, 100), b: rate(70, 100))?.twoSided
    },
    Measure(name: "boschloo", input: "5,000 a side", budget: .milliseconds(500)) {
      Boschloo(a: rate(2550, 5000), b: rate(2450, 5000))?.twoSided
    },
    Measure(name: "miettinen_nurminen", input: "1,000,000 a side", budget: .milliseconds(1)) {
      MiettinenNurminen(a: rate(800_000, million), b: rate(801_000, million), tail: alpha)?
        .interval.lower
    },
    Measure(name: "newcombe_unpaired", input: "1,000,000 a side", budget: .milliseconds(1)) {
      confidence.flatMap {
        NewcombeUnpaired(a: rate(800_000, million), b: rate(801_000, million), confidence: $0)?
          .interval.lower
      }
    },
    Measure(name: "newcombe_paired", input: "1,000,000 pairs", budget: .milliseconds(1)) {
      confidence.flatMap {
        NewcombePaired(
          both: 780_000, onlyA: 20_000, onlyB: 21_000, neither: 179_000, confidence: $0)?
          .interval.lower
      }
    },
  ]
}

private var manyTasks: [Measure] {
  var random = SplitMix64(seed: 1)
  func sizes(_ count: Int, _ most: UInt64) -> [Proportion] {
    (0..<count).map { _ in
      let n = Int(random.bounded(most)) + 1
      return rate(Int(random.bounded(UInt64(n + 1))), n)
    }
  }
  let strata = zip(sizes(10_000, 100), sizes(10_000, 100)).map { Stratum(a: $0, b: $1) }
  let (tasks, many) = (sizes(10_000, 10_000), sizes(million, 100))
  let p = (0..<100_000).map { _ in Double(random.bounded(1 << 53)) / 0x1p53 }
  let outcomes = (0..<million).map { _ in random.bounded(2) == 0 }
  let alternating = (0..<million).map { ($0 / 2).isMultiple(of: 2) }
  let resampled = [Proportion](repeating: rate(400, 500), count: 40)
  return [
    Measure(name: "holm", input: "100,000 p-values", budget: .milliseconds(100)) {
      Holm.adjusted(p).last
    },
    Measure(name: "cmh", input: "10,000 tasks", budget: .milliseconds(1)) {
      CochranMantelHaenszel(strata)?.pValue
    },
    Measure(name: "breslow_day", input: "10,000 tasks", budget: .milliseconds(5)) {
      BreslowDay(strata)?.pValue
    },
    Measure(name: "tarone_z", input: "1,000,000 tasks", budget: .milliseconds(20)) {
      TaroneZ(many)?.pValue
    },
    Measure(name: "macro", input: "10,000 tasks of different sizes", budget: .milliseconds(500)) {
      MacroAverage(tasks).flatMap { Double($0.text) }
    },
    Measure(name: "runs", input: "1,000,000 episodes", budget: .milliseconds(50)) {
      Runs(outcomes).pValue
    },
    Measure(name: "runs", input: "1,000,000 episodes, an exact tie", budget: .milliseconds(50)) {
      Runs(alternating).pValue
    },
    Measure(name: "bootstrap", input: "20,000 episodes × 9,999", budget: .seconds(2)) {
      Bootstrap(resampled, seed: 7).map { Double($0.denominator) }
    },
  ]
}
