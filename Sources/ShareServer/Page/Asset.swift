internal import Evidence
internal import Platform

/// A file that the pages load; its name changes with its bytes, so that it may be kept for ever.
public struct Asset: Sendable, Equatable {
  /// `/assets/NAME.HEX16.EXT`, HEX16 being the first 16 digits of the SHA-256 of the bytes.
  public let path: String
  public let contentType: String
  public let bytes: [UInt8]

  init(name: String, extension suffix: String, contentType: String, bytes: [UInt8]) {
    let digest = Hex.encode(Digest.raw(of: bytes).prefix(8))
    path = "/assets/\(name).\(digest).\(suffix)"
    self.contentType = contentType
    self.bytes = bytes
  }
}
