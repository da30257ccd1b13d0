/// Style and script without what only people need: comments, indentation, line ends and spaces that
/// separate nothing.
///
/// The files have no text over several lines, no comment behind code, and no pattern (`/…/`) behind
/// a word.
enum SqueezedCode {
  /// Rules of CSS; only lines are joined, since a space may stand for something there.
  static func style(_ source: [UInt8]) -> [UInt8] {
    joined(source, after: Set("{(,;}".utf8), before: []) { Array($0) }
  }

  /// Statements of JavaScript; where one may end with its line, the line ends.
  static func script(_ source: [UInt8]) -> [UInt8] {
    joined(source, after: Set("{(,;[?:&|".utf8), before: Set("})].?:&|".utf8), tight)
  }

  private static func joined(
    _ source: [UInt8], after: Set<UInt8>, before: Set<UInt8>,
    _ change: (ArraySlice<UInt8>) -> [UInt8]
  ) -> [UInt8] {
    var result: [UInt8] = []
    for line in source.split(separator: UInt8(ascii: "\n")) {
      let code = line.drop { $0 == UInt8(ascii: " ") }
      guard let first = code.first, !code.starts(with: "//".utf8) else { continue }
      if let last = result.last, !after.contains(last), !before.contains(first) {
        result.append(UInt8(ascii: "\n"))
      }
      result += change(code)
    }
    return result
  }

  /// A line without the spaces that separate no two words; texts, templates and patterns stay.
  private static func tight(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var literal = Literal()
    for (place, byte) in zip(line.indices, line) {
      if literal.isInside {
        literal.goOn(byte)
      } else if byte == UInt8(ascii: " ") {
        let next = line[(place + 1)...].first { $0 != UInt8(ascii: " ") }
        guard let last = result.last, let next, separates(last, next) else { continue }
      } else {
        literal.begin(byte, after: result.last)
      }
      result.append(byte)
    }
    return result
  }

  private static func separates(_ one: UInt8, _ other: UInt8) -> Bool {
    isWord(one) && isWord(other) || one == other && "+-".utf8.contains(one)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
      true
    default: false
    }
  }

  /// Whether a place of a line is within a text, a template or a pattern.
  private struct Literal {
    private var end: UInt8?
    private var isEscaped = false
    /// In a pattern, between brackets.
    private var isInClass = false

    var isInside: Bool { end != nil }

    mutating func begin(_ byte: UInt8, after last: UInt8?) {
      if "\"'`".utf8.contains(byte) { end = byte }
      // Behind a value it is a division.
      if byte == UInt8(ascii: "/"), last.map({ "(,=:[!&|?{;".utf8.contains($0) }) ?? true {
        end = byte
      }
    }

    mutating func goOn(_ byte: UInt8) {
      if isEscaped {
        isEscaped = false
        return
      }
      switch byte {
      case UInt8(ascii: "\\"): isEscaped = true
      case UInt8(ascii: "[") where end == UInt8(ascii: "/"): isInClass = true
      case UInt8(ascii: "]"): isInClass = false
      case end where !isInClass: end = nil
      default: break
      }
    }
  }
}
