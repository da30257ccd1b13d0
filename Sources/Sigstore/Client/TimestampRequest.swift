internal import SwiftASN1

/// Asks an RFC 3161 authority for the time at which a signature was there.
struct TimestampRequest {
  let address: String

  /// - Returns: the TimeStampResp as it came, which verification reads.
  /// - Throws: `service_refused`; `service_answer_malformed` for what is no token over this signature.
  func token(over signature: [UInt8], _ exchange: ServiceExchange) throws -> [UInt8] {
    let call = ServiceCall(
      url: address, contentType: "application/timestamp-query",
      accept: "application/timestamp-reply", body: try Self.query(signature))
    let answer = try call.answer(exchange)
    guard let token = TimestampToken(der: answer), token.info.hash == .sha256,
      token.info.imprint == sha256(signature)
    else {
      throw SigstoreError(
        .serviceAnswerMalformed, "the answer is no time stamp over this signature", place: address)
    }
    return answer
  }

  /// TimeStampReq (RFC 3161 §2.4.1), with the authority's certificates asked for.
  ///
  /// Without a nonce: the imprint is of a signature by a key that has signed nothing else.
  static func query(_ signature: [UInt8]) throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.appendConstructedNode(identifier: .sequence) { request in
      try request.serialize(1)
      try request.appendConstructedNode(identifier: .sequence) { imprint in
        try imprint.appendConstructedNode(identifier: .sequence) { algorithm in
          try algorithm.serialize([2, 16, 840, 1, 101, 3, 4, 2, 1] as ASN1ObjectIdentifier)
        }
        try imprint.serialize(ASN1OctetString(contentBytes: sha256(signature)[...]))
      }
      try request.serialize(true)
    }
    return serializer.serializedBytes
  }
}
