internal import JSON
internal import Platform
internal import ShareRequests
internal import Synchronization

/// The answer to a write that carried an `Idempotency-Key`, kept for 24 hours.
///
/// It is stored in the transaction of what it answers, so that a request that is sent again after a
/// crash finds either both or neither. Answers hold tokens, therefore they are sealed with a key made
/// from the caller's own text, of which only a hash is stored.
struct AnswerSlot: Sendable {
  static let lifetime: Int64 = 86_400
  let keyHash: String
  let requestHash: String
  let text: String
  let secrets: Secrets

  /// - Parameter text: the `Idempotency-Key`.
  init(_ exchange: Exchange, key: KeyRecord, text: String, secrets: Secrets) throws(Refusal) {
    guard (16...255).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw Refusal(400, .requestMalformed, "Idempotency-Key: expected 16 to 255 characters")
    }
    let path = exchange.request.path?.parts.joined(separator: "/") ?? ""
    let body = (try? CanonicalJSON.bytes(.object(exchange.json))) ?? []
    self.text = text
    self.secrets = secrets
    keyHash = secrets.keyed("answer", "\(key.id)\0\(text)")
    requestHash = secrets.keyed(
      "request", "\(exchange.request.method)\0\(path)\0" + String(decoding: body, as: UTF8.self))
  }

  func keep(_ response: ServerResponse, in session: any SQLSession, at time: Int64) throws {
    guard case .bytes(let bytes) = response.body else { return }
    let value: JSONValue = [
      "status": .number(JSONNumber(Int64(response.status))),
      "body": .string(String(decoding: bytes, as: UTF8.self)),
    ]
    try session.change(
      "INSERT INTO answers (key_hash, request_hash, sealed, created_at) VALUES (?, ?, ?, ?)",
      [
        .text(keyHash), .text(requestHash),
        .text(try secrets.seal(try CanonicalJSON.bytes(value), with: text)), .integer(time),
      ])
  }

  /// The answer that was given; nil where there is none.
  ///
  /// - Throws: 409 `idempotency_key_reused` where it answered another request.
  func find(in session: any SQLSession, since time: Int64) throws -> ServerResponse? {
    guard
      let row = try session.row(
        "SELECT * FROM answers WHERE key_hash = ? AND created_at > ?",
        [.text(keyHash), .integer(time)])
    else { return nil }
    guard try row.text("request_hash") == requestHash else { throw Refusal(409, .keyReused) }
    guard let bytes = secrets.open(try row.text("sealed"), with: text),
      let value = try? JSONValue.parse(bytes), let status = value["status"]?.int,
      let body = value["body"]?.string
    else { return nil }
    if body.isEmpty { return ServerResponse(status: Int(status)) }
    return ServerResponse(
      status: Int(status), contentType: "application/json", Array(body.utf8))
  }
}

/// Keys of requests that are being answered.
final class AnswersAtWork: Sendable {
  private let keys = Mutex<Set<String>>([])

  func begin(_ key: String) -> Bool { keys.withLock { $0.insert(key).inserted } }
  func end(_ key: String) { keys.withLock { _ = $0.remove(key) } }
}

extension ShareService {
  /// Answers a write once for each `Idempotency-Key`.
  ///
  /// Writes that say the same when they come twice keep no answer.
  func once(_ exchange: Exchange, key: KeyRecord, text: String) async throws -> ServerResponse {
    let slot = try AnswerSlot(exchange, key: key, text: text, secrets: secrets)
    guard answersAtWork.begin(slot.keyHash) else {
      throw Refusal(409, .stateConflict, "the same request is being answered")
    }
    defer { answersAtWork.end(slot.keyHash) }
    let since = clock.now - AnswerSlot.lifetime
    if let answer = try await database.read({ try slot.find(in: $0, since: since) }) {
      return answer
    }
    var exchange = exchange
    exchange.slot = slot
    return try await perform(exchange)
  }
}
