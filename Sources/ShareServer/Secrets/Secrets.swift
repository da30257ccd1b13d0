internal import Crypto
internal import Evidence
internal import Platform

/// Makes tokens, and what is stored in their place.
package struct Secrets: Sendable {
  private let pepper: [UInt8]
  private let randomBytes: @Sendable (Int) -> [UInt8]
  private let sha256: @Sendable ([UInt8]) -> [UInt8]

  /// - Parameter sha256: 32 bytes; another one only to see when it is asked.
  package init(
    pepper: [UInt8], randomBytes: @escaping @Sendable (Int) -> [UInt8],
    sha256: @escaping @Sendable ([UInt8]) -> [UInt8] = { Digest.raw(of: $0) }
  ) {
    self.pepper = pepper
    self.randomBytes = randomBytes
    self.sha256 = sha256
  }

  /// 32 random bytes in base64url behind a prefix: `wfs_` for shares, `wfx_` for API keys.
  func token(_ prefix: String) -> String { prefix + Self.base64url(randomBytes(32)) }

  /// What is stored of a token: the hex of its SHA-256.
  ///
  /// Whatever was presented is hashed, well formed or not, so that both take the same work.
  func hash(_ token: String) -> String { Hex.encode(sha256(Array(token.utf8))) }

  /// The same, where nobody presented anything.
  static func hash(_ text: String) -> String { Hex.encode(Digest.raw(of: Array(text.utf8))) }

  /// A hash that nobody without the server's secret can make, for a purpose.
  func keyed(_ purpose: String, _ text: String) -> String {
    Hex.encode(Sodium.hmac(Array("\(purpose)\0\(text)".utf8), key: pepper))
  }

  /// A random identifier: a prefix and 26 characters of Crockford's base32 (130 bits).
  func identifier(_ prefix: String) -> String {
    let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    let text = randomBytes(26).map { digits[Int($0 & 31)] }
    return prefix + String(decoding: text, as: UTF8.self)
  }

  /// A random UUID (RFC 9562, version 4).
  func uuid() -> String {
    var bytes = randomBytes(16)
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let hex = Array(Hex.encode(bytes))
    return [hex[0..<8], hex[8..<12], hex[12..<16], hex[16..<20], hex[20..<32]]
      .map { String($0) }.joined(separator: "-")
  }

  func salt() -> String { Hex.encode(randomBytes(16)) }

  /// Seals an answer with a key that only the caller's own text gives again (AES-GCM, 256 bits).
  func seal(_ bytes: [UInt8], with text: String) throws -> String {
    let key = SymmetricKey(data: Sodium.hmac(Array("answer\0\(text)".utf8), key: pepper))
    let nonce = try AES.GCM.Nonce(data: randomBytes(12))
    guard let sealed = try AES.GCM.seal(bytes, using: key, nonce: nonce).combined else { return "" }
    return Hex.encode(Array(sealed))
  }

  /// Nil where the text is another, or the bytes were changed.
  func open(_ sealed: String, with text: String) -> [UInt8]? {
    let key = SymmetricKey(data: Sodium.hmac(Array("answer\0\(text)".utf8), key: pepper))
    guard let bytes = Hex.decode(sealed), let box = try? AES.GCM.SealedBox(combined: bytes),
      let opened = try? AES.GCM.open(box, using: key)
    else { return nil }
    return Array(opened)
  }

  private static func base64url(_ bytes: [UInt8]) -> String {
    Base64.encodeURL(bytes)
  }
}
