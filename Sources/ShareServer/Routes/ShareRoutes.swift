internal import JSON
internal import Platform
internal import ShareRequests
internal import Sharing

extension ShareService {
  static var defaultLifetime: Int64 { 14 * 86_400 }

  /// `{artifact_id, approval, expires_at?, password?}` → the share with its token, shown once.
  func createShare(_ exchange: Exchange) async throws -> ServerResponse {
    try exchange.json.allow(
      "artifact_id", "approval", "approval_signature", "expires_at", "password",
      "manifest_digest")
    let workspace = try exchange.workspace()
    guard let key = exchange.key else { throw Refusal(401, .keyRefused) }
    try rates.use(.create, key.id)
    let artifactID = try exchange.json.needed("artifact_id", upTo: 64)
    let now = clock.now
    let (found, members) = try await database.read { session in
      guard let artifact = try session.artifact(id: artifactID, of: workspace) else {
        throw Refusal.notFound
      }
      return (artifact, try session.members(of: artifactID))
    }
    guard found.state == .verified, let stored = found.verified else {
      throw Refusal(409, .stateConflict, "the artifact is \(found.state.rawValue)")
    }
    if let digest = try exchange.json.text("manifest_digest", upTo: 80),
      digest != found.manifestDigest
    {
      throw Refusal(422, word: "artifact_differs")
    }
    let approval = try approval(exchange.json, now: now)
    try await verifyAgain(found, members, approval, stored)
    let expiresAt = try expiry(exchange.json.time("expires_at"), approval, now: now)
    let password = try exchange.json.text("password", upTo: 1024)
    if approval.passwordRequired && password == nil { throw Refusal(422, .passwordRequired) }
    let share = ShareRecord(
      id: secrets.identifier("shr_"), workspaceID: workspace, artifactID: artifactID,
      approvalID: secrets.identifier("apv_"), createdBy: key.id,
      passwordHash: try await passwordHash(password), createdAt: now, expiresAt: expiresAt)
    let token = secrets.token("wfs_")
    var answer = secret(share, token, exchange)
    answer.status = 201
    let (response, audit, slot) = (answer, audit, exchange.slot)
    let record = String(decoding: approval.bytes, as: UTF8.self)
    try await database.write { session in
      guard try session.artifact(id: artifactID, of: workspace)?.state == .verified else {
        throw Refusal(409, .stateConflict)
      }
      try session.insertApproval(
        id: share.approvalID ?? "", of: workspace, record: record, at: now)
      try session.insert(share, tokenHash: Secrets.hash(token))
      try audit.append([event(.create, share, key, at: now)], to: session)
      try slot?.keep(response, in: session, at: now)
    }
    return response
  }

  func listShares(_ exchange: Exchange) async throws -> ServerResponse {
    let workspace = try exchange.workspace()
    let place = try exchange.request.fields()["cursor"].map { try ListCursor($0) }
    let now = clock.now
    let (shares, rows) = try await database.read { session in
      let shares = try session.shares(of: workspace, before: place, limit: 101)
      return (shares, try shares.prefix(100).map { try ownersView($0, in: session, now: now) })
    }
    let next =
      shares.count > 100 ? ListCursor(time: shares[99].createdAt, id: shares[99].id).text : nil
    return ServerResponse(json: [
      "shares": .array(rows), "next": next.map { .string($0) } ?? .null,
    ])
  }

  func showShare(_ exchange: Exchange) async throws -> ServerResponse {
    let workspace = try exchange.workspace()
    let id = exchange.parameter("share_id")
    let now = clock.now
    let row = try await database.read { session -> JSONValue in
      guard let share = try session.share(id: id, of: workspace) else { throw Refusal.notFound }
      return try ownersView(share, in: session, now: now)
    }
    return ServerResponse(json: row)
  }

  /// A new token; password and expiry stay unless they are given.
  func rotateShare(_ exchange: Exchange) async throws -> ServerResponse {
    try exchange.json.allow("expires_at", "password")
    guard let key = exchange.key else { throw Refusal(401, .keyRefused) }
    let now = clock.now
    let id = exchange.parameter("share_id")
    let (found, record) = try await database.read { session in
      guard let share = try session.share(id: id, of: key.workspaceID) else {
        throw Refusal.notFound
      }
      return (share, try session.approval(id: share.approvalID ?? "") ?? "")
    }
    guard found.state(now: now) == .active else { throw Refusal(409, .stateConflict) }
    var share = found
    if let time = try exchange.json.time("expires_at") {
      let approval = try ApprovalRecord(parsing: Array(record.utf8), now: now)
      share.expiresAt = try expiry(time, approval, now: now)
    }
    if let password = try exchange.json.text("password", upTo: 1024) {
      share.passwordHash = try await passwordHash(password)
    }
    let token = secrets.token("wfs_")
    await flushEvents()
    let (changed, audit, slot) = (share, audit, exchange.slot)
    let response = secret(share, token, exchange)
    try await database.write { session in
      guard try session.rotate(changed, tokenHash: Secrets.hash(token), now: now) else {
        throw Refusal(409, .stateConflict)
      }
      try audit.append([event(.rotate, changed, key, at: now)], to: session)
      try slot?.keep(response, in: session, at: now)
    }
    return response
  }

