internal import Platform

/// The SHA-256 of an object's header and body: its name in the store.
///
/// Kept as four words, the first byte highest, so that comparing words compares bytes.
public struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
  let a: UInt64
  let b: UInt64
  let c: UInt64
  let d: UInt64

  init(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) {
    self.a = a
    self.b = b
    self.c = c
    self.d = d
  }

  /// From 32 raw bytes; nil for any other number.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var index = 0
    for byte in bytes {
      switch index >> 3 {
      case 0: words.0 = words.0 << 8 | UInt64(byte)
      case 1: words.1 = words.1 << 8 | UInt64(byte)
      case 2: words.2 = words.2 << 8 | UInt64(byte)
      default: words.3 = words.3 << 8 | UInt64(byte)
      }
      index += 1
    }
    self.init(words.0, words.1, words.2, words.3)
  }

  /// From 64 lower-case hex digits; nil for anything else.
  public init?(hex: some StringProtocol) { self.init(hexDigits: hex.utf8) }

  /// From 64 lower-case hex digits in ASCII; nil for anything else.
  public init?(hexDigits: some Sequence<UInt8>) {
    let found = hexDigits.withContiguousStorageIfAvailable { unsafe Self.words($0) }
    let whole = unsafe found ?? Array(hexDigits).withUnsafeBufferPointer { unsafe Self.words($0) }
    guard let words = whole else { return nil }
    self.init(words[0], words[1], words[2], words[3])
  }

  private static func words(_ digits: UnsafeBufferPointer<UInt8>) -> InlineArray<4, UInt64>? {
    if digits.count != 64 { return nil }
    var words: InlineArray<4, UInt64> = [0, 0, 0, 0]
    let raw = UnsafeRawBufferPointer(digits)
    for index in 0..<8 {
      // Safe: the buffer has 64 digits.
      let eight = unsafe UInt64(
        bigEndian: raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      guard let value = Hex.value(eight: eight) else { return nil }
      words[index >> 1] = words[index >> 1] << 32 | UInt64(value)
    }
    return words
  }

  /// From a pointer to at least 32 readable bytes.
  public init(loading raw: UnsafeRawBufferPointer, at offset: Int) {
    precondition(offset >= 0 && raw.count - offset >= 32, "the caller checked the length")
    // Safe: the precondition keeps the four words inside the buffer.
    func word(_ index: Int) -> UInt64 {
      unsafe UInt64(
        bigEndian: raw.loadUnaligned(fromByteOffset: offset + index * 8, as: UInt64.self))
    }
    self.init(word(0), word(1), word(2), word(3))
  }

  /// The 32 raw bytes.
  public var bytes: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(32)
    append(to: &result)
    return result
  }

  /// 64 lower-case hex digits.
  public var hex: String {
    var digits: [UInt8] = []
    digits.reserveCapacity(64)
    appendHex(to: &digits)
    return String(decoding: digits, as: UTF8.self)
  }

  /// The first lower-case hex digits, at most 16, as people are shown them.
  public func hex(digits count: Int) -> String {
    precondition(count <= 16, "as many as the first word has")
    return unsafe String(unsafeUninitializedCapacity: count) { buffer in
      for index in 0..<count {
        // Safe: the buffer has room for so many.
        unsafe buffer[index] = Hex.digit(
          UInt8(truncatingIfNeeded: a >> UInt64(60 - 4 * index)) & 15)
      }
      return count
    }
  }

  /// Appends 64 lower-case hex digits in ASCII.
  func appendHex(to result: inout [UInt8]) {
    for word in [a, b, c, d] {
      for shift in stride(from: 60, through: 0, by: -4) {
        result.append(Hex.digit(UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15))
      }
    }
  }

  public var description: String { hex }

  /// The first byte: which fan-out folder and idx row the object belongs to.
  var firstByte: UInt8 { UInt8(truncatingIfNeeded: a >> 56) }

  func append(to result: inout [UInt8]) {
    for word in [a, b, c, d] {
      for shift in stride(from: 56, through: 0, by: -8) {
        result.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
  }

  public static func < (x: Self, y: Self) -> Bool {
    if x.a != y.a { return x.a < y.a }
    if x.b != y.b { return x.b < y.b }
    if x.c != y.c { return x.c < y.c }
    return x.d < y.d
  }

  /// The bytes are a hash already, so their first word is one too.
  public func hash(into hasher: inout Hasher) { hasher.combine(a) }
}
