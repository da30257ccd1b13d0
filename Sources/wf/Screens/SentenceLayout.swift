import Terminal

/// Sentences in the columns of a terminal: sections with a heading, paragraphs and lists below it.
struct SentenceLayout {
  let style: Style
  /// Blanks in front of every line, for what belongs to something above it.
  var margin = 0

  /// Long lines are hard to read, however wide the terminal is.
  var width: Int { min(style.width, 100) - margin }

  /// A heading with what it comes to: `Result  47 of 50 …`.
  func heading(_ title: String, _ summary: String = "", _ ink: Style.Ink? = nil) -> [String] {
    guard !summary.isEmpty else { return [style.paint(title, .strong)] }
    let room = width - title.count - 2
    return wrapped(summary, width: room).enumerated().map { index, line in
      let text = ink.map { style.paint(line, $0) } ?? line
      return index == 0
        ? style.paint(title, .strong) + "  " + text
        : String(repeating: " ", count: title.count + 2) + text
    }
  }

  func paragraph(_ text: String, indent: Int = 2) -> [String] {
    lines(text, behind: String(repeating: " ", count: indent))
  }

  private func lines(_ text: String, behind mark: String) -> [String] {
    let blanks = String(repeating: " ", count: margin)
    return wrapped(text, width: width, behind: mark).map { blanks + $0 }
  }

  /// A sentence behind a mark that may be painted, as in `major  No seeds are recorded.`.
  func item(_ mark: String, _ text: String, ink: Style.Ink? = nil, columns: Int? = nil) -> [String]
  {
    // A word of a later version may be longer than any known one.
    let mark = cutInMiddle(mark, width: 12, style: style)
    let columns = max(columns ?? 0, displayWidth(of: mark))
    let gap = String(repeating: " ", count: columns - displayWidth(of: mark))
    return lines(text, behind: "  " + (ink.map { style.paint(mark, $0) } ?? mark) + gap + "  ")
  }
}