  /// Ends a share at once and for good; the reason is kept in the audit log only.
  func revokeShare(_ exchange: Exchange) async throws -> ServerResponse {
    try exchange.json.allow("reason")
    guard let key = exchange.key else { throw Refusal(401, .keyRefused) }
    let reason = try exchange.json.text("reason", upTo: 500)
    let now = clock.now
    let id = exchange.parameter("share_id")
    let (audit, slot) = (audit, exchange.slot)
    let response = ServerResponse(status: 204)
    // What was seen before the end stands before it in the log.
    await flushEvents()
    let approvalID = try await database.write { session -> String? in
      guard let share = try session.share(id: id, of: key.workspaceID) else {
        throw Refusal.notFound
      }
      let deletion = try deletionTime(of: share, endedAt: now, in: session)
      guard try session.end(id, as: .revoked, at: now, deleteAfter: deletion) else {
        throw Refusal(409, .stateConflict, "the share is \(share.state.rawValue)")
      }
      var event = event(.revoke, share, key, at: now)
      event.note = reason
      try audit.append([event], to: session)
      try slot?.keep(response, in: session, at: now)
      return share.approvalID
    }
    if let approvalID { ready.forget(approvalID: approvalID) }
    return response
  }

  // MARK: - Pieces

  func event(
    _ action: AuditAction, _ share: ShareRecord, _ key: KeyRecord?, at time: Int64
  ) -> AuditEvent {
    AuditEvent(
      time: time, action: action, workspaceID: share.workspaceID, shareID: share.id,
      actorKeyID: key?.id)
  }

  /// The record, and where it names a key the signature that has to be with it.
  private func approval(_ body: JSONObject, now: Int64) throws -> ApprovalRecord {
    let bytes: [UInt8]
    switch body["approval"] {
    case .string(let text)?: bytes = Array(text.utf8)
    case let value?: bytes = ((try? CanonicalJSON.bytes(value)) ?? []) + [10]
    case nil: throw Refusal(400, .requestMalformed, "approval: expected the record")
    }
    let signature = try body.text("approval_signature", upTo: 16 << 10)
    do throws(SharingError) {
      let record = try ApprovalRecord(parsing: bytes, now: now)
      try record.check(signature: signature.map { Array($0.utf8) })
      return record
    } catch {
      throw Refusal(422, word: error.reason, error.place)
    }
  }

  /// The end of a share: never behind its approval, at most 365 days ahead.
  private func expiry(_ time: Int64?, _ approval: ApprovalRecord, now: Int64) throws -> Int64 {
    let end = time ?? min(now + Self.defaultLifetime, approval.expiresAt)
    guard end > now, end <= approval.expiresAt, end <= now + ApprovalRecord.longestSeconds else {
      throw Refusal(
        422, .expiryRefused, "expected a time before the approval's, at most 365 days ahead")
    }
    return end
  }

  private func secret(_ share: ShareRecord, _ token: String, _ exchange: Exchange) -> ServerResponse
  {
    ServerResponse(json: [
      "share_id": .string(share.id), "token": .string(token),
      "url": .string(baseURL(exchange.request) + "/r/" + token),
      "expires_at": timeText(share.expiresAt),
      "password_protected": .bool(share.passwordHash != nil),
    ])
  }

  /// What the owner sees: never a token.
  private func ownersView(
    _ share: ShareRecord, in session: any SQLSession, now: Int64
  ) throws -> JSONValue {
    var row: JSONObject = [
      "share_id": .string(share.id), "state": .string(share.state(now: now).rawValue),
      "created_at": timeText(share.createdAt), "expires_at": timeText(share.expiresAt),
      "ended_at": timeText(share.endedAt),
    ]
    if share.state == .deleted { return .object(row) }
    let artifact = try share.artifactID.flatMap {
      try session.artifact(id: $0, of: share.workspaceID)
    }
    let record = try share.approvalID.flatMap { try session.approval(id: $0) }
    let label = record.flatMap { try? JSONValue.parse(Array($0.utf8)) }?["reviewer_label"]?.string
    row["display_id"] = artifact?.displayID.map { .string($0) } ?? .null
    row["reviewer_label"] = label.map { .string($0) } ?? .null
    row["password_protected"] = .bool(share.passwordHash != nil)
    row["views"] = .number(JSONNumber(share.views))
    row["artifact_id"] = share.artifactID.map { .string($0) } ?? .null
    return .object(row)
  }
}
