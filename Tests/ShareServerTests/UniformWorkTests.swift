import JSON
import Testing

@testable import ShareServer

/// SHARING §8: what is not there takes the same work, whatever is wrong with it.
struct UniformWorkTests {
  private let test: TestService
  private let service: ShareService
  private let meter = WorkMeter()

  init() async throws {
    test = try await TestService()
    service = try test.service.metered(by: meter)
  }

  /// One request of a client of its own.
  private func work(
    _ method: String, _ target: String, _ number: Int, headers: [String: String] = [:],
    body: String = ""
  ) async -> (status: Int, work: RequestWork) {
    _ = meter.take()
    let buckets = service.rates.count
    let status = await test.call(
      method, target, headers: headers, body: Array(body.utf8), from: "10.9.\(number).1",
      on: service
    ).status
    var work = meter.take()
    work.buckets = service.rates.count - buckets
    return (status, work)
  }

  /// One token for each reason why nothing is shown.
  private func deadTokens() async throws -> [(String, String)] {
    let artifact = try await test.upload()
    let rotated = try await test.share(artifact)
    _ = try await test.json("POST", "/api/shares/\(rotated.id)/rotate", [:])
    let deleted = try await test.share(artifact)
    _ = try await test.json("POST", "/api/shares/\(deleted.id)/revoke", [:])
    try await test.service.sweep()
    let revoked = try await test.share(artifact)
    _ = try await test.json("POST", "/api/shares/\(revoked.id)/revoke", [:])
    let locked = try await test.share(
      artifact, [:], more: ["password": "correct horse battery"])
    _ = try await test.json("POST", "/api/shares/\(locked.id)/revoke", [:])
    let marked = try await test.share(artifact, more: ["expires_at": "2026-11-24T13:00:00Z"])
    test.clocks.pass(3601)
    try await test.service.markExpired()
    let expired = try await test.share(artifact, more: ["expires_at": "2026-11-24T13:30:00Z"])
    test.clocks.pass(1801)
    for (share, state) in [(deleted, "deleted"), (revoked, "revoked"), (marked, "expired")] {
      let shown = try await test.json("GET", "/api/shares/\(share.id)")
      #expect(shown.json["state"]?.string == state)
    }
    return [
      ("unknown", "wfs_" + String(repeating: "A", count: 43)), ("short", "wfs_x"),
      ("long", String(repeating: "b", count: 1500)), ("another word", "favicon.ico"),
      ("revoked", revoked.token), ("rotated", rotated.token), ("revoked password", locked.token),
      ("deleted", deleted.token), ("marked as expired", marked.token),
      ("expired", expired.token), ("no text", "%ff"), ("zero", "%00"), ("dots", "%2e%2e"),
      ("backslash", "a%5cb"), ("half a code", "%4"),
    ]
  }

  @Test func `a token that opens nothing is one hash and one lookup, whatever is wrong with it`()
    async throws
  {
    let tokens = try await deadTokens()
    let expected = RequestWork(
      statements: [
        "SELECT * FROM shares WHERE token_hash = ? AND state = 'active' AND expires_at > ?"
      ], transactions: 1, sha256: 1, argon2id: 0, buckets: 2)
    var number = 0
    for (name, token) in tokens {
      for (method, target) in [
        ("GET", "/r/\(token)"), ("HEAD", "/r/\(token)"), ("GET", "/r/\(token)/package.tar"),
        ("GET", "/r/\(token)/package/claim.json"), ("GET", "/r/\(token)/nothing"),
        ("GET", "/r/\(token)//"), ("GET", "/api/public/shares/\(token)"),
        ("GET", "/api/public/shares/\(token)/nothing"),
      ] {
        number += 1
        let (status, work) = await work(method, target, number)
        #expect(status == 404 && work == expected, "\(name): \(method) \(target.suffix(30))")
      }
      number += 1
      let unlock = await work(
        "POST", "/r/\(token)/unlock", number,
        headers: [
          "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin",
        ], body: "password=correct+horse+battery")
      #expect(unlock.status == 404 && unlock.work == expected, "\(name): unlock")
      number += 1
      let given = await work(
        "GET", "/api/public/shares/\(token)", number,
        headers: ["x-wf-share-password": "correct horse battery"])
      #expect(given.status == 404 && given.work == expected, "\(name): password")
    }
  }

