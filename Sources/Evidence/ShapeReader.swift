internal import JSON

/// Reads one JSON text against a `Shape`, building nothing but the places of row fields.
///
/// The reader of the JSON module finds faults of the text; here the shape, and on request the
/// canonical spelling, are checked in the same pass. The sum of token lengths and the punctuation
/// that belongs to them is the length of the text exactly when there is no white space.
struct ShapeReader: ~Copyable {
  /// A value in the text; strings with their quotes, arrays and objects as a whole.
  struct Value: Sendable {
    var kind: JSONToken.Kind
    var hasEscapes: Bool
    var range: Range<Int>
  }

  /// What a reader is asked to look for beyond the shape.
  struct Rules: Sendable {
    var member: String
    /// RFC 8785, no white space.
    var isCanonical: Bool
    /// Class P: no string may hold a secret.
    var isPublic: Bool
  }

  enum Step {
    case key(JSONToken)
    case index(Int)
  }

  let bytes: [UInt8]
  let start: Int
  let rules: Rules
  let line: Int?
  var reader: JSONReader
  var path: [Step] = []
  var used = 0
  /// One entry per field of every `row` shape, in the order of its fields, nil where absent; then
  /// one for the whole object.
  var captured: [Value?] = []
  /// The scalars of the row at hand, for its layout; nil where nobody learns.
  var scalars: [RowLayout.Scalar]?

  /// Reads `range` of `bytes`; `buffer` is the same bytes.
  ///
  /// - Parameter line: number of the line, when the text is one of many.
  @unsafe init(
    _ bytes: [UInt8], _ buffer: UnsafeRawBufferPointer, range: Range<Int>, rules: Rules, line: Int?
  ) {
    self.bytes = bytes
    self.start = range.lowerBound
    self.rules = rules
    self.line = line
    unsafe reader = JSONReader(
      UnsafeRawBufferPointer(rebasing: buffer[range]), options: JSONOptions(maximumDepth: 64))
  }

  /// Checks the whole text.
  mutating func read(_ shape: Shape, end: Int) throws(EvidenceError) {
    do throws(EvidenceError) {
      try check(try next(), shape)
    } catch {
      // Faults of the text come before those of the shape, wherever they stand.
      try finish()
      throw error
    }
    try finish()
    if rules.isCanonical, used != end - start {
      throw fail(.notCanonical, "RFC 8785 without white space", atRoot: true)
    }
  }

  private mutating func finish() throws(EvidenceError) {
    do throws(JSONError) {
      try reader.finish()
    } catch {
      throw fault(error)
    }
  }

  // MARK: - Values

  mutating func check(_ token: JSONToken, _ shape: Shape) throws(EvidenceError) {
    switch shape {
    case .optional(let inner):
      if token.kind == .null { return }
      return try check(token, inner)
    case .any:
      return try pass(token)
    case .either(let one, let other):
      return try check(token, one.fits(token.kind) ? one : other)
    case .array(let element, let limit):
      guard token.kind == .beginArray else { throw wrongKind(shape) }
      return try array(of: element, limit)
    case .object(let fields):
      guard token.kind == .beginObject else { throw wrongKind(shape) }
      try object(fields, notesFrom: nil)
    case .row(let fields):
      guard token.kind == .beginObject else { throw wrongKind(shape) }
      let base = captured.count
      captured.append(contentsOf: repeatElement(nil, count: fields.count + 1))
      try object(fields, notesFrom: base)
      captured[base + fields.count] = Value(
        kind: token.kind, hasEscapes: false,
        range: start + token.offset..<start + reader.offset)
    case .map(let keys, let value, let limit):
      guard token.kind == .beginObject else { throw wrongKind(shape) }
      try map(keys.hold, value, limit)
    case .bool:
      guard token.kind == .bool else { throw wrongKind(shape) }
    case .integer(let range):
      try checkCanonicalNumber(token)
      guard let value = integer(token) else { throw wrongKind(shape) }
      guard range.contains(value) else {
        throw fail(.fieldRange, "an integer from \(range.lowerBound) to \(range.upperBound)")
      }
    case .bareNumber:
      guard token.kind == .number else { throw wrongKind(shape) }
      try checkCanonicalNumber(token)
    case .seed:
      try seed(token)
    default:
      guard token.kind == .string else { throw wrongKind(shape) }
      try checkString(token)
      if let objection = objection(token, shape) { throw fail(objection.code, objection.expected) }
    }
  }

