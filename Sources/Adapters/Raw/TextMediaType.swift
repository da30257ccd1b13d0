/// Tells kinds of text apart: JSON, lines of JSON, tables, markup, anything else.
enum TextMediaType {
  /// nil for bytes that are no text.
  static func detect(_ prefix: [UInt8], isWhole: Bool) -> String? {
    // The prefix may end inside of a character.
    var text = isWhole ? prefix[...] : prefix.dropLast(trailingBytes(prefix))
    guard !text.isEmpty, String(validating: text, as: UTF8.self) != nil,
      text.allSatisfy({ $0 >= 0x20 || [0x09, 0x0A, 0x0C, 0x0D, 0x1B].contains($0) })
    else { return nil }
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    guard let start = text.firstIndex(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
      return "text/plain"
    }
    let body = text[start...]
    if body.first == 0x7B, holds(body.prefix(1024), "\"zarr_format\"") {
      return "application/vnd.zarr+json"
    }
    if body.first == 0x7B || body.first == 0x5B { return json(body) }
    if isMarkup(body) { return "text/html" }
    return isTable(body, isWhole: isWhole) ? "text/csv" : "text/plain"
  }

  private static func holds(_ body: ArraySlice<UInt8>, _ text: String) -> Bool {
    body.indices.contains { body[$0] == 0x22 && body[$0...].starts(with: text.utf8) }
  }

  /// Lines of JSON: the first line closes all that it opens, and another object begins behind it.
  private static func json(_ body: ArraySlice<UInt8>) -> String {
    guard let end = body.firstIndex(of: 0x0A), closes(body[..<end]),
      let next = body[end...].first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) })
    else { return "application/json" }
    return next == 0x7B || next == 0x5B ? "application/jsonl" : "application/json"
  }

  private static func closes(_ line: ArraySlice<UInt8>) -> Bool {
    var depth = 0
    var isString = false
    var isEscaped = false
    for byte in line {
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C {
          isEscaped = true
        } else if byte == 0x22 {
          isString = false
        }
        continue
      }
      switch byte {
      case 0x22: isString = true
      case 0x7B, 0x5B: depth += 1
      case 0x7D, 0x5D: depth -= 1
      default: break
      }
    }
    return depth == 0 && !isString
  }

  private static func isMarkup(_ body: ArraySlice<UInt8>) -> Bool {
    let head = body.prefix(14).map { ($0 &- 0x41) < 26 ? $0 | 0x20 : $0 }
    return head.starts(with: "<!doctype html".utf8) || head.starts(with: "<html".utf8)
  }

  /// At least two whole lines with the same number of commas, the first of them names of columns: a
  /// log has commas too, and times in front.
  private static func isTable(_ body: ArraySlice<UInt8>, isWhole: Bool) -> Bool {
    var lines = body.split(separator: 0x0A, maxSplits: 20)
    // The last may be cut.
    if lines.count == 21 || !isWhole { lines.removeLast() }
    guard lines.count >= 2, let first = lines.first.map(commas), first > 0,
      lines[0].split(separator: 0x2C).allSatisfy(isColumnName)
    else { return false }
    return lines.allSatisfy { commas($0) == first }
  }

  private static func isColumnName(_ field: ArraySlice<UInt8>) -> Bool {
    let name = field.drop { $0 == 0x22 || $0 == 0x20 }
    guard let first = name.first, name.count <= 64 else { return false }
    return (first == 0x5F || (first | 0x20) &- 0x61 < 26 || first >= 0x80) && !name.contains(0x3A)
  }

  private static func commas(_ line: ArraySlice<UInt8>) -> Int {
    var count = 0
    var isQuoted = false
    for byte in line {
      if byte == 0x22 { isQuoted.toggle() }
      if byte == 0x2C, !isQuoted { count += 1 }
    }
    return count
  }

  /// Bytes at the end that may belong to a character that goes on.
  private static func trailingBytes(_ bytes: [UInt8]) -> Int {
    for (distance, byte) in bytes.reversed().prefix(4).enumerated() {
      if byte < 0x80 { return distance }
      if byte >= 0xC0 { return distance + 1 }
    }
    return 0
  }
}
