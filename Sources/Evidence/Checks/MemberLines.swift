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
  /// Places of the fields of this row and maybe of others.
  private let places: [ShapeReader.Value?]
  private let base: Int
  private let width: Int
  let line: Int

  /// - Parameters:
  ///   - base: place of the first field.
  ///   - width: number of fields; the place of the whole object follows.
  init(_ bytes: [UInt8], _ places: [ShapeReader.Value?], base: Int, width: Int, line: Int) {
    self.bytes = bytes
    self.places = places
    self.base = base
    self.width = width
    self.line = line
  }

  /// Where a field lies; nil where absent.
  func place(_ field: Int) -> ShapeReader.Value? { places[base + field] }

  /// The bytes of a field as they stand, a string with its quotes; empty where absent.
  func lexeme(_ field: Int) -> ArraySlice<UInt8> {
    place(field).map { bytes[$0.range] } ?? []
  }

  /// The text of a string field; nil for null or absent.
  func text(_ field: Int) -> String? {
    guard let value = place(field), value.kind == .string else { return nil }
    if !value.hasEscapes {
      return String(decoding: bytes[value.range].dropFirst().dropLast(), as: UTF8.self)
    }
    return (try? JSONValue.parse(Array(bytes[value.range])))?.string
  }

  /// The value of an integer field; nil for null or absent.
  func integer(_ field: Int) -> Int? {
    guard let value = place(field), value.kind == .number else { return nil }
    let isNegative = bytes[value.range.lowerBound] == 0x2D
    let digits = value.range.dropFirst(isNegative ? 1 : 0)
    guard digits.count <= 17 else {
      return Int(String(decoding: bytes[value.range], as: UTF8.self))
    }
    var number = 0
    for place in digits {
      guard bytes[place].isDigit else { return nil }
      number = number * 10 + Int(bytes[place] - 0x30)
    }
    return isNegative ? -number : number
  }

  /// The outcome that a checked field names, told by its first two letters.
  func outcome(_ field: Int) -> Outcome? {
    guard let word = place(field)?.range, word.count > 3 else { return nil }
    switch (bytes[word.lowerBound + 1], bytes[word.lowerBound + 2]) {
    case (0x73, _): return .succeeded
    case (0x66, _): return .failed
    case (0x6D, _): return .missing
    case (0x65, 0x72): return .errored
    case (0x65, 0x78): return .excluded
    default: return nil
    }
  }

  /// The whole object.
  var object: Range<Int>? { place(width)?.range }

  func isNull(_ field: Int) -> Bool { place(field).map { $0.kind == .null } ?? true }

  /// The digest that a string field is; nil for null or absent.
  func digest(_ field: Int) -> DigestKey? {
    guard let value = place(field), value.kind == .string else { return nil }
    return DigestKey(bytes, at: value.range.lowerBound + 1..<value.range.upperBound - 1)
  }

  /// The strings of an array field that holds digests, which have no escapes.
  func digests(_ field: Int) -> [DigestKey] {
    guard let range = place(field)?.range, range.count > 2 else { return [] }
    // Each is 71 bytes and two quotes, with a comma between two.
    return stride(from: range.lowerBound + 2, to: range.upperBound - 2, by: 74).compactMap {
      DigestKey(bytes, at: $0..<$0 + 71)
    }
  }

  /// Where the text of a string field stands, without quotes; one with escapes in bytes of its own.
  func content(_ field: Int) -> (bytes: [UInt8], range: Range<Int>) {
    guard let value = place(field) else { return ([], 0..<0) }
    if !value.hasEscapes { return (bytes, value.range.lowerBound + 1..<value.range.upperBound - 1) }
    let text = Array((text(field) ?? "").utf8)
    return (text, 0..<text.count)
  }

  /// Whether a string field says exactly this.
  func isEqual(_ field: Int, _ text: [UInt8]) -> Bool {
    let (bytes, range) = content(field)
    return bytes.holds(text, at: range)
  }

  /// Whether a field is written exactly so.
  func isWritten(_ field: Int, _ text: StaticString) -> Bool {
    guard let range = place(field)?.range else { return false }
    return range.count == text.utf8CodeUnitCount && bytes.has(text, at: range.lowerBound)
  }

  /// Whether a field is this seed as it would be written.
  func hasSeed(_ field: Int, _ seed: Seed?) -> Bool {
    switch seed {
    case nil: return isWritten(field, "null")
    case .integer(let value)?:
      if let stated = integer(field) { return stated == Int(value) }
      fallthrough
    default:
      var expected: [UInt8] = []
      expected.append(seed: seed)
      return place(field).map { bytes.holds(expected, at: $0.range) } ?? false
    }
  }
}