  @Test func `a wrong password costs what the right one costs`() async throws {
    let share = try await test.share(
      try await test.upload(), [:], more: ["password": "correct horse battery"])
    var number = 0
    for (password, expected) in [
      ("correct horse battery", 200), ("correct horse battery?", 403), ("", 403),
      (String(repeating: "x", count: 900), 403),
    ] {
      number += 1
      let header = await work(
        "GET", "/api/public/shares/\(share.token)", number,
        headers: ["x-wf-share-password": password])
      #expect(header.status == expected && header.work.argon2id == 1, "\(password.prefix(30))")
      number += 1
      let form = await work(
        "POST", "/r/\(share.token)/unlock", number,
        headers: [
          "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin",
        ], body: "password=" + password.replacing(" ", with: "+"))
      #expect(form.status == (expected == 200 ? 303 : 403))
      #expect(form.work.argon2id == 1, "\(password.prefix(30))")
    }
  }

  @Test func `an API key that is not good is one hash and one lookup, whatever is wrong with it`()
    async throws
  {
    func made(_ more: JSONObject = [:]) async throws -> (id: String, secret: String) {
      var body: JSONObject = ["label": "guest", "scopes": ["share"]]
      for (name, value) in more.members { body[name] = value }
      let answer = try await test.json("POST", "/api/api-keys", .object(body))
      return (answer.json["id"]?.string ?? "", answer.json["secret"]?.string ?? "")
    }
    let revoked = try await made()
    _ = try await test.json("DELETE", "/api/api-keys/\(revoked.id)")
    let rotated = try await made()
    _ = try await test.json("POST", "/api/api-keys/\(rotated.id)/rotate")
    let expired = try await made(["expires_at": "2026-11-24T13:00:00Z"])
    test.clocks.pass(3601)
    let headers: [[String: String]] =
      [
        [:], ["authorization": "Bearer"], ["authorization": "Basic abc"],
        ["authorization": "Bearer wfx_unknown"],
      ] + [revoked, rotated, expired].map { ["authorization": "Bearer \($0.secret)"] }
    for (number, header) in headers.enumerated() {
      let (status, work) = await work("GET", "/api/shares", number, headers: header)
      #expect(status == 401)
      #expect(work.sha256 == 1 && work.transactions == 1 && work.buckets == 1, "\(header)")
      #expect(work.statements.count == 1 && work.statements[0].contains("FROM api_keys"))
    }
  }

  @Test func `another workspace's things take the work of things that are not there`() async throws
  {
    let artifact = try await test.upload()
    let share = try await test.share(artifact)
    let stranger = "wfx_stranger"
    try await test.service.database.write { session in
      let other = try session.workspace(named: "other", newID: "wsp_other", now: 1)
      try session.insert(
        KeyRecord(
          id: "key_other", workspaceID: other, scopes: Set(KeyScope.allCases), label: "other",
          createdAt: 1, expiresAt: nil), hash: Secrets.hash(stranger))
    }
    let keys = try await test.json("GET", "/api/api-keys")
    let key = try #require(keys.json["keys"]?.array?.first?["id"]?.string)
    let header = ["authorization": "Bearer \(stranger)"]
    for (method, path, ids) in [
      ("GET", "/api/shares/", [share.id, "shr_x"]), ("GET", "/api/artifacts/", [artifact, "x"]),
      ("POST", "/api/artifacts/", [artifact + "/abort", "x/abort"]),
      ("DELETE", "/api/api-keys/", [key, "key_x"]),
    ] {
      var found: [RequestWork] = []
      for (number, id) in ids.enumerated() {
        let (status, work) = await work(method, path + id, number, headers: header)
        #expect(status == 404, "\(path)")
        found.append(work)
      }
      found[0].buckets = found[1].buckets  // of the key, by the first of them
      #expect(found[0] == found[1], "\(path)")
    }
  }
}
