/// An OpenSSH certificate over an Ed25519 key (OpenSSH PROTOCOL.certkeys).
///
/// One that exists has a good signature of its authority, or one of a type we cannot check
/// (`isAuthorityChecked`), which is never taken for good.
public struct SSHCertificate: Sendable {
  static let ed25519Type = "ssh-ed25519-cert-v01@openssh.com"

  public let publicKey: SSHPublicKey
  public let serial: UInt64
  /// 1 = user, 2 = host.
  public let kind: UInt32
  public let keyID: [UInt8]
  public let principals: [[UInt8]]
  /// Unix seconds; the first second in which it is good.
  public let validAfter: UInt64
  /// Unix seconds; the first second in which it is no longer good, all ones for ever.
  public let validBefore: UInt64
  public let criticalOptions: [[UInt8]]
  public let authority: SSHPublicKey
  public let isAuthorityChecked: Bool

  init(blob: [UInt8]) throws(WireError) {
    var reader = SSHReader(blob)
    guard try reader.name() == Self.ed25519Type else { throw WireError() }
    _ = try reader.string()
    let key = try reader.string()
    guard key.count == 32 else { throw WireError() }
    publicKey = SSHPublicKey(ed25519: key)
    serial = try reader.u64()
    kind = try reader.u32()
    guard kind == 1 || kind == 2 else { throw WireError() }
    keyID = try reader.text()
    principals = try Self.texts(try reader.string())
    validAfter = try reader.u64()
    validBefore = try reader.u64()
    criticalOptions = try Self.options(try reader.string())
    _ = try Self.options(try reader.string())
    _ = try reader.string()
    authority = try SSHPublicKey(wire: try reader.string(), certificateAllowed: false)
    let signed = Array(blob.prefix(reader.offset))
    let signature = try InnerSignature(blob: try reader.string(), by: authority)
    try reader.finish()
    switch signature.holds(over: signed, by: authority) {
    case true?: isAuthorityChecked = true
    case false?: throw WireError()
    case nil: isAuthorityChecked = false
    }
  }

  private static func texts(_ bytes: [UInt8]) throws(WireError) -> [[UInt8]] {
    var reader = SSHReader(bytes)
    var all: [[UInt8]] = []
    while !reader.isAtEnd { all.append(try reader.text()) }
    return all
  }

  private static func options(_ bytes: [UInt8]) throws(WireError) -> [[UInt8]] {
    var reader = SSHReader(bytes)
    var names: [[UInt8]] = []
    while !reader.isAtEnd {
      names.append(try reader.text())
      _ = try reader.string()
    }
    return names
  }
}
