internal import Evidence
internal import JSON

/// A JSON reader whose complaints name the file, for the adapters of JSON formats.
///
/// Two sorts of error come out of it: faults of the text (`isAboutText`), which end the reading, and
/// complaints about a value, after which the reader can go on from the next token.
struct SourceReader {
  var json: JSONReader
  let path: String
  /// The line of the file that the text is, in files of one JSON text a line.
  let line: Int?
  /// Whether NaN and infinities are passed over in what is not looked at.
  let skipsNonFinite: Bool

  static let largestInteger: UInt64 = 1 << 53 - 1

  init(_ json: JSONReader, path: String, line: Int? = nil, skipsNonFinite: Bool) {
    self.json = json
    self.path = path
    self.line = line
    self.skipsNonFinite = skipsNonFinite
  }

  mutating func next() throws(AdapterError) -> JSONToken {
    try text { (json) throws(JSONError) in try json.next() }
  }

  mutating func skipValue() throws(AdapterError) {
    _ = try text { (json) throws(JSONError) in try json.skipValue() }
  }

  /// Reads the rest; to be called before a complaint is thrown, since faults of the text come first.
  mutating func finish() throws(AdapterError) {
    json.allowNonFinite = skipsNonFinite
    try text { (json) throws(JSONError) in try json.finish() }
  }

  /// Leaves containers after a complaint, until `depth` are open.
  mutating func climb(to depth: Int) throws(AdapterError) {
    json.allowNonFinite = skipsNonFinite
    while json.depth > depth { _ = try next() }
  }

  mutating func text<R>(
    _ body: (inout JSONReader) throws(JSONError) -> R
  ) throws(AdapterError) -> R {
    do throws(JSONError) { return try body(&json) } catch {
      throw AdapterError(error, in: path, firstLine: line ?? 1)
    }
  }

  func complaint(
    _ code: AdapterError.Code, at pointer: String, _ message: String, hint: String? = nil
  ) -> AdapterError {
    let line = line.map { "line \($0), " } ?? ""
    return AdapterError(
      code, place: "\(path): \(line)\(pointer.isEmpty ? "/" : pointer)", message: message,
      hint: hint)
  }

  func missing(_ key: String, at base: String) -> AdapterError {
    complaint(.missingField, at: base + "/" + key, "the field \(key) is missing")
  }
}

// MARK: - Values

extension SourceReader {
  /// Begins an object or complains.
  mutating func beginObject(at pointer: String) throws(AdapterError) {
    guard try next().kind == .beginObject else {
      throw complaint(.wrongType, at: pointer, "expected an object")
    }
  }

  mutating func beginArray(at pointer: String) throws(AdapterError) {
    guard try next().kind == .beginArray else {
      throw complaint(.wrongType, at: pointer, "expected a list")
    }
  }

  /// A name: a string without control characters.
  mutating func name(at pointer: String) throws(AdapterError) -> String {
    try name(from: try next(), at: pointer)
  }

  func name(from token: JSONToken, at pointer: String) throws(AdapterError) -> String {
    guard token.kind == .string else {
      throw complaint(.wrongType, at: pointer, "expected a string")
    }
    let text = json.string(token)
    if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      throw complaint(.controlCharacter, at: pointer, "a name holds a control character")
    }
    return text
  }

  mutating func string(at pointer: String) throws(AdapterError) -> String {
    let token = try next()
    guard token.kind == .string else {
      throw complaint(.wrongType, at: pointer, "expected a string")
    }
    return json.string(token)
  }

  mutating func strings(at pointer: String) throws(AdapterError) -> [String] {
    try beginArray(at: pointer)
    var texts: [String] = []
    while true {
      let token = try next()
      switch token.kind {
      case .endArray: return texts
      case .string: texts.append(json.string(token))
      default:
        throw complaint(.wrongType, at: "\(pointer)/\(texts.count)", "expected a string")
      }
    }
  }

  /// An integer from 0 to 2^53−1.
  mutating func count(at pointer: String) throws(AdapterError) -> Int {
    try count(from: try next(), at: pointer)
  }

  func count(from token: JSONToken, at pointer: String) throws(AdapterError) -> Int {
    let value = try integer(from: token, at: pointer)
    guard value >= 0 else {
      throw complaint(.negativeCount, at: pointer, "a count or an index cannot be \(value)")
    }
    return Int(value)
  }

  /// An integer within ±(2^53−1).
  func integer(from token: JSONToken, at pointer: String) throws(AdapterError) -> Int64 {
    guard token.kind == .number else {
      throw complaint(.wrongType, at: pointer, "expected an integer")
    }
    let lexeme = json.lexeme(token)
    guard lexeme.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }) else {
      throw complaint(.notAnInteger, at: pointer, "\(shown(lexeme)) is not an integer")
    }
    guard let value = Int64(lexeme), value.magnitude <= Self.largestInteger else {
      throw complaint(
        .numberOutOfRange, at: pointer, "\(shown(lexeme)) is beyond what is exact in a double")
    }
    return value
  }

  /// A number with its text; NaN and infinities where `json.allowNonFinite` lets them pass.
  mutating func number(at pointer: String) throws(AdapterError) -> StatedNumber {
    let token = try next()
    guard token.kind == .number || token.kind == .nonFinite else {
      throw complaint(.wrongType, at: pointer, "expected a number")
    }
    return StatedNumber(value: json.double(token), lexeme: json.lexeme(token))
  }
}

/// A number that a source states, with its text.
struct StatedNumber: Sendable {
  var value: Double
  var lexeme: String
}

extension LexemeSpan {
  /// The place of a number; `.none` for NaN, infinities and texts longer than a span can hold.
  init(_ span: JSONNumberSpan) {
    // The layout of `rawValue` is the reader's: 23 bits of length above the lowest bit.
    let length = Int(span.rawValue >> 1) & 0x7F_FFFF
    self =
      span.isFinite && length < 0x7F_FFFF
      ? LexemeSpan(offset: span.offset, length: length) : .none
  }
}
