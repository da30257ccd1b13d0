import Evidence
import JSON
import Terminal

/// evidence.json as a screen reads it: whatever is absent, null or unknown has an answer, and no text
/// of it reaches the terminal with its control characters.
struct EvidenceReading {
  let evidence: JSONValue

  /// A string by its path, fit for a terminal; nil when it is absent, null or no string.
  func text(_ path: String...) -> String? { value(path)?.string.map(plainText) }

  func integer(_ path: String...) -> Int64? { value(path)?.int }

  func share(_ path: String...) -> Share? {
    value(path)?.string.flatMap(Share.init(sixDigits:))
  }

  func rows(_ path: String...) -> [JSONValue] { value(path)?.array ?? [] }

  func words(_ path: String...) -> [String] {
    (value(path)?.array ?? []).compactMap { $0.string.map(plainText) }
  }

  private func value(_ path: [String]) -> JSONValue? {
    path.reduce(Optional(evidence)) { $0?[$1] }
  }

  /// `supported`, or whatever the package says.
  var verdict: String { text("verdict") ?? "unknown" }

  var ink: Style.Ink {
    switch verdict {
    case "supported": .good
    case "refuted": .bad
    default: .caution
    }
  }

  /// The dimensions of a governance package, each judged on its own; empty for every other.
  var dimensions: [JSONValue] { rows("dimensions") }

  /// The claimed rate, where it is one.
  var threshold: Share? {
    guard let decimal = text("claim", "threshold").flatMap(DecimalText.init) else { return nil }
    return Share(decimal.numerator, over: decimal.denominator)
  }

  /// `at least 80 %` of a claim about a rate.
  var demand: String? {
    guard let threshold = text("claim", "threshold") else { return nil }
    let rate = exactPercent(threshold) ?? threshold
    switch text("claim", "kind") {
    case "at_least": return "at least \(rate)"
    case "at_most": return "at most \(rate)"
    default: return rate
    }
  }

  var isAtMost: Bool { text("claim", "kind") == "at_most" }

  /// `87.5 % to 92.8 %`; nil when one end is not known.
  static func range(_ interval: JSONValue?) -> String? {
    guard let lower = bound(interval, "lower"), let upper = bound(interval, "upper") else {
      return nil
    }
    return "\(lower.percent) to \(upper.percent)"
  }

  static func bound(_ interval: JSONValue?, _ end: String) -> Share? {
    interval?[end]?.string.flatMap(Share.init(sixDigits:))
  }
}

/// A decimal as the percentage that it is, digit by digit: `0.8` and `80%` are `80 %`, `0.999` is
/// `99.9 %`; nil for what is no decimal.
func exactPercent(_ text: String) -> String? {
  guard let decimal = DecimalText(text), decimal.numerator >= 0 else { return nil }
  var (whole, rest) = decimal.numerator.quotientAndRemainder(dividingBy: decimal.denominator)
  // A remainder below 10¹⁷, since a decimal has at most 15 digits and a percentage two more.
  var digits = ""
  for place in 0..<20 where rest > 0 || place < 2 {
    let (next, left) = (rest * 10).quotientAndRemainder(dividingBy: decimal.denominator)
    if place < 2 { whole = whole * 10 + next } else { digits += String(next) }
    rest = left
  }
  return digits.isEmpty ? "\(whole) %" : "\(whole).\(digits) %"
}
