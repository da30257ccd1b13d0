import JSON
import Testing

@testable import ShareServer

/// Pages that are kept ready, and that nothing is weaker for it.
struct ReadyPagesTests {
  private func key(_ number: Int) -> ReadyPages.Key {
    ReadyPages.Key(
      form: .page, artifactID: "a", approvalID: "apv_\(number)", expiresAt: 1, expiresIn: "x",
      hasPassword: false)
  }

  @Test func `the last used ones are kept, up to the bytes that there may be`() {
    let pages = ReadyPages(limit: 100_000)
    let bytes = ReadyBytes([UInt8](repeating: 1, count: 8_976))  // 10,000 with what is beside them
    for number in 0..<10 { pages.keep(bytes, as: key(number)) }
    #expect(pages.count == 10 && pages.size == 100_000)
    #expect(pages.find(key(0)) == bytes)
    for number in 10..<14 { pages.keep(bytes, as: key(number)) }
    #expect(pages.size <= 100_000)
    let left = (0..<14).filter { pages.find(key($0)) != nil }
    #expect(left == [0] + Array(5..<14))
    pages.keep(bytes, as: key(13))
    #expect(pages.size == 100_000)
    // Too large for all: not kept, and the bound holds.
    pages.keep(ReadyBytes([UInt8](repeating: 1, count: 200_000)), as: key(20))
    #expect(pages.find(key(20)) == nil && pages.size <= 100_000)
    for number in 0..<1000 { pages.keep(ReadyBytes([]), as: key(number)) }
    #expect(pages.count <= 98)
    pages.forget(approvalID: "apv_999")
    #expect(pages.find(key(999)) == nil && pages.find(key(998)) != nil)
    pages.forgetAll()
    #expect(pages.count == 0 && pages.size == 0)
  }

  @Test func `a token is put where it stood, as often as it stood there`() {
    let ready = ReadyBytes(Array("<a href=/r/STAND/x>STAND".utf8), cutAt: "STAND")
    #expect(String(decoding: ready.with("tok"), as: UTF8.self) == "<a href=/r/tok/x>tok")
    #expect(ReadyBytes(Array("STAND".utf8)).with("tok") == Array("STAND".utf8))
  }

