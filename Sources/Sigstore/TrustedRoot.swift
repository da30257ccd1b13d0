internal import Platform

/// The key of a transparency log: of signatures (Rekor) or of certificates.
struct LogKey: Sendable {
  /// What bundles name it by.
  let keyID: [UInt8]
  /// What its checkpoints name it by, where the file says so.
  let checkpointKeyID: [UInt8]?
  let key: VerificationKey
  let validFor: ValidityRange
  let baseURL: String
  let operatorName: String

  /// The host of the base URL, with and without its port: how a Rekor v2 log signs.
  var hosts: [String] {
    let address = baseURL.drop { $0 != ":" }
    guard address.hasPrefix("://") else { return [] }
    let authority = address.dropFirst(3).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    if host.isEmpty { return [] }
    guard !host.hasPrefix("["), let colon = host.lastIndex(of: ":") else { return [String(host)] }
    return [String(host), String(host[..<colon])]
  }
}

/// Whom a verifier believes: logs, certificate authorities and time-stamp authorities, each for a
/// range of time (a `trusted_root.json` of Sigstore, versions 0.1 and 0.2).
public struct TrustedRoot: Sendable {
  let logs: [LogKey]
  let certificateLogs: [LogKey]
  let certificateAuthorities: [CertificateAuthority]
  let timestampAuthorities: [CertificateAuthority]

  /// At most 4 MiB.
  public static let sizeLimit = 4 << 20

  private static let mediaTypes = [
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
    "application/vnd.dev.sigstore.trustedroot.v0.1+json",
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
  ]

  /// Reads the file's bytes.
  ///
  /// Keys of a scheme that we do not know are left out; everything else that breaks the form refuses
  /// the whole file.
  public init(parsing bytes: [UInt8]) throws(SigstoreError) {
    let file = try ProtoMessage(
      file: bytes, atMost: Self.sizeLimit, code: .trustedRootMalformed, path: "")
    guard Self.mediaTypes.contains(try file.requiredText("mediaType")) else {
      throw file.fault("mediaType", "this is not the media type of a trusted root that we know")
    }
    logs = try Self.logs(file, "tlogs")
    certificateLogs = try Self.logs(file, "ctlogs")
    certificateAuthorities = try Self.authorities(file, "certificateAuthorities")
    timestampAuthorities = try Self.authorities(file, "timestampAuthorities")
  }

  private static func logs(_ file: ProtoMessage, _ name: String) throws(SigstoreError) -> [LogKey] {
    var logs: [LogKey] = []
    for message in try file.messages(name, atMost: 256) {
      let publicKey = try message.requiredMessage("publicKey")
      // Read also for keys that are then left out: the form of the file does not depend on them.
      let validFor = try publicKey.validity("validFor")
      let spki = try publicKey.bytes("rawBytes", atMost: 8192)
      let keyID = try message.requiredMessage("logId").bytes("keyId", atMost: 64)
      let checkpoint = try message.message("checkpointKeyId")
      let checkpointKeyID = try checkpoint?.bytes("keyId", atMost: 64)
      guard let details = try publicKey.text("keyDetails"),
        VerificationKey.knownKeyDetails.contains(details)
      else { continue }
      guard let key = VerificationKey(spki: spki), key.fits(keyDetails: details) == true else {
        throw publicKey.fault("rawBytes", "this is no key of the scheme \(details)")
      }
      let baseURL = try message.text("baseUrl") ?? ""
      logs.append(
        LogKey(
          keyID: keyID, checkpointKeyID: checkpointKeyID, key: key, validFor: validFor,
          baseURL: baseURL, operatorName: try message.text("operator") ?? baseURL))
    }
    return logs
  }

  private static func authorities(
    _ file: ProtoMessage, _ name: String
  ) throws(SigstoreError) -> [CertificateAuthority] {
    var authorities: [CertificateAuthority] = []
    for message in try file.messages(name, atMost: 256) {
      let list = try message.requiredMessage("certChain")
      var chain: [ParsedCertificate] = []
      for certificate in try list.messages("certificates", atMost: 16) {
        let der = try certificate.bytes("rawBytes", atMost: ParsedCertificate.sizeLimit)
        guard let parsed = ParsedCertificate(der: der) else {
          throw certificate.fault("rawBytes", "this is no certificate that can be read")
        }
        chain.append(parsed)
      }
      guard let anchor = chain.last else { throw list.fault("certificates", "this is empty") }
      authorities.append(
        CertificateAuthority(
          chain: chain, validFor: try message.validity("validFor"),
          operatorName: try message.text("operator") ?? Hex.encode(sha256(anchor.der))))
    }
    return authorities
  }
}
