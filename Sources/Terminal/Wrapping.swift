/// A text in lines of at most `width` columns, broken at blanks; a longer word is broken where it must.
///
/// - Parameter width: at least 2, so that a wide character fits.
public func wrapped(_ text: String, width: Int) -> [String] {
  let limit = max(2, width)
  var lines: [String] = []
  var line = ""
  var used = 0
  for word in text.split(separator: " ") {
    var rest = word
    var columns = displayWidth(of: String(rest))
    if used > 0, used + 1 + columns <= limit {
      line += " " + rest
      used += 1 + columns
      continue
    }
    if used > 0 { lines.append(line) }
    while columns > limit {
      let head = prefix(of: rest, columns: limit)
      lines.append(String(head))
      rest = rest[head.endIndex...]
      columns = displayWidth(of: String(rest))
    }
    line = String(rest)
    used = columns
  }
  if used > 0 || lines.isEmpty { lines.append(line) }
  return lines
}

/// A text in lines, all but the first behind blanks: for a mark such as `1. ` in front.
public func wrapped(_ text: String, width: Int, behind mark: String) -> [String] {
  let margin = displayWidth(of: mark)
  let blanks = String(repeating: " ", count: margin)
  return wrapped(text, width: width - margin).enumerated().map { ($0 == 0 ? mark : blanks) + $1 }
}

/// A name in at most `width` columns: what is too long loses its middle, since the ends tell names apart.
public func cutInMiddle(_ text: String, width: Int, style: Style) -> String {
  let columns = displayWidth(of: text)
  guard columns > width else { return text }
  let mark = style.ellipsis
  let room = width - displayWidth(of: mark)
  guard room > 0 else { return String(prefix(of: text[...], columns: max(0, width))) }
  let tail = room / 2
  let head = prefix(of: text[...], columns: room - tail)
  let reversed = String(text.reversed())
  let end = prefix(of: reversed[...], columns: tail)
  return head + mark + String(end.reversed())
}

/// The longest beginning that takes at most so many columns; at least one character of a text that
/// would otherwise never end.
private func prefix(of text: Substring, columns: Int) -> Substring {
  var used = 0
  var end = text.startIndex
  while end < text.endIndex {
    let next = text.index(after: end)
    used += displayWidth(of: String(text[end..<next]))
    if used > columns {
      return end == text.startIndex && columns > 1 ? text[..<next] : text[..<end]
    }
    end = next
  }
  return text
}
