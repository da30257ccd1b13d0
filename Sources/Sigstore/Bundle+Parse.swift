internal import Attestation
internal import JSON
internal import Platform

extension Bundle {
  /// At most 4 MiB.
  static let sizeLimit = 4 << 20
  private static let tokenLimit = 32

  /// Step 1 of SIGNING §7, as far as it is about the bundle.
  init(parsing bytes: [UInt8]) throws(SigstoreError) {
    let file = try ProtoMessage(
      file: bytes, atMost: Self.sizeLimit, code: .bundleMalformed, path: "")
    let mediaType = try file.requiredText("mediaType")
    guard let version = Version(mediaType: mediaType) else {
      throw SigstoreError(
        .bundleUnsupported, "this is no version of a Sigstore bundle that we know",
        place: "mediaType")
    }
    let verification = try file.requiredMessage("verificationMaterial")
    self.version = version
    content = try Self.content(file)
    material = try Self.material(verification, version)
    timestamps = try Self.timestamps(verification)
    let entries = try verification.messages("tlogEntries", atMost: 1)
    guard let entry = entries.first else {
      throw SigstoreError(
        .logMissing, "the bundle holds no entry of a transparency log",
        place: "verificationMaterial.tlogEntries")
    }
    self.entry = try LogEntry(entry, version: version)
  }

  private static func content(_ file: ProtoMessage) throws(SigstoreError) -> Content {
    let message = try file.message("messageSignature")
    let envelope = try file.message("dsseEnvelope")
    switch (message, envelope) {
    case (let message?, nil):
      return .message(
        signature: try message.bytes("signature", atMost: 8192),
        digest: try message.message("messageDigest").map(digest))
    case (nil, let envelope?):
      let signatures = try envelope.messages("signatures", atMost: 64)
      guard signatures.count == 1 else {
        throw envelope.fault("signatures", "an envelope in a bundle has exactly one signature")
      }
      let signature = try signatures[0].bytes("sig", atMost: 8192)
      return .envelope(
        Envelope(
          payload: try envelope.bytes("payload", atMost: sizeLimit),
          payloadType: try envelope.requiredText("payloadType"),
          signatures: [Envelope.Signature(keyID: nil, bytes: signature)]),
        signature: signature)
    default:
      throw file.fault(
        "messageSignature", "exactly one of messageSignature and dsseEnvelope is needed")
    }
  }

  private static func digest(_ message: ProtoMessage) throws(SigstoreError) -> MessageDigest {
    let digest = try message.bytes("digest", atMost: 64)
    switch try message.text("algorithm") {
    case "SHA2_256": return MessageDigest(hash: .sha256, digest: digest)
    case "SHA2_384": return MessageDigest(hash: .sha384, digest: digest)
    case "SHA2_512": return MessageDigest(hash: .sha512, digest: digest)
    default: throw message.fault("algorithm", "this is no hash that we know")
    }
  }

  private static func material(
    _ message: ProtoMessage, _ version: Version
  ) throws(SigstoreError) -> Material {
    let chain = try message.message("x509CertificateChain")
    let single = try message.message("certificate")
    let hasKey = message.has("publicKey")
    switch (chain, single, hasKey) {
    case (let chain?, nil, false) where version != .v03:
      var certificates: [ParsedCertificate] = []
      for item in try chain.messages("certificates", atMost: 16) {
        let certificate = try certificate(item)
        if certificate.isSelfSigned {
          throw item.fault("rawBytes", "a chain in a bundle holds no self-signed certificate")
        }
        certificates.append(certificate)
      }
      guard let leaf = certificates.first else {
        throw chain.fault("certificates", "the chain is empty")
      }
      return .certificate(leaf, offered: Array(certificates.dropFirst()))
    case (nil, let single?, false) where version == .v03:
      return .certificate(try certificate(single), offered: [])
    case (nil, nil, true): return .managedKey
    default:
      throw message.fault(
        version == .v03 ? "certificate" : "x509CertificateChain",
        "exactly the material of this version of a bundle is needed")
    }
  }

  private static func certificate(
    _ message: ProtoMessage
  ) throws(SigstoreError) -> ParsedCertificate {
    let der = try message.bytes("rawBytes", atMost: ParsedCertificate.sizeLimit)
    guard let certificate = ParsedCertificate(der: der) else {
      throw SigstoreError(
        .certificateMalformed, "this certificate cannot be read", place: message.path)
    }
    return certificate
  }

  private static func timestamps(_ message: ProtoMessage) throws(SigstoreError) -> [[UInt8]] {
    guard let data = try message.message("timestampVerificationData") else { return [] }
    var tokens: [[UInt8]] = []
    for item in try data.messages("rfc3161Timestamps", atMost: tokenLimit) {
      let token = try item.bytes("signedTimestamp", atMost: TimestampToken.sizeLimit)
      if tokens.contains(token) { throw item.fault("signedTimestamp", "this token is there twice") }
      tokens.append(token)
    }
    return tokens
  }
}

extension LogEntry {
  fileprivate init(_ message: ProtoMessage, version: Bundle.Version) throws(SigstoreError) {
    logIndex = try message.count("logIndex")
    keyID = try message.requiredMessage("logId").bytes("keyId", atMost: 64)
    let kind = try message.requiredMessage("kindVersion")
    kindVersion = LogEntryKind(
      kind: try kind.requiredText("kind"), version: try kind.requiredText("version"))
    integratedTime = try message.count("integratedTime")
    promise = try message.message("inclusionPromise")?
      .optionalBytes("signedEntryTimestamp", atMost: 8192)
    canonicalizedBody = try message.bytes("canonicalizedBody", atMost: Bundle.sizeLimit)
    proof = try message.message("inclusionProof").map(InclusionProof.init)
    if version == .v01 {
      if promise == nil { throw message.fault("inclusionPromise", "version 0.1 needs this") }
    } else if proof?.checkpoint == nil {
      throw message.fault("inclusionProof", "this version needs a proof with its checkpoint")
    }
  }
}

extension InclusionProof {
  fileprivate init(_ message: ProtoMessage) throws(SigstoreError) {
    logIndex = try message.count("logIndex")
    treeSize = try message.count("treeSize")
    rootHash = try message.optionalBytes("rootHash", atMost: 64) ?? []
    checkpoint = try message.message("checkpoint")?.text("envelope")
    var hashes: [[UInt8]] = []
    for value in try message.array("hashes", atMost: 64) {
      guard let hash = value.string.flatMap({ Base64.decode($0) }) else {
        throw message.fault("hashes", "this is not base64")
      }
      hashes.append(hash)
    }
    self.hashes = hashes
  }
}
