/// The digits of a decimal without sign or exponent: value = digits / 10^places.
struct UnsignedDecimal {
  let digits: UInt64
  let places: Int

  /// Trailing zeros after the point are kept when `keepingZeros`, since they tell the precision.
  init?(_ text: String, keepingZeros: Bool = false) {
    var digits: UInt64 = 0
    var places = 0
    var zeros = 0  // zeros after the point that may yet turn out to be trailing
    var seen = 0
    var point = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: ".") {
        guard !point, seen > 0 else { return nil }
        point = true
        seen = 0
        continue
      }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      seen += 1
      if point && byte == UInt8(ascii: "0") && !keepingZeros {
        zeros += 1
        continue
      }
      for _ in 0...zeros {
        let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
        guard !overflow else { return nil }
        digits = product
      }
      if point { places += zeros + 1 }
      zeros = 0
      let (sum, overflow) = digits.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      guard !overflow else { return nil }
      digits = sum
    }
    guard seen > 0 else { return nil }
    self.digits = digits
    self.places = places
  }
}

/// 10^exponent for 0 ≤ exponent ≤ 19.
func powerOfTen(_ exponent: Int) -> UInt64 {
  var power: UInt64 = 1
  for _ in 0..<exponent { power &*= 10 }
  return power
}
