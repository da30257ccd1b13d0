/// Numbers as notes and paths write them.
enum Decimal {
  /// Digits without a leading zero, up to 2^63 − 1; nil for anything else.
  static func parse(_ text: some StringProtocol) -> Int64? {
    let digits = Array(text.utf8)
    guard !digits.isEmpty, digits.count <= 19, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }),
      digits.count == 1 || digits[0] != 48
    else { return nil }
    return Int64(String(text))
  }
}
