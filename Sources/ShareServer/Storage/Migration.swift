/// One numbered step of the tables; a file that is older is brought forward step by step.
package struct Migration: Sendable {
  package let number: Int64
  package let statements: [String]

  package init(_ number: Int64, _ statements: [String]) {
    self.number = number
    self.statements = statements
  }

  /// Runs the steps that this file has not seen, inside of the caller's transaction.
  ///
  /// - Throws: `database_newer` where the file knows a step that this program does not.
  static func run(_ migrations: [Migration], on session: any SQLSession) throws {
    try session.change(
      "CREATE TABLE IF NOT EXISTS schema_steps (number BIGINT PRIMARY KEY)", [])
    let done = try session.number("SELECT COALESCE(MAX(number), 0) AS n FROM schema_steps")
    guard done <= migrations.map(\.number).max() ?? 0 else {
      throw ServerError(
        .databaseNewer, place: "schema step \(done)",
        "the database was written by a later version of this program")
    }
    for migration in migrations where migration.number > done {
      for statement in migration.statements { try session.change(statement, []) }
      try session.change(
        "INSERT INTO schema_steps (number) VALUES (?)", [.integer(migration.number)])
    }
  }

  /// Steps are only ever added at the end; what has been released never changes.
  package static var all: [Migration] {
    [Migration(1, sharing), Migration(2, reliability), Migration(3, answers)]
  }

  private static var sharing: [String] {
    [
      """
      CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)
      """,
      """
      CREATE TABLE workspaces (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE,
        created_at BIGINT NOT NULL)
      """,
      """
      CREATE TABLE api_keys (id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL REFERENCES workspaces(id),
        key_hash TEXT UNIQUE, scopes TEXT NOT NULL, label TEXT NOT NULL,
        created_at BIGINT NOT NULL, expires_at BIGINT, revoked_at BIGINT)
      """,
      """
      CREATE TABLE runs (id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL REFERENCES workspaces(id),
        client_run_hash TEXT NOT NULL, created_at BIGINT NOT NULL,
        UNIQUE (workspace_id, client_run_hash))
      """,
      """
      CREATE TABLE artifacts (id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL REFERENCES workspaces(id),
        run_id TEXT NOT NULL REFERENCES runs(id), state TEXT NOT NULL,
        manifest_digest TEXT NOT NULL, created_at BIGINT NOT NULL, verified_at BIGINT,
        display_id TEXT, verified TEXT, public_key TEXT)
      """,
      "CREATE INDEX artifacts_of_run ON artifacts (run_id, manifest_digest)",
      """
      CREATE TABLE members (artifact_id TEXT NOT NULL REFERENCES artifacts(id) ON DELETE CASCADE,
        name TEXT NOT NULL, size BIGINT NOT NULL, digest TEXT NOT NULL, received_at BIGINT,
        object_key TEXT, PRIMARY KEY (artifact_id, name))
      """,
      "CREATE INDEX members_by_object ON members (object_key)",
      """
      CREATE TABLE approvals (id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL REFERENCES workspaces(id),
        record TEXT NOT NULL, created_at BIGINT NOT NULL)
      """,
      """
      CREATE TABLE shares (id TEXT PRIMARY KEY, workspace_id TEXT NOT NULL REFERENCES workspaces(id),
        artifact_id TEXT REFERENCES artifacts(id), approval_id TEXT REFERENCES approvals(id),
        created_by TEXT REFERENCES api_keys(id), token_hash TEXT UNIQUE, state TEXT NOT NULL,
        password_hash TEXT, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
        ended_at BIGINT, delete_after BIGINT, views BIGINT NOT NULL DEFAULT 0)
      """,
      "CREATE INDEX shares_of_workspace ON shares (workspace_id, created_at)",
      "CREATE INDEX shares_of_artifact ON shares (artifact_id)",
      """
      CREATE TABLE unlocks (session_hash TEXT PRIMARY KEY,
        share_id TEXT NOT NULL REFERENCES shares(id) ON DELETE CASCADE, expires_at BIGINT NOT NULL)
      """,
      "CREATE INDEX unlocks_of_share ON unlocks (share_id)",
      """
      CREATE TABLE audit_log (number BIGINT PRIMARY KEY, time BIGINT NOT NULL, action TEXT NOT NULL,
        workspace_id TEXT, share_id TEXT, actor_key_id TEXT, outcome TEXT NOT NULL, note TEXT,
        address_class TEXT, address_salt TEXT, address_commitment TEXT NOT NULL,
        previous_hash TEXT NOT NULL, hash TEXT NOT NULL)
      """,
      "CREATE INDEX audit_log_by_time ON audit_log (time)",
    ]
  }

  /// Metadata for reliability: nothing here refers to a share, nor the other way round.
  private static var reliability: [String] {
    [
      """
      CREATE TABLE reliability_consent (workspace_id TEXT PRIMARY KEY REFERENCES workspaces(id),
        policy_version TEXT NOT NULL, at BIGINT NOT NULL)
      """,
      """
      CREATE TABLE reliability (record_id TEXT PRIMARY KEY,
        workspace_id TEXT NOT NULL REFERENCES workspaces(id), benchmark TEXT NOT NULL,
        verdict TEXT NOT NULL, record TEXT NOT NULL)
      """,
      "CREATE INDEX reliability_of_workspace ON reliability (workspace_id)",
    ]
  }

  /// Answers to writes that carried an `Idempotency-Key`, sealed with a key made from it.
  private static var answers: [String] {
    [
      """
      CREATE TABLE answers (key_hash TEXT PRIMARY KEY, request_hash TEXT NOT NULL,
        sealed TEXT, created_at BIGINT NOT NULL)
      """,
      "CREATE INDEX answers_by_time ON answers (created_at)",
    ]
  }
}
