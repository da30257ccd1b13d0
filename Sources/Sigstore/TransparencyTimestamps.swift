internal import SwiftASN1

/// Signed certificate timestamps that a certificate carries (RFC 6962 §3.2 and §3.3).
enum TransparencyTimestamps {
  static let oid: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2]
  static let limit = 32

  /// At least one must be by a log of the trusted root that was in use then.
  ///
  /// - Throws: `sct_missing` where there is none, `sct_invalid` where none holds.
  static func check(
    _ leaf: ParsedCertificate, issuer: ParsedCertificate, logs: [LogKey]
  ) throws(SigstoreError) {
    guard let value = leaf.value(of: oid) else {
      throw SigstoreError(.sctMissing, "the certificate carries no signed certificate timestamp")
    }
    guard let list = list(value) else {
      throw SigstoreError(.sctInvalid, "the list of signed certificate timestamps is malformed")
    }
    if list.isEmpty {
      throw SigstoreError(.sctMissing, "the list of signed certificate timestamps is empty")
    }
    guard let root = try? DER.parse(leaf.der),
      let tbs = TBSFields(certificate: root)?.encoded(without: oid),
      list.contains(where: { $0.holds(over: tbs, issuer: issuer, logs: logs) })
    else {
      throw SigstoreError(
        .sctInvalid, "no signed certificate timestamp is by a certificate log of the trusted root")
    }
  }

  /// The entries of an extension's value; nil for other bytes.
  static func list(_ value: [UInt8]) -> [SignedTimestamp]? {
    guard let octets = (try? DER.parse(value))?.primitive(.octetString) else { return nil }
    var outer = TLSReader(octets)
    guard var entries = outer.vector(lengthBytes: 2), outer.isAtEnd else { return nil }
    var list: [SignedTimestamp] = []
    while !entries.isAtEnd {
      guard list.count < limit, let entry = entries.vector(lengthBytes: 2),
        let timestamp = SignedTimestamp(entry)
      else { return nil }
      list.append(timestamp)
    }
    return list
  }
}

/// One SignedCertificateTimestamp.
struct SignedTimestamp: Sendable {
  let version: UInt8
  let logID: [UInt8]
  let milliseconds: UInt64
  let extensions: [UInt8]
  let hash: UInt8
  let algorithm: UInt8
  let signature: [UInt8]

  init?(_ reader: TLSReader) {
    var reader = reader
    guard let version = reader.number(1), let logID = reader.bytes(32),
      let milliseconds = reader.number(8), let extensions = reader.vector(lengthBytes: 2)?.rest,
      let hash = reader.number(1), let algorithm = reader.number(1),
      let signature = reader.vector(lengthBytes: 2)?.rest, reader.isAtEnd
    else { return nil }
    self.version = UInt8(version)
    self.logID = logID
    self.milliseconds = milliseconds
    self.extensions = extensions
    self.hash = UInt8(hash)
    self.algorithm = UInt8(algorithm)
    self.signature = signature
  }

  func holds(over tbs: [UInt8], issuer: ParsedCertificate, logs: [LogKey]) -> Bool {
    guard version == 0, hash == 4, let time = Moment(milliseconds: milliseconds),
      tbs.count < 1 << 24
    else { return false }
    var signed: [UInt8] = [0, 0]
    signed += bigEndian(milliseconds, bytes: 8) + [0, 1]
    signed += sha256(issuer.key.spki)
    signed += bigEndian(UInt64(tbs.count), bytes: 3) + tbs
    signed += bigEndian(UInt64(extensions.count), bytes: 2) + extensions
    return logs.contains { log in
      sha256(log.key.spki) == logID && log.validFor.contains(time) && isMade(by: log.key)
        && log.key.verifies(signature, of: signed, hash: .sha256)
    }
  }

  /// 3 is ECDSA and 1 RSA (RFC 5246 §7.4.1.4.1).
  private func isMade(by key: VerificationKey) -> Bool {
    switch key.kind {
    case .p256, .p384, .p521: algorithm == 3
    case .rsa: algorithm == 1
    case .ed25519: false
    }
  }
}

private func bigEndian(_ value: UInt64, bytes count: Int) -> [UInt8] {
  (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
}

/// Bytes with the length-prefixed vectors of TLS.
struct TLSReader {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  var isAtEnd: Bool { bytes.isEmpty }
  var rest: [UInt8] { Array(bytes) }

  mutating func bytes(_ count: Int) -> [UInt8]? {
    guard count <= bytes.count else { return nil }
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }

  mutating func number(_ count: Int) -> UInt64? {
    bytes(count)?.reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func vector(lengthBytes: Int) -> TLSReader? {
    guard let length = number(lengthBytes), let bytes = bytes(Int(length)) else { return nil }
    return TLSReader(bytes)
  }
}
