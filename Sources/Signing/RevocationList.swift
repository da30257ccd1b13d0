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
  /// What others revoke, and the keys over which they have no say.
  private var others: [Other] = []

  private struct Other: Sendable {
    let contents: Contents
    let exempt: Set<SSHPublicKey>
  }

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

  /// This list and, behind it, another one, which cannot revoke the keys of `exempt`.
  public func adding(_ other: RevocationList, except exempt: Set<SSHPublicKey>) -> RevocationList {
    if fault != nil { return self }
    if let fault = other.fault { return RevocationList(unreadable: fault) }
    var result = self
    result.others.append(Other(contents: other.contents, exempt: exempt))
    return result
  }

  /// Whether this key, the key that a certificate is over, its authority or it itself is revoked.
  public func revokes(_ key: SSHPublicKey) -> Bool {
    contents.revokes(key)
      || others.contains { !$0.exempt.contains(key.plain) && $0.contents.revokes(key) }
  }
}

extension RevocationList.Contents {
  func revokes(_ key: SSHPublicKey) -> Bool {
    if lists(key.plain) { return true }
    guard let certificate = key.certificate else { return keys.contains(key.blob) }
    return keys.contains(key.blob) || lists(certificate.authority)
      || certificates.contains { $0.revokes(certificate) }
  }

  private func lists(_ key: SSHPublicKey) -> Bool {
    keys.contains(key.blob)
      || (!sha256.isEmpty && sha256.contains(Digests.sha256(key.blob)))
      || (!sha1.isEmpty && sha1.contains(Digests.sha1(key.blob)))
  }
}
