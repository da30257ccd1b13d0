/// Reads a JSON text token by token, building nothing.
///
/// The whole text lies in one buffer (mapped file or array) that outlives the reader; pages before
/// `offset` may be dropped as long as they can be read again (keys seen are compared in place).
/// Every token is checked in full when it is read: grammar, UTF-8, escapes, duplicate keys, range
/// of numbers, also inside values that are skipped. When a fault is found, the rest of the text is
/// looked at once, so that the error thrown is the first in the order of FORMATS §1.2, not the
/// first by position. A caller with a complaint of its own calls `finish()` before it throws, for
/// the same order to hold; after an error the reader stays where it was.
public struct JSONReader {
  let bytes: TextBytes
  let depthLimit: Int
  let judgesContent: Bool
  /// Whether `NaN`, `Infinity` and `-Infinity` are values from here on.
  public var allowNonFinite: Bool
  var position: Int
  var expecting: Expecting = .start
  /// One entry per open container: whether it is an object.
  var open: [Bool] = []
  var seen = SeenKeys()
  private let hasRefusedMark: Bool

  enum Expecting {
    case start, value, firstElement, afterElement, firstKey, afterMember, end
  }

  /// A reader at the start of a text.
  ///
  /// - Parameter bytes: the whole text; it must stay readable for as long as the reader is used.
  public init(_ bytes: UnsafeRawBufferPointer, options: JSONOptions = .strict) {
    unsafe self.init(TextBytes(bytes), options: options, judgesContent: true)
  }

  init(_ bytes: TextBytes, options: JSONOptions, judgesContent: Bool) {
    self.bytes = bytes
    self.depthLimit = options.depthLimit
    self.judgesContent = judgesContent
    self.allowNonFinite = options.allowNonFinite
    let hasMark = bytes.startsWithByteOrderMark
    self.position = hasMark ? 3 : 0
    self.hasRefusedMark = hasMark && !options.allowByteOrderMark
  }

  /// Reads a text that lies in an array; the reader must not leave the closure.
  public static func reading<Result, Failure: Error>(
    _ bytes: [UInt8], options: JSONOptions = .strict,
    _ body: (inout JSONReader) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe bytes.withUnsafeBufferPointer { buffer throws(Failure) in
      // Safe because the array outlives the closure.
      var reader = unsafe JSONReader(UnsafeRawBufferPointer(buffer), options: options)
      return try body(&reader)
    }
  }

  /// Bytes read so far; everything before has been handed out or skipped.
  public var offset: Int { position }

  /// Arrays and objects open after the last token.
  public var depth: Int { open.count }

  /// Reads one token.
  ///
  /// A key's token includes the colon's check: the next token is its value's first.
  public mutating func next() throws(JSONError) -> JSONToken {
    let place = ByteScan.skipSpace(bytes, from: position)
    guard place < bytes.count else { return try atEnd() }
    let byte = bytes[place]
    switch expecting {
    case .afterElement:
      if byte == 0x2C {
        return try value(at: ByteScan.skipSpace(bytes, from: place + 1))
      }
      guard byte == 0x5D else { throw fail(.syntax, at: place, "expected , or ]") }
      return close(.endArray, at: place)
    case .afterMember:
      if byte == 0x2C {
        return try key(at: ByteScan.skipSpace(bytes, from: place + 1))
      }
      guard byte == 0x7D else { throw fail(.syntax, at: place, "expected , or }") }
      return close(.endObject, at: place)
    case .value:
      return try value(at: place)
    case .firstElement:
      return byte == 0x5D ? close(.endArray, at: place) : try value(at: place)
    case .firstKey:
      return byte == 0x7D ? close(.endObject, at: place) : try key(at: place)
    case .start:
      if hasRefusedMark { throw fail(.byteOrderMark, at: 0) }
      return try value(at: place)
    case .end:
      throw fail(.trailingData, at: place)
    }
  }

  /// Passes over the next value, checked like every other.
  ///
  /// To be called where a value may come; before a key, the key is passed over with its value. At
  /// the end of an array or object that end is read instead, and false is the answer.
  @discardableResult
  public mutating func skipValue() throws(JSONError) -> Bool {
    let outside = depth
    var token = try next()
    guard depth >= outside, token.kind != .endOfInput else { return false }
    while depth > outside || token.kind == .key { token = try next() }
    return true
  }

