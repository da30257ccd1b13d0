import Crypto
import FoundationEssentials
import SwiftASN1
import X509

@testable import Sigstore

/// Certificates made for a test: who issues, and what is wrong with it.
struct MadeCertificate {
  let parsed: ParsedCertificate
  let key: P256.Signing.PrivateKey
  let name: DistinguishedName

  /// Unix seconds between which it is valid; 1,000,000 to 2,000,000 where nothing else is said.
  static func make(
    _ commonName: String, by issuer: MadeCertificate? = nil,
    valid: ClosedRange<Int> = 1_000_000...2_000_000, key: P256.Signing.PrivateKey = .init(),
    @ExtensionsBuilder extensions: () throws -> Result<Certificate.Extensions, any Error>
  ) throws -> MadeCertificate {
    try make(
      subject: try DistinguishedName { CommonName(commonName) }, issuer: issuer, valid: valid,
      key: key, try Certificate.Extensions(builder: extensions))
  }

  static func make(
    subject: DistinguishedName, issuer: MadeCertificate?, valid: ClosedRange<Int>,
    key: P256.Signing.PrivateKey, of publicKey: P256.Signing.PublicKey? = nil,
    _ extensions: Certificate.Extensions
  ) throws -> MadeCertificate {
    let publicKey = publicKey ?? key.publicKey
    // Of the key, so that a certificate made again, with more in it, has the same.
    let serial = publicKey.rawRepresentation.prefix(4).reduce(UInt32(0)) {
      $0 << 8 | UInt32($1)
    }
    // Which RFC 5280 wants in all of them, and others' verifiers miss.
    var extensions = extensions
    if extensions[oid: .X509ExtensionID.subjectKeyIdentifier] == nil {
      try extensions.append(
        Certificate.Extension(SubjectKeyIdentifier(hash: .init(publicKey)), critical: false))
      let above = Certificate.PublicKey((issuer?.key ?? key).publicKey)
      try extensions.append(
        Certificate.Extension(
          AuthorityKeyIdentifier(
            keyIdentifier: SubjectKeyIdentifier(hash: above).keyIdentifier), critical: false))
    }
    let certificate = try Certificate(
      version: .v3, serialNumber: .init(serial), publicKey: .init(publicKey),
      notValidBefore: Date(timeIntervalSince1970: Double(valid.lowerBound)),
      notValidAfter: Date(timeIntervalSince1970: Double(valid.upperBound)),
      issuer: issuer?.name ?? subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: extensions, issuerPrivateKey: .init(issuer?.key ?? key))
    var serializer = DER.Serializer()
    try serializer.serialize(certificate)
    guard let parsed = ParsedCertificate(der: serializer.serializedBytes) else {
      throw Unreadable()
    }
    return MadeCertificate(parsed: parsed, key: key, name: subject)
  }

  struct Unreadable: Error {}

  static func root(
    valid: ClosedRange<Int> = 1_000_000...2_000_000
  ) throws -> MadeCertificate {
    try make("root", valid: valid) {
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 1))
      Critical(KeyUsage(keyCertSign: true))
    }
  }

  static func intermediate(_ root: MadeCertificate) throws -> MadeCertificate {
    try make("intermediate", by: root) {
      Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
      Critical(KeyUsage(keyCertSign: true))
      try ExtendedKeyUsage([.codeSigning])
    }
  }

  static func leaf(
    _ issuer: MadeCertificate, valid: ClosedRange<Int> = 1_400_000...1_500_000
  ) throws -> MadeCertificate {
    try make("leaf", by: issuer, valid: valid) {
      Critical(KeyUsage(digitalSignature: true))
      try ExtendedKeyUsage([.codeSigning])
      Critical(SubjectAlternativeNames([.uniformResourceIdentifier("https://made.example/x")]))
    }
  }
}
