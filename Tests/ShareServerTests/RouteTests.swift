import JSON
import ShareRequests
import TestSupport
import Testing

@testable import ShareServer

struct RouteTests {
  /// SHARING §9.
  private static let specified: Set<String> = [
    "GET /r/{token}", "POST /r/{token}/unlock", "GET /r/{token}/package/{member}",
    "GET /r/{token}/package.tar", "GET /api/public/shares/{token}", "POST /api/sync/runs",
    "POST /api/sync/runs/{run}/artifacts", "PUT /api/artifacts/{id}/members/{name}",
    "PUT /api/artifacts/{id}/package.tar", "POST /api/artifacts/{id}/commit",
    "POST /api/artifacts/{id}/abort", "GET /api/artifacts/{id}", "POST /api/shares",
    "GET /api/shares", "GET /api/shares/{share_id}", "POST /api/shares/{share_id}/rotate",
    "POST /api/shares/{share_id}/revoke", "POST /api/api-keys", "GET /api/api-keys",
    "DELETE /api/api-keys/{id}", "POST /api/api-keys/{id}/rotate", "GET /api/audit/logs",
    "PUT /api/reliability", "GET /api/reliability", "DELETE /api/reliability", "GET /metrics",
    "GET /healthz", "GET /openapi.json", "GET /assets/{name}",
  ]

  @Test func `the description, the table and the specification name the same routes`() throws {
    let answer = try Shared.server().wire("GET", "/openapi.json")
    #expect(answer.json["openapi"]?.string == "3.1.0")
    var described: Set<String> = []
    for (path, methods) in answer.json["paths"]?.object?.members ?? [] {
      for method in methods.object?.keys ?? [] {
        described.insert("\(method.uppercased()) \(path)")
      }
    }
    #expect(described == Self.specified)
    let table = RouteTable().routes.map { "\($0.method) \($0.template.filter { $0 != "*" })" }
    #expect(Set(table) == Self.specified)
    #expect(table.count == Self.specified.count)
    #expect(Set(RouteTable().routes.map(\.operation)) == Set(Operation.allCases))
  }

  @Test func `a method outside of the table is named, with those that are in it`() async throws {
    let test = try await TestService()
    let answer = await test.call("PATCH", "/api/shares")
    #expect(answer.status == 405)
    #expect(answer.response.header("Allow") == "GET, HEAD, POST")
  }

  @Test(arguments: [
    ("/", []), ("/a", ["a"]), ("/a/b", ["a", "b"]), ("/a%2fb", ["a", "b"]), ("/%41", ["A"]),
    ("/a%20b", ["a b"]),
  ])
  func `a path is decoded once`(_ text: String, _ parts: [String]) {
    #expect(RoutePath(text[...])?.parts == parts)
  }

  @Test(arguments: [
    "", "a", "//", "/a//b", "/a/", "/.", "/..", "/a/../b", "/%2e%2e/a", "/%2E", "/a%00", "/a\\b",
    "/a%5cb", "/%", "/%4", "/%zz", "/%252e", "/%ff", "/a%0ab", "/a%7f", "http://x/a", "*",
  ])
  func `a path that something else may read otherwise is none`(_ text: String) {
    #expect(RoutePath(text[...]) == nil)
  }