  /// - Parameter base: where in `captured` the places of the fields go; nil = nowhere.
  private mutating func object(
    _ fields: [Shape.Field], notesFrom base: Int?
  ) throws(EvidenceError) {
    var seen: UInt64 = 0
    var expected = 0
    var previous: JSONToken?
    var count = 0
    while true {
      let key = try next()
      if key.kind == .endObject { break }
      try checkKey(key, after: previous)
      previous = key
      count += 1
      path.append(.key(key))
      let token = try next()
      if let place = position(of: key, in: fields, from: expected) {
        seen |= 1 << UInt64(place)
        expected = place + 1
        note(token, fields[place].shape)
        try check(token, fields[place].shape)
        if let base {
          captured[base + place] = Value(
            kind: token.kind, hasEscapes: token.hasEscapes,
            range: start + token.offset..<start + reader.offset)
        }
      } else {
        note(token, .any)
        try pass(token)
      }
      path.removeLast()
    }
    used += max(0, count - 1) + count
    for (place, field) in fields.enumerated()
    where field.isRequired && seen & (1 << UInt64(place)) == 0 {
      throw missing(field)
    }
  }

  /// In canonical order the next field is nearly always the one after the last.
  private func position(of key: JSONToken, in fields: [Shape.Field], from expected: Int) -> Int? {
    for place in expected..<max(expected, fields.count)
    where reader.matches(key, fields[place].name) { return place }
    for place in 0..<min(expected, fields.count)
    where reader.matches(key, fields[place].name) { return place }
    return nil
  }

  private mutating func map(
    _ isKey: @Sendable (String) -> Bool, _ value: Shape, _ limit: Int
  ) throws(EvidenceError) {
    var previous: JSONToken?
    var count = 0
    while true {
      let key = try next()
      if key.kind == .endObject { break }
      try checkKey(key, after: previous)
      previous = key
      count += 1
      path.append(.key(key))
      guard count <= limit else { throw fail(.fieldRange, "at most \(limit) fields") }
      guard isKey(reader.string(key)) else { throw fail(.fieldRange, "another key") }
      let token = try next()
      note(token, value)
      try check(token, value)
      path.removeLast()
    }
    used += max(0, count - 1) + count
  }

  /// Reads an unknown value; spelling and secrets are looked at all the same.
  private mutating func pass(_ token: JSONToken) throws(EvidenceError) {
    switch token.kind {
    case .beginArray: try array(of: .any, .max)
    case .beginObject: try object([], notesFrom: nil)
    case .number, .nonFinite: try checkCanonicalNumber(token)
    case .string: try checkString(token)
    default: break
    }
  }

  // MARK: - Tokens

  mutating func next() throws(EvidenceError) -> JSONToken {
    do throws(JSONError) {
      let token = try reader.next()
      used += token.length
      return token
    } catch {
      throw fault(error)
    }
  }

  private func checkKey(_ key: JSONToken, after previous: JSONToken?) throws(EvidenceError) {
    try checkString(key)
    guard rules.isCanonical, let previous else { return }
    guard canonicalOrder(previous, key) else {
      throw fail(.notCanonical, "keys in the order of RFC 8785")
    }
  }

  private func canonicalOrder(_ one: JSONToken, _ other: JSONToken) -> Bool {
    if one.hasEscapes || other.hasEscapes {
      return reader.string(one).utf16.lexicographicallyPrecedes(reader.string(other).utf16)
    }
    let left = content(one)
    let right = content(other)
    var place = 0
    while place < left.count, place < right.count {
      let a = bytes[left.lowerBound + place]
      let b = bytes[right.lowerBound + place]
      if a != b {
        // Beyond U+FFFF, UTF-16 has surrogates, which stand before U+E000–U+FFFF.
        if a >= 0xEE && b >= 0xEE && (a >= 0xF0) != (b >= 0xF0) { return a >= 0xF0 }
        return a < b
      }
      place += 1
    }
    return left.count < right.count
  }

