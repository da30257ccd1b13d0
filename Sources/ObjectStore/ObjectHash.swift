internal import Crypto
internal import Platform

extension ObjectID {
  /// The id of an object: SHA-256 of `KIND SIZE NUL BODY` (git's object format).
  public static func of(_ kind: ObjectKind, _ body: [UInt8]) -> ObjectID {
    unsafe body.withRawBytes { raw in unsafe of(kind, raw) }
  }

  static func of(_ kind: ObjectKind, _ body: UnsafeRawBufferPointer) -> ObjectID {
    var hash = ObjectHash()
    hash.update(Array("\(kind.rawValue) \(body.count)\0".utf8))
    unsafe hash.update(body)
    return hash.finish()
  }
}

/// A running SHA-256.
struct ObjectHash {
  private var state = SHA256()

  mutating func update(_ bytes: [UInt8]) {
    unsafe bytes.withRawBytes { raw in unsafe state.update(bufferPointer: raw) }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe state.update(bufferPointer: bytes)
  }

  func finish() -> ObjectID {
    // Safe: a SHA-256 digest has 32 bytes.
    unsafe state.finalize().withUnsafeBytes { raw in unsafe ObjectID(loading: raw, at: 0) }
  }
}
