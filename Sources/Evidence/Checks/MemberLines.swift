internal import JSON
internal import Platform

/// The first line of a JSONL member.
struct LinesHeader: Sendable, Equatable {
  var salt: String
  var packageID: String
  var auditInput: String
  var rows: Int
}

/// One line of a JSONL member, checked; its fields are places in the member's bytes.
struct RowView {
  let bytes: [UInt8]
  let values: [ShapeReader.Value?]
  let line: Int

  /// The bytes of a field as they stand, a string with its quotes; empty where absent.
  func lexeme(_ field: Int) -> ArraySlice<UInt8> {
    values[field].map { bytes[$0.range] } ?? []
  }

  /// The text of a string field; nil for null or absent.
  func text(_ field: Int) -> String? {
    guard let value = values[field], value.kind == .string else { return nil }
    if !value.hasEscapes {
      return String(decoding: bytes[value.range].dropFirst().dropLast(), as: UTF8.self)
    }
    return (try? JSONValue.parse(Array(bytes[value.range])))?.string
  }

  /// The value of an integer field; nil for null or absent.
  func integer(_ field: Int) -> Int? {
    guard let value = values[field], value.kind == .number else { return nil }
    return Int(String(decoding: bytes[value.range], as: UTF8.self))
  }

  /// The whole object.
  var object: Range<Int>? { values.last??.range }

  func isNull(_ field: Int) -> Bool { values[field].map { $0.kind == .null } ?? true }

  /// The strings of an array field that holds digests, which have no escapes.
  func digests(_ field: Int) -> [String] {
    guard let value = values[field], value.range.count > 2 else { return [] }
    return bytes[value.range].dropFirst().dropLast().split(separator: 0x2C).map {
      String(decoding: $0.dropFirst().dropLast(), as: UTF8.self)
    }
  }
}

/// Reads a JSONL member line by line against its shapes, keeping nothing.
///
/// - Returns: the header, and the number of lines after it.
/// - Throws: the first fault, with its line. `not_canonical` for a blank line, a CR, or no line feed
///   at the end; `field_missing` without a header.
func readLines(
  _ bytes: [UInt8], _ member: MemberName, row body: (RowView) -> Void
) throws(EvidenceError) -> (header: LinesHeader, lines: Int) {
  guard let last = bytes.last else {
    throw EvidenceError(.emptyInput, EvidencePlace(member), "expected a header line")
  }
  guard last == 0x0A else {
    throw EvidenceError(
      .notCanonical, EvidencePlace(member), "expected a line feed at the end of every line")
  }
  let rules = ShapeReader.Rules(member: member.rawValue, isCanonical: true, isPublic: false)
  let rowShape = Shape.shape(of: member)
  return try unsafe bytes.withRawBytes { buffer throws(EvidenceError) in
    var header: LinesHeader?
    var line = 0
    var start = 0
    while start < bytes.count {
      line += 1
      // Every line has its end: the last byte is a line feed.
      let end = unsafe endOfLine(buffer, from: start)
      if end == start {
        throw EvidenceError(
          .notCanonical, EvidencePlace(member, line: line), "expected no blank line")
      }
      // Safe because each reader ends before the closure does.
      var reader = unsafe ShapeReader(bytes, buffer, range: start..<end, rules: rules, line: line)
      try reader.read(line == 1 ? .header(of: member) : rowShape, end: end)
      let row = RowView(bytes: bytes, values: reader.captured, line: line)
      if line == 1 { header = LinesHeader(row) } else { body(row) }
      start = end + 1
    }
    guard let header else {
      throw EvidenceError(.fieldMissing, EvidencePlace(member, line: 1), "expected a header line")
    }
    return (header, line - 1)
  }
}

/// The place of the next line feed.
private func endOfLine(_ buffer: UnsafeRawBufferPointer, from start: Int) -> Int {
  var place = start
  // Safe because `place` stays below the count.
  while place < buffer.count, unsafe buffer[place] != 0x0A { place += 1 }
  return place
}

extension LinesHeader {
  /// From a checked header row.
  init(_ row: RowView) {
    self.init(
      salt: row.text(Shape.HeaderField.salt.rawValue) ?? "",
      packageID: row.text(Shape.HeaderField.packageID.rawValue) ?? "",
      auditInput: row.text(Shape.HeaderField.auditInput.rawValue) ?? "",
      rows: row.integer(Shape.HeaderField.rows.rawValue) ?? 0)
  }
}
