/// A key in a hardware token (OpenSSH PROTOCOL.u2f), for checking signatures only.
///
/// The token signs hashes of the application and the message with flags and a counter of its own between
/// them; that somebody touched it (flag bit 0) is demanded, as sshd does.
struct SecurityKey: Sendable {
  struct Signature: Sendable {
    /// Of Ed25519, or r ‖ s.
    let value: [UInt8]
    let flags: UInt8
    let counter: UInt32
  }

  static let ed25519Type = "sk-ssh-ed25519@openssh.com"
  static let ecdsaType = "sk-ecdsa-sha2-nistp256@openssh.com"
  private static let userPresent: UInt8 = 1

  let type: String
  let point: [UInt8]
  /// `ssh:` as a rule.
  let application: [UInt8]

  var isEd25519: Bool { type == Self.ed25519Type }

  /// What follows the type in a key's blob.
  init(type: String, _ reader: inout SSHReader) throws(WireError) {
    self.type = type
    if type == Self.ed25519Type {
      point = try reader.string()
      guard point.count == 32 else { throw WireError() }
    } else {
      let name = try reader.name()
      point = try reader.string()
      guard name == ECDSACurve.p256.rawValue, ECDSACurve.p256.holds(point: point) else {
        throw WireError()
      }
    }
    application = try reader.string()
  }

  func verifies(_ signature: Signature, of message: [UInt8]) -> Bool {
    guard signature.flags & Self.userPresent != 0 else { return false }
    let counter = (0..<4).map { UInt8(truncatingIfNeeded: signature.counter >> (24 - 8 * $0)) }
    let signed =
      Digests.sha256(application) + [signature.flags] + counter + Digests.sha256(message)
    return isEd25519
      ? Ed25519.verifies(signature.value, of: signed, by: point)
      : ECDSACurve.p256.verifies(signature.value, of: signed, by: point)
  }
}

extension SecurityKey.Signature {
  /// What follows the type in a signature.
  init(of key: SecurityKey, _ reader: inout SSHReader) throws(WireError) {
    let value = try reader.string()
    if key.isEd25519 {
      guard value.count == 64 else { throw WireError() }
      self.value = value
    } else {
      self.value = try ECDSACurve.p256.raw(value)
    }
    flags = try reader.take(1)[0]
    counter = try reader.u32()
  }
}
