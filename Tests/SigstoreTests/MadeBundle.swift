import Crypto
import JSON
import Platform
import SwiftASN1

@testable import Sigstore

/// A bundle over `MadeSigstore.file`, with what a test wants otherwise.
struct MadeBundle {
  var sigstore: MadeSigstore
  var leaf: MadeCertificate
  var mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
  var isSecondGeneration = false
  var entryTime = MadeSigstore.entryTime
  var hasPromise = true
  var promiseIsGood = true
  var hasProof = true
  var hasCheckpoint = true
  /// Each by a stamper of that index at that time.
  var stamps: [MadeStamp] = []
  var kind: (String, String)?
  var bodyDigest = sha256(MadeSigstore.file)
  /// Lines that follow the log's own.
  var moreLines: ([UInt8]) throws -> [String] = { _ in [] }

  init(
    _ sigstore: MadeSigstore, leaf: MadeCertificate? = nil, isSecondGeneration: Bool = false
  ) throws {
    self.sigstore = sigstore
    self.leaf = try leaf ?? sigstore.leaf(MadeSigstore.identity().get())
    self.isSecondGeneration = isSecondGeneration
    if isSecondGeneration { stamps = [MadeStamp()] }
  }

  /// The code with which the bundle is refused; nil when it is accepted.
  func reason(_ policy: String = "", now: Int64 = MadeSigstore.now) throws -> SigstoreError.Code? {
    do throws(SigstoreError) {
      _ = try verified(policy, now: now)
      return nil
    } catch {
      return error.code
    }
  }

  func verified(
    _ policy: String = "", subject: String = "\"subject_pattern\":\".*\"",
    now: Int64 = MadeSigstore.now
  ) throws(SigstoreError) -> VerifiedBundle {
    let text =
      "{\"schema\":\"wf.sigstore_policy/1\",\"trusted_root\":\"r\",\"identities\":"
      + "[{\"issuer\":\"https://login.example\",\(subject)}]\(policy)}"
    let bytes: [UInt8]
    do { bytes = try encoded() } catch { throw SigstoreError(.unsigned, "\(error)") }
    return try BundleVerifier(
      trustedRoot: (try? CanonicalJSON.bytes(sigstore.trustedRoot)) ?? [],
      policy: try SigstorePolicy(parsing: Array(text.utf8)), now: now
    ).verify(bundle: bytes, of: .file(MadeSigstore.file))
  }

  func encoded() throws -> [UInt8] {
    let signature = Array(try leaf.key.signature(for: MadeSigstore.file).derRepresentation)
    var verification: JSONObject = ["tlogEntries": [try entry(signature)]]
    let rawBytes: JSONValue = ["rawBytes": .string(Base64.encode(leaf.parsed.der))]
    if mediaType.contains("0.3") {
      verification["certificate"] = rawBytes
    } else {
      verification["x509CertificateChain"] = ["certificates": [rawBytes]]
    }
    if !stamps.isEmpty {
      verification["timestampVerificationData"] = [
        "rfc3161Timestamps": .array(
          try stamps.map { stamp in
            let token = try stamp.token(over: signature, by: sigstore.stampers[stamp.stamper])
            return ["signedTimestamp": .string(Base64.encode(token))]
          })
      ]
    }
    return try CanonicalJSON.bytes([
      "mediaType": .string(mediaType), "verificationMaterial": .object(verification),
      "messageSignature": ["signature": .string(Base64.encode(signature))],
    ])
  }

  /// The third of five entries of a log; 1,000 more in the numbers over all shards.
  private func entry(_ signature: [UInt8]) throws -> JSONValue {
    try entry(body: try CanonicalJSON.bytes(body(signature)))
  }

  func entry(body: [UInt8]) throws -> JSONValue {
    let keyID =
      isSecondGeneration
      ? sigstore.secondLogID : sha256(Array(sigstore.log.publicKey.derRepresentation))
    var entry: JSONObject = [
      "logIndex": .string(isSecondGeneration ? "2" : "1002"),
      "logId": ["keyId": .string(Base64.encode(keyID))],
      "canonicalizedBody": .string(Base64.encode(body)),
    ]
    let (kind, version) = kind ?? ("hashedrekord", isSecondGeneration ? "0.0.2" : "0.0.1")
    entry["kindVersion"] = ["kind": .string(kind), "version": .string(version)]
    if !isSecondGeneration { entry["integratedTime"] = .string(String(entryTime)) }
    if hasPromise && !isSecondGeneration {
      let time = promiseIsGood ? entryTime : entryTime + 1
      let signed =
        "{\"body\":\"\(Base64.encode(body))\",\"integratedTime\":\(time),"
        + "\"logID\":\"\(Hex.encode(keyID))\",\"logIndex\":1002}"
      let promise = try sigstore.log.signature(for: Array(signed.utf8)).derRepresentation
      entry["inclusionPromise"] = [
        "signedEntryTimestamp": .string(Base64.encode(Array(promise)))
      ]
    }
    if hasProof { entry["inclusionProof"] = try proof(of: body) }
    return .object(entry)
  }

