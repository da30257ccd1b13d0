public import Signing

extension EvidenceStatement {
  /// Signs the statement and checks the envelope as a reader would, from its bytes.
  ///
  /// - Parameters:
  ///   - key: of a file or of an agent, which is asked for an Ed25519 signature over the encoding.
  ///   - package: what the statement is about.
  ///   - now: Unix seconds.
  /// - Returns: the bytes of the envelope's file.
  ///
  /// Throws `SigningError` where the key does not sign, and what `verify` throws for a statement
  /// that would not hold.
  public func signed(
    by key: Signing.Signer, about package: AttestedPackage, now: Int64
  ) throws -> [UInt8] {
    let bytes = try Envelope(signing: encoded(), with: key).encoded()
    // a fault of memory or a statement about other bytes is to be found here, not by others
    _ = try Envelope(parsing: bytes).verify(
      by: TrustedSigners([TrustedSigners.Signer(label: "the signing key", key: key.publicKey)]),
      of: package, now: now)
    return bytes
  }
}

extension Statement {
  /// Signs a statement of any predicate and checks the signature from the envelope's bytes.
  ///
  /// - Returns: the bytes of the envelope's file.
  ///
  /// Throws `SigningError` where the key does not sign, `bytes_changed` where it signs otherwise.
  public func signed(by key: Signing.Signer) throws -> [UInt8] {
    let bytes = try Envelope(signing: encoded(), with: key).encoded()
    let envelope = try Envelope(parsing: bytes)
    try envelope.checkPayloadType()
    guard
      envelope.signatures.allSatisfy({ key.publicKey.verifies($0.bytes, of: envelope.signedBytes) })
    else {
      throw AttestationError(
        .bytesChanged, "the new signature does not hold", place: key.publicKey.fingerprint)
    }
    return bytes
  }
}

extension Envelope {
  /// An in-toto statement with the signature of one key.
  fileprivate init(signing payload: [UInt8], with key: Signing.Signer) throws {
    let message = preAuthenticationEncoding(type: Self.inTotoType, body: payload)
    self.init(
      payload: payload, payloadType: Self.inTotoType,
      signatures: [
        Signature(keyID: key.publicKey.fingerprint, bytes: try key.sign(message))
      ])
  }
}
