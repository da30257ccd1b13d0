internal import Crypto
internal import _CryptoExtras

/// An RSA key of SSH, for checking signatures only (RFC 8332: PKCS #1 v1.5 with SHA-2).
struct RSAKey: Sendable {
  enum Hash: String, Sendable {
    case sha256 = "rsa-sha2-256"
    case sha512 = "rsa-sha2-512"
  }

  static let keyType = "ssh-rsa"
  /// Fewer bits are not believed, as in OpenSSH; more than the most take too long to be worth checking.
  private static let bits = 2048...16_384

  /// Big-endian, without leading zeros.
  let modulus: [UInt8]
  let exponent: [UInt8]

  /// nil for a key that is too short, too long, or none.
  init?(modulus: [UInt8], exponent: [UInt8]) {
    let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
    guard Self.bits.contains(bits), exponent.count <= 4,
      (try? _RSA.Signing.PublicKey(n: modulus, e: exponent)) != nil
    else { return nil }
    self.modulus = modulus
    self.exponent = exponent
  }

  func verifies(_ signature: [UInt8], _ hash: Hash, of message: [UInt8]) -> Bool {
    // A signature is a number, whose leading zeros may have been left out.
    let padded = [UInt8](repeating: 0, count: max(0, modulus.count - signature.count)) + signature
    guard let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent) else { return false }
    let value = _RSA.Signing.RSASignature(rawRepresentation: padded)
    return switch hash {
    case .sha256:
      key.isValidSignature(
        value, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
    case .sha512:
      key.isValidSignature(
        value, for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
    }
  }
}
