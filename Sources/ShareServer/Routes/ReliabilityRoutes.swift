internal import JSON
internal import Platform
internal import ShareRequests
internal import Sharing

/// Reliability metadata (SHARING §12): tables of its own, to which no share refers and which refer to
/// none. Off for every workspace until it says otherwise.
extension ShareService {
  /// `{consent: {policy_version, at}}` enables it; `{record}` adds one, which must be labels only.
  func putReliability(_ exchange: Exchange) async throws -> ServerResponse {
    try exchange.json.allow("consent", "record")
    let workspace = try exchange.workspace()
    switch (exchange.json["consent"], exchange.json["record"]) {
    case (let consent?, nil):
      guard let object = consent.object,
        try object.needed("policy_version", upTo: 8) == ReliabilityRecord.policyVersion
      else { throw Refusal(422, .labelRefused, "consent: expected the policy that is in force") }
      try object.allow("policy_version", "at")
      let now = clock.now
      let at = min(try object.time("at") ?? now, now)
      try await database.write { try $0.setConsent(workspace, at: at) }
    case (nil, let value?):
      guard let record = ReliabilityRecord(json: value) else {
        throw Refusal(422, .labelRefused, "record: expected words of the lists and nothing else")
      }
      let text = String(decoding: try CanonicalJSON.bytes(record.json), as: UTF8.self)
      try await database.write { session in
        guard try session.consent(of: workspace) != nil else {
          throw Refusal(409, .consentMissing)
        }
        try session.insertReliability(record, text, of: workspace)
      }
    default: throw Refusal(400, .requestMalformed, "expected either consent or record")
    }
    return ServerResponse(status: 204)
  }

  /// The workspace's consent and records, and totals of groups that are large enough.
  func readReliability(_ exchange: Exchange) async throws -> ServerResponse {
    let workspace = try exchange.workspace()
    let (at, records, totals) = try await database.read { session in
      guard let at = try session.consent(of: workspace) else { throw Refusal.notFound }
      return (at, try session.reliability(of: workspace), try session.reliabilityTotals())
    }
    return ServerResponse(json: [
      "policy_version": .string(ReliabilityRecord.policyVersion), "at": timeText(at),
      "records": .array(records.compactMap { try? JSONValue.parse(Array($0.utf8)) }),
      "totals": .array(totals),
    ])
  }

  /// `?record=ID` deletes one, `?all=true` everything and the consent with it.
  func deleteReliability(_ exchange: Exchange) async throws -> ServerResponse {
    let workspace = try exchange.workspace()
    let fields = try exchange.request.fields()
    let deleted: Int
    switch (fields["record"], fields["all"]) {
    case (let id?, nil):
      deleted = try await database.write {
        try $0.change(
          "DELETE FROM reliability WHERE record_id = ? AND workspace_id = ?",
          [.text(id), .text(workspace)])
      }
      if deleted == 0 { throw Refusal.notFound }
    case (nil, "true"?):
      deleted = try await database.write { session in
        try session.change(
          "DELETE FROM reliability_consent WHERE workspace_id = ?", [.text(workspace)])
        return try session.change(
          "DELETE FROM reliability WHERE workspace_id = ?", [.text(workspace)])
      }
    default: throw Refusal(400, .requestMalformed, "expected either record=ID or all=true")
    }
    return ServerResponse(json: [
      "schema": "wf.reliability_receipt/1", "deleted": .number(JSONNumber(Int64(deleted))),
      "at": timeText(clock.now), "receipt": .string(secrets.identifier("rcp_")),
    ])
  }
}

extension SQLSession {
  /// Groups of fewer workspaces would tell of single ones.
  private static var smallestGroup: Int64 { 5 }

  fileprivate func consent(of workspaceID: String) throws -> Int64? {
    try row(
      "SELECT at FROM reliability_consent WHERE workspace_id = ?", [.text(workspaceID)]
    )?.integer("at")
  }

  fileprivate func setConsent(_ workspaceID: String, at time: Int64) throws {
    if try consent(of: workspaceID) != nil { return }
    try change(
      "INSERT INTO reliability_consent (workspace_id, policy_version, at) VALUES (?, ?, ?)",
      [.text(workspaceID), .text(ReliabilityRecord.policyVersion), .integer(time)])
  }

  /// A record that comes twice is one.
  fileprivate func insertReliability(
    _ record: ReliabilityRecord, _ text: String, of workspaceID: String
  ) throws {
    if let old = try row(
      "SELECT workspace_id, record FROM reliability WHERE record_id = ?", [.text(record.recordID)])
    {
      let isSame =
        try old.text("workspace_id") == workspaceID && old.text("record") == text
      if isSame { return }
      throw Refusal(409, .stateConflict)
    }
    try change(
      """
      INSERT INTO reliability (record_id, workspace_id, benchmark, verdict, record)
      VALUES (?, ?, ?, ?, ?)
      """,
      [
        .text(record.recordID), .text(workspaceID), .text(record.json["benchmark"]?.string),
        .text(record.json["verdict"]?.string), .text(text),
      ])
  }

  fileprivate func reliability(of workspaceID: String) throws -> [String] {
    try rows(
      "SELECT record FROM reliability WHERE workspace_id = ? ORDER BY record_id",
      [.text(workspaceID)]
    ).map { try $0.text("record") }
  }

  fileprivate func reliabilityTotals() throws -> [JSONValue] {
    try rows(
      """
      SELECT benchmark, verdict, COUNT(*) AS n FROM reliability GROUP BY benchmark, verdict
      HAVING COUNT(DISTINCT workspace_id) >= ? ORDER BY benchmark, verdict
      """, [.integer(Self.smallestGroup)]
    ).map { row in
      [
        "benchmark": .string(try row.text("benchmark")),
        "verdict": .string(try row.text("verdict")),
        "records": .number(JSONNumber(try row.integer("n"))),
      ]
    }
  }
}
