import Terminal

/// Foreign text that stands in GitHub's Markdown as itself: no markup, mention, link or table cell.
enum MarkdownText {
  /// A code span, in which nothing is read as markup, and neither `@name` nor `#1` means anyone.
  ///
  /// `|` would end a table cell and a backtick the span, so such text becomes entities in `<code>`.
  static func code(_ foreign: String) -> String {
    let text = plainText(foreign)
    let isPlain =
      !text.isEmpty && text.first != " " && text.last != " "
      && !text.unicodeScalars.contains { "`|\\<>&".unicodeScalars.contains($0) }
    if isPlain { return "`\(text)`" }
    return "<code>" + text.unicodeScalars.map(entity).joined() + "</code>"
  }

  /// Every ASCII sign that is neither letter, digit nor blank as a number.
  private static func entity(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", " ": String(scalar)
    case _ where scalar.isASCII: "&#\(scalar.value);"
    default: String(scalar)
    }
  }
}

/// Markdown of a bounded size: rows that do not fit are counted, never cut.
struct BoundedMarkdown {
  private(set) var text = ""
  /// Bytes of UTF-8, of which a text never has fewer than characters.
  var size: Int { text.utf8.count }

  mutating func add(_ line: String) { text += line + "\n" }

  /// Adds rows as long as all of them, and the closing words, stay below a size.
  ///
  /// Returns how many did not fit.
  mutating func add(_ rows: [String], upTo limit: Int) -> Int {
    var used = size
    for (place, row) in rows.enumerated() {
      used += row.utf8.count + 1
      if used > limit { return rows.count - place }
      add(row)
    }
    return 0
  }
}
