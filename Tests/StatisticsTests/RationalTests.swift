import TestSupport
import Testing

@testable import Statistics

struct RationalTests {
  @Test(
    arguments: [
      ("0.8", 4, 5), ("0.80", 4, 5), ("0.95", 19, 20), ("1", 1, 1), ("1.0", 1, 1), ("0", 0, 1),
      ("0.000", 0, 1), ("007.50", 15, 2), ("99.95", 1999, 20),
      ("0.950000000000000000000000000000", 19, 20),
      ("0.000000000000000001", 1, 1_000_000_000_000_000_000),
    ] as [(String, UInt64, UInt64)])
  func `a decimal is read exactly`(_ text: String, _ numerator: UInt64, _ denominator: UInt64) {
    #expect(Rational(decimal: text) == Rational(numerator, denominator))
  }

  @Test(arguments: [
    "", ".", ".5", "5.", "-0.5", "+0.5", "1e-3", " 0.5", "0.5 ", "0,5", "0.5.1", "NaN", "٠.٥",
    "0.0000000000000000001", "99999999999999999999", "0.8%", "Infinity", "0x1",
  ])
  func `anything else is refused`(_ text: String) {
    #expect(Rational(decimal: text) == nil)
  }

  @Test func `a percentage is divided by a hundred exactly`() {
    #expect(Rational(decimal: "80")?.asPercentage == Rational(4, 5))
    #expect(Rational(decimal: "99.9")?.asPercentage == Rational(999, 1000))
    #expect(Rational(0, 7)?.asPercentage == .zero)
  }

  @Test func `an impossible operation gives nothing`() {
    #expect(Rational(1, 0) == nil)
    #expect(Rational(3, 2)?.complement == nil)
    #expect(Rational(1, 3)?.subtracting(.half) == nil)
    #expect(Rational(1, UInt64.max)?.halved == nil)
    #expect(Rational(2, UInt64.max)?.halved == Rational(1, UInt64.max))
    #expect(Rational(4, 5)?.subtracting(Rational(1, 10) ?? .zero) == Rational(7, 10))
  }

  @Test func `the double is the nearest one`() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<5000 {
      let places = Int.random(in: 0...18, using: &random)
      let digits = UInt64.random(in: 0...(powerOfTen(places) - 1), using: &random)
      let text = String(digits)
      let decimal = "0." + String(repeating: "0", count: places - min(places, text.count)) + text
      guard places > 0, let value = Rational(decimal: decimal) else { continue }
      #expect(value.double == Double(decimal), "\(decimal)")
    }
    #expect(Rational(UInt64.max, 1)?.double == 0x1p64)
    #expect(Rational(1, UInt64.max)?.double == 0x1p-64)
  }

  @Test func `order agrees with cross-multiplication beyond 64 bits`() throws {
    let big = try fraction(UInt64.max - 1, UInt64.max)
    #expect(big < .one)
    #expect(try fraction(UInt64.max - 2, UInt64.max - 1) < big)
    #expect(!(big < big))
  }

  @Test(arguments: [
    ("0.5", true), ("0.95", true), ("0.999999999999999999", true), ("0.49", false),
    ("1", false), ("0", false), ("95", false), ("95%", false),
  ])
  func `a confidence lies in one half to below one`(_ text: String, _ isValid: Bool) {
    #expect((Confidence(decimal: text) != nil) == isValid)
  }

  @Test func `tails of a confidence are exact`() throws {
    let confidence = try #require(Confidence(decimal: "0.95"))
    #expect(confidence.alpha == Rational(1, 20))
    #expect(confidence.halfAlpha == Rational(1, 40))
  }
}

struct BigNaturalTests {
  private func big(_ value: UInt128) -> BigNatural {
    var result = BigNatural(UInt64(truncatingIfNeeded: value >> 64))
    result.shiftLeft(64)
    result.add(BigNatural(UInt64(truncatingIfNeeded: value)))
    return result
  }

  @Test func `arithmetic agrees with 128-bit integers`() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let shift = UInt128.random(in: 0...63, using: &random)
      let x = UInt128.random(in: 0...(.max >> 66), using: &random) >> shift
      let y = UInt128.random(in: 0...x, using: &random)
      let factor = UInt64.random(in: 0...(.max >> UInt64(shift)), using: &random)
      var sum = big(x)
      sum.add(big(y))
      #expect(sum == big(x + y))
      var difference = big(x)
      difference.subtract(big(y))
      #expect(difference == big(x - y))
      var product = big(x >> 4)
      product.multiply(by: factor >> 1)
      if (x >> 4).leadingZeroBitCount + factor.leadingZeroBitCount >= 64 {
        #expect(product == big((x >> 4) * UInt128(factor >> 1)))
      }
      if factor > 0 {
        var quotient = big(x)
        let remainder = quotient.divide(by: factor)
        #expect(quotient == big(x / UInt128(factor)))
        #expect(UInt128(remainder) == x % UInt128(factor))
      }
      #expect((big(x) < big(y)) == (x < y))
      #expect(big(x).decimal == String(x))
    }
  }

  @Test func `products of many limbs can be undone`() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<200 {
      var x = BigNatural(1)
      let factors = (0..<20).map { _ in UInt64.random(in: 1...UInt64.max, using: &random) }
      for factor in factors { x = x.multiplied(by: BigNatural(factor)) }
      var y = BigNatural(1)
      for factor in factors.reversed() { y.multiply(by: factor) }
      #expect(x == y)
      for factor in factors { #expect(x.divide(by: factor) == 0) }
      #expect(x == BigNatural(1))
    }
    #expect(BigNatural(3).power(5) == BigNatural(243))
    #expect(BigNatural(10).power(60).decimal == "1" + String(repeating: "0", count: 60))
    #expect(BigNatural(0).decimal == "0")
  }

  @Test func `a carry runs through all limbs`() {
    var x = BigNatural(2).power(256)
    x.subtract(BigNatural(1))
    #expect(x.bitWidth == 256)
    x.add(BigNatural(1))
    #expect(x == BigNatural(powerOfTwo: 256))
  }

  @Test func `a truncated product decides all but ties`() {
    func compare(_ a: (n: Int, k: Int), _ b: (n: Int, k: Int)) -> Int? {
      let (x, y) = (ScaledProduct.choose(a.n, a.k), ScaledProduct.choose(b.n, b.k))
      var (left, right) = (x.numerator, y.numerator)
      left.multiply(by: y.denominator)
      right.multiply(by: x.denominator)
      return left.compared(to: right)
    }
    #expect(compare((2000, 1000), (2000, 1001)) == 1)
    #expect(compare((2000, 999), (2000, 1000)) == -1)
    #expect(compare((50, 20), (50, 30)) == 0)
    #expect(compare((10, 3), (16, 2)) == 0)  // 120 both ways
    #expect(ScaledProduct.power(2, 1000).compared(to: .power(4, 500)) == 0)
    // 3¹⁰⁰⁰ loses bits in both, so that equality cannot be claimed.
    #expect(ScaledProduct.power(3, 1000).compared(to: .power(9, 500)) == nil)
    var next = ScaledProduct.power(3, 1000)
    next.multiply(by: UInt64.max)
    var nearly = ScaledProduct.power(3, 1000)
    nearly.multiply(by: UInt64.max - 1)
    #expect(nearly.compared(to: next) == -1)
  }
}
