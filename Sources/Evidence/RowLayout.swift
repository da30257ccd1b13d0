internal import Glibc
internal import JSON
internal import Platform

/// How a checked row is laid out: its punctuation and keys, and what each of its scalars may be.
///
/// Rows of one writer differ in their scalars alone. A row that repeats the keys and the punctuation
/// of a checked row byte for byte, with a scalar in each place that the shape of that place allows,
/// is as good as that row; it is read at the speed of a comparison. Whatever is not plain (escapes,
/// other characters than ASCII, fractions, another number of elements, every fault) is no row of this
/// layout, and left to `ShapeReader`, which alone refuses.
struct RowLayout {
  /// A scalar of a checked row: its place in the text, and what may stand there.
  struct Scalar {
    var kind: JSONToken.Kind
    var hasEscapes: Bool
    var range: Range<Int>
    var shape: Shape
  }

  /// A place in a row: so many bytes behind the end of a scalar, or behind the start of the row.
  private struct Mark {
    /// Number of scalars before it.
    var piece: Int
    var offset: Int

    func place(in scalars: [Found], from start: Int) -> Int {
      (piece == 0 ? start : scalars[piece - 1].end) + offset
    }
  }

  private struct FieldPlace {
    var start: Mark
    var end: Mark
    /// The scalar that the field is; nil for a list or an object, whose kind stays as it is.
    var scalar: Int?
    var kind: JSONToken.Kind
  }

  /// A scalar as it was found: what it is, and where it ends.
  private struct Found {
    var kind: JSONToken.Kind
    var hasEscapes: Bool
    var end: Int
  }

  /// Punctuation and keys, and what the scalar behind them may be.
  private struct Piece {
    let literal: Int
    let shape: Shape
  }

  private let isPublic: Bool
  private let pieces: [Piece]
  /// Where the row that was read last starts.
  private var start: Int
  /// The scalars of the row that was read last.
  ///
  /// Apart from the shapes, since they change with every row.
  private var scalars: [Found]
  /// Those of the row that is being read.
  private var next: [Found]
  /// The punctuation behind the last scalar.
  private let tail: Int
  private let fields: [FieldPlace?]
  /// The fields of the row that was read last, as `ShapeReader.captured` gives them.
  private(set) var places: [ShapeReader.Value?]

  /// From a row that was checked.
  ///
  /// - Parameters:
  ///   - scalars: every scalar of the row, in order.
  ///   - captured: the places of its fields and of the whole.
  init(
    row: Range<Int>, scalars: [Scalar], captured: some Sequence<ShapeReader.Value?>, isPublic: Bool
  ) {
    self.isPublic = isPublic
    let starts = [row.lowerBound] + scalars.map(\.range.upperBound)
    pieces = zip(scalars, starts).map { scalar, start in
      Piece(literal: scalar.range.lowerBound - start, shape: scalar.shape)
    }
    start = row.lowerBound
    self.scalars = scalars.map {
      Found(kind: $0.kind, hasEscapes: $0.hasEscapes, end: $0.range.upperBound)
    }
    next = self.scalars
    tail = row.upperBound - (starts.last ?? row.lowerBound)
    let places = Array(captured)
    self.places = places
    func mark(_ place: Int) -> Mark {
      let piece = starts.lastIndex { $0 <= place } ?? 0
      return Mark(piece: piece, offset: place - starts[piece])
    }
    fields = places.map { value in
      value.map { value in
        FieldPlace(
          start: mark(value.range.lowerBound), end: mark(value.range.upperBound),
          scalar: scalars.firstIndex { $0.range == value.range }, kind: value.kind)
      }
    }
  }

  /// Reads the next row.
  ///
  /// - Parameters:
  ///   - bytes: the text that the rows before stood in.
  ///   - start: where the row begins.
  /// - Returns: where it ends; nil when it is laid out in another way or has a fault, and then this
  ///   value is as it was.
  mutating func follow(_ bytes: [UInt8], at start: Int) -> Int? {
    let end = unsafe bytes.withUnsafeBufferPointer { text in
      unsafe Self.scan(
        RowText(text), from: start, like: self.start, pieces, scalars, tail: tail,
        isPublic: isPublic, into: &next)
    }
    guard let end else { return nil }
    swap(&scalars, &next)
    self.start = start
    Self.locate(fields, scalars, from: start, into: &places)
    return end
  }

  // What a row needs of this value is handed over, so that the arrays that it fills are taken once
  // for the row and not for each element.

