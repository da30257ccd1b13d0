import JSON
import Platform
import TestSupport
import Testing

@testable import ShareServer

struct BackupTests {
  private func backedUp() async throws -> (TestService, (id: String, token: String), Backup, String)
  {
    let test = try await TestService()
    let share = try await test.share(try await test.upload())
    let copy = test.folder.path + "/copy"
    _ = try await backup(test, test.folder.path + "/data").write(to: copy)
    return (test, share, backup(test, test.folder.path + "/again"), copy)
  }

  private func backup(_ test: TestService, _ folder: String) -> Backup {
    Backup(dataFolder: folder, world: world(test))
  }

  private func world(_ test: TestService) -> ServerWorld {
    let clocks = test.clocks
    return ServerWorld(
      files: FileSystem(), wall: { clocks.wall }, running: { clocks.running },
      randomBytes: Platform.Surroundings.process().randomBytes, log: { _ in })
  }

  private func dispatcher(_ test: TestService, _ folder: String) async throws -> ShareService {
    try await ShareServer(ServerOptions(dataFolder: folder), world: world(test))
      .service(in: DataFolder(folder, files: FileSystem()))
  }

  @Test func `a copy that is restored shows its shares, but opens no old link`() async throws {
    let (test, share, target, copy) = try await backedUp()
    // Revoked after the copy was made.
    _ = try await test.json("POST", "/api/shares/\(share.id)/revoke", [:])
    let key = try #require(try await target.restore(from: copy, keepingSecrets: false))
    let restored = try await dispatcher(test, test.folder.path + "/again")
    let (hash, old) = (Secrets.hash(share.token), Secrets.hash(test.key))
    let now = TestPackage.now
    #expect(try await restored.database.read { try $0.openShare(tokenHash: hash, now: now) } == nil)
    #expect(try await restored.database.read { try $0.key(hash: old, now: now) } == nil)
    let fresh = Secrets.hash(key)
    #expect(try await restored.database.read { try $0.key(hash: fresh, now: now) } != nil)
    #expect(try restored.objects.keys() == (try test.objects))
    #expect(try await restored.database.read { try AuditLog.check($0) } == 1)
  }

  @Test func `links and keys are kept where that is asked for`() async throws {
    let (test, share, target, copy) = try await backedUp()
    #expect(try await target.restore(from: copy, keepingSecrets: true) == nil)
    let restored = try await dispatcher(test, test.folder.path + "/again")
    let (hash, now) = (Secrets.hash(share.token), TestPackage.now)
    #expect(try await restored.database.read { try $0.openShare(tokenHash: hash, now: now) } != nil)
  }

  @Test func `a copy that was changed is refused, and nothing is made of it`() async throws {
    let (test, _, target, copy) = try await backedUp()
    let files = try run(["find", ".", "-type", "f", "-not", "-name", "backup.json"], in: copy)
      .out.split(separator: "\n").map(String.init)
    #expect(files.count == 12)
    for file in files {
      let path = copy + "/" + file
      let bytes = try Fixtures.read(path)
      var changed = bytes
      changed[bytes.count / 2] ^= 1
      try FileSystem().write(changed, to: path)
      await #expect(throws: ServerError.self, "\(file)") {
        _ = try await target.restore(from: copy, keepingSecrets: false)
      }
      try FileSystem().write(bytes, to: path)
    }
    #expect(!FileSystem().exists(test.folder.path + "/again"))
    _ = try await target.restore(from: copy, keepingSecrets: false)
    await #expect(throws: ServerError.self) {
      _ = try await target.restore(from: copy, keepingSecrets: false)
    }
  }
}
