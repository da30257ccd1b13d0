internal import Crypto
internal import JSON
internal import Platform

/// A key that signs once, and the certificate for it (Fulcio's `/api/v2/signingCert`).
struct CertifiedKey {
  let key: P256.Signing.PrivateKey
  /// The certificate in DER; its chain is the trusted root's matter.
  let certificate: [UInt8]

  /// Asks for a certificate of who the token says.
  ///
  /// - Throws: `service_refused`, `service_answer_malformed`.
  init(
    _ token: IdentityToken, services: SigningServices, exchange: ServiceExchange
  ) throws {
    let key = P256.Signing.PrivateKey()
    let proof = try key.signature(for: Array(token.name.utf8)).derRepresentation
    let request: JSONValue = [
      "credentials": ["oidcIdentityToken": .string(token.text)],
      "publicKeyRequest": [
        "publicKey": [
          "algorithm": "ECDSA",
          "content": .string(
            PEMBlock.text("PUBLIC KEY", Array(key.publicKey.derRepresentation))),
        ],
        "proofOfPossession": .string(Base64.encode(Array(proof))),
      ],
    ]
    let call = ServiceCall(
      url: services.certificates + "/api/v2/signingCert", contentType: ServiceCall.json,
      accept: ServiceCall.json, body: try CanonicalJSON.bytes(request))
    let body = try call.answer(exchange)
    let answer = try? JSONValue.parse(body)
    // A timestamp that came apart from its certificate has no place in a bundle.
    let chain = answer?["signedCertificateEmbeddedSct"]?["chain"]?["certificates"]?.array
    guard let text = chain?.first?.string, let block = PEMBlock(Array(text.utf8)),
      block.label == "CERTIFICATE", let certificate = ParsedCertificate(der: block.bytes),
      certificate.key.spki == Array(key.publicKey.derRepresentation)
    else {
      throw SigstoreError(
        .serviceAnswerMalformed,
        "the answer holds no certificate, with its timestamp, for the key that was sent",
        place: call.url)
    }
    self.key = key
    self.certificate = block.bytes
  }
}
