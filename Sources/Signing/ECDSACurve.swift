internal import Crypto

/// The three NIST curves of RFC 5656, for checking signatures only.
enum ECDSACurve: String, CaseIterable, Sendable {
  case p256 = "nistp256"
  case p384 = "nistp384"
  case p521 = "nistp521"

  var keyType: String { "ecdsa-sha2-" + rawValue }

  var coordinateBytes: Int {
    switch self {
    case .p256: 32
    case .p384: 48
    case .p521: 66
    }
  }

  /// Whether the bytes are an uncompressed point of the curve.
  func holds(point: [UInt8]) -> Bool {
    switch self {
    case .p256: (try? P256.Signing.PublicKey(x963Representation: point)) != nil
    case .p384: (try? P384.Signing.PublicKey(x963Representation: point)) != nil
    case .p521: (try? P521.Signing.PublicKey(x963Representation: point)) != nil
    }
  }

  /// r ‖ s, each as long as a coordinate, of SSH's two integers.
  func raw(_ value: [UInt8]) throws(WireError) -> [UInt8] {
    var numbers = SSHReader(value)
    let r = try numbers.mpint()
    let s = try numbers.mpint()
    try numbers.finish()
    guard r.count <= coordinateBytes, s.count <= coordinateBytes else { throw WireError() }
    return [UInt8](repeating: 0, count: coordinateBytes - r.count) + r
      + [UInt8](repeating: 0, count: coordinateBytes - s.count) + s
  }

  /// Checks r ‖ s, each as long as a coordinate, over the bytes hashed with the curve's own SHA-2.
  func verifies(_ raw: [UInt8], of message: [UInt8], by point: [UInt8]) -> Bool {
    switch self {
    case .p256:
      guard let key = try? P256.Signing.PublicKey(x963Representation: point),
        let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw)
      else { return false }
      return key.isValidSignature(signature, for: message)
    case .p384:
      guard let key = try? P384.Signing.PublicKey(x963Representation: point),
        let signature = try? P384.Signing.ECDSASignature(rawRepresentation: raw)
      else { return false }
      return key.isValidSignature(signature, for: message)
    case .p521:
      guard let key = try? P521.Signing.PublicKey(x963Representation: point),
        let signature = try? P521.Signing.ECDSASignature(rawRepresentation: raw)
      else { return false }
      return key.isValidSignature(signature, for: message)
    }
  }
}
