internal import Platform
internal import SwiftASN1

extension ASN1Node {
  /// The nodes inside a constructed one; nil for a primitive one.
  var children: [ASN1Node]? {
    guard case .constructed(let nodes) = content else { return nil }
    return Array(nodes)
  }

  /// The bytes of a primitive node of that kind; nil for any other.
  func primitive(_ identifier: ASN1Identifier) -> [UInt8]? {
    guard self.identifier == identifier, case .primitive(let bytes) = content else { return nil }
    return Array(bytes)
  }

  /// The nodes inside, where this is a sequence.
  var sequence: [ASN1Node]? { identifier == .sequence ? children : nil }

  /// The nodes inside, where this is a set.
  var set: [ASN1Node]? { identifier == .set ? children : nil }

  /// Whether this is the context-specific tag of that number.
  func isTagged(_ number: UInt) -> Bool {
    identifier == ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
  }

  /// The object identifier that this node is.
  var objectIdentifier: ASN1ObjectIdentifier? { ASN1ObjectIdentifier(node: self) }

  /// The algorithm of an AlgorithmIdentifier.
  var algorithm: ASN1ObjectIdentifier? { sequence?.first?.objectIdentifier }

  /// An integer that fits in 64 bits.
  var integer: Int64? { try? Int64(derEncoded: self) }
}

extension ASN1ObjectIdentifier {
  init?(node: ASN1Node) {
    guard let oid = try? ASN1ObjectIdentifier(derEncoded: node) else { return nil }
    self = oid
  }
}

extension Moment {
  /// UTCTime or GeneralizedTime, the latter with a fraction of at most nine digits.
  init?(node: ASN1Node) {
    if let time = try? GeneralizedTime(derEncoded: node) {
      guard
        let whole = Platform.UTCTime(
          year: Int64(time.year), month: Int64(time.month), day: Int64(time.day),
          hour: Int64(time.hours), minute: Int64(time.minutes), second: Int64(time.seconds))
      else { return nil }
      self.init(seconds: whole.seconds, fraction: Array(time.rawFractionalSeconds))
      return
    }
    guard let time = try? SwiftASN1.UTCTime(derEncoded: node),
      let whole = Platform.UTCTime(
        year: Int64(time.year), month: Int64(time.month), day: Int64(time.day),
        hour: Int64(time.hours), minute: Int64(time.minutes), second: Int64(time.seconds))
    else { return nil }
    self.init(seconds: whole.seconds)
  }
}
