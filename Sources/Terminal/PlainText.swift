/// A text from a package or store made fit for a terminal: control characters are shown, never obeyed.
///
/// Escapes, line breaks and the marks that turn the direction of writing all become `\u{…}`.
public func plainText(_ text: String) -> String {
  if text.utf8.allSatisfy({ (32..<127).contains($0) }) { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
