import Platform
import TestSupport
import Testing

@testable import ShareServer

struct StorageTests {
  @Test(arguments: 0..<Migration.all.count)
  func `a file of each earlier step is brought forward and keeps its rows`(
    _ count: Int
  ) async throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/share.sqlite"
    let old = try SQLiteDatabase(path: path, migrations: Array(Migration.all.prefix(count)))
    if count > 0 {
      try await old.write { session in
        _ = try session.workspace(named: "main", newID: "wsp_1", now: 7)
      }
    }
    try old.close()
    let new = try SQLiteDatabase(path: path)
    let found = try await new.write { session in
      try session.change("DELETE FROM reliability", [])
      try session.change("DELETE FROM answers", [])
      return try session.workspace(named: "main", newID: "wsp_2", now: 8)
    }
    #expect(found == (count > 0 ? "wsp_1" : "wsp_2"))
    try new.close()
  }

  @Test func `a file of a later version is refused and left alone`() async throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/share.sqlite"
    let later = Migration.all + [Migration(99, ["CREATE TABLE later (x BIGINT)"])]
    try SQLiteDatabase(path: path, migrations: later).close()
    #expect(throws: ServerError(.databaseNewer, place: "schema step 99", "")) {
      _ = try SQLiteDatabase(path: path)
    }
  }

  @Test func `a transaction that fails leaves nothing`() async throws {
    let folder = TemporaryFolder()
    let database = try SQLiteDatabase(path: folder.path + "/share.sqlite")
    struct Stop: Error {}
    await #expect(throws: Stop.self) {
      try await database.write { session in
        _ = try session.workspace(named: "main", newID: "wsp_1", now: 1)
        throw Stop()
      }
    }
    let count = try await database.read {
      try $0.number("SELECT COUNT(*) AS n FROM workspaces")
    }
    #expect(count == 0)
  }

  @Test func `rows that point at nothing are refused`() async throws {
    let folder = TemporaryFolder()
    let database = try SQLiteDatabase(path: folder.path + "/share.sqlite")
    await #expect(throws: ServerError(.databaseFailed, place: nil, "")) {
      try await database.write {
        try $0.insertRun("run", hash: "hash", of: "nobody", at: 1)
      }
    }
  }

  @Test func `a second server on the same folder is refused`() async throws {
    let test = try await TestService()
    let folder = DataFolder(test.folder.path + "/data", files: FileSystem())
    let lease = try folder.take()
    #expect(throws: ServerError(.serverRunning, place: folder.path, "")) { try folder.take() }
    withExtendedLifetime(lease) {}
  }

  @Test(arguments: ["", "/secret"])
  func `a data folder that others can read is refused`(_ part: String) async throws {
    let test = try await TestService()
    let path = test.folder.path + "/data"
    try FileSystem().changeMode(path + part, to: 0o750)
    #expect(throws: ServerError(.dataFolderOpen, place: path + part, "")) {
      try DataFolder(path, files: FileSystem()).take()
    }
  }

  @Test func `everything in a data folder is its user's alone`() async throws {
    let test = try await TestService()
    _ = try await test.upload()
    let found = try run([
      "find", test.folder.path + "/data", "-perm", "/077", "-not", "-name", "share.sqlite*", "-not",
      "-name", "server.lock", "-not", "-name", "trusted-signers.json",
    ])
    #expect(found.out == "")
  }
}

struct AuditLogTests {
  private func filled() async throws -> (TemporaryFolder, SQLiteDatabase, AuditLog) {
    let folder = TemporaryFolder()
    let database = try SQLiteDatabase(path: folder.path + "/share.sqlite")
    let log = AuditLog(
      secrets: Secrets(pepper: [1, 2, 3], randomBytes: Platform.Surroundings.process().randomBytes))
    try await database.write { session in
      try log.append(
        (1...5).map {
          AuditEvent(
            time: $0 * 1000, action: .view, workspaceID: "wsp_1", shareID: "shr_\($0)",
            addressClass: "class")
        }, to: session)
    }
    return (folder, database, log)
  }

  @Test(arguments: [
    "UPDATE audit_log SET action = 'create' WHERE number = 3",
    "UPDATE audit_log SET time = 1 WHERE number = 3",
    "UPDATE audit_log SET note = 'x' WHERE number = 3",
    "UPDATE audit_log SET address_class = 'y' WHERE number = 3",
    "DELETE FROM audit_log WHERE number = 3",
    "DELETE FROM audit_log WHERE number = 1",
  ])
  func `a row that was changed or removed breaks the chain`(_ change: String) async throws {
    let (folder, database, _) = try await filled()
    #expect(try await database.read { try AuditLog.check($0) } == 5)
    try await database.write { _ = try $0.change(change, []) }
    await #expect(throws: ServerError.self) {
      _ = try await database.read { try AuditLog.check($0) }
    }
    withExtendedLifetime(folder) {}
  }

  @Test func `addresses go after their time and the chain stays whole`() async throws {
    let (folder, database, log) = try await filled()
    try await database.write { session in
      try AuditLog.dropAddresses(before: 3000, in: session)
      try log.append([AuditEvent(time: 9000, action: .revoke)], to: session)
    }
    let (checked, left) = try await database.read { session in
      (
        try AuditLog.check(session),
        try session.number(
          "SELECT COUNT(*) AS n FROM audit_log WHERE address_class IS NOT NULL OR address_salt IS NOT NULL"
        )
      )
    }
    #expect(checked == 6)
    #expect(left == 3)
    withExtendedLifetime(folder) {}
  }
}
