internal import Evidence
public import JSON
internal import Platform
internal import WebExchange

/// A link that was just made: the only time that its token is known.
public struct IssuedShare: Sendable, Equatable {
  public let shareID: String
  let token: String
  /// Whoever has it sees the page.
  public let url: String
  /// RFC 3339.
  public let expiresAt: String
  public let hasPassword: Bool
}

extension ShareClient {
  /// - Parameters:
  ///   - manifestDigest: that of a package at hand; the server refuses another (`artifact_differs`).
  ///   - expiresAt: Unix seconds; nil: 14 days, or as long as the approval.
  ///   - idempotencyKey: a request with the same one gives the same link for a day.
  public func createShare(
    artifact: String, approval: ApprovalRecord, signature: [UInt8]?, manifestDigest: String?,
    expiresAt: Int64?, password: String?, idempotencyKey: String
  ) throws -> IssuedShare {
    var body: JSONObject = [
      "artifact_id": .string(artifact),
      // As text: a signature is over these very bytes.
      "approval": .string(String(decoding: approval.bytes, as: UTF8.self)),
    ]
    body["approval_signature"] = signature.map { .string(String(decoding: $0, as: UTF8.self)) }
    body["manifest_digest"] = manifestDigest.map { .string($0) }
    body["expires_at"] = expiresAt.map { .string(UTCTime(seconds: $0).rfc3339) }
    body["password"] = password.map { .string($0) }
    return try issued(
      call("POST", "/api/shares", .object(body), idempotencyKey: idempotencyKey))
  }

  /// What makes a second `wf publish` of the same give the same link, for a day.
  public func publishKey(
    artifact: String, approval: ApprovalRecord, expiresAt: Int64?, password: String?
  ) -> String {
    Self.key(
      "publish",
      [
        key, artifact, Digest.text(of: approval.bytes), expiresAt.map { String($0) } ?? "",
        password ?? "",
      ])
  }

  /// One page of a hundred, newest first, and where the next one begins.
  public func shares(after cursor: String?) throws -> (rows: [JSONValue], next: String?) {
    let query = cursor.map { "?cursor=" + $0 } ?? ""
    let answer = try call("GET", "/api/shares" + query)
    let next = answer["next"]?.string.flatMap { Self.isID($0) ? $0 : nil }
    return (answer["shares"]?.array ?? [], next)
  }

  public func share(_ id: String) throws -> JSONValue { try call("GET", "/api/shares/\(id)") }

  /// A new link; the old one is dead from then on.
  public func rotate(
    _ id: String, expiresAt: Int64?, password: String?, idempotencyKey: String
  ) throws -> IssuedShare {
    var body = JSONObject()
    body["expires_at"] = expiresAt.map { .string(UTCTime(seconds: $0).rfc3339) }
    body["password"] = password.map { .string($0) }
    return try issued(
      call("POST", "/api/shares/\(id)/rotate", .object(body), idempotencyKey: idempotencyKey))
  }

  /// Ends a share at once and for good.
  public func revoke(_ id: String, reason: String?, idempotencyKey: String) throws {
    var body = JSONObject()
    body["reason"] = reason.map { .string($0) }
    _ = try call(
      "POST", "/api/shares/\(id)/revoke", .object(body), idempotencyKey: idempotencyKey)
  }

  /// The artifact's state, digest and files.
  public func artifact(_ id: String) throws -> JSONValue { try call("GET", "/api/artifacts/\(id)") }

  private func issued(_ answer: JSONValue) throws -> IssuedShare {
    let token = try text("token", of: answer)
    guard token.utf8.count == 47, token.hasPrefix("wfs_"), Self.isID(token) else {
      throw ShareRefusal(
        reason: "answer_malformed", status: 200, detail: "token is none", requestID: nil)
    }
    let end = answer["expires_at"]?.string.flatMap { UTCTime(rfc3339: $0) }
    return IssuedShare(
      shareID: try id("share_id", of: answer), token: token,
      url: Self.link(answer["url"]?.string, token: token) ?? address.text + "/r/" + token,
      expiresAt: end?.rfc3339 ?? "", hasPassword: answer["password_protected"]?.bool ?? false)
  }

  /// The link that the server names, where reviewers may reach it by another name than we do; nil for
  /// one that is no address of a share server with this token.
  private static func link(_ url: String?, token: String) -> String? {
    let ending = "/r/" + token
    guard let url, url.hasSuffix(ending),
      let base = try? ServerAddress(String(url.dropLast(ending.utf8.count))),
      url == base.text + ending
    else { return nil }
    return url
  }

  /// Whether a link still leads somewhere: one that was given for the same publication earlier may
  /// have been renewed or ended since.
  public func leadsSomewhere(_ issued: IssuedShare) throws -> Bool {
    let answer = try send(
      WebRequest(
        method: "GET", url: address.text + "/api/public/shares/" + issued.token,
        headers: [("accept", "application/json")], authorities: authorities))
    return answer.status != 404
  }
}
