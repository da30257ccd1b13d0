internal import Platform

/// A public key in SSH's encoding, possibly a certificate; equal when the blobs are.
public struct SSHPublicKey: Sendable, Hashable {
  /// The bytes that are hashed for the fingerprint: string type, then what the type says.
  public let blob: [UInt8]
  /// The name of the type, such as `ssh-ed25519`.
  public let type: String
  let material: Material

  indirect enum Material: Sendable {
    case ed25519([UInt8])
    case ecdsa(ECDSACurve, point: [UInt8])
    case certificate(SSHCertificate)
    case rsa(RSAKey)
    case securityKey(SecurityKey)
    /// A type that we cannot check: RSA below 2048 bits, whatever comes.
    case other
  }

  static let ed25519Type = "ssh-ed25519"

  /// Reads a blob; every byte must be used.
  ///
  /// Throws `key_malformed`.
  public init(blob: [UInt8]) throws(SigningError) {
    do throws(WireError) {
      try self.init(wire: blob)
    } catch {
      throw SigningError(.keyMalformed, "this is no public key in SSH's encoding")
    }
  }

  init(wire blob: [UInt8], certificateAllowed: Bool = true) throws(WireError) {
    var reader = SSHReader(blob)
    let type = try reader.name()
    switch type {
    case Self.ed25519Type:
      let key = try reader.string()
      guard key.count == 32 else { throw WireError() }
      try reader.finish()
      material = .ed25519(key)
    case SSHCertificate.ed25519Type:
      guard certificateAllowed else { throw WireError() }
      material = .certificate(try SSHCertificate(blob: blob))
    case RSAKey.keyType:
      let exponent = try reader.mpint()
      let modulus = try reader.mpint()
      try reader.finish()
      material = RSAKey(modulus: modulus, exponent: exponent).map { .rsa($0) } ?? .other
    case SecurityKey.ed25519Type, SecurityKey.ecdsaType:
      material = .securityKey(try SecurityKey(type: type, &reader))
      try reader.finish()
    default:
      guard let curve = ECDSACurve.allCases.first(where: { $0.keyType == type }) else {
        guard !type.isEmpty, certificateAllowed || !type.contains("-cert-v") else {
          throw WireError()
        }
        material = .other
        break
      }
      let name = try reader.name()
      let point = try reader.string()
      try reader.finish()
      guard name == curve.rawValue, curve.holds(point: point) else { throw WireError() }
      material = .ecdsa(curve, point: point)
    }
    self.blob = blob
    self.type = type
  }

  /// The key of 32 bytes that an Ed25519 key pair has.
  package init(ed25519 key: [UInt8]) {
    var writer = SSHWriter()
    writer.string(Self.ed25519Type)
    writer.string(key)
    blob = writer.bytes
    type = Self.ed25519Type
    material = .ed25519(key)
  }

  /// The 32 bytes of an Ed25519 key, nil for other types and certificates.
  public var ed25519: [UInt8]? {
    if case .ed25519(let key) = material { key } else { nil }
  }

  /// Whether 64 bytes are this key's Ed25519 signature over exactly these bytes.
  ///
  /// False too for keys of another type.
  public func verifies(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    ed25519.map { Ed25519.verifies(signature, of: bytes, by: $0) } ?? false
  }

  /// The certificate, when this is one that we can read.
  public var certificate: SSHCertificate? {
    if case .certificate(let certificate) = material { certificate } else { nil }
  }

  /// The key itself: that of a certificate, else this one.
  public var plain: SSHPublicKey { certificate?.publicKey ?? self }

  /// `SHA256:` and base64 without padding of the plain blob's SHA-256, as OpenSSH shows it.
  public var fingerprint: String {
    "SHA256:" + Base64.encodeUnpadded(Digests.sha256(plain.blob))
  }

  /// The first 16 hex digits of the plain blob's SHA-256: names keys in e-mail addresses and refs.
  public var hex16: String { Hex.encode(Digests.sha256(plain.blob).prefix(8)) }

  /// The principal of a key for which nobody gave one (DESIGN §4).
  public var defaultPrincipal: String { hex16 + "@keys.invalid" }

  public static func == (left: SSHPublicKey, right: SSHPublicKey) -> Bool {
    left.blob == right.blob
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(blob) }
}

extension SSHPublicKey {
  /// Reads `TYPE BASE64 [COMMENT]`, one line without its newline, and gives the comment too.
  ///
  /// Throws `key_malformed`; the type must be the blob's.
  public static func parse(
    line: String
  ) throws(SigningError) -> (key: SSHPublicKey, comment: String) {
    let parts = line.utf8.split(
      maxSplits: 2, omittingEmptySubsequences: true, whereSeparator: { $0 == 0x20 || $0 == 0x09 })
    guard parts.count >= 2, let blob = Base64.decode(Array(parts[1])) else {
      throw SigningError(.keyMalformed, "a public key line is TYPE BASE64 and a comment")
    }
    let key = try SSHPublicKey(blob: blob)
    guard Array(key.type.utf8) == Array(parts[0]) else {
      throw SigningError(.keyMalformed, "the line names another key type than the key has")
    }
    let comment = parts.count > 2 ? String(decoding: parts[2], as: UTF8.self) : ""
    return (key, comment)
  }

  /// `TYPE BASE64`, and the comment behind it when there is one; without a newline.
  public func line(comment: String = "") -> String {
    type + " " + Base64.encode(blob) + (comment.isEmpty ? "" : " " + comment)
  }
}
