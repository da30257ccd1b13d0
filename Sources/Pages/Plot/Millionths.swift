/// A share or a difference of shares in millionths: exact for the six digits of a package, so that
/// a drawing's bytes follow from whole numbers.
package struct Millionths: Sendable, Equatable, Comparable {
  package let value: Int

  package init(_ value: Int) { self.value = value }

  /// `0.941234`, `-0.04`, `.5`, `80%` or `80 %`; nil for anything else and for what is beyond ±10.
  package init?(_ text: String?) {
    guard let text else { return nil }
    var digits = text[...]
    let isPercent = digits.hasSuffix("%")
    if isPercent {
      digits = digits.dropLast()
      while digits.hasSuffix(" ") { digits = digits.dropLast() }
    }
    let isNegative = digits.hasPrefix("-")
    if isNegative { digits = digits.dropFirst() }
    guard let magnitude = Self.magnitude(digits, shift: isPercent ? 4 : 6) else { return nil }
    value = isNegative ? -magnitude : magnitude
  }

  package static func < (one: Millionths, other: Millionths) -> Bool { one.value < other.value }

  /// The digits times ten to `shift`; digits beyond are cut off.
  private static func magnitude(_ text: Substring, shift: Int) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), text.utf8.contains(where: { $0 != UInt8(ascii: ".") })
    else { return nil }
    var fraction = parts.count == 2 ? Array(parts[1].utf8) : []
    guard (Array(parts[0].utf8) + fraction).allSatisfy({ (0x30...0x39).contains($0) }),
      parts[0].utf8.count <= 4
    else { return nil }
    fraction = Array((fraction + [UInt8](repeating: 0x30, count: shift)).prefix(shift))
    let value = (Array(parts[0].utf8) + fraction).reduce(0) { $0 * 10 + Int($1) - 0x30 }
    return value <= 10_000_000 ? value : nil
  }
}
