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

  mutating func update(_ bytes: ArraySlice<UInt8>) {
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

extension MappedFile {
  /// The SHA-256 of a stretch of the file, little of which is resident at a time.
  func hash(_ range: Range<Int>) -> ObjectID {
    var hash = ObjectHash()
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 4 << 20) {
      let end = min(start + 4 << 20, range.upperBound)
      unsafe withBytes { raw in
        unsafe hash.update(UnsafeRawBufferPointer(rebasing: raw[start..<end]))
      }
      release(start..<end)
    }
    return hash.finish()
  }

  /// Releases a range and what the system mapped around it when it was touched, which is up to a large
  /// folio of its cache.
  func releaseAround(_ range: Range<Int>) {
    let window = 1 << 19
    release(max(0, range.lowerBound - window)..<min(range.upperBound + window, count))
  }
}
