internal import Platform

extension ShareService {
  /// Marks what has expired, deletes what nobody may have any more, and drops old addresses.
  ///
  /// Runs at start and hourly, and goes by the time that both clocks have passed. Rows first, then
  /// bytes: after a crash in between, bytes that nothing points at go with the next sweep.
  func sweep() async throws {
    let time = clock.settled
    try await markExpired()
    try await deleteEnded(at: time)
    // Nothing of what was deleted stays in memory; what is still looked at is soon made again.
    ready.forgetAll()
    try await database.write { session in
      try session.change("DELETE FROM unlocks WHERE expires_at <= ?", [.integer(time)])
      try session.change(
        "DELETE FROM answers WHERE created_at <= ?", [.integer(time - AnswerSlot.lifetime)])
      try AuditLog.dropAddresses(before: time - AuditLog.addressLifetime, in: session)
      try session.set("seen_time", String(time))
    }
    try await removeUnused()
  }

  func markExpired() async throws {
    let (audit, time) = (audit, clock.settled)
    try await database.write { session in
      let shares = try session.rows(
        "SELECT * FROM shares WHERE state = 'active' AND expires_at <= ?", [.integer(time)]
      ).map(ShareRecord.init)
      for share in shares {
        let deletion = try deletionTime(of: share, endedAt: share.expiresAt, in: session)
        if try session.end(
          share.id, as: .expired, at: share.expiresAt, deleteAfter: deletion)
        {
          try audit.append([event(.expire, share, nil, at: time)], to: session)
        }
      }
    }
  }

  /// Of a share whose time of keeping is over only its id, times and state stay; its artifact goes
  /// with the last share that could need it.
  private func deleteEnded(at time: Int64) async throws {
    let audit = audit
    try await database.write { session in
      let shares = try session.rows(
        "SELECT * FROM shares WHERE state IN ('expired', 'revoked') AND delete_after <= ?",
        [.integer(time)]
      ).map(ShareRecord.init)
      for share in shares {
        try session.change(
          "UPDATE shares SET state = 'deleted', artifact_id = NULL, approval_id = NULL WHERE id = ?",
          [.text(share.id)])
        if let approval = share.approvalID {
          try session.change("DELETE FROM approvals WHERE id = ?", [.text(approval)])
        }
        try audit.append([event(.delete, share, nil, at: time)], to: session)
        guard let artifact = share.artifactID else { continue }
        let others = try session.number(
          "SELECT COUNT(*) AS n FROM shares WHERE artifact_id = ?", [.text(artifact)])
        if others == 0 { try session.end(artifact, as: .deleted) }
      }
    }
  }

  /// Removes uploads that nobody goes on with, and bytes that no artifact points at.
  private func removeUnused() async throws {
    let time = clock.settled
    let uploads = try await database.write { session -> Set<String> in
      let old = try session.rows(
        "SELECT id FROM artifacts WHERE state = 'uploading' AND created_at <= ?",
        [.integer(time - 86_400)])
      for row in old { try session.end(try row.text("id"), as: .aborted) }
      return Set(
        try session.rows("SELECT id FROM artifacts WHERE state = 'uploading'", [])
          .map { try $0.text("id") })
    }
    let (incoming, objects) = (incoming, objects)
    let keys = try await blocking.run { () -> [String] in
      try incoming.sweep(keeping: uploads)
      return try objects.keys()
    }
    let used = try await database.read { try $0.usedObjectKeys() }
    for key in keys where !used.contains(key) {
      // Looked at again inside of a transaction, since a commit adopts bytes before it writes its row.
      try await database.write { session in
        if try !session.isUsed(objectKey: key), try !session.isArriving(objectKey: key) {
          try objects.remove(key)
        }
      }
    }
  }
}

extension SQLSession {
  fileprivate func usedObjectKeys() throws -> Set<String> {
    Set(
      try rows("SELECT DISTINCT object_key FROM members WHERE object_key IS NOT NULL", [])
        .map { try $0.text("object_key") })
  }

  /// Whether an upload that is not over has announced these bytes.
  fileprivate func isArriving(objectKey key: String) throws -> Bool {
    let digest = "sha256:" + key.filter { $0 != "/" }
    return try row(
      """
      SELECT members.name AS name FROM members JOIN artifacts ON artifacts.id = members.artifact_id
      WHERE members.digest = ? AND artifacts.state = 'uploading' LIMIT 1
      """, [.text(digest)]) != nil
  }
}
