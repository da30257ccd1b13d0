internal import SwiftASN1
internal import X509

/// What sort of signer a certificate names; a personal address is never shown.
public enum IdentityClass: String, Sendable {
  case workflow, person, service
}

/// Who a Fulcio certificate says signed: issuer of the identity token, and the subject.
struct CertificateIdentity: Sendable {
  let issuer: String
  let subject: String
  let identityClass: IdentityClass

  private static let issuerOID: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 57264, 1, 8]
  private static let oldIssuerOID: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 57264, 1, 1]
  private static let usernameOID: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 57264, 1, 7]
  /// Build Signer URI and Build Config URI, which only builds have.
  private static let buildOIDs: [ASN1ObjectIdentifier] = [
    [1, 3, 6, 1, 4, 1, 57264, 1, 9], [1, 3, 6, 1, 4, 1, 57264, 1, 18],
  ]

  init(_ certificate: ParsedCertificate) throws(SigstoreError) {
    issuer = try Self.issuer(certificate)
    (subject, identityClass) = try Self.subject(certificate)
  }

  private static func issuer(_ certificate: ParsedCertificate) throws(SigstoreError) -> String {
    let new = certificate.value(of: issuerOID).map { value in
      (try? DER.parse(value))?.primitive(.utf8String).flatMap(text)
    }
    let old = certificate.value(of: oldIssuerOID).map(text)
    guard let issuer = (new ?? old).flatMap({ $0 }), !issuer.isEmpty else {
      throw SigstoreError(.issuerMismatch, "the certificate names no issuer of its identity")
    }
    if let old, !(old.map { $0.utf8.elementsEqual(issuer.utf8) } ?? false) {
      throw SigstoreError(.issuerMismatch, "the certificate's two issuers do not agree")
    }
    return issuer
  }

  /// The only name of the subject alternative names.
  private static func subject(
    _ certificate: ParsedCertificate
  ) throws(SigstoreError) -> (String, IdentityClass) {
    guard let names = try? certificate.certificate.extensions.subjectAlternativeNames,
      names.count == 1, let name = names.first
    else {
      throw SigstoreError(.identityMismatch, "the certificate does not name exactly one subject")
    }
    switch name {
    case .rfc822Name(let address) where !address.isEmpty:
      let isService = address.hasSuffix(".gserviceaccount.com")
      return (address, isService ? .service : .person)
    case .uniformResourceIdentifier(let address) where !address.isEmpty:
      let isBuild = buildOIDs.contains { certificate.value(of: $0) != nil }
      return (address, isBuild || address.contains("@") ? .workflow : .service)
    case .otherName(let other) where other.typeID == usernameOID:
      if let username = other.value.flatMap(username), !username.isEmpty {
        return (username, .person)
      }
    default: break
    }
    throw SigstoreError(.identityMismatch, "the certificate's subject is of no kind that we know")
  }

  /// `[0] EXPLICIT UTF8String`, or the string where the tag has been taken off.
  private static func username(_ value: ASN1Any) -> String? {
    guard let name = try? ASN1UTF8String(asn1Any: value) else { return nil }
    return String(name)
  }

  private static func text(_ bytes: [UInt8]) -> String? { String(validating: bytes, as: UTF8.self) }
}