  @Test func `what is not there looks the same, whatever is wrong with it`() async throws {
    let test = try await TestService()
    let artifact = try await test.upload()
    let revoked = try await test.share(artifact)
    _ = try await test.json("POST", "/api/shares/\(revoked.id)/revoke", [:])
    let rotated = try await test.share(artifact)
    _ = try await test.json("POST", "/api/shares/\(rotated.id)/rotate", [:])
    let expired = try await test.share(
      artifact, more: ["expires_at": "2026-11-24T13:00:00Z"])
    test.clocks.pass(7200)
    let withheld = try await test.share(artifact)
    let locked = try await test.share(
      artifact, [:], more: ["password": "correct horse battery"])
    for (prefix, suffix) in [("/r/", ""), ("/api/public/shares/", "")] {
      let tokens = [
        revoked.token, rotated.token, expired.token, "wfs_x", "x", "%20", "%00", "%ff", "..",
      ]
      let answers = await answers(tokens.map { prefix + $0 + suffix }, test)
      #expect(Set(answers) == [answers[0]])
    }
    let files =
      tokens(revoked, expired, withheld, locked).map { "/r/\($0)/package/claim.json" }
      + tokens(revoked, withheld, locked).map { "/r/\($0)/package.tar" }
      + [
        "/r/wfs_x/package/claim.json", "/r/\(withheld.token)/package/raw_evidence_manifest.json",
        "/r/\(withheld.token)/x", "/r/..", "/r/a//b",
      ]
    let answers = await answers(files, test)
    #expect(Set(answers) == [answers[0]])
    let own = try await test.json("GET", "/api/shares/shr_x")
    #expect(own.status == 404)
    #expect(own.json == ["error": ["reason": "not_found"]])
  }

  private func tokens(_ shares: (id: String, token: String)...) -> [String] { shares.map(\.token) }

  /// Status, headers and bytes as one text.
  private func answers(_ targets: [String], _ test: TestService) async -> [String] {
    var all: [String] = []
    for (place, target) in targets.enumerated() {
      for method in ["GET", "HEAD"] {
        let answer = await test.call(method, target, from: "10.1.\(place).1")
        let headers = answer.response.headers.map { "\($0.name): \($0.value)" }.sorted()
        all.append("\(answer.status) \(headers) \(String(decoding: answer.body, as: UTF8.self))")
      }
    }
    return all
  }

  @Test func `a key does what its scopes say, in its own workspace only`() async throws {
    let test = try await TestService()
    let artifact = try await test.upload()
    let share = try await test.share(artifact)
    let made = try await test.json(
      "POST", "/api/api-keys", ["label": "reader", "scopes": ["share"]])
    let secret = try #require(made.json["secret"]?.string)
    #expect(secret.hasPrefix("wfx_"))
    func status(_ method: String, _ path: String, key: String) async -> Int {
      await test.call(method, path, headers: ["authorization": "Bearer \(key)"]).status
    }
    #expect(await status("GET", "/api/shares/\(share.id)", key: secret) == 200)
    #expect(await status("GET", "/api/audit/logs", key: secret) == 403)
    #expect(await status("GET", "/api/artifacts/\(artifact)", key: secret) == 403)
    let id = try #require(made.json["id"]?.string)
    let rotated = try await test.json("POST", "/api/api-keys/\(id)/rotate")
    let second = try #require(rotated.json["secret"]?.string)
    #expect(await status("GET", "/api/shares", key: secret) == 401)
    #expect(await status("GET", "/api/shares", key: second) == 200)
    #expect(try await test.json("DELETE", "/api/api-keys/\(id)").status == 204)
    #expect(await status("GET", "/api/shares", key: second) == 401)

    let stranger = "wfx_stranger"
    try await test.service.database.write { session in
      let other = try session.workspace(named: "other", newID: "wsp_other", now: 1)
      try session.insert(
        KeyRecord(
          id: "key_other", workspaceID: other, scopes: Set(KeyScope.allCases), label: "other",
          createdAt: 1, expiresAt: nil), hash: Secrets.hash(stranger))
    }
    for path in ["/api/shares/\(share.id)", "/api/artifacts/\(artifact)"] {
      #expect(await status("GET", path, key: stranger) == 404)
    }
    #expect(await status("POST", "/api/shares/\(share.id)/revoke", key: stranger) == 404)
    #expect(await test.call("GET", "/r/\(share.token)").status == 200)
  }

  @Test func `a key that has run out is refused`() async throws {
    let test = try await TestService()
    let made = try await test.json(
      "POST", "/api/api-keys",
      ["label": "guest", "scopes": ["share"], "expires_at": "2026-11-24T13:00:00Z"])
    let header = ["authorization": "Bearer \(made.json["secret"]?.string ?? "")"]
    #expect(await test.call("GET", "/api/shares", headers: header).status == 200)
    test.clocks.pass(3601)
    #expect(await test.call("GET", "/api/shares", headers: header).status == 401)
  }
}