  /// Passes over a comma and an element up to `end` that the caller knows to be good, because it has
  /// compared them with an element of the same list that was read.
  ///
  /// To be called behind an element of a list; elsewhere, and backwards, it does nothing.
  public mutating func passOver(to end: Int) {
    guard expecting == .afterElement, end > position, end <= bytes.count else { return }
    position = end
  }

  /// Reads what is left, so that every fault of the text has been found.
  public mutating func finish() throws(JSONError) {
    while try next().kind != .endOfInput {}
  }

  private mutating func atEnd() throws(JSONError) -> JSONToken {
    switch expecting {
    case .end:
      position = bytes.count
      return JSONToken(.endOfInput, offset: bytes.count, length: 0)
    case .start:
      if hasRefusedMark { throw fail(.byteOrderMark, at: 0) }
      throw fail(.emptyInput, at: bytes.count)
    case .value, .firstElement, .afterElement, .firstKey, .afterMember:
      throw fail(.truncated, at: bytes.count)
    }
  }
}

// MARK: - Structure

extension JSONReader {
  mutating func value(at place: Int) throws(JSONError) -> JSONToken {
    guard place < bytes.count else { throw fail(.truncated, at: place) }
    switch bytes[place] {
    case 0x30...0x39, 0x2D:
      return try number(at: place)
    case 0x22:
      let (end, hasEscapes) = try endOfString(at: place)
      return take(.string, from: place, to: end, hasEscapes: hasEscapes)
    case 0x7B:
      return try begin(.beginObject, at: place)
    case 0x5B:
      return try begin(.beginArray, at: place)
    case 0x74: return try word("true", .bool, at: place)
    case 0x66: return try word("false", .bool, at: place)
    case 0x6E: return try word("null", .null, at: place)
    case 0x4E: return try word("NaN", .nonFinite, at: place)
    case 0x49: return try word("Infinity", .nonFinite, at: place)
    default: throw fail(.syntax, at: place, "expected a value")
    }
  }

  private mutating func key(at place: Int) throws(JSONError) -> JSONToken {
    guard place < bytes.count else { throw fail(.truncated, at: place) }
    guard bytes[place] == 0x22 else { throw fail(.syntax, at: place, "expected a key") }
    let (end, hasEscapes) = try endOfString(at: place)
    let colon = ByteScan.skipSpace(bytes, from: end)
    guard colon < bytes.count else { throw fail(.truncated, at: colon) }
    guard bytes[colon] == 0x3A else { throw fail(.syntax, at: colon, "expected :") }
    let token = JSONToken(.key, offset: place, length: end - place, hasEscapes: hasEscapes)
    if judgesContent, !seen.insert(token, in: bytes) {
      throw fail(.duplicateKey, at: place, "the key \(string(token)) stands twice in one object")
    }
    position = colon + 1
    expecting = .value
    return token
  }

  private mutating func begin(_ kind: JSONToken.Kind, at place: Int) throws(JSONError) -> JSONToken
  {
    guard open.count < depthLimit else { throw fail(.tooDeep, at: place) }
    let isObject = kind == .beginObject
    open.append(isObject)
    if isObject { seen.open() }
    expecting = isObject ? .firstKey : .firstElement
    position = place + 1
    return JSONToken(kind, offset: place, length: 1)
  }

  private mutating func close(_ kind: JSONToken.Kind, at place: Int) -> JSONToken {
    open.removeLast()
    if kind == .endObject { seen.close() }
    return take(kind, from: place, to: place + 1)
  }

  @inline(__always)
  mutating func take(
    _ kind: JSONToken.Kind, from start: Int, to end: Int, hasEscapes: Bool = false
  ) -> JSONToken {
    position = end
    switch open.last {
    case nil: expecting = .end
    case true: expecting = .afterMember
    case false: expecting = .afterElement
    }
    return JSONToken(kind, offset: start, length: end - start, hasEscapes: hasEscapes)
  }
}
