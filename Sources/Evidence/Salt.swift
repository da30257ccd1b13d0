internal import Platform

/// The 16 bytes that keep the digests of private members from being guessed (DESIGN §5).
public struct Salt: Sendable, Equatable {
  public let bytes: [UInt8]

  /// HMAC-SHA-256 of the 32 raw bytes of SHA-256 of audit_input.json under the user's secret.
  public init(secret: [UInt8], auditInput: [UInt8]) {
    bytes = Array(Digest.hmac(key: secret, Digest.raw(of: auditInput)).prefix(16))
  }

  /// The same from the digest text of audit_input.json; nil when that is not one.
  public init?(secret: [UInt8], auditInputDigest: String) {
    guard let hex = Digest.hex(of: auditInputDigest), let raw = Hex.decode(hex) else { return nil }
    bytes = Array(Digest.hmac(key: secret, raw).prefix(16))
  }

  /// A key for digests that no package holds.
  init(bytes: [UInt8]) { self.bytes = bytes }

  /// A salt from its 32 lower-case hex digits.
  public init?(hex: String) {
    guard hex.utf8.count == 32, let bytes = Hex.decode(hex) else { return nil }
    self.bytes = bytes
  }

  public var hex: String { Hex.encode(bytes) }

  /// What lies at `raw/salt`: the digits and `\n`.
  public var blob: [UInt8] { Array(hex.utf8) + [0x0A] }

  /// `hmac-sha256:` + 32 hex of `label 00 data` (SCHEMAS §1, digests).
  public func keyedDigest(label: String, data: [UInt8]) -> String {
    let digest = Digest.hmac(key: bytes, Array(label.utf8) + [0] + data)
    return "hmac-sha256:" + Hex.encode(digest.prefix(16))
  }

  /// The keyed digest of an input file: its role over the text of its plain digest.
  public func keyedDigest(role: String, digest: String) -> String {
    keyedDigest(label: role, data: Array(digest.utf8))
  }

  /// The keyed digest of the raw run id; nil where the run has none.
  public func runReference(clientRunID: String?) -> String? {
    clientRunID.map { keyedDigest(label: "client_run_id", data: Array($0.utf8)) }
  }
}
