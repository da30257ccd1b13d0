import Audit
import JSON
import Terminal

/// Sentences in the columns of a terminal: sections with a heading, paragraphs and lists below it.
struct ScreenText {
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

/// The rows of missing evidence, worst first and otherwise in the package's order.
struct MissingList {
  struct Row {
    let severity: String
    let label: String
  }
  let rows: [Row]

  init(_ reading: EvidenceReading) {
    let all = reading.rows("missing_evidence").map {
      Row(
        severity: plainText($0["severity"]?.string ?? "unknown"),
        label: plainText($0["label"]?.string ?? "other"))
    }
    rows = all.enumerated().sorted {
      (Self.rank($0.element.severity), $0.offset) < (Self.rank($1.element.severity), $1.offset)
    }.map(\.element)
  }

  /// `4 major, 1 info`, or that nothing is missing.
  var summary: String {
    var counts: [(word: String, count: Int)] = []
    for row in rows {
      if counts.last?.word == row.severity {
        counts[counts.count - 1].count += 1
      } else {
        counts.append((row.severity, 1))
      }
    }
    return counts.isEmpty
      ? "nothing is listed" : counts.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
  }

  /// A sentence each, at most `limit` of them.
  func lines(_ text: ScreenText, limit: Int = .max, all: String = "wf inspect") -> [String] {
    let shown = rows.prefix(limit).flatMap { row in
      text.item(
        row.severity, Wording.bracketed(Wording.label(row.label), row.label),
        ink: Self.ink(row.severity), columns: 5)
    }
    guard rows.count > limit else { return shown }
    return shown + text.paragraph("\(text.style.ellipsis) and \(rows.count - limit) more (\(all))")
  }

  /// A word of a later version could be worse than any that is known here, so it comes first.
  private static func rank(_ severity: String) -> Int {
    ["major": 1, "minor": 2, "info": 3][severity] ?? 0
  }

  private static func ink(_ severity: String) -> Style.Ink {
    switch severity {
    case "minor": .caution
    case "info": .quiet
    default: .bad
    }
  }
}

/// Why a grade is not better, the hardest reasons first.
struct CapList {
  let caps: [GradeCap]
  /// Why the registration is not proven, or what proves it.
  let order: RegistrationWords?

  struct RegistrationWords {
    let text: String
    let isProven: Bool
  }

  func lines(_ text: ScreenText) -> [String] {
    let sorted = caps.enumerated().sorted {
      ($0.element.cap, $0.offset) < ($1.element.cap, $1.offset)
    }.map(\.element)
    var lines = sorted.flatMap { cap in
      let word = plainText(cap.word)
      var sentence = Wording.bracketed(Wording.cap(word), word)
      if word == "registration", let order { sentence += " " + order.text }
      return text.item("at most \(cap.cap.rawValue)", sentence)
    }
    if let order, order.isProven { lines += text.item("proven   ", order.text) }
    return lines
  }
}
