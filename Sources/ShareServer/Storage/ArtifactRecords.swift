/// Where an upload stands.
package enum ArtifactState: String, Sendable {
  case uploading, verified, aborted, deleted
}

/// One package that is or was on its way to the server.
package struct ArtifactRecord: Sendable {
  let id: String
  let workspaceID: String
  let runID: String
  let state: ArtifactState
  let manifestDigest: String
  let createdAt: Int64
  let displayID: String?
  /// `VerifiedShare` as JSON text.
  let verified: String?
  /// The signer's, as `ssh-ed25519 AAAA…`; nil for an identity.
  let publicKey: String?

  init(_ row: SQLRow) throws {
    id = try row.text("id")
    workspaceID = try row.text("workspace_id")
    runID = try row.text("run_id")
    state = ArtifactState(rawValue: try row.text("state")) ?? .deleted
    manifestDigest = try row.text("manifest_digest")
    createdAt = try row.integer("created_at")
    displayID = try row.optionalText("display_id")
    verified = try row.optionalText("verified")
    publicKey = try row.optionalText("public_key")
  }

  init(id: String, workspaceID: String, runID: String, manifestDigest: String, createdAt: Int64) {
    self.id = id
    self.workspaceID = workspaceID
    self.runID = runID
    state = .uploading
    self.manifestDigest = manifestDigest
    self.createdAt = createdAt
    displayID = nil
    verified = nil
    publicKey = nil
  }
}

/// One file of an artifact, as it was announced.
package struct MemberRecord: Sendable, Equatable {
  var name: String
  /// Bytes.
  var size: Int
  /// `sha256:` and hex.
  var digest: String
  var receivedAt: Int64?
  /// Where the bytes lie in the folder of objects, once they were verified.
  var objectKey: String?

  init(name: String, size: Int, digest: String) {
    self.name = name
    self.size = size
    self.digest = digest
  }

  init(_ row: SQLRow) throws {
    name = try row.text("name")
    size = Int(try row.integer("size"))
    digest = try row.text("digest")
    receivedAt = try row.optionalInteger("received_at")
    objectKey = try row.optionalText("object_key")
  }
}

extension SQLSession {
  func run(hash: String, of workspaceID: String) throws -> String? {
    try row(
      "SELECT id FROM runs WHERE workspace_id = ? AND client_run_hash = ?",
      [.text(workspaceID), .text(hash)])?.text("id")
  }

  func hasRun(_ id: String, of workspaceID: String) throws -> Bool {
    try row(
      "SELECT id FROM runs WHERE id = ? AND workspace_id = ?", [.text(id), .text(workspaceID)])
      != nil
  }

  func insertRun(_ id: String, hash: String, of workspaceID: String, at time: Int64) throws {
    try change(
      "INSERT INTO runs (id, workspace_id, client_run_hash, created_at) VALUES (?, ?, ?, ?)",
      [.text(id), .text(workspaceID), .text(hash), .integer(time)])
  }

  func artifact(id: String, of workspaceID: String) throws -> ArtifactRecord? {
    try row(
      "SELECT * FROM artifacts WHERE id = ? AND workspace_id = ?", [.text(id), .text(workspaceID)]
    ).map(ArtifactRecord.init)
  }

  /// The upload of this package that is not over, or its verified artifact.
  func artifact(of runID: String, manifestDigest: String) throws -> ArtifactRecord? {
    try row(
      """
      SELECT * FROM artifacts WHERE run_id = ? AND manifest_digest = ?
        AND state IN ('uploading', 'verified') ORDER BY state DESC, created_at DESC LIMIT 1
      """, [.text(runID), .text(manifestDigest)]
    ).map(ArtifactRecord.init)
  }

  func insert(_ artifact: ArtifactRecord, members: [MemberRecord]) throws {
    try change(
      """
      INSERT INTO artifacts (id, workspace_id, run_id, state, manifest_digest, created_at)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        .text(artifact.id), .text(artifact.workspaceID), .text(artifact.runID),
        .text(artifact.state.rawValue), .text(artifact.manifestDigest),
        .integer(artifact.createdAt),
      ])
    for member in members {
      try change(
        "INSERT INTO members (artifact_id, name, size, digest) VALUES (?, ?, ?, ?)",
        [
          .text(artifact.id), .text(member.name), .integer(Int64(member.size)),
          .text(member.digest),
        ])
    }
  }

  func members(of artifactID: String) throws -> [MemberRecord] {
    try rows("SELECT * FROM members WHERE artifact_id = ? ORDER BY name", [.text(artifactID)])
      .map(MemberRecord.init)
  }

  func setReceived(_ name: String, of artifactID: String, at time: Int64) throws {
    try change(
      "UPDATE members SET received_at = ? WHERE artifact_id = ? AND name = ?",
      [.integer(time), .text(artifactID), .text(name)])
  }

  /// - Returns: false where the upload was ended meanwhile.
  func setVerified(
    _ artifactID: String, displayID: String, verified: String, publicKey: String?,
    at time: Int64
  ) throws -> Bool {
    for member in try members(of: artifactID) {
      try change(
        "UPDATE members SET object_key = ? WHERE artifact_id = ? AND name = ?",
        [.text(ObjectFolder.key(of: member.digest)), .text(artifactID), .text(member.name)])
    }
    return try change(
      """
      UPDATE artifacts SET state = 'verified', verified_at = ?, display_id = ?, verified = ?,
        public_key = ? WHERE id = ? AND state = 'uploading'
      """,
      [
        .integer(time), .text(displayID), .text(verified), .text(publicKey), .text(artifactID),
      ]) == 1
  }

  /// Ends an artifact: its rows of members go, and with them what they point at.
  func end(_ artifactID: String, as state: ArtifactState) throws {
    try change("DELETE FROM members WHERE artifact_id = ?", [.text(artifactID)])
    try change(
      "UPDATE artifacts SET state = ?, verified = NULL, display_id = NULL, public_key = NULL WHERE id = ?",
      [.text(state.rawValue), .text(artifactID)])
  }

  /// Whether some artifact still needs these bytes.
  func isUsed(objectKey: String) throws -> Bool {
    try row("SELECT name FROM members WHERE object_key = ? LIMIT 1", [.text(objectKey)]) != nil
  }
}
