/// The innermost signature: string type ‖ what the type says (RFC 8709, RFC 5656, RFC 8332).
enum InnerSignature: Sendable {
  case ed25519([UInt8])
  /// r ‖ s, each as long as a coordinate of the curve.
  case ecdsa([UInt8])
  case rsa(RSAKey.Hash, [UInt8])
  case securityKey(SecurityKey.Signature)
  /// By a key of a type that we cannot check.
  case other

  /// Reads the bytes, whose type must be that of the key.
  init(blob: [UInt8], by key: SSHPublicKey) throws(WireError) {
    var reader = SSHReader(blob)
    let type = try reader.name()
    switch key.plain.material {
    case .ed25519:
      let value = try reader.string()
      guard type == SSHPublicKey.ed25519Type, value.count == 64 else { throw WireError() }
      try reader.finish()
      self = .ed25519(value)
    case .ecdsa(let curve, _):
      let value = try reader.string()
      guard type == curve.keyType else { throw WireError() }
      try reader.finish()
      self = .ecdsa(try curve.raw(value))
    case .rsa(let rsa):
      let value = try reader.string()
      // `ssh-rsa` would be SHA-1.
      guard let hash = RSAKey.Hash(rawValue: type), value.count <= rsa.modulus.count else {
        throw WireError()
      }
      try reader.finish()
      self = .rsa(hash, value)
    case .securityKey(let device):
      guard type == device.type else { throw WireError() }
      self = .securityKey(try SecurityKey.Signature(of: device, &reader))
      try reader.finish()
    case .certificate, .other:
      self = .other
    }
  }

  /// Whether this is the key's signature over the bytes; nil where we cannot tell.
  func holds(over message: [UInt8], by key: SSHPublicKey) -> Bool? {
    switch (self, key.plain.material) {
    case (.ed25519(let value), .ed25519(let point)):
      Ed25519.verifies(value, of: message, by: point)
    case (.ecdsa(let value), .ecdsa(let curve, let point)):
      curve.verifies(value, of: message, by: point)
    case (.rsa(let hash, let value), .rsa(let rsa)): rsa.verifies(value, hash, of: message)
    case (.securityKey(let value), .securityKey(let device)): device.verifies(value, of: message)
    default: nil
    }
  }
}