  private func body(_ signature: [UInt8]) -> JSONValue {
    let content = JSONValue.string(Base64.encode(signature))
    if isSecondGeneration {
      return [
        "kind": "hashedrekord", "apiVersion": "0.0.2",
        "spec": [
          "hashedRekordV002": [
            "data": ["algorithm": "SHA2_256", "digest": .string(Base64.encode(bodyDigest))],
            "signature": [
              "content": content,
              "verifier": [
                "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                "x509Certificate": ["rawBytes": .string(Base64.encode(leaf.parsed.der))],
              ],
            ],
          ]
        ],
      ]
    }
    let pem =
      "-----BEGIN CERTIFICATE-----\n\(Base64.encode(leaf.parsed.der))\n-----END CERTIFICATE-----\n"
    return [
      "kind": "hashedrekord", "apiVersion": "0.0.1",
      "spec": [
        "data": ["hash": ["algorithm": "sha256", "value": .string(Hex.encode(bodyDigest))]],
        "signature": [
          "content": content,
          "publicKey": ["content": .string(Base64.encode(Array(pem.utf8)))],
        ],
      ],
    ]
  }

  private func proof(of body: [UInt8]) throws -> JSONValue {
    let others = (0..<5).map { sha256([0, UInt8($0)]) }
    let leaf = sha256([0] + body)
    let left = sha256([1] + others[0] + others[1])
    let root = sha256([1] + sha256([1] + left + sha256([1] + leaf + others[3])) + others[4])
    var proof: JSONObject = [
      "logIndex": "2", "treeSize": "5", "rootHash": .string(Base64.encode(root)),
      "hashes": .array([others[3], left, others[4]].map { .string(Base64.encode($0)) }),
    ]
    if hasCheckpoint { proof["checkpoint"] = ["envelope": .string(try checkpoint(root))] }
    return .object(proof)
  }

  private func checkpoint(_ root: [UInt8]) throws -> String {
    let name = isSecondGeneration ? "log2.example" : "log1.example"
    let origin = isSecondGeneration ? name : name + " - 77"
    let text = Array("\(origin)\n5\n\(Base64.encode(root))\n".utf8)
    let keyID: [UInt8]
    let signature: [UInt8]
    if isSecondGeneration {
      let key = sigstore.secondLog
      keyID = sigstore.secondLogID
      signature = Array(try key.signature(for: text))
    } else {
      keyID = sha256(Array(sigstore.log.publicKey.derRepresentation))
      signature = Array(try sigstore.log.signature(for: text).derRepresentation)
    }
    let lines = [Self.line(name, keyID, signature)] + (try moreLines(text))
    return String(decoding: text, as: UTF8.self) + "\n" + lines.joined()
  }

  static func line(_ name: String, _ keyID: [UInt8], _ signature: [UInt8]) -> String {
    "\u{2014} \(name) \(Base64.encode(Array(keyID.prefix(4)) + signature))\n"
  }
}

/// A time stamp, with what a test wants otherwise.
struct MadeStamp {
  var stamper = 0
  var time = UTCTime(seconds: MadeSigstore.entryTime).compact
  var overOther = false
  var namesCertificate = true
  var namesOther = false
  var signsOther = false
  var carriesCertificate = true
  var status: UInt8 = 0

  private static let sha256ID = tlv(0x30, tlv(6, [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]))
  private static func type(_ last: [UInt8]) -> [UInt8] {
    tlv(6, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1] + last)
  }

  func token(over signature: [UInt8], by stamper: MadeCertificate) throws -> [UInt8] {
    try token(imprint: sha256(overOther ? [1] : signature), by: stamper)
  }

  func token(imprint: [UInt8], by stamper: MadeCertificate) throws -> [UInt8] {
    let info = tlv(
      0x30,
      tlv(2, [1]) + tlv(6, [0x2A, 3]) + tlv(0x30, Self.sha256ID + tlv(4, imprint)) + tlv(2, [9])
        + tlv(0x18, Array(time.utf8)))
    let contentType = Self.type([9, 16, 1, 4])
    func attribute(_ type: [UInt8], _ value: [UInt8]) -> [UInt8] {
      tlv(0x30, type + tlv(0x31, value))
    }
    var attributes =
      attribute(Self.type([9, 3]), contentType)
      + attribute(Self.type([9, 4]), tlv(4, sha256(signsOther ? [1] : info)))
    if namesCertificate {
      let hash = sha256(namesOther ? [1] : stamper.parsed.der)
      attributes += attribute(
        Self.type([9, 16, 2, 47]), tlv(0x30, tlv(0x30, tlv(0x30, tlv(4, hash)))))
    }
    // issuer and serial number as they stand in the certificate
    let tbs = TBSFields(certificate: try DER.parse(stamper.parsed.der))
    let fields = Array((tbs?.issuer.encodedBytes ?? []) + (tbs?.serial.encodedBytes ?? []))
    let signed = try stamper.key.signature(for: tlv(0x31, attributes)).derRepresentation
    let signer = tlv(
      0x30,
      tlv(2, [1]) + tlv(0x30, fields) + Self.sha256ID + tlv(0xA0, attributes)
        + tlv(0x30, tlv(6, [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2])) + tlv(4, Array(signed)))
    let data = tlv(
      0x30,
      tlv(2, [3]) + tlv(0x31, Self.sha256ID) + tlv(0x30, contentType + tlv(0xA0, tlv(4, info)))
        + (carriesCertificate ? tlv(0xA0, stamper.parsed.der) : []) + tlv(0x31, signer))
    return tlv(
      0x30, tlv(0x30, tlv(2, [status])) + tlv(0x30, Self.type([7, 2]) + tlv(0xA0, data)))
  }
}
