/// A comma list of patterns as ssh has them: `*` any run, `?` one byte, `!` in front negates.
///
/// OpenSSH, ssh_config(5), "PATTERNS". Matching is linear in pattern times text.
public struct PatternList: Sendable, Equatable {
  private let patterns: [[UInt8]]
  private let negated: [[UInt8]]
  /// The list as it was written.
  public let text: String

  public init(_ text: String) {
    self.text = text
    var patterns: [[UInt8]] = []
    var negated: [[UInt8]] = []
    for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      if part.first == UInt8(ascii: "!") {
        negated.append(Array(part.dropFirst()))
      } else {
        patterns.append(Array(part))
      }
    }
    self.patterns = patterns
    self.negated = negated
  }

  /// The patterns that are not negated, as texts: what git tries as identities.
  public var positive: [String] { patterns.map { String(decoding: $0, as: UTF8.self) } }

  /// Whether some pattern fits and no negated one does, wherever it stands.
  public func matches(_ text: [UInt8]) -> Bool {
    if negated.contains(where: { Self.fits($0, text) }) { return false }
    return patterns.contains { Self.fits($0, text) }
  }

  /// Whether one pattern fits the whole text.
  ///
  /// - Parameter anyByte: what stands for one byte of any value; nil where nothing does.
  package static func fits(
    _ pattern: [UInt8], _ text: [UInt8], anyByte: UInt8? = UInt8(ascii: "?")
  ) -> Bool {
    var at = 0
    var index = 0
    // where to go back to: behind the last star, and how much of the text it has swallowed
    var star: (pattern: Int, text: Int)?
    while index < text.count {
      if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
        star = (at + 1, index)
        at += 1
      } else if at < pattern.count,
        pattern[at] == anyByte || pattern[at] == text[index]
      {
        at += 1
        index += 1
      } else if let back = star {
        star = (back.pattern, back.text + 1)
        at = back.pattern
        index = back.text + 1
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
