/// Percentages of evidence.md and of the pages, from decimal texts and without doubles.
package enum Percentage {
  /// One digit, half up, of a fraction such as `0.666667`: `66.7 %`.
  package static func text(_ fraction: String) -> String? {
    guard let digits = Digits(fraction) else { return nil }
    // tenths of a percent = value · 1000, rounded half up on the next digit
    let padded = digits.fraction + Array(repeating: 0, count: 4)
    var tenths = digits.whole * 1000 + padded[0] * 100 + padded[1] * 10 + padded[2]
    if padded[3] >= 5 { tenths += 1 }
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// One digit, half up, with its sign, of a difference with six digits: `−44.0` for `-0.440000`.
  package static func points(_ difference: String) -> String? {
    let isNegative = difference.hasPrefix("-")
    guard let shown = text(isNegative ? String(difference.dropFirst()) : difference) else {
      return nil
    }
    let digits = shown.dropLast(2)
    return (digits == "0.0" ? "±" : isNegative ? "−" : "+") + digits
  }

  /// The percentage as exactly as it was written: `0.95` is `95 %`, `0.999` is `99.9 %`.
  package static func exact(_ fraction: String) -> String? {
    if fraction.hasSuffix("%") { return fraction }
    guard let digits = Digits(fraction) else { return nil }
    let padded = digits.fraction + Array(repeating: 0, count: 2)
    let whole = digits.whole * 100 + padded[0] * 10 + padded[1]
    var rest = padded.dropFirst(2)
    while rest.last == 0 { rest.removeLast() }
    return rest.isEmpty ? "\(whole) %" : "\(whole)." + rest.map(String.init).joined() + " %"
  }

  /// A small unsigned decimal, digit by digit.
  private struct Digits {
    var whole = 0
    var fraction: [Int] = []

    init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard (1...2).contains(parts.count), let whole = Int(parts[0]),
        (0...9_999_999).contains(whole), parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) })
      else { return nil }
      self.whole = whole
      guard parts.count == 2 else { return }
      for byte in parts[1].utf8 {
        guard (0x30...0x39).contains(byte) else { return nil }
        fraction.append(Int(byte) - 0x30)
      }
    }
  }
}
