internal import Crypto
internal import SwiftASN1
internal import X509

extension TimestampToken {
  /// The time that the token proves for these bytes, and who says so.
  ///
  /// - Parameter signature: the raw signature of the bundle, which is what gets stamped.
  /// - Throws: `timestamp_invalid` for a token that is broken or about other bytes,
  ///   `timestamp_untrusted` for one by somebody else or outside of an authority's time.
  func verify(
    over signature: [UInt8], authorities: [CertificateAuthority]
  ) throws(SigstoreError) -> ProvenTime {
    guard info.hash.digest(signature) == info.imprint else {
      throw SigstoreError(.timestampInvalid, "the time stamp is about other bytes")
    }
    let known = authorities.flatMap(\.chain)
    guard let certificate = (known + certificates).first(where: signer.isNamed) else {
      throw SigstoreError(.timestampUntrusted, "no certificate of the time stamp's signer is known")
    }
    guard holds(by: certificate) else {
      throw SigstoreError(.timestampInvalid, "the time stamp's own signature does not hold")
    }
    let search = ChainSearch(leaf: certificate, offered: certificates, purpose: .timeStamping)
    // An authority that lists the very signer speaks for it; others may have the same root.
    let listing = authorities.filter { $0.chain.contains { $0.der == certificate.der } }
    for authority in listing.isEmpty ? authorities : listing
    where authority.validFor.contains(info.time) {
      if (try? search.issuer(in: authority, at: info.time)) != nil {
        return ProvenTime(
          time: info.time, source: .timestamp, operatorName: authority.operatorName)
      }
    }
    throw SigstoreError(
      .timestampUntrusted,
      "no time-stamp authority of the trusted root may have signed at that time")
  }

  private func holds(by certificate: ParsedCertificate) -> Bool {
    let contentType = signer.attribute([1, 2, 840, 113549, 1, 9, 3])?.objectIdentifier
    let digest = signer.attribute([1, 2, 840, 113549, 1, 9, 4])?.primitive(.octetString)
    return contentType == TimestampInfo.contentType && digest == signer.digest.digest(content)
      && signer.namesCertificate(certificate)
      && certificate.key.verifies(
        signer.signature, of: signer.signedBytes, hash: signer.signatureHash)
  }
}

extension SignerInfo {
  /// Whether the signer identifier is that of the certificate.
  func isNamed(_ parsed: ParsedCertificate) -> Bool {
    switch identifier {
    case .issuer(let name, let serial):
      guard let fields = (try? DER.parse(parsed.der)).flatMap(TBSFields.init(certificate:)) else {
        return false
      }
      return Array(fields.issuer.encodedBytes) == name
        && fields.serial.primitive(.integer) == serial
    case .keyIdentifier(let identifier):
      let own = try? parsed.certificate.extensions.subjectKeyIdentifier
      return own.map { Array($0.keyIdentifier) == identifier } ?? false
    }
  }

  /// Whether the first certificate of signing-certificate or signing-certificate-v2 is this one.
  ///
  /// One of the two must be there (RFC 3161 §2.4.2); where both are, both must fit (RFC 5816 §2.2.1).
  func namesCertificate(_ parsed: ParsedCertificate) -> Bool {
    let old = attribute([1, 2, 840, 113549, 1, 9, 16, 2, 12])
    let new = attribute([1, 2, 840, 113549, 1, 9, 16, 2, 47])
    if old == nil && new == nil { return false }
    return (old.map { Self.names($0, parsed, isFirstVersion: true) } ?? true)
      && (new.map { Self.names($0, parsed, isFirstVersion: false) } ?? true)
  }

  private static func names(
    _ attribute: ASN1Node, _ parsed: ParsedCertificate, isFirstVersion: Bool
  ) -> Bool {
    guard let fields = attribute.sequence?.first?.sequence?.first?.sequence,
      let first = fields.first
    else { return false }
    if isFirstVersion {
      // SHA-1 by definition; it only points at a certificate whose chain is checked anyway.
      return first.primitive(.octetString) == Array(Insecure.SHA1.hash(data: parsed.der))
    }
    if let hash = first.primitive(.octetString) { return hash == sha256(parsed.der) }
    guard let name = first.algorithm.flatMap(HashName.init(oid:)), fields.count > 1 else {
      return false
    }
    return fields[1].primitive(.octetString) == name.digest(parsed.der)
  }
}
