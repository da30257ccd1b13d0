/// Bytes that end too early, hold more than they should, or hold what their type cannot.
package struct WireError: Error, Equatable {
  package init() {}
}

/// A place in some bytes in the encoding of RFC 4251 §5; every length is checked before its use.
///
/// It holds no bytes itself, so that the same code reads arrays and locked memory.
struct WireCursor: Sendable {
  private(set) var offset: Int
  let end: Int

  init(_ range: Range<Int>) {
    offset = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { offset == end }
  var remaining: Int { end - offset }

  mutating func take(_ count: Int) throws(WireError) -> Range<Int> {
    guard count >= 0, count <= end - offset else { throw WireError() }
    defer { offset += count }
    return offset..<(offset + count)
  }

  mutating func u32(in bytes: Span<UInt8>) throws(WireError) -> UInt32 {
    let range = try take(4)
    var value: UInt32 = 0
    for index in range { value = value << 8 | UInt32(bytes[index]) }
    return value
  }

  mutating func u64(in bytes: Span<UInt8>) throws(WireError) -> UInt64 {
    let high = try u32(in: bytes)
    let low = try u32(in: bytes)
    return UInt64(high) << 32 | UInt64(low)
  }

  mutating func string(in bytes: Span<UInt8>) throws(WireError) -> Range<Int> {
    let count = try u32(in: bytes)
    return try take(Int(count))
  }

  func finish() throws(WireError) {
    guard isAtEnd else { throw WireError() }
  }
}

/// Reads the encoding of RFC 4251 §5 from an array.
package struct SSHReader: Sendable {
  private let bytes: [UInt8]
  private var cursor: WireCursor

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    cursor = WireCursor(0..<bytes.count)
  }

  package var isAtEnd: Bool { cursor.isAtEnd }
  package var remaining: Int { cursor.remaining }
  /// How many bytes have been read so far.
  package var offset: Int { cursor.offset }

  package mutating func u8() throws(WireError) -> UInt8 {
    bytes[try cursor.take(1).lowerBound]
  }

  package mutating func u32() throws(WireError) -> UInt32 {
    try advance { (cursor, span) throws(WireError) in try cursor.u32(in: span) }
  }

  package mutating func u64() throws(WireError) -> UInt64 {
    try advance { (cursor, span) throws(WireError) in try cursor.u64(in: span) }
  }

  package mutating func take(_ count: Int) throws(WireError) -> [UInt8] {
    Array(bytes[try cursor.take(count)])
  }

  package mutating func string() throws(WireError) -> [UInt8] {
    let range = try advance { (cursor, span) throws(WireError) in try cursor.string(in: span) }
    return Array(bytes[range])
  }

  /// A string of text: no NUL may stand in it, since C would end it there.
  package mutating func text() throws(WireError) -> [UInt8] {
    let value = try string()
    guard !value.contains(0) else { throw WireError() }
    return value
  }

  /// A name of an algorithm or an option: printable ASCII.
  package mutating func name() throws(WireError) -> String {
    let value = try string()
    guard value.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw WireError() }
    return String(decoding: value, as: UTF8.self)
  }

  /// The magnitude of a number that is not negative, without leading zeros.
  package mutating func mpint() throws(WireError) -> [UInt8] {
    let value = try string()
    guard let first = value.first else { return [] }
    // A set top bit is a negative number; a zero in front of a clear one is not the shortest form.
    guard first < 0x80 else { throw WireError() }
    if first == 0 {
      guard value.count > 1, value[1] >= 0x80 else { throw WireError() }
      return Array(value.dropFirst())
    }
    return value
  }

  package func finish() throws(WireError) { try cursor.finish() }

  /// Reads through a copy of the cursor, because the bytes lie in the same value.
  private mutating func advance<R>(
    _ read: (inout WireCursor, Span<UInt8>) throws(WireError) -> R
  ) throws(WireError) -> R {
    var next = cursor
    let value = try read(&next, bytes.span)
    cursor = next
    return value
  }
}

/// Writes the encoding of RFC 4251 §5.
package struct SSHWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func raw(_ value: some Sequence<UInt8>) { bytes.append(contentsOf: value) }

  package mutating func u32(_ value: UInt32) {
    for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  package mutating func u64(_ value: UInt64) {
    u32(UInt32(truncatingIfNeeded: value >> 32))
    u32(UInt32(truncatingIfNeeded: value))
  }

  /// A length and the bytes; ours are always far below 4 GiB.
  package mutating func string(_ value: some Collection<UInt8>) {
    u32(UInt32(truncatingIfNeeded: value.count))
    bytes.append(contentsOf: value)
  }

  package mutating func string(_ value: String) { string(Array(value.utf8)) }

  package mutating func mpint(_ magnitude: [UInt8]) {
    let digits = Array(magnitude.drop { $0 == 0 })
    string((digits.first ?? 0) >= 0x80 ? [0] + digits : digits)
  }
}
