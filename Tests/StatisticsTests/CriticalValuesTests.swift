import Glibc
import TestSupport
import Testing

@testable import Statistics

struct CriticalValuesTests {
  private func values(_ n: Int, _ threshold: String, _ alpha: Rational) throws -> CriticalValues {
    try #require(
      CriticalValues(
        n: n, threshold: try decimal(threshold), alpha: alpha))
  }

  @Test(arguments: [(14, 14), (50, 45), (100, 87), (500, 416)])
  func `80 % at 95 % needs the published counts`(_ n: Int, _ needed: Int) throws {
    #expect(try values(n, "0.8", fraction(1, 20)).supportMin == needed)
  }

  @Test func `thirteen episodes cannot support 80 % at 95 %`() throws {
    let thirteen = try values(13, "0.8", fraction(1, 20))
    #expect(thirteen.supportMin == 14 && !thirteen.canSupport && thirteen.attainedSupport == nil)
    let p = try fraction(4, 5)
    let alpha = try fraction(1, 20)
    #expect(CriticalValues.leastSupporting(threshold: p, alpha: alpha) == 14)
    #expect(CriticalValues.leastRefuting(threshold: p, alpha: alpha) == 2)
  }

  @Test func `a tie with α supports and anything less does not`() throws {
    #expect(try values(5, "0.5", fraction(1, 32)).supportMin == 5)
    #expect(try values(5, "0.5", fraction(1, 33)).supportMin == 6)
    #expect(try values(5, "0.5", fraction(3125, 100_001)).supportMin == 6)
    #expect(try values(5, "0.5", fraction(1, 32)).refuteMax == 0)
    // 1 + 23 + 253 + 1771 = 2¹¹: the Golay code makes a tie inside the tail.
    #expect(try values(23, "0.5", fraction(1, 4096)).refuteMax == 3)
    #expect(try values(23, "0.5", fraction(1, 4097)).refuteMax == 2)
    #expect(try values(3, "0.8", fraction(512, 1000)).supportMin == 3)
    #expect(try values(3, "0.8", fraction(511_999_999_999, 1_000_000_000_000)).supportMin == 4)
  }

  @Test(arguments: [1, 3, 99, 4001, 100_001, 999_999])
  func `the middle of an odd run is an exact tie at one half`(_ n: Int) throws {
    let middle = try values(n, "0.5", .half)
    #expect(middle.supportMin == (n + 1) / 2)
    #expect(middle.refuteMax == (n - 1) / 2)
    // The exact comparison, also where a double decides.
    #expect(ExactTail.compareUpper((n + 1) / 2, n: n, p: .half, to: .half) == 0)
  }

  @Test func `small runs agree with sums of integers`() throws {
    let alphas = [(1, 20), (1, 2), (1, 10), (1, 100), (1, 8), (27, 1000)] as [(UInt64, UInt64)]
    for n in 0...9 {
      for a: UInt64 in 0...10 {
        for (s, t) in alphas {
          let p = try fraction(a, 10)
          let alpha = try fraction(s, t)
          let found = try #require(CriticalValues(n: n, threshold: p, alpha: alpha))
          let first = (0...n).first { k in
            let (sum, total) = BinomialTests.exactUpper(k, n, UInt128(a), 10)
            return sum * UInt128(t) <= UInt128(s) * total
          }
          #expect(found.supportMin == first ?? n + 1)
        }
      }
    }
  }

  @Test func `refuting p0 is supporting its complement`() throws {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<300 {
      let n = Int.random(in: 0...3000, using: &random)
      let p = try fraction(UInt64.random(in: 0...1000, using: &random), 1000)
      let alpha = try fraction(UInt64.random(in: 1...500, using: &random), 1000)
      let values = try #require(CriticalValues(n: n, threshold: p, alpha: alpha))
      let complement = try #require(p.complement)
      let mirrored = try #require(
        CriticalValues(n: n, threshold: complement, alpha: alpha))
      #expect(values.refuteMax == n - mirrored.supportMin)
      #expect(values.refuteMax < values.supportMin || alpha == .half)
      let binomial = try #require(Binomial(n: n, p: p))
      if values.canRefute { #expect(binomial.lower(values.refuteMax) <= alpha.double * (1 + 1e-9)) }
      if values.refuteMax < n {
        #expect(binomial.lower(values.refuteMax + 1) >= alpha.double * (1 - 1e-9))
      }
    }
  }

  @Test func `more episodes, a higher threshold or a smaller α never need fewer successes`() throws
  {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<200 {
      let n = Int.random(in: 1...800, using: &random)
      let a = UInt64.random(in: 1...998, using: &random)
      let s = UInt64.random(in: 2...500, using: &random)
      let here = try values(n, n, a, s)
      #expect(try (here...here + 1).contains(values(n + 1, n, a, s)))
      #expect(try values(n, n, a + 1, s) >= here)
      #expect(try values(n, n, a, s - 1) >= here)
    }
  }

  private func values(_ n: Int, _ seed: Int, _ a: UInt64, _ s: UInt64) throws -> Int {
    try #require(
      CriticalValues(
        n: n, threshold: try fraction(a, 1000), alpha: try fraction(s, 1000))
    ).supportMin
  }

  @Test func `no episode decides nothing`() throws {
    let none = try values(0, "0.8", fraction(1, 20))
    #expect(none.supportMin == 1 && none.refuteMax == -1 && none.verdict(0) == .notAuditable)
    #expect(!none.canSupport && !none.canRefute)
  }

  @Test func `at least one is never supported and any failure refutes it`() throws {
    let certain = try values(50, "1", fraction(1, 20))
    #expect(certain.supportMin == 51 && certain.refuteMax == 49)
    #expect(certain.verdict(50) == .inconclusive && certain.verdict(49) == .refuted)
    #expect(CriticalValues.leastSupporting(threshold: .one, alpha: .half) == nil)
  }

  @Test func `the least run that supports is the first power below α`() throws {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<300 {
      let p = try fraction(UInt64.random(in: 1...999, using: &random), 1000)
      let alpha = try fraction(UInt64.random(in: 1...500, using: &random), 1000)
      let n = try #require(CriticalValues.leastSupporting(threshold: p, alpha: alpha))
      #expect(try #require(CriticalValues(n: n, threshold: p, alpha: alpha)).canSupport)
      #expect(try !#require(CriticalValues(n: n - 1, threshold: p, alpha: alpha)).canSupport)
    }
    let alpha = try fraction(1, 20)
    let nearOne = try decimal("0.999999999999")
    let n = try #require(CriticalValues.leastSupporting(threshold: nearOne, alpha: alpha))
    #expect(abs(Double(n) - 2.995732273552e12) < 10)
    #expect(
      CriticalValues.leastSupporting(threshold: try decimal("0.999999999999999999"), alpha: alpha)
        == nil)
  }

  @Test func `a million episodes take milliseconds`() throws {
    let start = clock()
    let values = try values(1_000_000, "0.8", fraction(1, 20))
    #expect(values.supportMin == 800_659 && values.refuteMax == 799_341)
    // A debug build on a busy machine: the release build takes a tenth of a millisecond.
    #expect(clock() - start < CLOCKS_PER_SEC)
  }

  @Test func `the exact comparison agrees with the double wherever that decides`() throws {
    var random = SeededGenerator(seed: 9)
    for _ in 0..<150 {
      let n = Int.random(in: 1...400, using: &random)
      let p = try fraction(UInt64.random(in: 1...99, using: &random), 100)
      let k = Int.random(in: 0...n, using: &random)
      let tail = try #require(Binomial(n: n, p: p)).upper(k)
      for factor in [0.999_999, 1.000_001] where tail > 1e-9 {
        let level = UInt64(tail * factor * 1e18)
        guard let alpha = Rational(level, 1_000_000_000_000_000_000) else { continue }
        #expect(ExactTail.compareUpper(k, n: n, p: p, to: alpha) == (factor < 1 ? 1 : -1))
      }
    }
  }
}
