import TestSupport
import Testing

@testable import Statistics

/// What a million episodes must not change: ties are ties, orders are orders, digits are digits.
struct MillionTests {
  @Test(arguments: [
    // Equal sides: the table mirrored at the mode has the same weight, and counts.
    (500_300, 499_700, 1_000_000, 1_000_000), (3, 7, 50_000, 50_000), (40, 60, 100, 100),
  ])
  func `a mirrored table is as likely as the observed one`(
    _ kA: Int, _ kB: Int, _ nA: Int, _ nB: Int
  ) throws {
    let test = try #require(Fisher(a: proportion(kA, nA), b: proportion(kB, nB)))
    let one = min(test.less, test.greater)
    #expect(abs(test.twoSided - 2 * one) <= 1e-12 * test.twoSided)
  }

  @Test func `a weight one step further is less likely, however near`() {
    // C(10⁶, i)·C(10⁶, 10⁶ − i) near its top: neighbours differ by 2e-6 of themselves and less.
    func weight(_ i: Int) -> CombinatorialWeight {
      CombinatorialWeight(first: (1_000_000, i), second: (1_000_000, 1_000_000 - i))
    }
    #expect(weight(500_001).compared(to: weight(500_000)) < 0)
    #expect(weight(500_001).compared(to: weight(499_999)) == 0)
    #expect(weight(499_999).compared(to: weight(500_002)) > 0)
    #expect(weight(430_000).compared(to: weight(570_000)) == 0)
  }

  @Test func `weights are compared with their factors`() {
    // 2·C(9,4)² against C(9,4)·C(9,5)·2: equal; a factor more on either side decides.
    let even = CombinatorialWeight(first: (9, 4), second: (9, 4), factor: 2)
    #expect(even.compared(to: CombinatorialWeight(first: (9, 5), second: (9, 4), factor: 2)) == 0)
    #expect(even.compared(to: CombinatorialWeight(first: (9, 5), second: (9, 4), factor: 3)) < 0)
    #expect(
      even.compared(to: CombinatorialWeight(first: (9, 5), second: (9, 4), factor: 4, divisor: 3))
        > 0)
  }

  @Test func `the half of an odd million is a tie that supports`() throws {
    let values = try #require(CriticalValues(n: 999_999, threshold: .half, alpha: .half))
    #expect(values.supportMin == 500_000)
    #expect(values.refuteMax == 499_999)
  }

  @Test(arguments: [(1_000, 700), (20_000, 12_345), (1_000_000, 800_123)])
  func `an exact comparison agrees with a tail beyond its doubt`(_ n: Int, _ k: Int) throws {
    let p = try fraction(UInt64(k - 3), UInt64(n))
    let tail = try #require(Binomial(n: n, p: p)).upper(k)
    let below = try fraction(UInt64(tail * 0.999_999 * 0x1p60), 1 << 60)
    let above = try fraction(UInt64(tail * 1.000_001 * 0x1p60), 1 << 60)
    #expect(ExactTail.compareUpper(k, n: n, p: p, to: below) == 1)
    #expect(ExactTail.compareUpper(k, n: n, p: p, to: above) == -1)
  }

  @Test func `an order of runs and its mirror are equally likely`() {
    // 500 of each: r runs and 1002 − r runs have the same weight.
    let many = [Bool](repeating: true, count: 500).flatMap { [$0, !$0] }
    let few = [Bool](repeating: true, count: 500) + [Bool](repeating: false, count: 500)
    #expect(Runs(many).runs + Runs(few).runs == 1002)
    #expect(Runs(many).pValue == Runs(few).pValue)
  }
}

