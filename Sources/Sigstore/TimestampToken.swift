internal import SwiftASN1
internal import X509

/// An RFC 3161 time-stamp token: CMS SignedData over a TSTInfo (RFC 5652 §5, RFC 3161 §2.4.2).
///
/// Only the form is checked here; `TimestampToken.verify` decides whether it proves a time.
struct TimestampToken: Sendable {
  /// Bytes of one response; real ones have a few thousand.
  static let sizeLimit = 65_536

  let info: TimestampInfo
  /// The encoded TSTInfo, over which the message digest goes.
  let content: [UInt8]
  let signer: SignerInfo
  /// Certificates that came along, which prove nothing by themselves.
  let certificates: [ParsedCertificate]

  /// Reads a TimeStampResp that was granted, or a bare token; nil for other bytes.
  init?(der: [UInt8]) {
    guard der.count <= Self.sizeLimit, let root = try? DER.parse(der), let parts = root.sequence,
      let token = Self.token(root, parts), let data = Self.signedData(token), data.count >= 4,
      data[0].integer == 3, data[1].set != nil, let content = Self.content(data[2]),
      let info = TimestampInfo(der: content), let signers = data.last?.set, signers.count == 1,
      let signer = SignerInfo(signers[0])
    else { return nil }
    var certificates: [ParsedCertificate] = []
    for field in data[3..<(data.count - 1)] {
      // [0] certificates, [1] revocation lists, which are not used
      guard field.isTagged(0) || field.isTagged(1) else { return nil }
      guard field.isTagged(0) else { continue }
      guard let nodes = field.children, nodes.count <= 16 else { return nil }
      certificates += nodes.compactMap { ParsedCertificate(der: Array($0.encodedBytes)) }
    }
    self.info = info
    self.content = content
    self.signer = signer
    self.certificates = certificates
  }

  /// A response is SEQUENCE { status SEQUENCE { INTEGER … }, token }; a token begins with its type.
  private static func token(_ root: ASN1Node, _ parts: [ASN1Node]) -> ASN1Node? {
    guard let first = parts.first else { return nil }
    if first.identifier == .objectIdentifier { return root }
    guard parts.count == 2, let status = first.sequence?.first?.integer, (0...1).contains(status)
    else { return nil }
    return parts[1]
  }

  private static func signedData(_ token: ASN1Node) -> [ASN1Node]? {
    guard let parts = token.sequence, parts.count == 2,
      parts[0].objectIdentifier == [1, 2, 840, 113549, 1, 7, 2], parts[1].isTagged(0),
      let inner = parts[1].children, inner.count == 1
    else { return nil }
    return inner[0].sequence
  }

  private static func content(_ node: ASN1Node) -> [UInt8]? {
    guard let parts = node.sequence, parts.count == 2,
      parts[0].objectIdentifier == TimestampInfo.contentType, parts[1].isTagged(0),
      let inner = parts[1].children, inner.count == 1
    else { return nil }
    return inner[0].primitive(.octetString)
  }
}

/// What a time-stamp authority says: these bytes were there at that time.
struct TimestampInfo: Sendable {
  static let contentType: ASN1ObjectIdentifier = [1, 2, 840, 113549, 1, 9, 16, 1, 4]

  let hash: HashName
  let imprint: [UInt8]
  let time: Moment

  init?(der: [UInt8]) {
    guard let fields = (try? DER.parse(der))?.sequence, fields.count >= 5,
      fields[0].integer == 1, fields[1].objectIdentifier != nil,
      let imprint = fields[2].sequence, imprint.count == 2,
      let hash = imprint[0].algorithm.flatMap(HashName.init(oid:)),
      let digest = imprint[1].primitive(.octetString),
      fields[3].primitive(.integer) != nil, fields[4].identifier == .generalizedTime,
      let time = Moment(node: fields[4]), !Self.hasCriticalExtension(fields[5...])
    else { return nil }
    self.hash = hash
    self.imprint = digest
    self.time = time
  }

  /// Whether `extensions [1]` holds one that must be understood; none is.
  private static func hasCriticalExtension(_ rest: ArraySlice<ASN1Node>) -> Bool {
    let list = rest.first { $0.isTagged(1) }?.children ?? []
    return list.contains { $0.children?.contains { $0.identifier == .boolean } ?? false }
  }
}

/// Who signed, and which attributes were signed along.
struct SignerInfo: Sendable {
  enum Identifier: Sendable {
    case issuer(name: [UInt8], serial: [UInt8])
    case keyIdentifier([UInt8])
  }

  let identifier: Identifier
  let digest: HashName
  /// Of the signature over the attributes; Ed25519 has its own.
  let signatureHash: HashName
  /// The attributes as SET OF, which is what the signature covers.
  let signedBytes: [UInt8]
  let signature: [UInt8]
  private let attributes: [ASN1ObjectIdentifier: ASN1Node]

  init?(_ node: ASN1Node) {
    guard let fields = node.sequence, fields.count >= 6, fields[0].integer != nil,
      let identifier = Self.identifier(fields[1]),
      let digest = fields[2].algorithm.flatMap(HashName.init(oid:)), fields[3].isTagged(0),
      let list = fields[3].children, let attributes = Self.attributes(list),
      let algorithm = fields[4].algorithm,
      let signatureHash = Self.hash(algorithm, digest: digest),
      let signature = fields[5].primitive(.octetString)
    else { return nil }
    self.identifier = identifier
    self.digest = digest
    self.signatureHash = signatureHash
    self.signature = signature
    self.attributes = attributes
    // [0] IMPLICIT is replaced by the universal tag of a set (RFC 5652 §5.4).
    signedBytes = [0x31] + fields[3].encodedBytes.dropFirst()
  }

  /// The one value of a signed attribute.
  func attribute(_ oid: ASN1ObjectIdentifier) -> ASN1Node? { attributes[oid] }

  private static func identifier(_ node: ASN1Node) -> Identifier? {
    if node.isTagged(0) {
      guard case .primitive(let bytes) = node.content else { return nil }
      return .keyIdentifier(Array(bytes))
    }
    guard let parts = node.sequence, parts.count == 2, let serial = parts[1].primitive(.integer)
    else { return nil }
    return .issuer(name: Array(parts[0].encodedBytes), serial: serial)
  }

  /// Each type once and with one value; nil otherwise.
  private static func attributes(_ nodes: [ASN1Node]) -> [ASN1ObjectIdentifier: ASN1Node]? {
    var attributes: [ASN1ObjectIdentifier: ASN1Node] = [:]
    for node in nodes {
      guard let parts = node.sequence, parts.count == 2, let type = parts[0].objectIdentifier,
        let values = parts[1].set, values.count == 1,
        attributes.updateValue(values[0], forKey: type) == nil
      else { return nil }
    }
    return attributes
  }

  /// The hash of a signature algorithm that is checked: ECDSA and RSA with a hash, or the key alone,
  /// where it is that of the digest.
  private static func hash(_ algorithm: ASN1ObjectIdentifier, digest: HashName) -> HashName? {
    switch algorithm {
    case [1, 2, 840, 10045, 4, 3, 2], [1, 2, 840, 113549, 1, 1, 11]: .sha256
    case [1, 2, 840, 10045, 4, 3, 3], [1, 2, 840, 113549, 1, 1, 12]: .sha384
    case [1, 2, 840, 10045, 4, 3, 4], [1, 2, 840, 113549, 1, 1, 13]: .sha512
    case [1, 2, 840, 113549, 1, 1, 1], [1, 3, 101, 112]: digest
    default: nil
    }
  }
}
