internal import JSON
internal import Platform

/// Kind and version of a log entry; an unknown pair is refused, never passed.
struct LogEntryKind: Sendable, Equatable {
  let kind: String
  let version: String

  /// The kinds of Rekor v2, whose entries carry no time and no promise.
  var isSecondGeneration: Bool {
    version == "0.0.2" && (kind == "hashedrekord" || kind == "dsse")
  }
}

/// What a log entry was made of, in words that all kinds share.
struct LoggedSignature {
  /// The hash of what was signed.
  let digest: [UInt8]
  let signature: [UInt8]
  /// DER of the certificate or SubjectPublicKeyInfo that the entry names.
  let verifier: [UInt8]
  let verifierIsCertificate: Bool
  /// Sigstore's name of the key's scheme; Rekor v1 has none.
  let keyDetails: String?
}

/// The canonicalized body of a log entry: JSON with `kind`, `apiVersion` and `spec`.
struct LogEntryBody {
  let kind: LogEntryKind
  private let spec: JSONValue

  /// nil for what is not of that form.
  init?(_ bytes: [UInt8]) {
    guard let value = try? JSONValue.parse(bytes, options: JSONOptions(maximumDepth: 64)),
      let kind = value["kind"]?.string, let version = value["apiVersion"]?.string,
      let spec = value["spec"], spec.object != nil
    else { return nil }
    self.kind = LogEntryKind(kind: kind, version: version)
    self.spec = spec
  }

  /// What the body must say about this content; nil where the kind is unknown.
  ///
  /// - Parameter hash: of the signing key, for entries of files.
  func expected(_ content: SignedContent, hash: HashName) -> [UInt8]? {
    switch (kind.kind, kind.version) {
    case ("dsse", "0.0.1"), ("intoto", "0.0.2"), ("dsse", "0.0.2"):
      content.payload.map { sha256($0) } ?? []
    case ("hashedrekord", "0.0.1"), ("hashedrekord", "0.0.2"):
      hash.digest(content.signedBytes)
    default: nil
    }
  }

  /// The body's own statement; nil where fields are missing or of another form.
  func logged(hash: HashName) -> LoggedSignature? {
    switch (kind.kind, kind.version) {
    case ("dsse", "0.0.1"): dsse()
    case ("intoto", "0.0.2"): intoto()
    case ("hashedrekord", "0.0.1"): hashedRekord(hash)
    case ("dsse", "0.0.2"): dsseOfSecondGeneration()
    case ("hashedrekord", "0.0.2"): hashedRekordOfSecondGeneration(hash)
    default: nil
    }
  }

  private func dsse() -> LoggedSignature? {
    guard let signatures = spec["signatures"]?.array, signatures.count == 1,
      let digest = hexDigest(spec["payloadHash"], .sha256)
    else { return nil }
    return firstGeneration(
      digest, signature: bytes(signatures[0]["signature"]), verifier: signatures[0]["verifier"])
  }

  private func intoto() -> LoggedSignature? {
    let content = spec["content"]
    guard let signatures = content?["envelope"]?["signatures"]?.array, signatures.count == 1,
      let digest = hexDigest(content?["payloadHash"], .sha256)
    else { return nil }
    // base64 of the base64 text that stands in the envelope
    let signature = bytes(signatures[0]["sig"]).flatMap { Base64.decode($0) }
    return firstGeneration(digest, signature: signature, verifier: signatures[0]["publicKey"])
  }

  private func hashedRekord(_ hash: HashName) -> LoggedSignature? {
    guard let digest = hexDigest(spec["data"]?["hash"], hash) else { return nil }
    return firstGeneration(
      digest, signature: bytes(spec["signature"]?["content"]),
      verifier: spec["signature"]?["publicKey"]?["content"])
  }

  private func dsseOfSecondGeneration() -> LoggedSignature? {
    let content = spec["dsseV002"]
    guard let signatures = content?["signatures"]?.array, signatures.count == 1,
      content?["payloadHash"]?["algorithm"]?.string == HashName.sha256.sigstoreName,
      let digest = bytes(content?["payloadHash"]?["digest"])
    else { return nil }
    return secondGeneration(digest, signatures[0])
  }

  private func hashedRekordOfSecondGeneration(_ hash: HashName) -> LoggedSignature? {
    let content = spec["hashedRekordV002"]
    guard content?["data"]?["algorithm"]?.string == hash.sigstoreName,
      let digest = bytes(content?["data"]?["digest"])
    else { return nil }
    return secondGeneration(digest, content?["signature"])
  }

  /// - Parameter verifier: base64 of a PEM certificate or public key.
  private func firstGeneration(
    _ digest: [UInt8], signature: [UInt8]?, verifier: JSONValue?
  ) -> LoggedSignature? {
    guard let signature, let pem = bytes(verifier),
      let block = PEMBlock(pem)
    else { return nil }
    return LoggedSignature(
      digest: digest, signature: signature, verifier: block.bytes,
      verifierIsCertificate: block.label == "CERTIFICATE", keyDetails: nil)
  }

  private func secondGeneration(_ digest: [UInt8], _ value: JSONValue?) -> LoggedSignature? {
    let verifier = value?["verifier"]
    guard let signature = bytes(value?["content"]), let details = verifier?["keyDetails"]?.string
    else { return nil }
    let certificate = bytes(verifier?["x509Certificate"]?["rawBytes"])
    guard let material = certificate ?? bytes(verifier?["publicKey"]?["rawBytes"]) else {
      return nil
    }
    return LoggedSignature(
      digest: digest, signature: signature, verifier: material,
      verifierIsCertificate: certificate != nil, keyDetails: details)
  }

  private func bytes(_ value: JSONValue?) -> [UInt8]? {
    value?.string.flatMap { Base64.decode($0) }
  }

  private func hexDigest(_ value: JSONValue?, _ hash: HashName) -> [UInt8]? {
    guard value?["algorithm"]?.string == hash.lowerCaseName else { return nil }
    return value?["value"]?.string.flatMap { Hex.decode($0) }
  }
}

extension HashName {
  /// As Rekor v2 and bundles spell it.
  var sigstoreName: String {
    switch self {
    case .sha256: "SHA2_256"
    case .sha384: "SHA2_384"
    case .sha512: "SHA2_512"
    }
  }

  /// As Rekor v1 spells it.
  var lowerCaseName: String {
    switch self {
    case .sha256: "sha256"
    case .sha384: "sha384"
    case .sha512: "sha512"
    }
  }
}
