internal import Platform

/// A signature in OpenSSH's own format (PROTOCOL.sshsig), read strictly.
public struct SSHSignature: Sendable {
  public let publicKey: SSHPublicKey
  public let namespace: [UInt8]
  /// As it stands in the signature; only `sha256` and `sha512` can be checked.
  public let hashName: String
  let signature: InnerSignature

  static let magic = Array("SSHSIG".utf8)
  static let header = "-----BEGIN SSH SIGNATURE-----\n"
  static let footer = "-----END SSH SIGNATURE-----"
  /// The longest armour that is looked at.
  public static let maximumArmourBytes = 16 << 10

  /// Reads the armoured form.
  ///
  /// Throws `signature_malformed`: the header stands at byte 0, lines end in LF, base64 is exact,
  /// and nothing follows the footer but one newline.
  public init(armoured text: [UInt8]) throws(SigningError) {
    if text.starts(with: Array("-----BEGIN PGP".utf8))
      || text.starts(with: Array("-----BEGIN SIGNED MESSAGE-----".utf8))
    {
      throw SigningError(
        .signatureMalformed, "this is an OpenPGP or X.509 signature, which wf does not check",
        hint: "stock git checks it: git verify-commit")
    }
    guard text.count <= Self.maximumArmourBytes, let blob = Self.unarmour(text) else {
      throw SigningError(.signatureMalformed, "this is no armoured SSH signature")
    }
    try self.init(blob: blob)
  }

  /// Reads the bytes inside the armour.
  ///
  /// Throws `signature_malformed`.
  public init(blob: [UInt8]) throws(SigningError) {
    do throws(WireError) {
      try self.init(wire: blob)
    } catch {
      throw SigningError(.signatureMalformed, "the bytes inside the armour are no SSH signature")
    }
  }

  private init(wire blob: [UInt8]) throws(WireError) {
    var reader = SSHReader(blob)
    guard try reader.take(6) == Self.magic, try reader.u32() == 1 else { throw WireError() }
    publicKey = try SSHPublicKey(wire: try reader.string())
    namespace = try reader.text()
    // ssh-keygen lets any bytes stand here and checks as if there were none
    guard try reader.string().isEmpty else { throw WireError() }
    let hash = try reader.text()
    signature = try InnerSignature(blob: try reader.string(), by: publicKey)
    try reader.finish()
    hashName = String(decoding: hash, as: UTF8.self)
  }

  private static func unarmour(_ text: [UInt8]) -> [UInt8]? {
    var body = text[...]
    guard body.starts(with: header.utf8) else { return nil }
    body = body.dropFirst(header.utf8.count)
    if body.last == 0x0A { body = body.dropLast() }
    let end = Array(("\n" + footer).utf8)
    guard body.count > end.count, body.suffix(end.count).elementsEqual(end) else { return nil }
    body = body.dropLast(end.count)
    let lines = body.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.allSatisfy({ !$0.isEmpty }) else { return nil }
    return Base64.decode(Array(lines.joined()))
  }

  /// The bytes that the key signs: nothing of the key or the version is in there.
  ///
  /// nil when the hash is not one of ours.
  public static func signedBytes(
    message: [UInt8], namespace: [UInt8], hashName: String
  ) -> [UInt8]? {
    let digest: [UInt8]
    switch hashName {
    case "sha256": digest = Digests.sha256(message)
    case "sha512": digest = Digests.sha512(message)
    default: return nil
    }
    var writer = SSHWriter()
    writer.raw(magic)
    writer.string(namespace)
    writer.string([])
    writer.string(hashName)
    writer.string(digest)
    return writer.bytes
  }

  /// The armour of an Ed25519 signature over the signed bytes, in lines of 70, ending in a newline.
  package static func armour(publicKey: SSHPublicKey, namespace: [UInt8], signature: [UInt8])
    -> String
  {
    var inner = SSHWriter()
    inner.string(SSHPublicKey.ed25519Type)
    inner.string(signature)
    var writer = SSHWriter()
    writer.raw(magic)
    writer.u32(1)
    writer.string(publicKey.blob)
    writer.string(namespace)
    writer.string([])
    writer.string("sha512")
    writer.string(inner.bytes)
    var text = header
    var rest = Array(Base64.encode(writer.bytes).utf8)[...]
    while !rest.isEmpty {
      text += String(decoding: rest.prefix(70), as: UTF8.self) + "\n"
      rest = rest.dropFirst(70)
    }
    return text + footer + "\n"
  }
}
