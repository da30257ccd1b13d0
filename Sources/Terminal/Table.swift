/// Rows in aligned columns, for people.
public struct Table: Sendable {
  public enum Side: Sendable { case left, right }
  private let sides: [Side]
  private var rows: [[String]]

  /// A table with a heading row; columns hold text (left) or numbers (right).
  public init(_ columns: [(title: String, side: Side)]) {
    sides = columns.map(\.side)
    rows = [columns.map(\.title)]
  }

  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The lines, two blanks between columns, headings in the quiet ink; the widest cell sets the width.
  public func lines(style: Style, indent: Int = 0) -> [String] {
    let widths = sides.indices.map { column in
      rows.map { column < $0.count ? displayWidth(of: $0[column]) : 0 }.max() ?? 0
    }
    let margin = String(repeating: " ", count: indent)
    return rows.enumerated().map { index, row in
      var line = margin
      for column in row.indices where column < widths.count {
        let gap = String(repeating: " ", count: widths[column] - displayWidth(of: row[column]))
        let last = column == row.count - 1
        let text = sides[column] == .right ? gap + row[column] : row[column] + (last ? "" : gap)
        line += text + (last ? "" : "  ")
      }
      while line.last == " " { line.removeLast() }
      return index == 0 ? style.paint(line, .quiet) : line
    }
  }
}

/// Columns that a text takes on a terminal: escapes and combining marks take none, wide East Asian
/// characters two (Unicode UAX #11, the ranges that matter in practice).
public func displayWidth(of text: String) -> Int {
  if text.utf8.allSatisfy({ (32..<127).contains($0) }) { return text.utf8.count }
  var width = 0
  var inEscape = false
  for scalar in text.unicodeScalars {
    if inEscape {
      if scalar == "m" { inEscape = false }
      continue
    }
    if scalar == "\u{1B}" {
      inEscape = true
      continue
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: continue
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      width += 2
    default: width += 1
    }
  }
  return width
}
