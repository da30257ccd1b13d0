internal import Attestation
internal import JSON
internal import Platform

/// Puts an envelope into a transparency log, and gives the entry in the words of a bundle.
struct LogRequest {
  let services: SigningServices
  let envelope: Envelope
  let certificate: [UInt8]

  /// - Throws: `service_refused`, `service_answer_malformed`.
  func entry(_ exchange: ServiceExchange) throws -> JSONValue {
    switch services.generation {
    case .first: try firstGeneration(exchange)
    case .second: try secondGeneration(exchange)
    }
  }

  /// Rekor v1: the envelope as text inside of a proposed entry of kind `dsse`.
  private func firstGeneration(_ exchange: ServiceExchange) throws -> JSONValue {
    let pem = Array(PEMBlock.text("CERTIFICATE", certificate).utf8)
    let request: JSONValue = [
      "apiVersion": "0.0.1", "kind": "dsse",
      "spec": [
        "proposedContent": [
          "envelope": .string(
            String(decoding: try CanonicalJSON.bytes(envelope.bundled), as: UTF8.self)),
          "verifiers": [.string(Base64.encode(pem))],
        ]
      ],
    ]
    let call = call("/api/v1/log/entries", try CanonicalJSON.bytes(request))
    let answer = try parsed(try call.answer(exchange), call)
    // One entry, under its name.
    guard let entry = answer.object?.members.first?.value, answer.object?.count == 1,
      let body = entry["body"]?.string.flatMap({ Base64.decode($0) }),
      let kind = LogEntryBody(body)?.kind, let index = entry["logIndex"]?.int,
      let time = entry["integratedTime"]?.int,
      let keyID = entry["logID"]?.string.flatMap({ Hex.decode($0) }),
      let proof = entry["verification"]?["inclusionProof"],
      let promise = entry["verification"]?["signedEntryTimestamp"]?.string
    else { throw malformed(call) }
    return [
      "logIndex": .string(String(index)), "logId": ["keyId": .string(Base64.encode(keyID))],
      "kindVersion": ["kind": .string(kind.kind), "version": .string(kind.version)],
      "integratedTime": .string(String(time)),
      "inclusionPromise": ["signedEntryTimestamp": .string(promise)],
      "inclusionProof": try Self.bundled(proof, or: malformed(call)),
      "canonicalizedBody": .string(Base64.encode(body)),
    ]
  }

  /// A proof of v1, which has its hashes in hex, as a bundle has it.
  private static func bundled(_ proof: JSONValue, or error: SigstoreError) throws -> JSONValue {
    guard let index = proof["logIndex"]?.int, let size = proof["treeSize"]?.int,
      let root = proof["rootHash"]?.string.flatMap({ Hex.decode($0) }),
      let texts = proof["hashes"]?.array, let checkpoint = proof["checkpoint"]?.string
    else { throw error }
    let hashes = texts.compactMap { $0.string.flatMap { Hex.decode($0) } }
    guard hashes.count == texts.count else { throw error }
    return [
      "logIndex": .string(String(index)), "treeSize": .string(String(size)),
      "rootHash": .string(Base64.encode(root)),
      "hashes": .array(hashes.map { .string(Base64.encode($0)) }),
      "checkpoint": ["envelope": .string(checkpoint)],
    ]
  }

  /// Rekor v2 has no entries of envelopes: one goes in as the hash of what was signed, with its signature.
  ///
  /// It answers with the entry as it stands in a bundle.
  private func secondGeneration(_ exchange: ServiceExchange) throws -> JSONValue {
    let request: JSONValue = [
      "hashedRekordRequestV002": [
        "digest": .string(Base64.encode(sha256(envelope.signedBytes))),
        "signature": [
          "content": .string(Base64.encode(envelope.signatures[0].bytes)),
          "verifier": [
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "x509Certificate": ["rawBytes": .string(Base64.encode(certificate))],
          ],
        ],
      ]
    ]
    let call = call("/api/v2/log/entries", try CanonicalJSON.bytes(request))
    let answer = try parsed(try call.answer(exchange), call)
    guard answer["canonicalizedBody"]?.string != nil, answer["inclusionProof"]?.object != nil else {
      throw malformed(call)
    }
    return answer
  }

  private func call(_ path: String, _ body: [UInt8]) -> ServiceCall {
    ServiceCall(
      url: services.log + path, contentType: ServiceCall.json, accept: ServiceCall.json, body: body)
  }

  private func parsed(_ answer: [UInt8], _ call: ServiceCall) throws -> JSONValue {
    guard let value = try? JSONValue.parse(answer) else { throw malformed(call) }
    return value
  }

  private func malformed(_ call: ServiceCall) -> SigstoreError {
    SigstoreError(
      .serviceAnswerMalformed, "the answer is no entry of a log with its proof", place: call.url)
  }
}

extension Envelope {
  /// As bundles and logs have it: the signature without the name of its key.
  var bundled: JSONValue {
    [
      "payload": .string(Base64.encode(payload)), "payloadType": .string(payloadType),
      "signatures": .array(signatures.map { ["sig": .string(Base64.encode($0.bytes))] }),
    ]
  }
}
