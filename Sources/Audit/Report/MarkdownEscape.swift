/// Text that stands in evidence.md as itself: no heading, link, tag, table cell or list comes of it.
enum MarkdownEscape {
  /// Text of the claim (SCHEMAS §13): all special characters, and a leading list mark.
  static func claim(_ text: String) -> String { escaped(text, keeping: []) }

  /// Names of tasks, suites and scope: an underscore inside of an identifier stays readable, since
  /// it can't open anything but emphasis.
  static func name(_ text: String) -> String { escaped(text, keeping: ["_"]) }

  /// A name inside of a line, where a leading list mark opens nothing.
  static func inner(_ text: String) -> String {
    let first = text.unicodeScalars.first.map { String($0) } ?? ""
    return first == "-" || first == "+" ? String(name(text).dropFirst()) : name(text)
  }

  private static func escaped(_ text: String, keeping kept: Set<Unicode.Scalar>) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isSpecial(scalar), !kept.contains(scalar) { result.append("\\") }
      result.append(scalar)
    }
    return withoutLeadingMark(String(result))
  }

  private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "#", "|", "!": true
    default: false
    }
  }

  /// `-`, `+` and `1.` at the start would open a list.
  private static func withoutLeadingMark(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return text }
    if first == "-" || first == "+" { return "\\" + text }
    let digits = text.unicodeScalars.prefix { ("0"..."9").contains($0) }
    let rest = text.unicodeScalars.dropFirst(digits.count)
    guard !digits.isEmpty, let mark = rest.first, mark == "." || mark == ")" else { return text }
    return String(String.UnicodeScalarView(digits)) + "\\" + String(String.UnicodeScalarView(rest))
  }
}