  /// The fields of a row whose scalars are known.
  private static func locate(
    _ fields: [FieldPlace?], _ scalars: [Found], from start: Int,
    into places: inout [ShapeReader.Value?]
  ) {
    var values = places.mutableSpan
    for index in fields.indices {
      guard let field = fields[index] else { continue }
      let scalar = field.scalar.map { scalars[$0] }
      let range =
        field.start.place(in: scalars, from: start)..<field.end.place(in: scalars, from: start)
      values[index] = ShapeReader.Value(
        kind: scalar?.kind ?? field.kind, hasEscapes: scalar?.hasEscapes ?? false, range: range)
    }
  }

  /// Puts the scalars of a row into `next`, and tells where the row ends.
  ///
  /// - Parameters:
  ///   - lastStart: where the row with the scalars `scalars` starts.
  private static func scan(
    _ text: RowText, from start: Int, like lastStart: Int, _ pieces: [Piece], _ scalars: [Found],
    tail: Int, isPublic: Bool, into next: inout [Found]
  ) -> Int? {
    // Without a scalar there is no place in the row before to compare the rest with.
    guard !pieces.isEmpty else { return nil }
    var last = lastStart
    let lastEnd = scalars[scalars.count - 1].end + tail
    var place = start
    // How many bytes from `place` on are those from `last` on; nil where it is not known.
    var equal: Int?
    var found = next.mutableSpan
    for index in pieces.indices {
      let literal = pieces[index].literal
      let scalar = scalars[index]
      let length = scalar.end - last
      let same = equal ?? text.equalBytes(place, last, atMost: lastEnd - last)
      last = scalar.end
      // The same bytes with the same byte behind them are the same scalar.
      if same > length {
        place += length
        equal = same - length
        found[index] = Found(kind: scalar.kind, hasEscapes: scalar.hasEscapes, end: place)
      } else {
        guard same >= literal,
          let scalar = text.scalar(at: place + literal, pieces[index].shape, isPublic: isPublic)
        else { return nil }
        place = scalar.end
        equal = nil
        found[index] = Found(kind: scalar.kind, hasEscapes: false, end: place)
      }
    }
    return text.equalBytes(place, last, atMost: tail) == tail ? place + tail : nil
  }
}

/// The text that rows stand in; every read is checked against its length.
@safe private struct RowText {
  // Bytes are compared in place, with nothing copied: that is what a layout is for.
  private let text: UnsafeBufferPointer<UInt8>
  private let count: Int

  init(_ text: UnsafeBufferPointer<UInt8>) {
    unsafe self.text = text
    count = text.count
  }

  @inline(__always)
  private subscript(place: Int) -> UInt8? {
    guard place >= 0, place < count else { return nil }
    return unsafe text[place]
  }

  /// How many bytes from one place on are those from another place on, at most `limit`.
  @inline(__always)
  func equalBytes(_ one: Int, _ other: Int, atMost limit: Int) -> Int {
    precondition(one >= 0 && other >= 0)
    let limit = min(limit, count - max(one, other))
    guard limit > 0 else { return 0 }
    let bytes = unsafe UnsafeRawBufferPointer(text)
    var length = 0
    // Eight bytes at a time: calls of memcmp for each scalar cost more than the comparison.
    while length + 8 <= limit {
      let left = unsafe bytes.loadUnaligned(fromByteOffset: one + length, as: UInt64.self)
      let right = unsafe bytes.loadUnaligned(fromByteOffset: other + length, as: UInt64.self)
      if left != right {
        return length + (left ^ right).littleEndian.trailingZeroBitCount / 8
      }
      length += 8
    }
    while length < limit, unsafe text[one + length] == text[other + length] { length += 1 }
    return length
  }

  /// The plain scalar at a place, when the shape allows it; nil for whatever the reader must judge.
  func scalar(
    at start: Int, _ shape: Shape, isPublic: Bool
  ) -> (kind: JSONToken.Kind, end: Int)? {
    switch self[start] {
    case 0x22: string(at: start, shape, isPublic)
    case 0x2D, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39:
      number(at: start, shape)
    case 0x6E: word("null", .null, at: start, shape)
    case 0x74: word("true", .bool, at: start, shape)
    case 0x66: word("false", .bool, at: start, shape)
    default: nil
    }
  }

  private func string(
    at start: Int, _ shape: Shape, _ isPublic: Bool
  ) -> (kind: JSONToken.Kind, end: Int)? {
    var end = start + 1
    while let byte = self[end], byte != 0x22 {
      guard byte >= 0x20, byte < 0x7F, byte != 0x5C else { return nil }
      end += 1
    }
    guard end < count else { return nil }
    let content = unsafe UnsafeBufferPointer(rebasing: text[start + 1..<end])
    if isPublic, content.count > 16, unsafe Redactor.findsSecret(Array(content)) { return nil }
    return unsafe shape.allows(plain: content) ? (.string, end + 1) : nil
  }

