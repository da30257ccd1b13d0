internal import Attestation
internal import Crypto
internal import JSON
internal import Platform

/// Signs a statement with a key that lives only for that, certified for an identity, stamped and logged.
///
/// What comes out proves nothing to its maker: it is for `BundleVerifier`, with the trusted root and policy
/// that its readers will use.
///
/// - Parameters:
///   - statement: the bytes of an in-toto statement.
///   - exchange: asks a service.
/// - Returns: a Sigstore bundle, version 0.3.
/// - Throws: `service_refused`, `service_answer_malformed`, and what `exchange` throws.
public func signBundle(
  _ statement: [UInt8], as token: IdentityToken, services: SigningServices,
  exchange: ServiceExchange
) throws -> [UInt8] {
  let signer = try CertifiedKey(token, services: services, exchange: exchange)
  var envelope = Envelope(payload: statement, payloadType: Envelope.inTotoType, signatures: [])
  let signature = Array(
    try signer.key.signature(for: envelope.signedBytes).derRepresentation)
  envelope = Envelope(
    payload: statement, payloadType: Envelope.inTotoType,
    signatures: [Envelope.Signature(keyID: nil, bytes: signature)])
  var material: JSONObject = [
    "certificate": ["rawBytes": .string(Base64.encode(signer.certificate))]
  ]
  if let address = services.timestamps {
    let stamp = try TimestampRequest(address: address).token(over: signature, exchange)
    material["timestampVerificationData"] = [
      "rfc3161Timestamps": [["signedTimestamp": .string(Base64.encode(stamp))]]
    ]
  }
  let request = LogRequest(
    services: services, envelope: envelope, certificate: signer.certificate)
  material["tlogEntries"] = [try request.entry(exchange)]
  return try CanonicalJSON.bytes([
    "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
    "verificationMaterial": .object(material), "dsseEnvelope": envelope.bundled,
  ])
}
