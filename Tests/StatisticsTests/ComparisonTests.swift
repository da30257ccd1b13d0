import TestSupport
import Testing

@testable import Statistics

struct ComparisonTests {
  private func choose(_ n: Int, _ k: Int) -> Double {
    k < 0 || k > n ? 0 : (0..<min(k, n - k)).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
  }

  @Test func `Fisher's values are sums of whole weights`() throws {
    for nA in 1...7 {
      for nB in 1...7 {
        for kA in 0...nA {
          for kB in 0...nB {
            let weights = (0...nB).map { choose(nB, $0) * choose(nA, kA + kB - $0) }
            let total = weights.reduce(0, +)
            let test = try #require(
              Fisher(a: try proportion(kA, nA), b: try proportion(kB, nB)))
            #expect(abs(test.less - weights[0...kB].reduce(0, +) / total) < 1e-13)
            #expect(abs(test.greater - weights[kB...].reduce(0, +) / total) < 1e-13)
            let both = weights.filter { $0 <= weights[kB] }.reduce(0, +) / total
            #expect(abs(test.twoSided - both) < 1e-13)
          }
        }
      }
    }
  }

  @Test func `a tie across the mode counts on both sides at any size`() throws {
    for n in [10, 1000, 100_000] {
      let a = try proportion(n / 2 + 2, n)
      let b = try proportion(n / 2 - 2, n)
      let test = try #require(Fisher(a: a, b: b))
      #expect(abs(test.twoSided - 2 * test.less) <= 1e-9)
    }
  }

  @Test func `a side without episodes cannot be compared`() throws {
    let none = try proportion(0, 0)
    let some = try proportion(3, 5)
    #expect(Fisher(a: none, b: some) == nil)
    #expect(Boschloo(a: some, b: none) == nil)
    let large = try proportion(3, 5001)
    #expect(Boschloo(a: large, b: some) == nil)
  }

  @Test func `Boschloo equals a search over every table and many rates`() throws {
    var random = SeededGenerator(seed: 31)
    for _ in 0..<25 {
      let nA = Int.random(in: 1...9, using: &random)
      let nB = Int.random(in: 1...9, using: &random)
      let a = try proportion(Int.random(in: 0...nA, using: &random), nA)
      let b = try proportion(Int.random(in: 0...nB, using: &random), nB)
      let test = try #require(Boschloo(a: a, b: b))
      #expect(abs(test.less - (try search(a, b))) < 1e-6)
      #expect(abs(test.greater - (try search(a.swapped, b.swapped))) < 1e-6)
      #expect(test.less <= test.statisticLess * (1 + 1e-9))
      #expect(test.twoSided == min(1, 2 * min(test.less, test.greater)))
    }
  }

  private func search(_ a: Proportion, _ b: Proportion) throws -> Double {
    func less(_ xA: Int, _ xB: Int) throws -> Double {
      try #require(
        Fisher(a: try proportion(xA, a.n), b: try proportion(xB, b.n))
      ).less
    }
    let observed = try less(a.k, b.k)
    var region: [(Int, Int)] = []
    for xA in 0...a.n {
      for xB in 0...b.n where try less(xA, xB) <= observed * (1 + 1e-10) { region.append((xA, xB)) }
    }
    var best = 0.0
    for step in 0...2000 {
      let p = Double(step) / 2000
      let (onA, onB) = (
        try #require(Binomial(n: a.n, p: p)), try #require(Binomial(n: b.n, p: p))
      )
      best = max(best, region.reduce(0) { $0 + onA.mass($1.0) * onB.mass($1.1) })
    }
    return best
  }

  @Test func `Boschloo is small where the versions are furthest apart`() throws {
    let all = try proportion(500, 500)
    let none = try proportion(0, 500)
    let test = try #require(Boschloo(a: all, b: none))
    // One table is as extreme: π⁵⁰⁰·(1 − π)⁵⁰⁰ is largest at one half.
    #expect(abs(test.less / 0x1p-1000 - 1) < 1e-7)
    #expect(test.greater == 1)
  }

  @Test(arguments: [
    (0, 0, 1.0, 1.0, 1.0, 1.0), (5, 0, 0.03125, 1, 0.0625, 0.03125),
    (1, 1, 0.75, 0.75, 1, 1), (2, 8, 0.989_257_812_5, 0.054_687_5, 0.109_375, 0.065_429_687_5),
  ])
  func `McNemar is a sum of binomial coefficients`(
    _ onlyA: Int, _ onlyB: Int, _ regression: Double, _ improvement: Double, _ both: Double,
    _ midP: Double
  ) throws {
    let test = try #require(McNemar(onlyA: onlyA, onlyB: onlyB))
    #expect(abs(test.regression - regression) < 1e-14)
    #expect(abs(test.improvement - improvement) < 1e-14)
    #expect(abs(test.twoSided - both) < 1e-14)
    #expect(abs(test.midP - midP) < 1e-14)
    #expect(McNemar(onlyA: -1, onlyB: 1) == nil)
  }

  @Test func `homogeneous tasks give no sign of a difference`() throws {
    let task = Stratum(
      a: try proportion(30, 50), b: try proportion(40, 50))
    let test = try #require(BreslowDay([task, task, task]))
    #expect(abs(test.commonOddsRatio - 40.0 * 20 / (10 * 30)) < 1e-12)
    #expect(test.statistic < 1e-20 && test.degrees == 2 && test.pValue > 0.999)
    let common = try #require(CochranMantelHaenszel([task, task, task]))
    #expect(common.deviation == 15 && common.pValue < 0.001)
  }

  @Test func `tasks that tell nothing are left out and one is not enough`() throws {
    let all = Stratum(
      a: try proportion(5, 5), b: try proportion(9, 9))
    let empty = Stratum(
      a: try proportion(0, 0), b: try proportion(3, 9))
    let one = Stratum(
      a: try proportion(2, 5), b: try proportion(3, 9))
    #expect(!all.isInformative && !empty.isInformative && one.isInformative)
    #expect(BreslowDay([all, empty, one]) == nil)
    #expect(CochranMantelHaenszel([all, empty]) == nil)
    #expect(CochranMantelHaenszel([all, empty, one]) == CochranMantelHaenszel([one]))
    #expect(BreslowDay([all, empty, one, one]) == BreslowDay([one, one]))
  }

  @Test func `Tarone's z is not defined without variation`() throws {
    let all = try proportion(5, 5)
    let single = try proportion(0, 1)
    #expect(TaroneZ([all, all]) == nil)
    #expect(TaroneZ([single, try proportion(1, 1)]) == nil)
    #expect(TaroneZ([]) == nil)
    let none = try proportion(0, 5)
    #expect(try #require(TaroneZ([all, none])).pValue < 0.01)
  }

  @Test func `Holm steps down with a running maximum`() {
    #expect(Holm.adjusted([]) == [])
    #expect(Holm.adjusted([0.7]) == [0.7])
    #expect(Holm.adjusted([0.01, 0.04, 0.03]) == [0.03, 0.06, 0.06])
    #expect(Holm.adjusted([0.5, 0.5, 1]) == [1, 1, 1])
    var random = SeededGenerator(seed: 33)
    for _ in 0..<200 {
      let p = (0..<8).map { _ in Double.random(in: 0...1, using: &random) }
      let adjusted = Holm.adjusted(p)
      for i in p.indices {
        #expect(adjusted[i] >= p[i] && adjusted[i] <= 1)
        for j in p.indices where p[i] < p[j] { #expect(adjusted[i] <= adjusted[j]) }
      }
    }
  }
}
