import JSON
import Platform
import TestSupport
import Testing

/// The whole way of a package, over real connections to the real program.
struct ShareLifeTests {
  @Test func `a package goes from upload to a share that is revoked`() throws {
    let server = try ServedFolder()
    let wire = server.wire
    let artifact = try server.upload()
    let state = try wire.json("GET", "/api/artifacts/\(artifact)", key: server.key)
    #expect(state.json["state"]?.string == "verified")
    #expect(state.json["display_id"]?.string == "WF-6ZQBYP9S")

    let (share, token) = try server.share(artifact)
    let dto = try wire("GET", "/api/public/shares/\(token)")
    #expect(dto.status == 200, "\(dto.text)")
    #expect(dto.json["schema"]?.string == "wf.share_dto/1")
    #expect(dto.json["share"]?["state"]?.string == "active")
    let page = try wire("GET", "/r/\(token)")
    #expect(page.status == 200)
    #expect(page.text.contains("WF-6ZQBYP9S"))
    #expect(try wire("GET", "/r/\(token)/package/claim.json").status == 404)

    let revoked = try wire.json(
      "POST", "/api/shares/\(share)/revoke", key: server.key, ["reason": "wrong reviewer"])
    #expect(revoked.status == 204)
    #expect(try wire("GET", "/r/\(token)").status == 404)
    #expect(try wire("GET", "/api/public/shares/\(token)").status == 404)
    let again = try wire.json("POST", "/api/shares/\(share)/revoke", key: server.key, [:])
    #expect(again.status == 409)
    #expect(again.reason == "state_conflict")

    let log = try wire.json("GET", "/api/audit/logs", key: server.key)
    let rows = log.json["rows"]?.array ?? []
    #expect(
      rows.compactMap { $0["action"]?.string }.reversed() == ["create", "view", "view", "revoke"])
    #expect(rows.first?["note"]?.string == "wrong reviewer")
    #expect(server.stop() == 0)
  }
}
