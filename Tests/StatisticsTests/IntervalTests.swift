import Glibc
import TestSupport
import Testing

@testable import Statistics

struct IntervalTests {
  private let confidence = Confidence(decimal: "0.95")

  private func randomProportion(_ random: inout SeededGenerator, upTo largest: Int) throws
    -> Proportion
  {
    let n = Int.random(in: 1...largest, using: &random)
    return try proportion(Int.random(in: 0...n, using: &random), n)
  }

  @Test func `the exact lower bound reaches p0 exactly where the count supports it`() throws {
    var random = SeededGenerator(seed: 20)
    let confidence = try #require(confidence)
    for _ in 0..<200 {
      let n = Int.random(in: 1...600, using: &random)
      let p = try fraction(UInt64.random(in: 1...99, using: &random), 100)
      let values = try #require(CriticalValues(n: n, threshold: p, alpha: confidence.alpha))
      for k in [values.supportMin - 1, values.supportMin] where (0...n).contains(k) {
        let proportion = try proportion(k, n)
        let bound = try #require(ClopperPearson(proportion, confidence: confidence))
        #expect((bound.oneSidedLower >= p.double * (1 - 1e-12)) == (k >= values.supportMin))
      }
    }
  }

  @Test func `the tails at the exact bounds are α`() throws {
    var random = SeededGenerator(seed: 21)
    for text in ["0.5", "0.8", "0.95", "0.999999"] {
      let confidence = try #require(Confidence(decimal: text))
      for largest in [5, 300, 100_000] {
        for _ in 0..<20 {
          let proportion = try randomProportion(&random, upTo: largest)
          let bounds = try #require(ClopperPearson(proportion, confidence: confidence))
          let alpha = confidence.alpha.double
          if proportion.k > 0 {
            let lower = try #require(Binomial(n: proportion.n, p: bounds.oneSidedLower))
            #expect(abs(lower.upper(proportion.k) - alpha) <= 1e-8 * alpha)
          }
          if proportion.k < proportion.n {
            let upper = try #require(Binomial(n: proportion.n, p: bounds.oneSidedUpper))
            #expect(abs(upper.lower(proportion.k) - alpha) <= 1e-8 * alpha)
          }
        }
      }
    }
  }

  @Test func `the upper bound mirrors the lower bound of the failures`() throws {
    var random = SeededGenerator(seed: 22)
    let tail = try fraction(1, 40)
    for _ in 0..<200 {
      let proportion = try randomProportion(&random, upTo: 2000)
      let upper = try #require(ClopperPearson.upper(proportion, tail: tail))
      let lower = try #require(ClopperPearson.lower(proportion.swapped, tail: tail))
      #expect(abs(upper - (1 - lower)) < 1e-14)
    }
  }

  @Test func `bounds at the ends have their closed forms`() throws {
    let tail = try fraction(1, 20)
    for n in [1, 14, 1_000_000] {
      let none = try proportion(0, n)
      let all = try proportion(n, n)
      #expect(ClopperPearson.lower(none, tail: tail) == 0)
      #expect(ClopperPearson.upper(all, tail: tail) == 1)
      let lower = try #require(ClopperPearson.lower(all, tail: tail))
      #expect(abs(lower - pow(0.05, 1 / Double(n))) < 1e-15)
      let upper = try #require(ClopperPearson.upper(none, tail: tail))
      #expect(abs(upper + expm1(log(0.05) / Double(n))) < 1e-18 + 1e-15 * upper)
    }
  }

  @Test func `intervals hold the rate and lie in 0…1`() throws {
    var random = SeededGenerator(seed: 23)
    let confidence = try #require(confidence)
    for _ in 0..<500 {
      let proportion = try randomProportion(&random, upTo: 5000)
      let rate = Double(proportion.k) / Double(proportion.n)
      let wilson = try #require(Wilson.interval(proportion, confidence: confidence))
      let exact = try #require(ClopperPearson(proportion, confidence: confidence)).twoSided
      let always = try #require(ConfidenceSequence.interval(proportion, confidence: confidence))
      for interval in [wilson, exact, always] {
        #expect(interval.lower <= rate && rate <= interval.upper)
        #expect(interval.lower >= 0 && interval.upper <= 1)
      }
      #expect((wilson.lower == 0) == (proportion.k == 0))
      #expect((wilson.upper == 1) == (proportion.k == proportion.n))
      // What holds at every moment is wider than what holds at one.
      #expect(always.lower <= exact.lower && exact.upper <= always.upper)
    }
  }