  private func checkString(_ token: JSONToken) throws(EvidenceError) {
    if rules.isCanonical, token.hasEscapes {
      var again: [UInt8] = []
      CanonicalJSON.appendString(reader.string(token), to: &again)
      guard again.elementsEqual(bytes[lexeme(token)]) else {
        throw fail(.notCanonical, "the escapes of RFC 8785")
      }
    }
    guard rules.isPublic else { return }
    let isSecret =
      token.hasEscapes
      ? Redactor.findsSecret(Array(reader.string(token).utf8))
      : token.length > 18 && Redactor.findsSecret(Array(bytes[content(token)]))
    if isSecret { throw fail(.secretInPublicField, "a text without a credential") }
  }

  private func checkCanonicalNumber(_ token: JSONToken) throws(EvidenceError) {
    guard rules.isCanonical, token.kind == .number else { return }
    if let value = integer(token), abs(value) <= Shape.maximumInteger {
      if value != 0 || token.length == 1 { return }
    } else if let double = JSONNumber(lexeme: reader.lexeme(token))?.double {
      var again: [UInt8] = []
      if (try? CanonicalJSON.appendDouble(double, to: &again)) != nil,
        again.elementsEqual(bytes[lexeme(token)])
      {
        return
      }
    }
    throw fail(.notCanonical, "a number as RFC 8785 writes it")
  }

  func integer(_ token: JSONToken) -> Int64? {
    guard token.kind == .number, token.length <= 18 else { return reader.integer(token) }
    var value: Int64 = 0
    let range = lexeme(token)
    let isNegative = bytes[range.lowerBound] == 0x2D
    for byte in bytes[isNegative ? range.dropFirst() : range] {
      guard byte.isDigit else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    return isNegative ? -value : value
  }

  func lexeme(_ token: JSONToken) -> Range<Int> {
    start + token.offset..<start + token.offset + token.length
  }

  func content(_ token: JSONToken) -> Range<Int> {
    start + token.offset
      + 1..<max(start + token.offset + 1, start + token.offset + token.length - 1)
  }

  private func seed(_ token: JSONToken) throws(EvidenceError) {
    switch token.kind {
    case .number:
      guard let value = integer(token) else {
        let text = reader.lexeme(token)
        guard text.utf8.allSatisfy({ $0.isDigit || $0 == 0x2D }) else { throw wrongKind(.seed) }
        throw fail(.seedOutOfRange, "an integer within ±(2^53−1), or a decimal string")
      }
      guard abs(value) <= Shape.maximumInteger else {
        throw fail(.seedOutOfRange, "an integer within ±(2^53−1), or a decimal string")
      }
      try checkCanonicalNumber(token)
    case .string:
      try checkString(token)
      guard Seed.isText(reader.string(token)) else {
        throw fail(.seedOutOfRange, "the decimal digits of a seed beyond ±(2^53−1)")
      }
    default: throw wrongKind(.seed)
    }
  }

  // MARK: - Errors

  @inline(never)
  private func wrongKind(_ shape: Shape) -> EvidenceError { fail(.fieldType, shape.expectation) }

  @inline(never)
  private func missing(_ field: Shape.Field) -> EvidenceError {
    let place = EvidencePlace(
      member: rules.member, line: line,
      pointer: EvidencePlace.pointer(pointer, field.name.description))
    return EvidenceError(.fieldMissing, place, "expected \(field.shape.expectation)")
  }

  @inline(never)
  func fail(
    _ code: EvidenceError.Code, _ expected: String, atRoot: Bool = false
  ) -> EvidenceError {
    EvidenceError(
      code, EvidencePlace(member: rules.member, line: line, pointer: atRoot ? "" : pointer),
      "expected \(expected)")
  }

  @inline(never)
  private func fault(_ error: JSONError) -> EvidenceError {
    let place = EvidencePlace(member: rules.member, line: line ?? error.line, pointer: pointer)
    return EvidenceError(EvidenceError.Code(json: error.code), place, error.message)
  }

  private var pointer: String {
    var text = ""
    for step in path {
      switch step {
      case .key(let token): text = EvidencePlace.pointer(text, reader.string(token))
      case .index(let index): text += "/\(index)"
      }
    }
    return text
  }
}

extension Seed {
  /// Whether a text is an integer in decimal digits, at most 40 of them.
  static func isText(_ text: String) -> Bool {
    var digits = Array(text.utf8)[...]
    if digits.first == 0x2D { digits = digits.dropFirst() }
    guard (1...40).contains(digits.count), digits.allSatisfy(\.isDigit) else { return false }
    return digits.first != 0x30
  }
}
