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
    let sizes = rows.map { $0.map(displayWidth) }
    let widths = sides.indices.map { column in
      sizes.lazy.map { column < $0.count ? $0[column] : 0 }.max() ?? 0
    }
    let margin = String(repeating: " ", count: indent)
    return rows.indices.map { index in
      let (row, size) = (rows[index], sizes[index])
      var line = margin
      // Of most tables a byte is a column.
      line.reserveCapacity(margin.utf8.count + widths.reduce(0) { $0 + $1 + 2 })
      for column in 0..<min(row.count, widths.count) {
        let gap = widths[column] - size[column]
        let isLast = column == row.count - 1
        if sides[column] == .right { line.append(blanks: gap) }
        line += row[column]
        if isLast { break }
        line.append(blanks: sides[column] == .right ? 2 : gap + 2)
      }
      while line.utf8.last == 0x20 { line.removeLast() }
      return index == 0 ? style.paint(line, .quiet) : line
    }
  }
}

extension String {
  fileprivate mutating func append(blanks count: Int) {
    for _ in 0..<count { append(" ") }
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