  @Test func `a second look is one hash and one lookup, and shows the same bytes`() async throws {
    let test = try await TestService()
    let meter = WorkMeter()
    let service = try test.service.metered(by: meter)
    let artifact = try await test.upload()
    for bytes in ["withheld", "served"] {
      let share = try await test.share(
        artifact, ["password_required": false, "package_bytes": .string(bytes)])
      for path in ["/r/", "/api/public/shares/"] {
        _ = meter.take()
        let first = await test.call("GET", path + share.token, on: service)
        #expect(meter.take().statements.count > 1)
        let second = await test.call("GET", path + share.token, on: service)
        let work = meter.take()
        #expect(work.statements.count == 1 && work.transactions == 1 && work.sha256 == 1)
        #expect(first.status == 200 && first.body == second.body)
        // As a service that has kept nothing would show it.
        let fresh = await test.call("GET", path + share.token, on: try test.fresh())
        #expect(fresh.body == first.body)
        let text = String(decoding: first.body, as: UTF8.self)
        #expect(
          text.split(separator: share.token, omittingEmptySubsequences: false).count
            == (bytes == "served" && path == "/r/" ? 9 : 1))
      }
    }
  }

  @Test func `what ends a link ends it with the next request`() async throws {
    let test = try await TestService()
    let artifact = try await test.upload()
    func seen(_ token: String) async -> [Int] {
      [
        await test.call("GET", "/r/\(token)", from: test.stranger()).status,
        await test.call("GET", "/api/public/shares/\(token)", from: test.stranger()).status,
      ]
    }
    let approval: [String: JSONValue] = ["password_required": false, "package_bytes": "served"]
    // Revoked.
    let revoked = try await test.share(artifact, approval)
    #expect(await seen(revoked.token) == [200, 200])
    let kept = test.service.ready.count
    _ = try await test.json("POST", "/api/shares/\(revoked.id)/revoke", [:])
    #expect(await seen(revoked.token) == [404, 404])
    #expect(test.service.ready.count == kept - 2)
    // Rotated: the new link's page holds the new token alone.
    let rotated = try await test.share(artifact, approval)
    #expect(await seen(rotated.token) == [200, 200])
    let answer = try await test.json("POST", "/api/shares/\(rotated.id)/rotate", [:])
    let token = try #require(answer.json["token"]?.string)
    #expect(await seen(rotated.token) == [404, 404])
    #expect(await seen(token) == [200, 200])
    let page = String(decoding: await test.call("GET", "/r/\(token)").body, as: UTF8.self)
    #expect(page.contains("/r/\(token)/package.tar") && !page.contains(rotated.token))
    // Rotated with another end, which the page tells.
    _ = try await test.json(
      "POST", "/api/shares/\(rotated.id)/rotate", ["expires_at": "2026-11-24T18:00:00Z"])
    // Expired.
    let expired = try await test.share(
      artifact, approval, more: ["expires_at": "2026-11-24T13:00:00Z"])
    #expect(await seen(expired.token) == [200, 200])
    test.clocks.pass(3599)
    #expect(await seen(expired.token) == [200, 200])
    test.clocks.pass(1)
    #expect(await seen(expired.token) == [404, 404])
    // Deleted, and forgotten.
    let deleted = try await test.share(artifact, approval)
    #expect(await seen(deleted.token) == [200, 200])
    _ = try await test.json("POST", "/api/shares/\(deleted.id)/revoke", [:])
    try await test.service.sweep()
    #expect(await seen(deleted.token) == [404, 404])
    #expect(test.service.ready.count == 0)
  }

  @Test func `what a page says of time is said anew when it changes`() async throws {
    let test = try await TestService()
    let day: Int64 = 86_400
    let share = try await test.share(
      try await test.upload(), more: ["expires_at": "2026-12-08T11:00:00Z"])
    func shown() async throws -> (page: String, word: String?, expires: String?) {
      let page = await test.call("GET", "/r/\(share.token)", from: test.stranger()).body
      let dto = try JSONValue.parse(
        await test.call("GET", "/api/public/shares/\(share.token)", from: test.stranger()).body)
      return (
        String(decoding: page, as: UTF8.self), dto["share"]?["expires_in"]?.string,
        dto["share"]?["expires_at"]?.string
      )
    }
    for (pass, word, text) in [
      (0, "7_to_30_days", "in 7 to 30 days"), (7 * day - 3601, "7_to_30_days", "in 7 to 30 days"),
      (2, "1_to_7_days", "in 1 to 7 days"), (6 * day - 2, "1_to_7_days", "in 1 to 7 days"),
      (2, "under_1_day", "in under a day"),
    ] {
      test.clocks.pass(pass)
      let now = try await shown()
      #expect(now.word == word && now.page.contains(text), "\(word)")
    }
    let rotated = try await test.json(
      "POST", "/api/shares/\(share.id)/rotate", ["expires_at": "2026-12-08T10:30:00Z"])
    #expect(rotated.status == 200)
    let token = try #require(rotated.json["token"]?.string)
    let page = await test.call("GET", "/r/\(token)", from: test.stranger()).body
    #expect(String(decoding: page, as: UTF8.self).contains("2026-12-08 10:30 UTC"))
  }

  @Test func `a page that one reader has unlocked is closed to the next`() async throws {
    let test = try await TestService()
    let share = try await test.share(
      try await test.upload(), [:], more: ["password": "correct horse battery"])
    let opened = await test.call(
      "POST", "/r/\(share.token)/unlock",
      headers: [
        "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin",
      ], body: Array("password=correct+horse+battery".utf8))
    let cookie = String((opened.response.header("Set-Cookie") ?? "").prefix { $0 != ";" })
    for (headers, isOpen) in [([:], false), (["cookie": cookie], true), ([:], false)] {
      let page = await test.call("GET", "/r/\(share.token)", headers: headers)
      #expect(String(decoding: page.body, as: UTF8.self).contains("WF-6ZQBYP9S") == isOpen)
      let dto = await test.call("GET", "/api/public/shares/\(share.token)", headers: headers)
      #expect(dto.status == (isOpen ? 200 : 401))
    }
  }

  @Test func `every look is counted, kept ready or not`() async throws {
    let test = try await TestService()
    let share = try await test.share(try await test.upload())
    for _ in 0..<7 {
      _ = await test.call("GET", "/r/\(share.token)", from: test.stranger())
      _ = await test.call("GET", "/api/public/shares/\(share.token)", from: test.stranger())
    }
    await test.service.flushEvents()
    #expect(try await test.json("GET", "/api/shares/\(share.id)").json["views"]?.int == 14)
    let rows = try await test.json("GET", "/api/audit/logs").json["rows"]?.array ?? []
    #expect(rows.count { $0["action"]?.string == "view" } == 14)
  }

  @Test func `more shares than there is memory for are shown all the same`() async throws {
    let test = try await TestService { $0.limits.pageMemory = 70_000 }
    let artifact = try await test.upload()
    var shares: [(label: String, token: String)] = []
    for number in 0..<6 {
      let label = "Reader \(number)"
      shares.append(
        (
          label,
          try await test.share(
            artifact, ["password_required": false, "reviewer_label": .string(label)]
          ).token
        ))
    }
    for _ in 0..<2 {
      for (label, token) in shares {
        let page = await test.call("GET", "/r/\(token)", from: test.stranger()).body
        #expect(String(decoding: page, as: UTF8.self).contains(label))
        #expect(test.service.ready.size <= 70_000 && test.service.ready.count > 0)
      }
    }
  }
}
