internal import Crypto
internal import Platform

/// Digests in the texts that members use: `sha256:` + 64 and `hmac-sha256:` + 32 lower-case hex.
public enum Digest {
  /// The text of the SHA-256 of some bytes.
  public static func text(of bytes: [UInt8]) -> String { "sha256:" + Hex.encode(raw(of: bytes)) }

  /// The 32 bytes of the SHA-256 of some bytes.
  public static func raw(of bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    // Safe because the hash copies what it needs before the call returns.
    unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
    return Array(hash.finalize())
  }

  /// The 64 hex digits of a digest text; nil when it is not one.
  public static func hex(of text: String) -> String? {
    isValid(text) ? String(text.utf8.dropFirst(7)) : nil
  }

  /// Whether a text is `sha256:` and 64 lower-case hex digits.
  public static func isValid(_ text: String) -> Bool {
    text.utf8.count == 71 && text.hasPrefix("sha256:")
      && text.utf8.dropFirst(7).allSatisfy { Hex.value($0) != nil }
  }

  /// HMAC-SHA-256 (RFC 2104), 32 bytes.
  static func hmac(key: [UInt8], _ data: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: data, using: SymmetricKey(data: key)))
  }
}

/// A SHA-256 that is fed in pieces, for members that are streamed.
public struct StreamingDigest {
  private var hash = SHA256()
  /// Bytes so far.
  public private(set) var size = 0

  public init() {}

  public mutating func update(_ bytes: [UInt8]) {
    size += bytes.count
    // Safe because the hash copies what it needs before the call returns.
    unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
  }

  /// `sha256:…` of everything so far.
  public func text() -> String { "sha256:" + Hex.encode(Array(hash.finalize())) }
}
