/// A natural number of any size, for the comparisons that doubles cannot decide.
///
/// Little-endian 64-bit limbs without leading zeros; zero has no limb. Only what the exact
/// comparisons need.
struct BigNatural: Sendable, Equatable {
  private(set) var limbs: [UInt64]

  init(_ value: UInt64) { limbs = value == 0 ? [] : [value] }

  /// 2^exponent.
  init(powerOfTwo exponent: Int) {
    limbs = [UInt64](repeating: 0, count: exponent / 64)
    limbs.append(1 << UInt64(exponent % 64))
  }

  var isZero: Bool { limbs.isEmpty }

  /// Number of bits up to the highest one that is set.
  var bitWidth: Int {
    guard let top = limbs.last else { return 0 }
    return limbs.count * 64 - top.leadingZeroBitCount
  }

  mutating func multiply(by factor: UInt64) {
    guard factor != 1 else { return }
    guard factor != 0 else { return limbs.removeAll() }
    var carry: UInt64 = 0
    for i in limbs.indices {
      let (high, low) = limbs[i].multipliedFullWidth(by: factor)
      let (sum, overflow) = low.addingReportingOverflow(carry)
      limbs[i] = sum
      carry = high &+ (overflow ? 1 : 0)  // high ≤ 2⁶⁴ − 2
    }
    if carry != 0 { limbs.append(carry) }
  }

  /// Divides in place and returns the remainder; the divisor is not zero.
  @discardableResult
  mutating func divide(by divisor: UInt64) -> UInt64 {
    var remainder: UInt64 = 0
    for i in limbs.indices.reversed() {
      (limbs[i], remainder) = divisor.dividingFullWidth((remainder, limbs[i]))
    }
    trim()
    return remainder
  }

  /// The remainder alone; the divisor is not zero.
  func remainder(dividingBy divisor: UInt64) -> UInt64 {
    limbs.reversed().reduce(0) { divisor.dividingFullWidth(($0, $1)).remainder }
  }

  mutating func add(_ other: BigNatural) {
    if limbs.count < other.limbs.count {
      limbs.append(
        contentsOf: repeatElement(0, count: other.limbs.count - limbs.count))
    }
    var carry = false
    for i in limbs.indices {
      guard carry || i < other.limbs.count else { return }
      let addend = i < other.limbs.count ? other.limbs[i] : 0
      let (sum, first) = limbs[i].addingReportingOverflow(addend)
      let (total, second) = sum.addingReportingOverflow(carry ? 1 : 0)
      limbs[i] = total
      carry = first || second
    }
    if carry { limbs.append(1) }
  }

  /// Subtracts a number that is not larger.
  mutating func subtract(_ other: BigNatural) {
    var borrow = false
    for i in limbs.indices {
      guard borrow || i < other.limbs.count else { break }
      let (first, under) = limbs[i].subtractingReportingOverflow(
        i < other.limbs.count ? other.limbs[i] : 0)
      let (second, again) = first.subtractingReportingOverflow(borrow ? 1 : 0)
      limbs[i] = second
      borrow = under || again
    }
    trim()
  }

  func multiplied(by other: BigNatural) -> BigNatural {
    guard !isZero, !other.isZero else { return BigNatural(0) }
    var product = [UInt64](repeating: 0, count: limbs.count + other.limbs.count)
    for i in limbs.indices {
      var carry: UInt64 = 0
      for j in other.limbs.indices {
        let (high, low) = limbs[i].multipliedFullWidth(by: other.limbs[j])
        let (sum, first) = low.addingReportingOverflow(product[i + j])
        let (total, second) = sum.addingReportingOverflow(carry)
        product[i + j] = total
        carry = high &+ (first ? 1 : 0) &+ (second ? 1 : 0)
      }
      product[i + other.limbs.count] = carry
    }
    var result = BigNatural(0)
    result.limbs = product
    result.trim()
    return result
  }

  /// self^exponent by repeated squaring.
  func power(_ exponent: Int) -> BigNatural {
    var result = BigNatural(1)
    var square = self
    var left = exponent
    while left > 0 {
      if left & 1 == 1 { result = result.multiplied(by: square) }
      left >>= 1
      if left > 0 { square = square.multiplied(by: square) }
    }
    return result
  }

  mutating func shiftLeft(_ bits: Int) {
    guard !isZero, bits > 0 else { return }
    let part = UInt64(bits % 64)
    if part > 0 {
      var carry: UInt64 = 0
      for i in limbs.indices {
        let next = limbs[i] >> (64 - part)
        limbs[i] = limbs[i] << part | carry
        carry = next
      }
      if carry != 0 { limbs.append(carry) }
    }
    limbs.insert(contentsOf: repeatElement(0, count: bits / 64), at: 0)
  }

  /// Removes the lowest limbs and returns whether any of them was not zero.
  mutating func dropLowLimbs(_ count: Int) -> Bool {
    let inexact = limbs.prefix(count).contains { $0 != 0 }
    limbs.removeFirst(min(count, limbs.count))
    return inexact
  }

  private mutating func trim() {
    while limbs.last == 0 { limbs.removeLast() }
  }
}

extension BigNatural: Comparable {
  static func < (left: BigNatural, right: BigNatural) -> Bool {
    if left.limbs.count != right.limbs.count { return left.limbs.count < right.limbs.count }
    for i in left.limbs.indices.reversed() where left.limbs[i] != right.limbs[i] {
      return left.limbs[i] < right.limbs[i]
    }
    return false
  }
}

extension BigNatural {
  /// The decimal digits without leading zeros; `0` for zero.
  var decimal: String {
    var groups: [UInt64] = []
    var rest = self
    while !rest.isZero { groups.append(rest.divide(by: 10_000_000_000_000_000_000)) }
    guard let first = groups.last else { return "0" }
    return groups.dropLast().reversed().reduce(into: String(first)) { text, group in
      let digits = String(group)
      text += String(repeating: "0", count: 19 - digits.count) + digits
    }
  }
}
