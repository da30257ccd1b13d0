import Audit

/// Numbers as pages show them, from the decimal texts of a package.
package enum Figures {
  /// `94.1 %`; a dash where there is none.
  package static func percent(_ fraction: String?) -> String {
    fraction.flatMap(Percentage.text) ?? "–"
  }

  /// `83.8 % to 97.9 %`; a dash where a limit is not there.
  package static func range(_ lower: String?, _ upper: String?) -> String {
    guard let lower = lower.flatMap(Percentage.text), let upper = upper.flatMap(Percentage.text)
    else { return "–" }
    return lower.replacingUnit + "–" + upper
  }

  /// A threshold as it was written: `80 %` for `0.8` and for `80%`.
  package static func threshold(_ text: String?) -> String? {
    guard let text, Millionths(text) != nil else { return nil }
    guard text.hasSuffix("%") else { return Percentage.exact(text) }
    return text.dropLast().trimmingSpaces + " %"
  }

  /// `−44.0 pp` of a difference with six digits, half up; a dash where there is none.
  static func points(_ difference: String?) -> String {
    difference.flatMap(Percentage.points).map { $0 + " pp" } ?? "–"
  }

  /// A p-value with four digits, half up, and never rounded to nothing.
  static func pValue(_ text: String?) -> String {
    guard let text, let value = Millionths(text)?.value else { return "–" }
    guard value >= 100 else { return "< 0.0001" }
    let digits = String((value + 50) / 100 + 10_000)
    return value >= 999_950 ? "1.0000" : "0." + digits.dropFirst()
  }

  /// `47/50`.
  package static func counts(_ k: Int64?, _ n: Int64?) -> String {
    guard let k, let n else { return "–" }
    return "\(grouped(k))/\(grouped(n))"
  }

  /// With thin spaces from ten thousand on.
  package static func grouped(_ number: Int64) -> String {
    let digits = String(number.magnitude)
    guard digits.utf8.count > 4 else { return String(number) }
    var groups: [Substring] = []
    var rest = digits[...]
    while !rest.isEmpty {
      groups.append(rest.suffix(3))
      rest = rest.dropLast(3)
    }
    return (number < 0 ? "−" : "") + groups.reversed().joined(separator: "\u{202F}")
  }

  /// A word in the singular or plural with its number.
  package static func amount(_ count: Int, _ one: String, _ many: String) -> String {
    "\(grouped(Int64(count))) \(count == 1 ? one : many)"
  }
}

extension String {
  /// Without the unit, where one unit at the end says it for both limits.
  fileprivate var replacingUnit: String {
    hasSuffix(" %") ? String(dropLast(2)) : self
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    var text = self
    while text.hasSuffix(" ") { text = text.dropLast() }
    return String(text)
  }
}
