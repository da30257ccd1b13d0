internal import SwiftASN1
internal import X509

/// A certificate together with the bytes that other formats name it by.
struct ParsedCertificate: Sendable {
  /// Bytes of DER.
  static let sizeLimit = 65_536

  let certificate: Certificate
  let der: [UInt8]
  /// The SubjectPublicKeyInfo as it stands in the certificate.
  let key: VerificationKey
  let notBefore: Moment
  let notAfter: Moment

  /// nil for what is no DER certificate whose key can be checked.
  init?(der: [UInt8]) {
    guard let certificate = try? Certificate(derEncoded: der),
      let root = try? DER.parse(der),
      let fields = TBSFields(certificate: root),
      let key = VerificationKey(spki: Array(fields.spki.encodedBytes)),
      let notBefore = fields.notBefore, let notAfter = fields.notAfter
    else { return nil }
    self.certificate = certificate
    self.der = der
    self.key = key
    self.notBefore = notBefore
    self.notAfter = notAfter
  }

  /// Whether it is signed by its own key, as roots are.
  var isSelfSigned: Bool {
    certificate.issuer == certificate.subject
      && certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
  }

  /// The value of an extension, nil where there is none.
  func value(of oid: ASN1ObjectIdentifier) -> [UInt8]? {
    certificate.extensions.first { $0.oid == oid }.map { Array($0.value) }
  }
}

/// The children of TBSCertificate (RFC 5280 §4.1) that are needed as bytes.
struct TBSFields {
  let nodes: [ASN1Node]
  /// Where the optional version shifts everything by one.
  private let first: Int

  init?(certificate: ASN1Node) {
    guard let outer = certificate.children, let tbs = outer.first, let nodes = tbs.children,
      let head = nodes.first
    else { return nil }
    first = head.identifier == ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific) ? 1 : 0
    guard nodes.count >= first + 6 else { return nil }
    self.nodes = nodes
  }

  var serial: ASN1Node { nodes[first] }
  var issuer: ASN1Node { nodes[first + 2] }
  var spki: ASN1Node { nodes[first + 5] }
  var notBefore: Moment? { time(0) }
  var notAfter: Moment? { time(1) }

  private func time(_ index: Int) -> Moment? {
    guard let pair = nodes[first + 3].children, pair.count == 2 else { return nil }
    return Moment(node: pair[index])
  }

  /// TBSCertificate without one extension, everything else byte for byte (RFC 6962 §3.2).
  ///
  /// An extensions field that becomes empty goes with it, since it may not be empty.
  func encoded(without oid: ASN1ObjectIdentifier) -> [UInt8]? {
    let tag = ASN1Identifier(tagWithNumber: 3, tagClass: .contextSpecific)
    var serializer = DER.Serializer()
    serializer.appendConstructedNode(identifier: .sequence) { tbs in
      for node in nodes {
        guard node.identifier == tag, let list = node.children?.first?.children else {
          tbs.serializeRawBytes(node.encodedBytes)
          continue
        }
        let kept = list.filter {
          $0.children?.first.flatMap(ASN1ObjectIdentifier.init(node:)) != oid
        }
        if kept.isEmpty { continue }
        tbs.appendConstructedNode(identifier: tag) { outer in
          outer.appendConstructedNode(identifier: .sequence) { inner in
            for item in kept { inner.serializeRawBytes(item.encodedBytes) }
          }
        }
      }
    }
    return serializer.serializedBytes
  }
}
