/// The innermost signature: string type ‖ what the type says (RFC 8709, RFC 5656).
enum InnerSignature: Sendable {
  case ed25519([UInt8])
  /// r ‖ s, each as long as a coordinate of the curve.
  case ecdsa([UInt8])
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
      var numbers = SSHReader(value)
      let r = try numbers.mpint()
      let s = try numbers.mpint()
      try numbers.finish()
      let size = curve.coordinateBytes
      guard r.count <= size, s.count <= size else { throw WireError() }
      self = .ecdsa(
        [UInt8](repeating: 0, count: size - r.count) + r
          + [UInt8](repeating: 0, count: size - s.count) + s)
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
    default: nil
    }
  }
}
