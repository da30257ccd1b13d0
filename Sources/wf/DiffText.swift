import Terminal

/// Text that fits a terminal: cut, wrapped, and in its character set.
struct DiffText {
  let style: Style
  /// Columns that a line may take.
  var width: Int { max(20, style.width) }

  /// The text, shortened in its middle where it is wider than `columns`.
  func cutMiddle(_ text: String, to columns: Int) -> String {
    cutInMiddle(text, width: columns, style: style)
  }

  /// Words over as many lines as they need, all but the first indented by the heading's columns.
  func wrapped(_ heading: String, _ text: String) -> [String] {
    Terminal.wrapped(text, width: width, behind: heading)
  }

  /// What is to be printed: never wider than the terminal, and in ASCII where it has no more.
  ///
  /// Only our own signs are replaced; a name keeps its letters.
  func printable(_ line: String) -> String {
    // A no-break blank only kept a number and its unit on one line.
    let plain = line.replacing("\u{A0}", with: " ")
    let text = style.unicode ? plain : ascii(plain)
    return displayWidth(of: text) <= width ? text : cutEnd(text)
  }

  private func ascii(_ line: String) -> String {
    var result = ""
    for character in line {
      switch character {
      case "→": result += "->"
      case "−", "–": result += "-"
      case "±": result += "+/-"
      case "…": result += style.ellipsis
      default: result.append(character)
      }
    }
    return result
  }

  /// Escapes are kept, since one of them switches the colour off again.
  private func cutEnd(_ text: String) -> String {
    let mark = style.ellipsis
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
