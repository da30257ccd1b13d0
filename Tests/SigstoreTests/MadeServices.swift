import Attestation
import Crypto
import JSON
import Platform
import SwiftASN1
import TestSupport
import X509

@testable import Sigstore

/// A certificate authority, two logs and a time-stamp authority that answer as the real ones do, and check
/// what those check before they sign.
struct MadeServices {
  let sigstore: MadeSigstore
  static let name = "https://made.example/x"
  /// Spoils an answer: gets the path's last part and the body.
  var spoiled: @Sendable (String, [UInt8]) -> [UInt8] = { $1 }

  /// A token of these claims; nobody checks its signature but the authority, which compares it.
  static func token(_ claims: JSONObject = ["sub": .string(name)]) throws -> String {
    let header: JSONValue = ["alg": "none"]
    let parts = try [header, .object(claims)].map {
      Base64.encodeURL(try CanonicalJSON.bytes($0))
    }
    return (parts + ["c2ln"]).joined(separator: ".")
  }

  /// Status and body for a request.
  func answer(_ path: String, _ body: [UInt8]) throws -> (status: Int, body: [UInt8]) {
    let json = try? JSONValue.parse(body)
    let answer: [UInt8]
    switch path {
    case "/api/v2/signingCert": answer = try certificate(json)
    case "/api/v1/log/entries": answer = try firstLog(json)
    case "/api/v2/log/entries": answer = try secondLog(json)
    case "/stamp": answer = try stamp(body)
    default: return (404, Array("no such path\n".utf8))
    }
    if answer.isEmpty { return (400, Array("this does not\nfit together".utf8)) }
    return (201, spoiled(path, answer))
  }

  /// The key of a request that is signed with it.
  private static func requestedKey(_ request: JSONValue?) -> P256.Signing.PublicKey? {
    guard let text = request?["certificateSigningRequest"]?.string,
      let bytes = Base64.decode(text), let der = PEMBlock(bytes)?.bytes,
      let request = try? CertificateSigningRequest(derEncoded: der),
      request.publicKey.isValidSignature(request.signature, for: request)
    else { return nil }
    return P256.Signing.PublicKey(request.publicKey)
  }

  /// The key that has signed the name in the token.
  private static func provenKey(_ request: JSONValue?) -> P256.Signing.PublicKey? {
    let given = request?["publicKeyRequest"]
    guard let key = given?["publicKey"]?["content"]?.string,
      let proof = given?["proofOfPossession"]?.string.flatMap({ Base64.decode($0) }),
      let publicKey = try? P256.Signing.PublicKey(pemRepresentation: key),
      let signature = try? P256.Signing.ECDSASignature(derRepresentation: proof),
      publicKey.isValidSignature(signature, for: Array(name.utf8))
    else { return nil }
    return publicKey
  }

  private func certificate(_ request: JSONValue?) throws -> [UInt8] {
    // Who sends a request that is signed has the token in a header, which is not seen here.
    let token = request?["credentials"]?["oidcIdentityToken"]?.string
    let isKnown = try token == Self.token()
    guard let publicKey = Self.requestedKey(request) ?? (isKnown ? Self.provenKey(request) : nil)
    else { return [] }
    // Both spellings of the issuer, as Fulcio writes them.
    let names = try MadeSigstore.identity(old: "https://login.example").get()
    let chain = [try sigstore.leaf(names, of: publicKey), sigstore.intermediate]
    return try CanonicalJSON.bytes([
      "signedCertificateEmbeddedSct": [
        "chain": [
          "certificates": .array(
            chain.map { .string(PEMBlock.text("CERTIFICATE", $0.parsed.der)) })
        ]
      ]
    ])
  }

  /// What an envelope and a certificate say, where the signature holds.
  private func checked(
    _ envelope: JSONValue?, _ certificate: [UInt8]?
  ) -> (payload: [UInt8], signature: [UInt8], der: [UInt8])? {
    guard let payload = envelope?["payload"]?.string.flatMap({ Base64.decode($0) }),
      let type = envelope?["payloadType"]?.string,
      let signature = envelope?["signatures"]?.array?.first?["sig"]?.string
        .flatMap({ Base64.decode($0) }),
      let der = certificate, let leaf = ParsedCertificate(der: der),
      leaf.key.verifies(signature, of: preAuthenticationEncoding(type: type, body: payload))
    else { return nil }
    return (payload, signature, der)
  }

