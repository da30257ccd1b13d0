import Glibc
import TestSupport
import Testing

@testable import Statistics

struct BinomialTests {
  /// P(X ≥ k) as C(n,i)·aⁱ·(b−a)ⁿ⁻ⁱ / bⁿ summed in 128-bit integers.
  static func exactUpper(_ k: Int, _ n: Int, _ a: UInt128, _ b: UInt128) -> (
    sum: UInt128, total: UInt128
  ) {
    func power(_ x: UInt128, _ e: Int) -> UInt128 { (0..<e).reduce(1) { y, _ in y * x } }
    var choose: UInt128 = 1
    var sum: UInt128 = 0
    for i in 0...n {
      if i >= k { sum += choose * power(a, i) * power(b - a, n - i) }
      choose = choose * UInt128(n - i) / UInt128(i + 1)
    }
    return (sum, power(b, n))
  }

  @Test func `tails of small runs equal sums of integers`() throws {
    for n in 0...12 {
      for a: UInt64 in 0...10 {
        let p = try fraction(a, 10)
        let binomial = try #require(Binomial(n: n, p: p))
        for k in 0...n {
          let (sum, total) = Self.exactUpper(k, n, UInt128(a), 10)
          let want = Double(sum) / Double(total)
          #expect(abs(binomial.upper(k) - want) <= 1e-13 * want + 1e-15)
          let below = Double(total - sum) / Double(total)
          #expect(abs(binomial.lower(k - 1) - below) <= 1e-13 * below + 1e-15)
        }
      }
    }
  }

  @Test func `outside the support tails are zero or one`() throws {
    let binomial = try #require(Binomial(n: 5, p: 0.3))
    #expect(binomial.lower(-1) == 0)
    #expect(binomial.lower(5) == 1)
    #expect(binomial.upper(0) == 1)
    #expect(binomial.upper(6) == 0)
    #expect(binomial.mass(-1) == 0)
    #expect(binomial.mass(6) == 0)
  }

  @Test func `probability zero and one are point masses`() throws {
    let never = try #require(Binomial(n: 5, p: 0))
    let always = try #require(Binomial(n: 5, p: 1))
    #expect([0, 1, 5].map(never.upper) == [1, 0, 0])
    #expect([0, 4, 5].map(always.upper) == [1, 1, 1])
    #expect([0, 4, 5].map(always.lower) == [0, 0, 1])
    #expect(never.mass(0) == 1 && always.mass(5) == 1)
  }

  @Test(arguments: [-0.1, 1.1, .nan]) func `a p outside 0…1 is refused`(_ p: Double) {
    #expect(Binomial(n: 5, p: p) == nil)
  }

  @Test func `no episode leaves all mass on zero`() throws {
    let none = try #require(Binomial(n: 0, p: 0.4))
    #expect(none.mass(0) == 1 && none.lower(0) == 1 && none.upper(0) == 1 && none.upper(1) == 0)
    #expect(Binomial(n: -1, p: 0.4) == nil)
  }

  @Test(arguments: [10, 1000, 100_000, 1_000_000])
  func `both tails and the mass agree at random places`(_ n: Int) throws {
    var random = SeededGenerator(seed: UInt64(n))
    for _ in 0..<50 {
      let p = Double.random(in: 0.0001...0.9999, using: &random)
      let binomial = try #require(Binomial(n: n, p: p))
      let spread = (Double(n) * p * (1 - p)).squareRoot()
      let k = min(
        n, max(0, Int(Double(n) * p + Double.random(in: -8...8, using: &random) * spread)))
      #expect(abs(binomial.lower(k) + binomial.upper(k + 1) - 1) < 1e-11)
      let difference = binomial.upper(k) - binomial.upper(k + 1)
      #expect(abs(difference - binomial.mass(k)) <= 1e-11)
      #expect(binomial.upper(k) >= binomial.upper(k + 1))
      #expect(binomial.lower(k) <= binomial.lower(k + 1))
    }
  }

  @Test func `the log of a tail goes on where the tail underflows`() throws {
    let binomial = try #require(Binomial(n: 100_000, p: 0.5))
    #expect(binomial.lower(100) == 0)
    #expect(binomial.logLower(100) < -60_000)
    #expect(abs(binomial.logLower(49_000) - log(binomial.lower(49_000))) < 1e-10)
  }
}

struct NormalTests {
  @Test func `the quantile inverts the tail`() throws {
    var random = SeededGenerator(seed: 8)
    for _ in 0..<2000 {
      let denominator = UInt64(exp2(Double.random(in: 1...62, using: &random)))
      let tail = try fraction(
        UInt64.random(in: 1...max(1, denominator / 2), using: &random), denominator)
      let z = Normal.quantile(upperTail: tail)
      #expect(abs(Normal.upperTail(z) - tail.double) <= 1e-12 * tail.double)
    }
    #expect(Normal.quantile(upperTail: .half) == 0)
  }

  @Test func `χ² has its closed forms`() throws {
    for x in [0.001, 0.5, 3.84, 40, 700] {
      let one = try #require(ChiSquare.upperTail(x, degrees: 1))
      #expect(abs(one - 2 * Normal.upperTail(x.squareRoot())) <= 1e-12 * one)
      let two = try #require(ChiSquare.upperTail(x, degrees: 2))
      #expect(abs(two - exp(-x / 2)) <= 1e-12 * two)
      let three = try #require(ChiSquare.upperTail(x, degrees: 3))
      let wanted = one + (2 * x / .pi).squareRoot() * exp(-x / 2)
      #expect(abs(three - wanted) <= 1e-12 * wanted)
      for degrees in 1..<60 {
        let here = try #require(ChiSquare.upperTail(x, degrees: degrees))
        let next = try #require(ChiSquare.upperTail(x, degrees: degrees + 1))
        #expect(here <= next * (1 + 1e-14))
      }
    }
    #expect(ChiSquare.upperTail(0, degrees: 4) == 1)
    #expect(ChiSquare.upperTail(1, degrees: 0) == nil)
  }
}