/// Reads a JSONL member line by line against its shapes, keeping nothing but the line that a piece of
/// it cuts in two.
///
/// - Parameter next: the next piece of the member, nil behind the last one.
/// - Returns: the header, and the number of lines after it.
/// - Throws: the first fault, with its line. `not_canonical` for a blank line, a CR, or no line feed
///   at the end; `field_missing` without a header.
func readLines(
  _ member: MemberName, from next: () throws(EvidenceError) -> [UInt8]?, row body: (RowView) -> Void
) throws(EvidenceError) -> (header: LinesHeader, lines: Int) {
  var reading = LineReading(member: member)
  /// What follows the last line feed.
  var rest: [UInt8] = []
  var isEmpty = true
  while let piece = try next() {
    isEmpty = isEmpty && piece.isEmpty
    guard let cut = piece.lastIndex(of: 0x0A) else {
      rest += piece
      continue
    }
    if rest.isEmpty, cut == piece.count - 1 {
      try reading.read(piece, row: body)
      continue
    }
    rest += piece[...cut]
    let lines = rest
    rest = Array(piece[(cut + 1)...])
    try reading.read(lines, row: body)
  }
  if isEmpty {
    throw EvidenceError(.emptyInput, EvidencePlace(member), "expected a header line")
  }
  if !rest.isEmpty {
    throw EvidenceError(
      .notCanonical, EvidencePlace(member), "expected a line feed at the end of every line")
  }
  guard let header = reading.header else {
    throw EvidenceError(.fieldMissing, EvidencePlace(member, line: 1), "expected a header line")
  }
  return (header, reading.line - 1)
}

/// Where the reading of a JSONL member stands.
private struct LineReading {
  private let member: MemberName
  private let rules: ShapeReader.Rules
  private let rowShape: Shape
  private(set) var header: LinesHeader?
  private(set) var line = 0

  init(member: MemberName) {
    self.member = member
    rules = ShapeReader.Rules(member: member.rawValue, isCanonical: true, isPublic: false)
    rowShape = Shape.shape(of: member)
  }

  /// - Parameter bytes: whole lines.
  mutating func read(_ bytes: [UInt8], row body: (RowView) -> Void) throws(EvidenceError) {
    try unsafe bytes.withRawBytes { buffer throws(EvidenceError) in
      // A layout is that of rows in the same bytes.
      var layouts = RowLayouts()
      var start = 0
      while start < bytes.count {
        line += 1
        if line > 1, let end = layouts.follow(bytes, at: start), end < bytes.count,
          bytes[end] == 0x0A
        {
          body(RowView(bytes, layouts.places, base: 0, width: layouts.places.count - 1, line: line))
          start = end + 1
          continue
        }
        // Every line has its end: the last byte is a line feed.
        let end = unsafe endOfLine(buffer, from: start)
        if end == start {
          throw EvidenceError(
            .notCanonical, EvidencePlace(member, line: line), "expected no blank line")
        }
        // Safe because each reader ends before the closure does.
        var reader = unsafe ShapeReader(bytes, buffer, range: start..<end, rules: rules, line: line)
        let isHeader = line == 1
        let layout = try reader.readRow(isHeader ? .header(of: member) : rowShape, end: end)
        if !isHeader { layouts.learn(layout) }
        let width = reader.captured.count - 1
        let row = RowView(bytes, reader.captured, base: 0, width: width, line: line)
        if isHeader { header = LinesHeader(row) } else { body(row) }
        start = end + 1
      }
    }
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
