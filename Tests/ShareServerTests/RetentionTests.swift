import JSON
import Platform
import TestSupport
import Testing

@testable import ShareServer

struct RetentionTests {
  private static let day: Int64 = 86_400

  @Test func `bytes go with the last share that needs them`() async throws {
    let test = try await TestService()
    let artifact = try await test.upload()
    let count = try test.objects.count
    #expect(count == 8)
    let first = try await test.share(artifact)
    let second = try await test.share(artifact)
    _ = try await test.json("POST", "/api/shares/\(first.id)/revoke", [:])
    try await test.service.sweep()
    #expect(try test.objects.count == count)
    #expect(await test.call("GET", "/api/public/shares/\(second.token)").status == 200)
    _ = try await test.json("POST", "/api/shares/\(second.id)/revoke", [:])
    try await test.service.sweep()
    #expect(try test.objects == [])
    let shown = try await test.json("GET", "/api/shares/\(second.id)")
    #expect(shown.json["state"]?.string == "deleted")
    #expect(
      Set(shown.json.object?.keys ?? []) == [
        "share_id", "state", "created_at", "expires_at", "ended_at",
      ])
  }

  @Test func `bytes are kept for the days that were approved`() async throws {
    let test = try await TestService()
    let artifact = try await test.upload()
    let share = try await test.share(
      artifact,
      ["password_required": false, "retention_policy": ["word": "keep_days", "days": 30]])
    _ = try await test.json("POST", "/api/shares/\(share.id)/revoke", [:])
    test.clocks.pass(29 * Self.day)
    try await test.service.sweep()
    #expect(try test.objects.count == 8)
    test.clocks.pass(2 * Self.day)
    try await test.service.sweep()
    #expect(try test.objects == [])
  }

  @Test func `a share ends at its time, and a clock that is set back does not revive it`()
    async throws
  {
    let test = try await TestService()
    let share = try await test.share(try await test.upload())
    let path = "/api/public/shares/\(share.token)"
    test.clocks.pass(13 * Self.day)
    #expect(await test.call("GET", path).status == 200)
    test.clocks.pass(2 * Self.day)
    #expect(await test.call("GET", path).status == 404)
    test.clocks.set(by: -10 * Self.day)
    #expect(await test.call("GET", path).status == 404)
  }

  @Test func `a clock that is set forward ends access but destroys nothing`() async throws {
    let test = try await TestService()
    let share = try await test.share(try await test.upload())
    let path = "/api/public/shares/\(share.token)"
    test.clocks.set(by: 400 * Self.day)
    #expect(await test.call("GET", path).status == 404)
    try await test.service.sweep()
    #expect(try test.objects.count == 8)
    test.clocks.set(by: -400 * Self.day)
    #expect(await test.call("GET", path).status == 200)
  }

  @Test func `an upload that nobody goes on with is thrown away`() async throws {
    let test = try await TestService()
    let run = try await test.json("POST", "/api/sync/runs", ["client_run_id": "r"])
    let id = try #require(run.json["cloud_run_id"]?.string)
    let begun = try await test.json(
      "POST", "/api/sync/runs/\(id)/artifacts", test.package.announcement)
    let artifact = try #require(begun.json["artifact_id"]?.string)
    _ = await test.call(
      "PUT", "/api/artifacts/\(artifact)/package.tar",
      headers: ["authorization": "Bearer \(test.key)"], body: try test.package.tar())
    let folder = test.folder.path + "/data/incoming/" + artifact
    #expect(FileSystem().exists(folder + "/claim.json"))
    test.clocks.pass(2 * Self.day)
    try await test.service.sweep()
    #expect(!FileSystem().exists(folder))
    #expect(
      try await test.json("GET", "/api/artifacts/\(artifact)").json["state"]?.string == "aborted")
  }

  @Test func `the log of a share's end holds what was done and no token`() async throws {
    let test = try await TestService()
    let share = try await test.share(try await test.upload())
    test.clocks.pass(20 * Self.day)
    try await test.service.sweep()
    let rows = try await test.json("GET", "/api/audit/logs").json["rows"]?.array ?? []
    #expect(rows.compactMap { $0["action"]?.string }.reversed() == ["create", "expire", "delete"])
    #expect(!test.lines.text.contains(share.token))
  }
}
