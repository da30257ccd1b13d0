import Glibc
import TestSupport
import Testing

@testable import Statistics

struct SixDigitsTests {
  @Test(arguments: [
    (0, 1, "0.000000"), (1, 1, "1.000000"), (1, 3, "0.333333"), (2, 3, "0.666667"),
    (1, 2_000_000, "0.000000"), (3, 2_000_000, "0.000002"), (5, 2_000_000, "0.000002"),
    (-1, 3, "-0.333333"), (-1, 2_000_000, "0.000000"), (-3, 2_000_000, "-0.000002"),
    (43, 50, "0.860000"), (7, 2, "3.500000"), (Int.max, Int.max, "1.000000"),
  ])
  func `a quotient rounds half to even by integers`(_ k: Int, _ n: Int, _ text: String) {
    #expect(SixDigits.text(k: k, n: n) == text)
  }

  @Test(arguments: [0, -1]) func `a quotient by less than one is not defined`(_ n: Int) {
    #expect(SixDigits.text(k: 1, n: n) == nil)
  }

  @Test(arguments: [
    (0.0, "0.000000"), (-0.0, "0.000000"), (5e-7, "0.000000"), (-4e-7, "0.000000"),
    (0x1p-7, "0.007812"), (3 * 0x1p-7, "0.023438"), (-0x1p-7, "-0.007812"), (1.5e-6, "0.000002"),
    (1, "1.000000"), (0.99999949999, "0.999999"), (0.9999995, "1.000000"),
    (1e22, "10000000000000000000000.000000"),
    (0x1p53, "9007199254740992.000000"), (.leastNonzeroMagnitude, "0.000000"),
    (123.4567895, "123.456789"),
  ])
  func `a double rounds half to even on its exact value`(_ value: Double, _ text: String) {
    #expect(SixDigits.text(value) == text)
  }

  @Test func `a double prints as the C library prints it`() {
    var random = SeededGenerator(seed: 6)
    for _ in 0..<20_000 {
      let magnitude = Double.random(in: -40...60, using: &random)
      let value = Double.random(in: -1...1, using: &random) * exp2(magnitude)
      // A sign before zero is the one difference that is wanted.
      let expected = printed(value)
      #expect(SixDigits.text(value) == (expected == "-0.000000" ? "0.000000" : expected))
    }
    #expect(SixDigits.text(.greatestFiniteMagnitude) == printed(.greatestFiniteMagnitude))
  }

  private func printed(_ value: Double) -> String {
    var buffer = [CChar](repeating: 0, count: 400)
    let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.6f", $0) }
    return String(decoding: buffer.prefix(Int(length)).map(UInt8.init), as: UTF8.self)
  }

  @Test func `a fraction of any size rounds as one of 64 bits`() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<3000 {
      let n = UInt64.random(in: 1...4_000_000, using: &random)
      let k = UInt64.random(in: 0...n, using: &random)
      var (big, over) = (BigNatural(k), BigNatural(n))
      for factor: UInt64 in [7, 1 << 40, 998_244_353, 3] {
        big.multiply(by: factor)
        over.multiply(by: factor)
      }
      #expect(SixDigits.text(big, over: over) == SixDigits.text(k: Int(k), n: Int(n)))
    }
  }
}
