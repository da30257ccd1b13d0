import Terminal

/// Text that fits a terminal: cut, wrapped, and in its character set.
struct DiffText {
  let style: Style
  /// Columns that a line may take.
  var width: Int { max(20, style.width) }

  /// The text, shortened in its middle where it is wider than `columns`.
  func cutMiddle(_ text: String, to columns: Int) -> String {
    guard displayWidth(of: text) > columns else { return text }
    let mark = style.unicode ? "…" : ".."
    let room = max(0, columns - displayWidth(of: mark))
    let head = Self.prefix(Array(text), columns: room - room / 2)
    let tail = Self.prefix(text.reversed(), columns: room / 2)
    return String(head) + mark + String(tail.reversed())
  }

  private static func prefix(_ characters: [Character], columns: Int) -> [Character] {
    var used = 0
    return Array(
      characters.prefix { character in
        used += displayWidth(of: String(character))
        return used <= columns
      })
  }

  /// Words over as many lines as they need, all but the first indented by the heading's columns.
  func wrapped(_ heading: String, _ text: String) -> [String] {
    let indent = displayWidth(of: heading)
    let room = max(12, width - indent)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, displayWidth(of: line) + 1 + displayWidth(of: String(word)) > room {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    let margin = String(repeating: " ", count: indent)
    return lines.enumerated().map { ($0.offset == 0 ? heading : margin) + $0.element }
  }

  /// What is to be printed: never wider than the terminal, and in ASCII where it has no more.
  ///
  /// Only our own signs are replaced; a name keeps its letters.
  func printable(_ line: String) -> String {
    // A no-break blank only kept a number and its unit on one line.
    let plain = line.replacing("\u{A0}", with: " ")
    let text = style.unicode ? plain : Self.ascii(plain)
    return displayWidth(of: text) <= width ? text : cutEnd(text)
  }

  private static func ascii(_ line: String) -> String {
    var result = ""
    for character in line {
      switch character {
      case "→": result += "->"
      case "−", "–": result += "-"
      case "±": result += "+/-"
      case "…": result += ".."
      default: result.append(character)
      }
    }
    return result
  }

  /// Escapes are kept, since one of them switches the colour off again.
  private func cutEnd(_ text: String) -> String {
    let mark = style.unicode ? "…" : ".."
    let room = width - displayWidth(of: mark)
    var (result, used, isInEscape, isCut) = ("", 0, false, false)
    for character in text {
      if character == "\u{1B}" { isInEscape = true }
      if isInEscape {
        result.append(character)
        if character == "m" { isInEscape = false }
        continue
      }
      if isCut { continue }
      used += displayWidth(of: String(character))
      if used > room {
        result += mark
        isCut = true
      } else {
        result.append(character)
      }
    }
    return result
  }
}