struct EvidenceAtAnyTimeTests {
  @Test func `both forms of an e-value agree`() throws {
    var random = SeededGenerator(seed: 77)
    for _ in 0..<2000 {
      let n = Int.random(in: 1...100_000, using: &random)
      let k = Int.random(in: 0...n, using: &random)
      let p = try fraction(UInt64.random(in: 1...999, using: &random), 1000)
      let e = try #require(EValues(proportion(k, n), threshold: p))
      for (value, log) in [(e.above, e.logAbove), (e.below, e.logBelow)] {
        if value == .greatestFiniteMagnitude {
          #expect(log > 709.7)
        } else {
          #expect(abs(value.logarithm - log) <= 1e-9 + 1e-12 * abs(log))
        }
      }
    }
  }

  @Test func `small e-values are the fractions they are`() throws {
    // One success at p0 = ½: E⁺ = P(Bin(2,½) ≤ 1) / (½·2·½) = ¾ / ½.
    let one = try #require(EValues(proportion(1, 1), threshold: .half))
    #expect(one.above == 1.5 && one.below == 0.5)
    // Ten of ten at p0 = ½: (2¹¹ − 1) / 11, whose digits no rounding of a logarithm may touch.
    let ten = try #require(EValues(proportion(10, 10), threshold: .half))
    #expect(ten.above == 2047.0 / 11)
    let forty = try #require(EValues(proportion(40, 40), threshold: .half))
    #expect(SixDigits.text(forty.above) == SixDigits.text(2_199_023_255_551.0 / 41))
  }
}

extension Double {
  /// log2 by the exponent and a series in the test, so that the library's own log is not its judge.
  fileprivate var logarithm: Double {
    let m = significand > 1.5 ? significand / 2 : significand
    let e = Double(exponent) + (significand > 1.5 ? 1 : 0)
    let z = (m - 1) / (m + 1)
    var (sum, power, odd) = (0.0, z, 1.0)
    for _ in 0..<40 {
      sum += power / odd
      power *= z * z
      odd += 2
    }
    return e * 0.693_147_180_559_945_3 + 2 * sum
  }
}

struct PossibleCountsTests {
  @Test func `few counts are all looked at`() throws {
    let counts = try #require(PossibleCounts(k: 40...45, n: 50))
    #expect(try counts.deciding(against: proportion(30, 60)).map(\.k) == Array(40...45))
    #expect(PossibleCounts(k: 40...51, n: 50) == nil)
    #expect(PossibleCounts(k: -1...3, n: 50) == nil)
  }

  @Test(arguments: [
    (852_500_000_000, 853_499_999_999, 80, 100, [852_500_000_000, 852_500_000_000]),
    (0, 1_000_000_000_000, 80, 100, [0, 800_000_000_000]),
    (0, 500_000, 1, 1, [0, 500_000]),
    (10, 500_000, 0, 0, [10, 10]),
  ])
  func `of many only the ends and the nearest rate`(
    _ low: Int, _ high: Int, _ k: Int, _ n: Int, _ expected: [Int]
  ) throws {
    let counts = try #require(PossibleCounts(k: low...high, n: 1_000_000_000_000))
    let found = try counts.deciding(against: proportion(k, n)).map(\.k)
    #expect(found.count == 3)
    #expect(Array(found.prefix(2)) == expected)
    #expect(found.last == high)
  }

  /// Every count in turn says no more than the three.
  @Test func `three see every verdict of a small range`() throws {
    let n = 200
    for ours in [try proportion(30, 60), try proportion(50, 60), try proportion(5, 60)] {
      for (low, high) in [(20, 90), (60, 140), (130, 199), (0, 200)] {
        func verdicts(_ counts: [Int]) throws -> Set<String> {
          Set(
            try counts.map { k in
              let baseline = try proportion(k, n)
              let fisher = try #require(Fisher(a: baseline, b: ours))
              return fisher.twoSided <= 0.05 ? "refuted" : "inconclusive"
            })
        }
        let counts = try #require(PossibleCounts(k: low...high, n: n))
        let three = counts.deciding(against: ours).map(\.k)
        #expect(try (verdicts(three).count == 1) == (verdicts(Array(low...high)).count == 1))
      }
    }
  }
}
