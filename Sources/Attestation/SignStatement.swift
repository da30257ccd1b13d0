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
    let payload = encoded()
    let message = preAuthenticationEncoding(type: Envelope.inTotoType, body: payload)
    let bytes = Envelope(
      payload: payload, payloadType: Envelope.inTotoType,
      signatures: [
        Envelope.Signature(keyID: key.publicKey.fingerprint, bytes: try key.sign(message))
      ]
    ).encoded()
    // a fault of memory or a statement about other bytes is to be found here, not by others
    _ = try Envelope(parsing: bytes).verify(
      by: TrustedSigners([TrustedSigners.Signer(label: "the signing key", key: key.publicKey)]),
      of: package, now: now)
    return bytes
  }
}
