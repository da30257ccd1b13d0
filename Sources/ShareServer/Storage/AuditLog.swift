internal import Evidence
internal import JSON
internal import Platform

/// What is noted of a share's life.
package enum AuditAction: String, CaseIterable, Sendable {
  case create, rotate, revoke, expire, delete, view, download
  case unlockOK = "unlock_ok"
  case unlockFailed = "unlock_fail"
}

/// One thing to be noted.
package struct AuditEvent: Sendable {
  var time: Int64
  var action: AuditAction
  var workspaceID: String?
  var shareID: String?
  var actorKeyID: String?
  /// A keyed hash of the /24 or /48 that a request came from.
  var addressClass: String?
  var outcome: String = "done"
  /// Free text of an owner, such as the reason of a revocation; shown in the audit log only.
  var note: String?
}

/// The append-only log: each row's hash covers the row before it.
///
/// Addresses are dropped after 30 days and the chain stays whole: a row is hashed with a salted
/// commitment to its address, and salt and address go together.
package struct AuditLog: Sendable {
  let secrets: Secrets

  package init(secrets: Secrets) { self.secrets = secrets }

  static let addressLifetime: Int64 = 30 * 86_400
  private static let beginning = String(repeating: "0", count: 64)

  /// Adds events in the caller's transaction.
  func append(_ events: [AuditEvent], to session: any SQLSession) throws {
    guard !events.isEmpty else { return }
    let last = try session.row(
      "SELECT number, hash FROM audit_log ORDER BY number DESC LIMIT 1", [])
    var number = try last?.integer("number") ?? 0
    var previous = try last?.text("hash") ?? Self.beginning
    for event in events {
      number += 1
      let salt = event.addressClass == nil ? nil : secrets.salt()
      let commitment = Secrets.hash("\(salt ?? "")\0\(event.addressClass ?? "")")
      let row = Row(
        number: number, time: event.time, action: event.action.rawValue,
        workspaceID: event.workspaceID, shareID: event.shareID, actorKeyID: event.actorKeyID,
        outcome: event.outcome, note: event.note, commitment: commitment)
      let hash = try row.hash(after: previous)
      try session.change(
        """
        INSERT INTO audit_log (number, time, action, workspace_id, share_id, actor_key_id, outcome,
          note, address_class, address_salt, address_commitment, previous_hash, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .integer(number), .integer(event.time), .text(row.action), .text(event.workspaceID),
          .text(event.shareID), .text(event.actorKeyID), .text(event.outcome), .text(event.note),
          .text(event.addressClass), .text(salt), .text(commitment), .text(previous), .text(hash),
        ])
      previous = hash
    }
  }

  /// Drops the addresses of rows that are old enough.
  static func dropAddresses(before time: Int64, in session: any SQLSession) throws {
    try session.change(
      """
      UPDATE audit_log SET address_class = NULL, address_salt = NULL
      WHERE time < ? AND address_class IS NOT NULL
      """, [.integer(time)])
  }

  /// Checks every link of the chain, and each address that is still there.
  ///
  /// - Returns: how many rows there are.
  /// - Throws: `audit_log_broken` with the first row that does not fit.
  package static func check(_ session: any SQLSession) throws -> Int64 {
    var previous = beginning
    var number: Int64 = 0
    while true {
      let rows = try session.rows(
        "SELECT * FROM audit_log WHERE number > ? ORDER BY number LIMIT 1000", [.integer(number)])
      if rows.isEmpty { return number }
      for found in rows {
        let row = try Row(found)
        let address = try found.optionalText("address_class")
        let salt = try found.optionalText("address_salt")
        let isOpened =
          address == nil && salt == nil && row.commitment != ""
          || Secrets.hash("\(salt ?? "")\0\(address ?? "")") == row.commitment
        guard row.number == number + 1, try found.text("previous_hash") == previous, isOpened,
          try found.text("hash") == row.hash(after: previous)
        else {
          throw ServerError(
            .auditLogBroken, place: "row \(number + 1)",
            "a row of the audit log was changed, removed or put in")
        }
        previous = try found.text("hash")
        number = row.number
      }
    }
  }

  /// What is hashed of a row.
  fileprivate struct Row {
    let number: Int64
    let time: Int64
    let action: String
    let workspaceID: String?
    let shareID: String?
    let actorKeyID: String?
    let outcome: String
    let note: String?
    let commitment: String

    func hash(after previous: String) throws -> String {
      func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
      let bytes = try CanonicalJSON.bytes([
        "number": .number(JSONNumber(number)), "time": .number(JSONNumber(time)),
        "action": .string(action), "workspace": text(workspaceID), "share": text(shareID),
        "actor": text(actorKeyID), "outcome": .string(outcome), "note": text(note),
        "address": .string(commitment), "previous": .string(previous),
      ])
      return Hex.encode(Digest.raw(of: bytes))
    }
  }
}

extension AuditLog.Row {
  fileprivate init(_ row: SQLRow) throws {
    number = try row.integer("number")
    time = try row.integer("time")
    action = try row.text("action")
    workspaceID = try row.optionalText("workspace_id")
    shareID = try row.optionalText("share_id")
    actorKeyID = try row.optionalText("actor_key_id")
    outcome = try row.text("outcome")
    note = try row.optionalText("note")
    commitment = try row.text("address_commitment")
  }
}
