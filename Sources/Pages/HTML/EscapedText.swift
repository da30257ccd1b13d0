/// Text of any origin as it stands in HTML, in content and in quoted attributes.
package enum EscapedText {
  /// Escapes what is markup and shows what is invisible or turns the reading order around.
  ///
  /// Control characters come as their symbols (U+2400 and on), a bidirectional control or another
  /// invisible format character as `⟨U+202E⟩`, so that nothing reads as what it is not.
  package static func append(_ text: String, to bytes: inout [UInt8]) {
    if isPlain(text) {
      bytes += text.utf8
      return
    }
    for scalar in visible(text).unicodeScalars {
      switch scalar {
      case "&": bytes += "&amp;".utf8
      case "<": bytes += "&lt;".utf8
      case ">": bytes += "&gt;".utf8
      case "\"": bytes += "&quot;".utf8
      case "'": bytes += "&#39;".utf8
      default: bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
      }
    }
  }

  /// The text with a sign for each character that cannot be seen, before it is escaped.
  static func visible(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\t": result.append(" ")
      default: result.append(contentsOf: shown(scalar).unicodeScalars)
      }
    }
    return String(result)
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""),
        UInt8(ascii: "'"):
        false
      default: byte >= 0x20 && byte < 0x7F
      }
    }
  }

  /// The scalar itself, or a sign for one that cannot be seen.
  private static func shown(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0...0x1F: symbol(0x2400 + scalar.value)
    case 0x7F: "\u{2421}"
    case 0x80...0x9F, 0xFFFE, 0xFFFF: coded(scalar)
    default:
      isInvisible(scalar) ? coded(scalar) : String(scalar)
    }
  }

  /// Format characters, line separators and what is not assigned to anything that is drawn.
  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .format:
      // A joiner belongs to the spelling of Persian, Hindi and of emoji.
      scalar.value != 0x200D && scalar.value != 0x200C && scalar.value != 0xAD
    case .lineSeparator, .paragraphSeparator, .control, .surrogate: true
    default: false
    }
  }

  private static func symbol(_ value: UInt32) -> String {
    Unicode.Scalar(value).map { String($0) } ?? "\u{FFFD}"
  }

  private static func coded(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let zeros = String(repeating: "0", count: max(0, 4 - digits.utf8.count))
    return "\u{27E8}U+\(zeros)\(digits)\u{27E9}"
  }
}