  private func firstLog(_ request: JSONValue?) throws -> [UInt8] {
    let content = request?["spec"]?["proposedContent"]
    let pem = content?["verifiers"]?.array?.first?.string.flatMap { Base64.decode($0) } ?? []
    guard request?["kind"]?.string == "dsse", let text = content?["envelope"]?.string,
      let found = checked(try? JSONValue.parse(Array(text.utf8)), PEMBlock(pem)?.bytes)
    else { return [] }
    func hash(_ bytes: [UInt8]) -> JSONValue {
      ["algorithm": "sha256", "value": .string(Hex.encode(sha256(bytes)))]
    }
    let body = try CanonicalJSON.bytes([
      "apiVersion": "0.0.1", "kind": "dsse",
      "spec": [
        "envelopeHash": hash(Array(text.utf8)), "payloadHash": hash(found.payload),
        "signatures": [
          [
            "signature": .string(Base64.encode(found.signature)),
            "verifier": .string(Base64.encode(pem)),
          ]
        ],
      ],
    ])
    let entry = try MadeBundle(sigstore).entry(body: body)
    let proof = entry["inclusionProof"]
    func hex(_ value: JSONValue?) -> JSONValue {
      .string(Hex.encode(value?.string.flatMap { Base64.decode($0) } ?? []))
    }
    func number(_ value: JSONValue?) -> JSONValue {
      .number(JSONNumber(Int64(value?.string ?? "") ?? 0))
    }
    return try CanonicalJSON.bytes([
      "0123": [
        "body": entry["canonicalizedBody"] ?? .null, "logIndex": number(entry["logIndex"]),
        "integratedTime": number(entry["integratedTime"]), "logID": hex(entry["logId"]?["keyId"]),
        "verification": [
          "signedEntryTimestamp": entry["inclusionPromise"]?["signedEntryTimestamp"] ?? .null,
          "inclusionProof": [
            "logIndex": number(proof?["logIndex"]), "treeSize": number(proof?["treeSize"]),
            "rootHash": hex(proof?["rootHash"]),
            "hashes": .array((proof?["hashes"]?.array ?? []).map { hex($0) }),
            "checkpoint": proof?["checkpoint"]?["envelope"] ?? .null,
          ],
        ],
      ]
    ])
  }

  private func secondLog(_ request: JSONValue?) throws -> [UInt8] {
    let content = request?["hashedRekordRequestV002"]
    let verifier = content?["signature"]?["verifier"]
    func bytes(_ value: JSONValue?) -> [UInt8]? { value?.string.flatMap { Base64.decode($0) } }
    guard verifier?["keyDetails"]?.string == "PKIX_ECDSA_P256_SHA_256",
      let digest = bytes(content?["digest"]).flatMap(GivenDigest.init),
      let signature = bytes(content?["signature"]?["content"]),
      let leaf = bytes(verifier?["x509Certificate"]?["rawBytes"]).flatMap({
        ParsedCertificate(der: $0)
      }),
      let key = try? P256.Signing.PublicKey(derRepresentation: leaf.key.spki),
      let parsed = try? P256.Signing.ECDSASignature(derRepresentation: signature),
      key.isValidSignature(parsed, for: digest)
    else { return [] }
    let body = try CanonicalJSON.bytes([
      "apiVersion": "0.0.2", "kind": "hashedrekord",
      "spec": [
        "hashedRekordV002": [
          "data": ["algorithm": "SHA2_256", "digest": .string(Base64.encode(digest.bytes))],
          "signature": [
            "content": .string(Base64.encode(signature)), "verifier": verifier ?? .null,
          ],
        ]
      ],
    ])
    return try CanonicalJSON.bytes(MadeBundle(sigstore, isSecondGeneration: true).entry(body: body))
  }

  private func stamp(_ query: [UInt8]) throws -> [UInt8] {
    guard let fields = try? DER.parse(query).sequence, fields.count == 3, fields[0].integer == 1,
      let imprint = fields[1].sequence, imprint.count == 2,
      imprint[0].algorithm == [2, 16, 840, 1, 101, 3, 4, 2, 1],
      let digest = imprint[1].primitive(.octetString), digest.count == 32,
      try Bool(derEncoded: fields[2])
    else { return [] }
    return try MadeStamp().token(imprint: digest, by: sigstore.stampers[0])
  }
}

/// A SHA-256 of bytes that are not here, as a log gets it.
private struct GivenDigest: Digest {
  static let byteCount = 32
  let bytes: [UInt8]

  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try unsafe bytes.withUnsafeBytes(body)
  }
  func makeIterator() -> Array<UInt8>.Iterator { bytes.makeIterator() }
  var description: String { Hex.encode(bytes) }
}

extension MadeServices {
  /// These services over http.
  func server() throws -> AnsweringServer {
    try AnsweringServer { path, body in (try? answer(path, body)) ?? (500, []) }
  }

  /// What a command that asks them needs, beside the package: a token, the trusted root, and two
  /// policies, of which `other.json` names somebody else.
  func writeFiles(for program: Program) throws {
    func write(_ bytes: [UInt8], _ name: String) throws {
      try FileSystem().write(bytes, to: program.work + "/" + name, mode: 0o600)
    }
    try write(Array(try Self.token().utf8), "token")
    try write(CanonicalJSON.bytes(sigstore.trustedRoot), "root.json")
    for (name, subject) in [("policy.json", Self.name), ("other.json", "https://other.example/x")] {
      let policy =
        "{\"schema\":\"wf.sigstore_policy/1\",\"trusted_root\":\"root.json\",\"identities\":"
        + "[{\"issuer\":\"https://login.example\",\"subject\":\"\(subject)\"}]}"
      try write(Array(policy.utf8), name)
    }
  }
}