  /// An integer that a double holds, as RFC 8785 writes it.
  ///
  /// What may go on behind it is judged by the comparison with the punctuation.
  private func number(
    at start: Int, _ shape: Shape
  ) -> (kind: JSONToken.Kind, end: Int)? {
    let isNegative = self[start] == 0x2D
    let first = start + (isNegative ? 1 : 0)
    var end = first
    var value: Int64 = 0
    while end - first < 17, let byte = self[end], byte &- 0x30 < 10 {
      value = value * 10 + Int64(byte &- 0x30)
      end += 1
    }
    guard end > first, value <= Shape.maximumInteger else { return nil }
    if self[first] == 0x30, isNegative || end - first > 1 { return nil }
    return shape.allows(integer: isNegative ? -value : value) ? (.number, end) : nil
  }

  private func word(
    _ word: StaticString, _ kind: JSONToken.Kind, at start: Int, _ shape: Shape
  ) -> (kind: JSONToken.Kind, end: Int)? {
    let length = word.utf8CodeUnitCount
    guard start + length <= count, let base = unsafe text.baseAddress,
      unsafe memcmp(base + start, word.utf8Start, length) == 0, shape.allows(kind)
    else { return nil }
    return (kind, start + length)
  }
}

/// The layouts that rows of one list had last; a list has few, a row of each now and then.
struct RowLayouts {
  private var layouts: [RowLayout] = []
  private static var limit: Int { 4 }

  init() {}

  /// The fields of the row that was read last.
  var places: [ShapeReader.Value?] { layouts.isEmpty ? [] : layouts[0].places }

  /// As `RowLayout.follow`, with the layout first that fitted last.
  mutating func follow(_ bytes: [UInt8], at start: Int) -> Int? {
    for index in layouts.indices {
      guard let end = layouts[index].follow(bytes, at: start) else { continue }
      if index > 0 { layouts.swapAt(0, index) }
      return end
    }
    return nil
  }

  /// Takes up the layout of a row that none of those here fitted.
  mutating func learn(_ layout: RowLayout) {
    if layouts.count == Self.limit { layouts.removeLast() }
    layouts.insert(layout, at: 0)
  }
}

// Which scalars a shape allows, as far as that is decided without a copy; false sends a row to the
// reader, which decides.
extension Shape {
  fileprivate func allows(_ kind: JSONToken.Kind) -> Bool {
    switch self {
    case .any: true
    case .optional(let inner): kind == .null || inner.allows(kind)
    case .bool: kind == .bool
    case .either(let one, let other): one.fits(kind) ? one.allows(kind) : other.allows(kind)
    default: false
    }
  }

  fileprivate func allows(integer value: Int64) -> Bool {
    switch self {
    case .any, .bareNumber: true
    case .optional(let inner): inner.allows(integer: value)
    case .integer(let range): range.contains(value)
    case .seed: true
    case .either(let one, let other):
      one.fits(.number) ? one.allows(integer: value) : other.allows(integer: value)
    default: false
    }
  }

  /// A text of printable ASCII, which is in normalisation form C and has no control characters.
  fileprivate func allows(plain text: UnsafeBufferPointer<UInt8>) -> Bool {
    switch self {
    case .any: return true
    case .optional(let inner): return unsafe inner.allows(plain: text)
    case .either(let one, let other):
      return unsafe one.fits(.string) ? one.allows(plain: text) : other.allows(plain: text)
    case .text(let limit): return text.count <= limit
    case .episodeKey: return text.count <= 400
    case .digest:
      return unsafe text.count == 71 && text.starts(with: "sha256:".utf8)
        && text.dropFirst(7).allSatisfy(\.isLowerHex)
    case .word(let words):
      return words.contains { unsafe $0.utf8.elementsEqual(text) }
    case .bool, .integer, .bareNumber, .array, .map, .object, .row: return false
    case .label: return unsafe TextRules.isLabel(text)
    case .id(let prefix): return unsafe ULID.isValid(text, prefix: prefix)
    case .lexeme: return unsafe text.count <= 400 && JSONNumberText.isNumber(text)
    case .fileName: return unsafe text.count <= 400 && !text.contains(0x2F)
    case .rawURI:
      if unsafe RawURI.isPlainPath(text) { return true }
      return unsafe RawURI.objection(to: String(decoding: text, as: UTF8.self)) == nil
    case .seed: return unsafe Seed.isText(String(decoding: text, as: UTF8.self))
    default: return unsafe objection(to: String(decoding: text, as: UTF8.self)) == nil
    }
  }
}
