internal import ShareRequests

/// Where a share stands in the database.
///
/// `ended` shares were revoked, expired shares ran out; of `deleted` ones the bytes are gone too.
package enum StoredShareState: String, Sendable {
  case active, revoked, expired, deleted
}

/// One share, without its token.
package struct ShareRecord: Sendable {
  let id: String
  let workspaceID: String
  /// Nil once the package's bytes were deleted.
  let artifactID: String?
  let approvalID: String?
  var state: StoredShareState
  var passwordHash: String?
  let createdAt: Int64
  var expiresAt: Int64
  let endedAt: Int64?
  /// When the bytes may go, where that is decided.
  let deleteAfter: Int64?
  let views: Int64
  /// The creator's key.
  let createdBy: String?

  init(
    id: String, workspaceID: String, artifactID: String, approvalID: String, createdBy: String,
    passwordHash: String?, createdAt: Int64, expiresAt: Int64
  ) {
    self.id = id
    self.workspaceID = workspaceID
    self.artifactID = artifactID
    self.approvalID = approvalID
    self.createdBy = createdBy
    state = .active
    self.passwordHash = passwordHash
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    endedAt = nil
    deleteAfter = nil
    views = 0
  }

  init(_ row: SQLRow) throws {
    id = try row.text("id")
    workspaceID = try row.text("workspace_id")
    artifactID = try row.optionalText("artifact_id")
    approvalID = try row.optionalText("approval_id")
    createdBy = try row.optionalText("created_by")
    state = StoredShareState(rawValue: try row.text("state")) ?? .deleted
    passwordHash = try row.optionalText("password_hash")
    createdAt = try row.integer("created_at")
    expiresAt = try row.integer("expires_at")
    endedAt = try row.optionalInteger("ended_at")
    deleteAfter = try row.optionalInteger("delete_after")
    views = try row.integer("views")
  }

  /// As the owner sees it: a share past its time is expired before the sweep has marked it.
  func state(now: Int64) -> StoredShareState {
    state == .active && expiresAt <= now ? .expired : state
  }
}

extension SQLSession {
  /// The share that a token opens now.
  ///
  /// One lookup in one index, whose condition also holds the state and the time: unknown, revoked and
  /// expired tokens are all a lookup without a row.
  func openShare(tokenHash: String, now: Int64) throws -> ShareRecord? {
    try row(
      "SELECT * FROM shares WHERE token_hash = ? AND state = 'active' AND expires_at > ?",
      [.text(tokenHash), .integer(now)]
    ).map(ShareRecord.init)
  }

  func share(id: String, of workspaceID: String) throws -> ShareRecord? {
    try row(
      "SELECT * FROM shares WHERE id = ? AND workspace_id = ?", [.text(id), .text(workspaceID)]
    ).map(ShareRecord.init)
  }

  /// Shares from the newest on, behind a place in the list.
  func shares(
    of workspaceID: String, before place: ListCursor?, limit: Int64
  ) throws -> [ShareRecord] {
    try rows(
      """
      SELECT * FROM shares WHERE workspace_id = ?
        AND (created_at < ? OR (created_at = ? AND id < ?))
      ORDER BY created_at DESC, id DESC LIMIT ?
      """,
      [
        .text(workspaceID), .integer(place?.time ?? .max), .integer(place?.time ?? .max),
        .text(place?.id ?? ""), .integer(limit),
      ]
    ).map(ShareRecord.init)
  }

  func insert(_ share: ShareRecord, tokenHash: String) throws {
    try change(
      """
      INSERT INTO shares (id, workspace_id, artifact_id, approval_id, created_by, token_hash, state,
        password_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(share.id), .text(share.workspaceID), .text(share.artifactID),
        .text(share.approvalID), .text(share.createdBy), .text(tokenHash),
        .text(share.state.rawValue), .text(share.passwordHash), .integer(share.createdAt),
        .integer(share.expiresAt),
      ])
  }

  func insertApproval(id: String, of workspaceID: String, record: String, at time: Int64) throws {
    try change(
      "INSERT INTO approvals (id, workspace_id, record, created_at) VALUES (?, ?, ?, ?)",
      [.text(id), .text(workspaceID), .text(record), .integer(time)])
  }

  func approval(id: String) throws -> String? {
    try row("SELECT record FROM approvals WHERE id = ?", [.text(id)])?.text("record")
  }

  /// A new token, password and end of an active share; the old token is dead in the same step, and so
  /// is every session that was unlocked with the old password.
  ///
  /// - Returns: false where the share is not active any more.
  func rotate(
    _ share: ShareRecord, tokenHash: String, now: Int64
  ) throws -> Bool {
    let changed = try change(
      """
      UPDATE shares SET token_hash = ?, password_hash = ?, expires_at = ?
      WHERE id = ? AND state = 'active' AND expires_at > ?
      """,
      [
        .text(tokenHash), .text(share.passwordHash), .integer(share.expiresAt), .text(share.id),
        .integer(now),
      ])
    try change("DELETE FROM unlocks WHERE share_id = ?", [.text(share.id)])
    return changed == 1
  }

  /// Ends an active share for good; its token's and its password's hash go.
  ///
  /// - Returns: false where it was ended before.
  func end(
    _ shareID: String, as state: StoredShareState, at time: Int64, deleteAfter: Int64
  ) throws -> Bool {
    let changed = try change(
      """
      UPDATE shares SET state = ?, ended_at = ?, delete_after = ?, token_hash = NULL,
        password_hash = NULL WHERE id = ? AND state = 'active'
      """,
      [.text(state.rawValue), .integer(time), .integer(deleteAfter), .text(shareID)])
    try change("DELETE FROM unlocks WHERE share_id = ?", [.text(shareID)])
    return changed == 1
  }

  func addViews(_ count: Int64, to shareID: String) throws {
    try change(
      "UPDATE shares SET views = views + ? WHERE id = ?", [.integer(count), .text(shareID)])
  }

  func insertUnlock(hash: String, of shareID: String, until time: Int64) throws {
    try change(
      "INSERT INTO unlocks (session_hash, share_id, expires_at) VALUES (?, ?, ?)",
      [.text(hash), .text(shareID), .integer(time)])
  }

  func isUnlocked(_ shareID: String, by hash: String, now: Int64) throws -> Bool {
    try row(
      "SELECT share_id FROM unlocks WHERE session_hash = ? AND share_id = ? AND expires_at > ?",
      [.text(hash), .text(shareID), .integer(now)]) != nil
  }
}
