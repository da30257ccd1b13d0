internal import Crypto
public import ObjectStore
internal import Platform

/// An object's name in a remote: the SHA-1 of its header and body.
///
/// Never trusted, only looked up.
public struct SHA1ID: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let a: UInt64
  private let b: UInt64
  private let c: UInt32

  /// From 20 raw bytes; nil for any other number.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 20 else { return nil }
    var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
    for (index, byte) in bytes.enumerated() {
      switch index >> 3 {
      case 0: words.0 = words.0 << 8 | UInt64(byte)
      case 1: words.1 = words.1 << 8 | UInt64(byte)
      default: words.2 = words.2 << 8 | UInt32(byte)
      }
    }
    (a, b, c) = words
  }

  /// From 40 lower-case hex digits; nil for anything else.
  public init?(hex: some StringProtocol) { self.init(hexDigits: Array(hex.utf8)) }

  /// From 40 lower-case hex digits in ASCII; nil for anything else.
  public init?(hexDigits: some Collection<UInt8>) {
    guard hexDigits.count == 40, let bytes = Hex.decode(Array(hexDigits)) else { return nil }
    self.init(bytes: bytes)
  }

  /// The 20 raw bytes.
  public var bytes: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(20)
    for word in [a, b] {
      for shift in stride(from: 56, through: 0, by: -8) {
        result.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    for shift in stride(from: 24, through: 0, by: -8) {
      result.append(UInt8(truncatingIfNeeded: c >> UInt32(shift)))
    }
    return result
  }

  public var hex: String { Hex.encode(bytes) }
  public var description: String { hex }

  /// The name of an object: SHA-1 of `KIND SIZE NUL BODY`.
  public static func of(_ kind: ObjectKind, _ body: [UInt8]) -> SHA1ID {
    var hash = Insecure.SHA1()
    hash.update(data: Array("\(kind.rawValue) \(body.count)\0".utf8))
    hash.update(data: body)
    guard let id = SHA1ID(bytes: Array(hash.finalize())) else {
      preconditionFailure("a SHA-1 has 20 bytes")
    }
    return id
  }

  public static func < (x: Self, y: Self) -> Bool {
    if x.a != y.a { return x.a < y.a }
    if x.b != y.b { return x.b < y.b }
    return x.c < y.c
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(a) }
}
