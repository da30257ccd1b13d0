import Glibc
import TestSupport
import Testing

@testable import Statistics

struct DecisionTests {
  private let alpha: Rational
  private let threshold: Rational

  init() throws {
    alpha = try fraction(1, 20)
    threshold = try fraction(4, 5)
  }

  private func eValues(_ k: Int, _ n: Int) throws -> EValues {
    try #require(
      EValues(try proportion(k, n), threshold: threshold))
  }

  @Test(arguments: [(20, 20), (50, 47), (100, 91), (500, 427)])
  func `under any stopping 80 % needs the published counts`(_ n: Int, _ needed: Int) throws {
    #expect(try eValues(needed, n).supports(alpha: alpha))
    #expect(try !eValues(needed - 1, n).supports(alpha: alpha))
  }

  @Test(arguments: [(50, 30), (100, 66), (500, 368)])
  func `under any stopping 80 % is refuted by the published counts`(_ n: Int, _ most: Int) throws {
    #expect(try eValues(most, n).refutes(alpha: alpha))
    #expect(try !eValues(most + 1, n).refutes(alpha: alpha))
  }

  @Test func `an e-value that equals 1/α decides and one just below does not`() throws {
    // p0 = ½, 3 of 3: E⁺ = (1 − 1/16) / (½ · 4 · 1/8) = 15/4, and so is E⁻ for 0 of 3.
    let all = try #require(EValues(try proportion(3, 3), threshold: .half))
    let none = try #require(EValues(try proportion(0, 3), threshold: .half))
    let tie = try fraction(4, 15)
    let below = try fraction(266_666_666_666_666_666, 1_000_000_000_000_000_000)
    #expect(abs(all.above - 3.75) < 1e-14)
    #expect(all.supports(alpha: tie) && !all.supports(alpha: below))
    #expect(none.refutes(alpha: tie) && !none.refutes(alpha: below))
    #expect(EValues.meanRefutes([none, none], alpha: tie))
    #expect(!EValues.meanRefutes([none, none], alpha: below))
    #expect(!EValues.meanRefutes([none, all], alpha: tie))
    #expect(!EValues.meanRefutes([], alpha: tie))
  }

  @Test func `an e-value equals the average of likelihood ratios`() throws {
    let (k, n) = (7, 10)
    let e = try eValues(k, n)
    func likelihood(_ q: Double) -> Double { pow(q, Double(k)) * pow(1 - q, Double(n - k)) }
    func average(_ from: Double, _ to: Double) -> Double {
      let steps = 20_000
      let width = (to - from) / Double(steps)
      let sum = (0..<steps).reduce(0.0) { $0 + likelihood(from + (Double($1) + 0.5) * width) }
      return sum / Double(steps) / likelihood(0.8)
    }
    #expect(abs(e.above / average(0.8, 1) - 1) < 1e-6)
    #expect(abs(e.below / average(0, 0.8) - 1) < 1e-6)
    #expect(abs(e.twoSided / average(0, 1) - 1) < 1e-6)
  }

  @Test func `an e-value beyond a double stays a number`() throws {
    let e = try #require(
      EValues(try proportion(100_000, 100_000), threshold: try fraction(1, 1000)))
    #expect(e.logAbove > 600_000 && e.above == .greatestFiniteMagnitude)
    #expect(e.supports(alpha: alpha))
    let proportion = try proportion(1, 2)
    #expect(EValues(proportion, threshold: .one) == nil)
    #expect(EValues(proportion, threshold: .zero) == nil)
  }

  @Test func `the first sample size with power is the smallest of all`() throws {
    var random = SeededGenerator(seed: 41)
    for _ in 0..<20 {
      let a = UInt64.random(in: 10...80, using: &random)
      let p0 = try fraction(a, 100)
      let p1 = try fraction(a + UInt64.random(in: 8...20, using: &random), 100)
      let plan = try #require(SampleSize.least(assuming: p1, threshold: p0, alpha: alpha))
      for n in 1...plan.episodes {
        let c = try #require(CriticalValues(n: n, threshold: p0, alpha: alpha)).supportMin
        let power = try #require(Binomial(n: n, p: p1)).upper(c)
        #expect((power >= 0.8) == (n == plan.episodes))
        if n == plan.episodes {
          #expect(c == plan.successes)
          #expect(abs(power - plan.power) < 1e-11)
        }
      }
    }
  }

  @Test func `a power hint says why it has no number`() throws {
    let below = try #require(
      PowerHint(try proportion(40, 50), threshold: threshold, alpha: alpha))
    #expect(below.plan == nil && below.absence == .rateNotAboveThreshold && below.more == nil)
    let close = try #require(
      PowerHint(try proportion(8011, 10_000), threshold: threshold, alpha: alpha))
    #expect(close.plan == nil && close.absence == .overCap)
    let enough = try #require(
      PowerHint(try proportion(50, 50), threshold: threshold, alpha: alpha))
    #expect(enough.plan?.episodes == 22 && enough.more == 0 && enough.absence == nil)
    #expect(SampleSize.least(assuming: .one, threshold: threshold, alpha: alpha)?.episodes == 14)
  }

  @Test func `at most is at least for the failures`() throws {
    let atMost = try #require(
      RateTest(.atMost, threshold: try fraction(1, 5), alpha: alpha))
    #expect(atMost.verdict(try proportion(5, 50)) == .supported)
    #expect(atMost.verdict(try proportion(6, 50)) == .inconclusive)
    #expect(atMost.verdict(try proportion(16, 50)) == .refuted)
    #expect(atMost.verdict(try proportion(0, 0)) == .notAuditable)
    #expect(RateTest(.atMost, threshold: .one, alpha: alpha) == nil)
    #expect(RateTest(.atLeast, threshold: .zero, alpha: alpha) == nil)
    #expect(RateTest(.atLeast, threshold: .one, alpha: alpha) != nil)
  }

  @Test func `the p-values of a test fall on the side of its verdict`() throws {
    let test = try #require(RateTest(.atLeast, threshold: threshold, alpha: alpha))
    for k in 0...50 {
      let proportion = try proportion(k, 50)
      let support = try #require(test.supportPValue(proportion))
      let refute = try #require(test.refutePValue(proportion))
      #expect((support <= 0.05) == (test.verdict(proportion) == .supported))
      #expect((refute <= 0.05) == (test.verdict(proportion) == .refuted))
    }
    #expect(test.supportPValue(try proportion(0, 0)) == nil)
  }

  @Test func `frozen policies close open episodes`() throws {
    let counts = try #require(
      EpisodeCounts(succeeded: 40, failed: 5, errored: 3, excluded: 2, planned: 60))
    #expect(counts.missing == 10 && counts.unresolved == 15)
    #expect(counts.withErrorsAsFailures.unresolved == 12)
    #expect(counts.withErrorsAsFailures.failed == 8)
    #expect(counts.withoutExcluded.unresolved == 13)
    #expect(counts.withoutExcluded.missing == 10)
    #expect(counts.proportion(.asPlanned) == Proportion(k: 40, n: 60))
    #expect(counts.proportion(.bestCase) == Proportion(k: 55, n: 60))
    #expect(
      EpisodeCounts(succeeded: -1, failed: 0, errored: 0, excluded: 0, planned: nil) == nil)
    #expect(
      EpisodeCounts(succeeded: Int.max, failed: 1, errored: 0, excluded: 0, planned: nil) == nil)
    let unplanned = try #require(
      EpisodeCounts(succeeded: 1, failed: 1, errored: 0, excluded: 0, planned: nil))
    #expect(unplanned.proportion(.asPlanned) == nil)
  }

  @Test func `the tipping point is where resolving the open episodes changes the verdict`() throws {
    var random = SeededGenerator(seed: 42)
    let test = try #require(
      RateTest(.atLeast, threshold: threshold, alpha: alpha))
    for _ in 0..<200 {
      let counts = try #require(
        EpisodeCounts(
          succeeded: Int.random(in: 0...60, using: &random),
          failed: Int.random(in: 0...20, using: &random),
          errored: Int.random(in: 0...10, using: &random),
          excluded: Int.random(in: 0...10, using: &random),
          planned: Int.random(in: 1...100, using: &random)))
      let band = try #require(DenominatorBand(counts, test: test))
      let verdicts = try (0...band.unresolved).map { j in
        test.verdict(try proportion(counts.succeeded + j, band.n))
      }
      #expect(band.successesNeeded == verdicts.firstIndex(of: .supported))
      #expect(band.successesStillRefuted == verdicts.lastIndex(of: .refuted))
      #expect(band.flips == (verdicts.first != verdicts.last))
    }
  }
}
