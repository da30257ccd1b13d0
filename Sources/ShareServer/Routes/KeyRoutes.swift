internal import JSON
internal import Platform
internal import ShareRequests

extension ShareService {
  /// `{label, scopes, expires_at?}` → the key with its secret, shown once.
  func createKey(_ exchange: Exchange) async throws -> ServerResponse {
    try exchange.json.allow("label", "scopes", "expires_at")
    let workspace = try exchange.workspace()
    let now = clock.now
    let label = try exchange.json.needed("label", upTo: 80)
    let expiresAt = try exchange.json.time("expires_at")
    if let expiresAt, expiresAt <= now { throw Refusal(422, .expiryRefused) }
    let words = (exchange.json["scopes"]?.array ?? []).map { $0.string.flatMap(KeyScope.init) }
    let scopes = Set(words.compactMap { $0 })
    guard !words.isEmpty, words.count == scopes.count else {
      throw Refusal(400, .requestMalformed, "scopes: expected some of publish, share, admin")
    }
    let key = KeyRecord(
      id: secrets.identifier("key_"), workspaceID: workspace, scopes: scopes, label: label,
      createdAt: now, expiresAt: expiresAt)
    let secret = secrets.token("wfx_")
    var answer = keyView(key)
    answer["secret"] = .string(secret)
    let (response, slot) = (ServerResponse(status: 201, json: .object(answer)), exchange.slot)
    try await database.write { session in
      try session.insert(key, hash: Secrets.hash(secret))
      try slot?.keep(response, in: session, at: now)
    }
    return response
  }

  func listKeys(_ exchange: Exchange) async throws -> ServerResponse {
    let workspace = try exchange.workspace()
    let keys = try await database.read { try $0.keys(of: workspace) }
    return ServerResponse(json: ["keys": .array(keys.map { .object(keyView($0)) })])
  }

  func revokeKey(_ exchange: Exchange) async throws -> ServerResponse {
    let workspace = try exchange.workspace()
    let (id, now) = (exchange.parameter("id"), clock.now)
    try await database.write { session in
      guard try session.key(id: id, of: workspace) != nil else { throw Refusal.notFound }
      try session.revokeKey(id: id, at: now)
    }
    return ServerResponse(status: 204)
  }

  /// A new secret for a key; the old one is dead in the same step.
  func rotateKey(_ exchange: Exchange) async throws -> ServerResponse {
    let workspace = try exchange.workspace()
    let (id, now, slot) = (exchange.parameter("id"), clock.now, exchange.slot)
    let secret = secrets.token("wfx_")
    return try await database.write { session in
      guard let key = try session.key(id: id, of: workspace) else { throw Refusal.notFound }
      guard key.revokedAt == nil, key.expiresAt ?? .max > now else {
        throw Refusal(409, .stateConflict)
      }
      try session.change(
        "UPDATE api_keys SET key_hash = ? WHERE id = ?", [.text(Secrets.hash(secret)), .text(id)])
      var answer = keyView(key)
      answer["secret"] = .string(secret)
      let response = ServerResponse(json: .object(answer))
      try slot?.keep(response, in: session, at: now)
      return response
    }
  }

  private func keyView(_ key: KeyRecord) -> JSONObject {
    [
      "id": .string(key.id), "label": .string(key.label),
      "scopes": .array(key.scopes.map(\.rawValue).sorted().map { .string($0) }),
      "created_at": timeText(key.createdAt), "expires_at": timeText(key.expiresAt),
      "revoked_at": timeText(key.revokedAt),
    ]
  }

  /// Rows of the caller's workspace, the newest first; `before` is the number of a row.
  func readAuditLog(_ exchange: Exchange) async throws -> ServerResponse {
    let workspace = try exchange.workspace()
    var before = Int64.max
    if let text = try exchange.request.fields()["before"] {
      guard let number = Int64(text) else { throw Refusal(400, .requestMalformed) }
      before = number
    }
    await flushEvents()
    let place = before
    let rows = try await database.read {
      try $0.rows(
        """
        SELECT * FROM audit_log WHERE workspace_id = ? AND number < ?
        ORDER BY number DESC LIMIT 101
        """, [.text(workspace), .integer(place)])
    }
    let shown = try rows.prefix(100).map { row -> JSONValue in
      func text(_ name: String) throws -> JSONValue {
        try row.optionalText(name).map { .string($0) } ?? .null
      }
      return [
        "number": .number(JSONNumber(try row.integer("number"))),
        "time": timeText(try row.integer("time")), "action": try text("action"),
        "share_id": try text("share_id"), "actor_key_id": try text("actor_key_id"),
        "address_class": try text("address_class"), "outcome": try text("outcome"),
        "note": try text("note"), "hash": try text("hash"),
        "previous_hash": try text("previous_hash"),
      ]
    }
    let next = rows.count > 100 ? try rows[99].integer("number") : nil
    return ServerResponse(json: [
      "rows": .array(shown), "next": next.map { .number(JSONNumber($0)) } ?? .null,
    ])
  }
}
