import JSON
import Platform
import TestSupport
import Testing

@testable import ShareServer

struct ShareRuleTests {
  @Test func `a password opens a share, and nothing of the package shows before`() async throws {
    let test = try await TestService()
    let share = try await test.share(
      try await test.upload(), [:], more: ["password": "Corre\u{301}ct horse battery"])
    let form = await test.call("GET", "/r/\(share.token)")
    #expect(form.status == 200)
    #expect(!String(decoding: form.body, as: UTF8.self).contains("6ZQBYP9S"))
    let closed = await test.call("GET", "/api/public/shares/\(share.token)")
    #expect(closed.status == 401)
    #expect(String(decoding: closed.body, as: UTF8.self).contains("password_required"))

    func unlock(_ password: String, _ headers: [String: String]) async -> ServerResponse {
      await test.call(
        "POST", "/r/\(share.token)/unlock",
        headers: headers.merging(["content-type": "application/x-www-form-urlencoded"]) { a, _ in a
        },
        body: Array("password=\(password)".utf8)
      ).response
    }
    let own = ["origin": "http://share.test"]
    #expect(await unlock("wrong", own).status == 403)
    for headers in [
      [:], ["origin": "http://evil.test"], ["origin": "null"],
      ["sec-fetch-site": "cross-site"], ["sec-fetch-site": "same-site", "origin": "null"],
      ["sec-fetch-site": "same-origin", "origin": "http://evil.test"],
    ] {
      #expect(await unlock("Corr%C3%A9ct+horse+battery", headers).status == 403, "\(headers)")
    }
    // NFC: the other spelling of é is the same password.
    let opened = await unlock(
      "Corr%C3%A9ct+horse+battery", ["sec-fetch-site": "same-origin", "origin": "null"])
    #expect(opened.status == 303)
    #expect(opened.header("Location") == "/r/\(share.token)")
    let cookie = try #require(opened.header("Set-Cookie"))
    #expect(
      cookie.hasSuffix("; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=1800")
        && cookie.hasPrefix("__Host-wf-u-"))
    let pair = String(cookie.prefix { $0 != ";" })
    let page = await test.call("GET", "/r/\(share.token)", headers: ["cookie": "a=b; \(pair)"])
    #expect(String(decoding: page.body, as: UTF8.self).contains("WF-6ZQBYP9S"))
    #expect(page.response.header("Vary") == "Cookie")
    test.clocks.pass(1801)
    let later = await test.call("GET", "/r/\(share.token)", headers: ["cookie": pair])
    #expect(!String(decoding: later.body, as: UTF8.self).contains("6ZQBYP9S"))
  }

  @Test func `many wrong passwords are slowed down, also from many addresses`() async throws {
    let test = try await TestService()
    let share = try await test.share(
      try await test.upload(), [:], more: ["password": "correct horse battery"])
    func attempt(_ password: String, from address: String) async -> Int {
      await test.call(
        "GET", "/api/public/shares/\(share.token)",
        headers: ["x-wf-share-password": password], from: address
      ).status
    }
    for _ in 0..<5 { #expect(await attempt("wrong wrong wrong", from: "10.0.0.1") == 403) }
    #expect(await attempt("correct horse battery", from: "10.0.0.1") == 429)
    #expect(await attempt("correct horse battery", from: "10.0.0.2") == 200)
    var slowed = 0
    for place in 3..<30 where await attempt("wrong wrong wrong", from: "10.0.0.\(place)") == 429 {
      slowed += 1
    }
    #expect(slowed > 15)
  }

  @Test func `a share's token works until it is rotated, the password stays`() async throws {
    let test = try await TestService()
    let share = try await test.share(
      try await test.upload(), [:], more: ["password": "correct horse battery"])
    let rotated = try await test.json("POST", "/api/shares/\(share.id)/rotate", [:])
    let token = try #require(rotated.json["token"]?.string)
    #expect(token != share.token)
    #expect(await test.call("GET", "/r/\(share.token)").status == 404)
    #expect(await test.call("GET", "/api/public/shares/\(token)").status == 401)
  }

  @Test func `a write that is sent again gives the answer that it gave`() async throws {
    let test = try await TestService()
    let artifact = try await test.upload()
    let header = ["idempotency-key": "0123456789abcdef"]
    let first = try await test.share(artifact, headers: header)
    let second = try await test.share(artifact, headers: header)
    #expect(first == second)
    let other = try await test.json(
      "POST", "/api/shares",
      ["artifact_id": .string(artifact), "approval": "{}"], headers: header)
    #expect(other.status == 409)
    #expect(other.json["error"]?["reason"]?.string == "idempotency_key_reused")
    let list = try await test.json("GET", "/api/shares")
    #expect(list.json["shares"]?.array?.count == 1)
    for _ in 0..<2 {
      let revoked = try await test.json(
        "POST", "/api/shares/\(first.id)/revoke", [:],
        headers: ["idempotency-key": "fedcba9876543210"])
      #expect(revoked.status == 204)
    }
    test.clocks.pass(86_401)
    #expect(
      try await test.json(
        "POST", "/api/shares/\(first.id)/revoke", [:],
        headers: ["idempotency-key": "fedcba9876543210"]
      ).status == 409)
  }

  @Test(
    arguments: [
      (["customer_consent": "asked"], [:], "consent_missing"),
      (["expires_at": "2026-11-24T11:00:00Z"], [:], "approval_expired"),
      (
        [
          "package": [
            "package_id": "pkg_26CK8653DPXCVNBV3Y6ZQBYP9S",
            "manifest_digest":
              "sha256:0000000000000000000000000000000000000000000000000000000000000000",
          ]
        ], [:], "approval_mismatch"
      ),
      ([:], [:], "password_required"), ([:], ["password": "short"], "password_weak"),
      (["password_required": false], ["expires_at": "2027-11-24T11:00:00Z"], "expiry_refused"),
      (["password_required": false], ["expires_at": "2026-11-24T11:00:00Z"], "expiry_refused"),
      (["password_required": false, "purpose": "see /home/alice/runs"], [:], "not_public_safe"),
      (
        ["password_required": false],
        [
          "manifest_digest":
            "sha256:0000000000000000000000000000000000000000000000000000000000000000"
        ], "artifact_differs"
      ),
    ] as [([String: JSONValue], [String: JSONValue], String)])
  func `a share that was not approved so is refused`(
    _ approval: [String: JSONValue], _ more: [String: JSONValue], _ reason: String
  ) async throws {
    let test = try await TestService()
    let artifact = try await test.upload()
    var body: JSONObject = [
      "artifact_id": .string(artifact), "approval": .string(try TestPackage.approval(approval)),
    ]
    for (name, value) in more { body[name] = value }
    let answer = try await test.json("POST", "/api/shares", .object(body))
    #expect(answer.status == 422)
    #expect(answer.json["error"]?["reason"]?.string == reason)
  }

  @Test func `served bytes are those that were sent, as files and as the same archive`()
    async throws
  {
    let test = try await TestService()
    let share = try await test.share(
      try await test.upload(), ["password_required": false, "package_bytes": "served"])
    for file in test.package.files {
      let answer = await test.call("GET", "/r/\(share.token)/package/\(file.name)")
      #expect(answer.status == 200)
      #expect(answer.body == file.bytes)
      #expect(
        answer.response.header("Content-Disposition") == "attachment; filename=\"\(file.name)\"")
    }
    let one = await test.call("GET", "/r/\(share.token)/package.tar").body
    let two = await test.call("GET", "/r/\(share.token)/package.tar").body
    #expect(one == two && !one.isEmpty)
    let folder = TemporaryFolder()
    try FileSystem().write(one, to: folder.path + "/package.tar")
    let unpacked = try run(["tar", "-xf", "package.tar"], in: folder.path)
    #expect(unpacked.status == 0)
    for file in test.package.files {
      #expect(try Fixtures.read(folder.path + "/" + file.name) == file.bytes)
    }
  }

  @Test func `a signer who is no longer trusted gets no new share`() async throws {
    let test = try await TestService()
    let artifact = try await test.upload()
    try FileSystem().write(
      Array("{\"revoked\":[],\"schema\":\"wf.trusted_signers/1\",\"signers\":[]}\n".utf8),
      to: test.folder.path + "/data/trusted-signers.json")
    let answer = try await test.json(
      "POST", "/api/shares",
      [
        "artifact_id": .string(artifact),
        "approval": .string(try TestPackage.approval(["password_required": false])),
      ])
    #expect(answer.status == 422)
    #expect(answer.json["error"]?["reason"]?.string == "signer_not_listed")
  }
}