  @Test func `no episode has no interval`() throws {
    let none = try proportion(0, 0)
    let confidence = try #require(confidence)
    #expect(ClopperPearson(none, confidence: confidence) == nil)
    #expect(Wilson.interval(none, confidence: confidence) == nil)
    #expect(ConfidenceSequence.interval(none, confidence: confidence) == nil)
    #expect(none.rate == nil)
  }

  @Test(arguments: [(-1, 5), (6, 5), (0, -1), (1, 0)])
  func `counts that contradict each other are refused`(_ k: Int, _ n: Int) {
    #expect(Proportion(k: k, n: n) == nil)
  }

  @Test func `a confidence sequence ends where the mixture reaches α`() throws {
    var random = SeededGenerator(seed: 24)
    let confidence = try #require(confidence)
    for _ in 0..<200 {
      let proportion = try randomProportion(&random, upTo: 20_000)
      let interval = try #require(ConfidenceSequence.interval(proportion, confidence: confidence))
      for end in [interval.lower, interval.upper] where end > 0 && end < 1 {
        let mass = try #require(Binomial(n: proportion.n, p: end)).mass(proportion.k)
        #expect(abs((Double(proportion.n) + 1) * mass - 0.05) < 1e-9)
      }
    }
  }

  @Test func `the textbook difference of unpaired rates is met`() throws {
    let a = try proportion(56, 70)
    let b = try proportion(48, 80)
    let confidence = try #require(confidence)
    let score = try #require(MiettinenNurminen(a: a, b: b, confidence: confidence))
    #expect(SixDigits.text(score.interval.lower) == "-0.338173")
    #expect(SixDigits.text(score.interval.upper) == "-0.052830")
    let hybrid = try #require(NewcombeUnpaired(a: a, b: b, confidence: confidence))
    #expect(SixDigits.text(hybrid.interval.lower) == "-0.333873")
    #expect(SixDigits.text(hybrid.interval.upper) == "-0.052431")
  }

  @Test func `swapping the sides mirrors every interval of a difference`() throws {
    var random = SeededGenerator(seed: 25)
    let confidence = try #require(confidence)
    for _ in 0..<200 {
      let a = try randomProportion(&random, upTo: 200)
      let b = try randomProportion(&random, upTo: 200)
      let forth = try #require(MiettinenNurminen(a: a, b: b, confidence: confidence))
      let back = try #require(MiettinenNurminen(a: b, b: a, confidence: confidence))
      #expect(abs(forth.interval.lower + back.interval.upper) < 1e-9)
      #expect(abs(forth.interval.upper + back.interval.lower) < 1e-9)
      #expect(forth.interval.lower <= forth.difference && forth.difference <= forth.interval.upper)
      let hybrid = try #require(NewcombeUnpaired(a: a, b: b, confidence: confidence))
      let mirror = try #require(NewcombeUnpaired(a: b, b: a, confidence: confidence))
      #expect(abs(hybrid.interval.lower + mirror.interval.upper) < 1e-12)
    }
  }

  @Test func `all succeeding on both sides still has an interval`() throws {
    let all = try proportion(20, 20)
    let confidence = try #require(confidence)
    let score = try #require(MiettinenNurminen(a: all, b: all, confidence: confidence))
    #expect(score.difference == 0 && score.interval.lower < -0.1 && score.interval.upper > 0.1)
    let none = try proportion(0, 0)
    #expect(MiettinenNurminen(a: all, b: none, confidence: confidence) == nil)
    #expect(NewcombeUnpaired(a: none, b: all, confidence: confidence) == nil)
    let fallen = try proportion(0, 20)
    let total = try #require(MiettinenNurminen(a: all, b: fallen, confidence: confidence))
    #expect(total.interval.lower == -1 && total.interval.upper > -1)
  }

  @Test func `the textbook difference of paired rates is met`() throws {
    let confidence = try #require(confidence)
    let result = try #require(
      NewcombePaired(both: 14, onlyA: 0, onlyB: 5, neither: 22, confidence: confidence))
    #expect(SixDigits.text(result.interval.lower) == "0.011483")
    #expect(SixDigits.text(result.interval.upper) == "0.226493")
    #expect(
      NewcombePaired(both: 0, onlyA: 0, onlyB: 0, neither: 0, confidence: confidence) == nil)
    #expect(
      NewcombePaired(both: 1, onlyA: -1, onlyB: 0, neither: 0, confidence: confidence) == nil)
    let alike = try #require(
      NewcombePaired(both: 9, onlyA: 0, onlyB: 0, neither: 0, confidence: confidence))
    #expect(alike.phi == 0 && alike.difference == 0)
  }
}
