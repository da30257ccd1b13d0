internal import CSodium
internal import Crypto
internal import Platform

/// What the server takes from libsodium and swift-crypto.
enum Sodium {
  static func isReady() -> Bool { sodium_init() >= 0 }

  /// Whether two byte strings are equal, in a time that does not tell where they differ.
  static func equal(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard one.count == other.count else { return false }
    // safe because both have that many bytes and C only reads
    return unsafe sodium_memcmp(one, other, one.count) == 0
  }

  /// argon2id with 16 random bytes of salt, as the encoded string; nil where memory is short.
  static func passwordHash(_ password: [UInt8], _ cost: PasswordCost) -> String? {
    guard isReady() else { return nil }
    var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
    // safe because C reads `count` bytes and writes no more than STRBYTES
    let status = unsafe withCharacters(password) {
      unsafe crypto_pwhash_str(&text, $0, UInt64(password.count), cost.passes, cost.bytes)
    }
    guard status == 0 else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether a password belongs to an encoded hash.
  static func verifies(_ password: [UInt8], _ hash: String) -> Bool {
    guard isReady() else { return false }
    // safe because the hash ends with NUL and C only reads
    return unsafe withCharacters(password) { raw in
      unsafe hash.withCString { text in
        unsafe crypto_pwhash_str_verify(text, raw, UInt64(password.count)) == 0
      }
    }
  }

  /// The bytes as C's characters; the pointer is good within `body` only, and never null.
  private static func withCharacters<R>(
    _ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> R
  ) -> R {
    let characters = bytes.map { CChar(bitPattern: $0) } + [0]
    return unsafe characters.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("an array with an element") }
      return unsafe body(start)
    }
  }

  /// Overwrites bytes that were a secret.
  static func wipe(_ bytes: inout [UInt8]) {
    // safe because the buffer is exactly `count` bytes
    unsafe bytes.withUnsafeMutableBytes {
      if let start = $0.baseAddress { unsafe sodium_memzero(start, $0.count) }
    }
    bytes.removeAll()
  }

  static func hmac(_ bytes: some Sequence<UInt8>, key: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(bytes), using: SymmetricKey(data: key)))
  }
}

/// What a password's hash costs.
package struct PasswordCost: Sendable {
  /// opslimit of libsodium: passes over the memory.
  package var passes: UInt64
  package var bytes: Int

  package init(passes: UInt64 = 3, bytes: Int = 64 << 20) {
    self.passes = passes
    self.bytes = bytes
  }
}

/// How passwords are hashed and compared; a value, so that a test can see how often.
struct PasswordHasher: Sendable {
  /// The encoded string of a password; nil where memory is short.
  var hash: @Sendable (_ password: [UInt8]) -> String?
  /// Whether a password belongs to an encoded string.
  var verifies: @Sendable (_ password: [UInt8], _ encoded: String) -> Bool

  static func argon2id(_ cost: PasswordCost) -> PasswordHasher {
    PasswordHasher(
      hash: { Sodium.passwordHash($0, cost) }, verifies: { Sodium.verifies($0, $1) })
  }
}
