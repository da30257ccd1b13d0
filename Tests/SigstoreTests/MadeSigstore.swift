import Attestation
import Crypto
import JSON
import Platform
import SwiftASN1
import X509

@testable import Sigstore

/// A private Sigstore for one test: authorities, logs and a signer, each with a key of its own.
struct MadeSigstore {
  static let now: Int64 = 1_600_000
  static let entryTime: Int64 = 1_450_000
  static let file = Array("what was signed\n".utf8)

  let root: MadeCertificate
  let intermediate: MadeCertificate
  let stampers: [MadeCertificate]
  let stampRoot: MadeCertificate
  let certificateLog = P256.Signing.PrivateKey()
  let log = P256.Signing.PrivateKey()
  let secondLog = Curve25519.Signing.PrivateKey()
  var mayLog = 1_000_000...2_000_000
  var mayStamp = 1_000_000...2_000_000

  init() throws {
    root = try .root()
    intermediate = try .intermediate(root)
    let stampRoot = try MadeCertificate.root()
    self.stampRoot = stampRoot
    stampers = try ["a", "b"].map { name in
      try MadeCertificate.make("stamper \(name)", by: stampRoot) {
        Critical(KeyUsage(digitalSignature: true))
        Critical(try ExtendedKeyUsage([.timeStamping]))
      }
    }
  }

  /// SAN and issuer as Fulcio writes them.
  @ExtensionsBuilder
  static func identity(
    _ names: [GeneralName] = [.uniformResourceIdentifier("https://made.example/x")],
    issuer: String? = "https://login.example", old: String? = nil
  ) throws -> Result<Certificate.Extensions, any Error> {
    Critical(KeyUsage(digitalSignature: true))
    try ExtendedKeyUsage([.codeSigning])
    Critical(SubjectAlternativeNames(names))
    if let issuer {
      Certificate.Extension(
        oid: [1, 3, 6, 1, 4, 1, 57264, 1, 8], critical: false,
        value: tlv(0x0C, Array(issuer.utf8))[...])
    }
    if let old {
      Certificate.Extension(
        oid: [1, 3, 6, 1, 4, 1, 57264, 1, 1], critical: false, value: Array(old.utf8)[...])
    }
  }

  /// A leaf whose signed certificate timestamp is over itself without it.
  ///
  /// - Parameter publicKey: somebody's; nil: a new key's.
  func leaf(
    _ extensions: Certificate.Extensions, of publicKey: P256.Signing.PublicKey? = nil,
    sctAt milliseconds: UInt64 = 1_400_000_000,
    logIDFlip: UInt8 = 0
  ) throws -> MadeCertificate {
    let key = P256.Signing.PrivateKey()
    let name = DistinguishedName()
    func certificate(_ extensions: Certificate.Extensions) throws -> MadeCertificate {
      try MadeCertificate.make(
        subject: name, issuer: intermediate, valid: 1_400_000...1_500_000, key: key, of: publicKey,
        extensions)
    }
    let before = try certificate(extensions)
    let tbs = Array(before.parsed.certificate.tbsCertificateBytes)
    var signed: [UInt8] = [0, 0] + bigEndian(milliseconds, 8) + [0, 1]
    signed += sha256(intermediate.parsed.key.spki) + bigEndian(UInt64(tbs.count), 3) + tbs + [0, 0]
    let signature = try certificateLog.signature(for: signed).derRepresentation
    var logID = sha256(certificateLog.publicKey.derRepresentation)
    logID[0] ^= logIDFlip
    let timestamp =
      [0] + logID + bigEndian(milliseconds, 8) + [0, 0, 4, 3]
      + bigEndian(UInt64(signature.count), 2) + signature
    let entry = bigEndian(UInt64(timestamp.count), 2) + timestamp
    var all = extensions
    try all.append(
      Certificate.Extension(
        oid: TransparencyTimestamps.oid, critical: false,
        value: tlv(4, bigEndian(UInt64(entry.count), 2) + entry)[...]))
    return try certificate(all)
  }

  /// The hash of which the id in a signed note is the beginning.
  var secondLogID: [UInt8] {
    sha256(Array("log2.example".utf8) + [10, 1] + Array(secondLog.publicKey.rawRepresentation))
  }

  var trustedRoot: JSONValue {
    func range(_ range: ClosedRange<Int>) -> JSONValue {
      [
        "start": .string(UTCTime(seconds: Int64(range.lowerBound)).rfc3339),
        "end": .string(UTCTime(seconds: Int64(range.upperBound)).rfc3339),
      ]
    }
    func key(_ spki: [UInt8], _ details: String, _ name: String, _ id: [UInt8]) -> JSONValue {
      [
        "baseUrl": .string("https://" + name), "hashAlgorithm": "SHA2_256",
        "logId": ["keyId": .string(Base64.encode(id))],
        "publicKey": [
          "rawBytes": .string(Base64.encode(spki)), "keyDetails": .string(details),
          "validFor": range(mayLog),
        ],
      ]
    }
    func authority(_ chain: [MadeCertificate], _ name: String, _ valid: ClosedRange<Int>)
      -> JSONValue
    {
      [
        "operator": .string(name),
        "subject": ["organization": "made.example", "commonName": .string(name)],
        "validFor": range(valid),
        "certChain": [
          "certificates": .array(
            chain.map { ["rawBytes": .string(Base64.encode($0.parsed.der))] })
        ],
      ]
    }
    let spki = Array(log.publicKey.derRepresentation)
    let secondSPKI =
      [0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 0x21, 0]
      + Array(secondLog.publicKey.rawRepresentation)
    let certificateSPKI = Array(certificateLog.publicKey.derRepresentation)
    return [
      "mediaType": "application/vnd.dev.sigstore.trustedroot.v0.2+json",
      "tlogs": [
        key(spki, "PKIX_ECDSA_P256_SHA_256", "log1.example", sha256(spki)),
        key(secondSPKI, "PKIX_ED25519", "log2.example", secondLogID),
      ],
      "ctlogs": [
        key(certificateSPKI, "PKIX_ECDSA_P256_SHA_256", "ct.example", sha256(certificateSPKI))
      ],
      "certificateAuthorities": [authority([intermediate, root], "ca", 1_000_000...2_000_000)],
      "timestampAuthorities": .array(
        zip(stampers, ["a", "b"]).map { authority([$0, stampRoot], $1, mayStamp) }),
    ]
  }
}

/// One DER value.
func tlv(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
  let count = UInt64(content.count)
  let length: [UInt8] =
    count < 128
    ? [UInt8(count)] : count < 256 ? [0x81, UInt8(count)] : [0x82] + bigEndian(count, 2)
  return [tag] + length + content
}

func bigEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
  (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
}
