internal import Crypto
internal import SwiftASN1
internal import X509
internal import _CryptoExtras

/// The hashes that signatures of Sigstore name.
enum HashName: Sendable {
  case sha256, sha384, sha512

  /// The algorithm of a DER AlgorithmIdentifier.
  init?(oid: ASN1ObjectIdentifier) {
    switch oid {
    case [2, 16, 840, 1, 101, 3, 4, 2, 1]: self = .sha256
    case [2, 16, 840, 1, 101, 3, 4, 2, 2]: self = .sha384
    case [2, 16, 840, 1, 101, 3, 4, 2, 3]: self = .sha512
    default: return nil
    }
  }

  func digest(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let bytes = Array(bytes)
    return switch self {
    case .sha256: Array(SHA256.hash(data: bytes))
    case .sha384: Array(SHA384.hash(data: bytes))
    case .sha512: Array(SHA512.hash(data: bytes))
    }
  }
}

func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] { HashName.sha256.digest(bytes) }

/// A public key with the bytes of its SubjectPublicKeyInfo as they were found.
struct VerificationKey: Sendable {
  enum Kind: Sendable {
    case p256, p384, p521, ed25519
    /// PKCS #1 v1.5, at least 2048 bits.
    case rsa(bits: Int)
  }

  let kind: Kind
  /// DER, for key ids and comparisons.
  let spki: [UInt8]
  private let key: Certificate.PublicKey

  /// nil for what is no SubjectPublicKeyInfo of a key that can be checked.
  init?(spki: [UInt8]) {
    guard let key = try? Certificate.PublicKey(derEncoded: spki) else { return nil }
    if P256.Signing.PublicKey(key) != nil {
      kind = .p256
    } else if P384.Signing.PublicKey(key) != nil {
      kind = .p384
    } else if P521.Signing.PublicKey(key) != nil {
      kind = .p521
    } else if Curve25519.Signing.PublicKey(key) != nil {
      kind = .ed25519
    } else if let rsa = _RSA.Signing.PublicKey(key), rsa.keySizeInBits >= 2048 {
      kind = .rsa(bits: rsa.keySizeInBits)
    } else {
      return nil
    }
    self.key = key
    self.spki = spki
  }

  /// One `PUBLIC KEY` block.
  init?(pem: String) {
    guard let block = PEMBlock(Array(pem.utf8)), block.label == "PUBLIC KEY" else { return nil }
    self.init(spki: block.bytes)
  }

  /// The hash that goes with the key where nothing names one.
  var defaultHash: HashName {
    switch kind {
    case .p256, .ed25519, .rsa: .sha256
    case .p384: .sha384
    case .p521: .sha512
    }
  }

  /// The 32 bytes of an Ed25519 key.
  var ed25519Bytes: [UInt8]? {
    Curve25519.Signing.PublicKey(key).map { Array($0.rawRepresentation) }
  }

  /// Whether this is the key's signature over the bytes: ECDSA in DER, Ed25519 pure, RSA PKCS #1.
  ///
  /// - Parameter hash: for ECDSA and RSA; nil is the key's own.
  func verifies(_ signature: [UInt8], of bytes: [UInt8], hash: HashName? = nil) -> Bool {
    key.isValidSignature(signature, for: bytes, signatureAlgorithm: algorithm(hash ?? defaultHash))
  }

  private func algorithm(_ hash: HashName) -> Certificate.SignatureAlgorithm {
    switch (kind, hash) {
    case (.ed25519, _): .ed25519
    case (.rsa, .sha256): .sha256WithRSAEncryption
    case (.rsa, .sha384): .sha384WithRSAEncryption
    case (.rsa, .sha512): .sha512WithRSAEncryption
    case (_, .sha256): .ecdsaWithSHA256
    case (_, .sha384): .ecdsaWithSHA384
    case (_, .sha512): .ecdsaWithSHA512
    }
  }

  /// Whether Sigstore's name of a scheme is that of this key; nil for a name that we do not know.
  func fits(keyDetails name: String) -> Bool? {
    switch (name, kind) {
    case ("PKIX_ECDSA_P256_SHA_256", .p256), ("PKIX_ECDSA_P384_SHA_384", .p384),
      ("PKIX_ED25519", .ed25519), ("PKIX_RSA_PKCS1V15_2048_SHA256", .rsa(bits: 2048)),
      ("PKIX_RSA_PKCS1V15_3072_SHA256", .rsa(bits: 3072)),
      ("PKIX_RSA_PKCS1V15_4096_SHA256", .rsa(bits: 4096)):
      true
    default: Self.knownKeyDetails.contains(name) ? false : nil
    }
  }

  static let knownKeyDetails: Set<String> = [
    "PKIX_ECDSA_P256_SHA_256", "PKIX_ECDSA_P384_SHA_384", "PKIX_ED25519",
    "PKIX_RSA_PKCS1V15_2048_SHA256", "PKIX_RSA_PKCS1V15_3072_SHA256",
    "PKIX_RSA_PKCS1V15_4096_SHA256",
  ]
}
