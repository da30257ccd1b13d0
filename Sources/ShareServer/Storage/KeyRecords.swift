/// What an API key may do.
package enum KeyScope: String, CaseIterable, Sendable {
  case publish, share, admin
}

/// One API key, without anything of its secret.
package struct KeyRecord: Sendable {
  let id: String
  let workspaceID: String
  let scopes: Set<KeyScope>
  let label: String
  let createdAt: Int64
  let expiresAt: Int64?
  let revokedAt: Int64?

  init(_ row: SQLRow) throws {
    id = try row.text("id")
    workspaceID = try row.text("workspace_id")
    let words = try row.text("scopes").split(separator: " ")
    scopes = Set(words.compactMap { KeyScope(rawValue: String($0)) })
    label = try row.text("label")
    createdAt = try row.integer("created_at")
    expiresAt = try row.optionalInteger("expires_at")
    revokedAt = try row.optionalInteger("revoked_at")
  }

  init(
    id: String, workspaceID: String, scopes: Set<KeyScope>, label: String, createdAt: Int64,
    expiresAt: Int64?
  ) {
    self.id = id
    self.workspaceID = workspaceID
    self.scopes = scopes
    self.label = label
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    revokedAt = nil
  }
}

extension SQLSession {
  /// The key with this secret, where it is good now.
  ///
  /// - Parameter hash: hex of the SHA-256 of what was presented.
  func key(hash: String, now: Int64) throws -> KeyRecord? {
    guard
      let row = try row(
        """
        SELECT * FROM api_keys WHERE key_hash = ? AND revoked_at IS NULL
          AND (expires_at IS NULL OR expires_at > ?)
        """, [.text(hash), .integer(now)]),
      Sodium.equal(Array(try row.text("key_hash").utf8), Array(hash.utf8))
    else { return nil }
    return try KeyRecord(row)
  }

  func insert(_ key: KeyRecord, hash: String) throws {
    try change(
      """
      INSERT INTO api_keys (id, workspace_id, key_hash, scopes, label, created_at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .text(key.id), .text(key.workspaceID), .text(hash),
        .text(key.scopes.map(\.rawValue).sorted().joined(separator: " ")), .text(key.label),
        .integer(key.createdAt), .integer(key.expiresAt),
      ])
  }

  func keys(of workspaceID: String) throws -> [KeyRecord] {
    try rows(
      "SELECT * FROM api_keys WHERE workspace_id = ? ORDER BY created_at, id", [.text(workspaceID)]
    ).map(KeyRecord.init)
  }

  func key(id: String, of workspaceID: String) throws -> KeyRecord? {
    try row(
      "SELECT * FROM api_keys WHERE id = ? AND workspace_id = ?", [.text(id), .text(workspaceID)]
    ).map(KeyRecord.init)
  }

  /// Ends a key for good; its hash goes, the row stays for the audit log.
  func revokeKey(id: String, at time: Int64) throws {
    try change(
      "UPDATE api_keys SET revoked_at = ?, key_hash = NULL WHERE id = ? AND revoked_at IS NULL",
      [.integer(time), .text(id)])
  }

  /// The workspace of this name, made where it is not there.
  func workspace(named name: String, newID: String, now: Int64) throws -> String {
    if let row = try row("SELECT id FROM workspaces WHERE name = ?", [.text(name)]) {
      return try row.text("id")
    }
    try change(
      "INSERT INTO workspaces (id, name, created_at) VALUES (?, ?, ?)",
      [.text(newID), .text(name), .integer(now)])
    return newID
  }

  func workspaceName(_ id: String) throws -> String? {
    try row("SELECT name FROM workspaces WHERE id = ?", [.text(id)])?.text("name")
  }

  func setting(_ name: String) throws -> String? {
    try row("SELECT value FROM settings WHERE name = ?", [.text(name)])?.text("value")
  }

  func set(_ name: String, _ value: String) throws {
    try change("DELETE FROM settings WHERE name = ?", [.text(name)])
    try change("INSERT INTO settings (name, value) VALUES (?, ?)", [.text(name), .text(value)])
  }
}
