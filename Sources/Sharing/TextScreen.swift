internal import Evidence
internal import JSON
internal import Platform

/// The redactor of IMPORT §6 over every string that would leave the house.
///
/// Finds and tells where; never says what.
enum TextScreen {
  /// Whether a text holds nothing that the redactor would take out or make visible.
  static func isClean(_ text: String) -> Bool {
    // In base64, `+/ab/cd` would be a path.
    if isFingerprint(text) { return true }
    var redactor = Redactor()
    let result = redactor.redact(text)
    return result.counts.total == 0 && result.text.utf8.elementsEqual(text.utf8)
  }

  /// Whether a text is the fingerprint of a key and nothing else: `SHA256:` and 43 digits of base64.
  static func isFingerprint(_ text: String) -> Bool {
    text.utf8.count == 50 && text.hasPrefix("SHA256:")
      && Base64.decode(String(text.dropFirst(7)) + "=")?.count == 32
  }

  /// The same for what a person writes for others to read: nothing that looks like a host's name
  /// either, which the redactor takes out of addresses only.
  static func isCleanLabel(_ text: String) -> Bool { isClean(text) && !namesHost(text) }

  /// A text for a screen, with `<email>` and the like for what is private.
  static func redacted(_ text: String) -> String {
    var redactor = Redactor()
    var result = redactor.redact(text).text[...]
    var shown = ""
    while let open = result.firstIndex(of: "<") {
      shown += result[..<open]
      result = result[open...]
      let kind = Redactor.Kind.allCases.first { result.hasPrefix("<\($0.rawValue):") }
      guard let kind, let close = result.firstIndex(of: ">") else {
        shown.append("<")
        result.removeFirst()
        continue
      }
      shown += "<\(kind.rawValue)>"
      result = result[result.index(after: close)...]
    }
    return shown + result
  }

  /// The JSON pointer of the first string or key that is not clean; nil when all are.
  ///
  /// - Parameter isAllowed: what may stand at a pointer although the redactor would take it out.
  static func firstFinding(
    in value: JSONValue, isAllowed: (String, String) -> Bool = { _, _ in false }
  ) -> String? {
    finding(value, "", isAllowed)
  }

  private static func finding(
    _ value: JSONValue, _ pointer: String, _ isAllowed: (String, String) -> Bool
  ) -> String? {
    switch value {
    case .string(let text):
      return isClean(text) || isAllowed(pointer, text) ? nil : pointer
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        if let found = finding(element, "\(pointer)/\(index)", isAllowed) { return found }
      }
    case .object(let object):
      for (key, inner) in object.members {
        // The pointer to a key that is itself the finding would say what it is.
        guard isClean(key) else { return pointer }
        if let found = finding(inner, pointer + "/" + escaped(key), isAllowed) { return found }
      }
    case .null, .bool, .number: break
    }
    return nil
  }

  /// RFC 6901, section 3.
  private static func escaped(_ key: String) -> String {
    var result = ""
    for scalar in key.unicodeScalars {
      switch scalar {
      case "~": result += "~0"
      case "/": result += "~1"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Whether a word is two or more labels joined by dots, the last of letters: `node7.lab.example`.
  private static func namesHost(_ text: String) -> Bool {
    text.split(separator: " ").contains { word in
      var labels = word.split(separator: ".", omittingEmptySubsequences: false)
      // A full stop ends the sentence.
      if labels.last?.isEmpty == true { labels.removeLast() }
      guard labels.count >= 2, let last = labels.last, last.utf8.count >= 2 else { return false }
      return last.utf8.allSatisfy(isLetter)
        && labels.allSatisfy { label in
          !label.isEmpty
            && label.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        }
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}
