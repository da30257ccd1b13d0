internal import Platform

/// Keys and certificates that are not to be believed any more: a plain list or OpenSSH's KRL.
///
/// A list that cannot be read revokes everything: `fault` says why, and verification fails with it.
public struct RevocationList: Sendable {
  /// `revocation_list_malformed`, when the list cannot be used.
  public let fault: SigningError?
  /// Unix seconds at which a KRL says that it was made.
  public let made: Int64?
  private let contents: Contents

  struct Contents: Sendable {
    var keys: Set<[UInt8]> = []
    var sha1: Set<[UInt8]> = []
    var sha256: Set<[UInt8]> = []
    var certificates: [KeyRevocationFile.Certificates] = []
  }

  /// The largest list that is read.
  public static let maximumBytes = 16 << 20
  /// A list with nothing in it.
  public static let empty = RevocationList(parsing: [])

  /// Reads a list; it never throws, since an unreadable list is an answer too.
  public init(parsing bytes: [UInt8], place: String? = nil) {
    do throws(WireError) {
      guard bytes.count <= Self.maximumBytes else { throw WireError() }
      if bytes.starts(with: KeyRevocationFile.magic) {
        let file = try KeyRevocationFile(bytes)
        self.init(file.contents, made: Int64(exactly: file.made))
      } else {
        self.init(try Self.plain(bytes), made: nil)
      }
    } catch {
      self.init(
        unreadable: SigningError(
          .revocationListMalformed, "the revocation list cannot be read", place: place))
    }
  }

  private init(_ contents: Contents, made: Int64?) {
    self.contents = contents
    self.made = made
    fault = nil
  }

  /// A list that is there but cannot be read, which revokes everything.
  public init(unreadable fault: SigningError) {
    contents = Contents()
    made = nil
    self.fault = fault
  }

  private static func plain(_ bytes: [UInt8]) throws(WireError) -> Contents {
    var contents = Contents()
    for var line in AllowedSigners.splitLines(bytes) {
      if line.last == 0x0D { line = line.dropLast() }
      line = line.drop { $0 == 0x20 || $0 == 0x09 }
      guard let first = line.first, first != UInt8(ascii: "#") else { continue }
      guard let text = String(validating: line, as: UTF8.self),
        let parsed = try? SSHPublicKey.parse(line: text), parsed.comment.isEmpty
      else { throw WireError() }
      contents.keys.insert(parsed.key.blob)
    }
    return contents
  }

  /// Whether this key, the key that a certificate is over, its authority or it itself is revoked.
  public func revokes(_ key: SSHPublicKey) -> Bool {
    if lists(key.plain) { return true }
    guard let certificate = key.certificate else { return contents.keys.contains(key.blob) }
    return contents.keys.contains(key.blob) || lists(certificate.authority)
      || contents.certificates.contains { $0.revokes(certificate) }
  }

  private func lists(_ key: SSHPublicKey) -> Bool {
    contents.keys.contains(key.blob)
      || (!contents.sha256.isEmpty && contents.sha256.contains(Digests.sha256(key.blob)))
      || (!contents.sha1.isEmpty && contents.sha1.contains(Digests.sha1(key.blob)))
  }
}
