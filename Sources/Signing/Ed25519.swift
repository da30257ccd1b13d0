internal import CSodium

/// Checks of Ed25519 signatures (RFC 8032, pure) by libsodium.
package enum Ed25519 {
  /// Whether the signature is the key's over these bytes.
  ///
  /// libsodium refuses S ≥ L, keys and R of small order, and keys that are not canonical, so that
  /// there is no second valid signature for the same bytes.
  package static func verifies(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool {
    guard signature.count == 64, key.count == 32, sodium_init() >= 0 else { return false }
    // safe because the three lengths are given or checked above and C only reads
    return unsafe crypto_sign_ed25519_verify_detached(
      signature, message, UInt64(message.count), key) == 0
  }
}
