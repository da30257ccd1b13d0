import Evidence
import JSON
import Platform
import Sharing
import Synchronization
import TestSupport
import Testing
import WebExchange

/// A server in memory: notes every request, and answers by a function of it and of how many came.
private final class FakeServer: Sendable {
  private let requests = Mutex<[WebRequest]>([])
  private let waits = Mutex<[Int]>([])
  private let answer: @Sendable (WebRequest, Int) throws -> WebAnswer

  init(_ answer: @escaping @Sendable (WebRequest, Int) throws -> WebAnswer) {
    self.answer = answer
  }

  var seen: [WebRequest] { requests.withLock { $0 } }
  var waited: [Int] { waits.withLock { $0 } }

  func client() throws -> ShareClient {
    ShareClient(
      address: try ServerAddress("https://share.example.org/base/"), key: "wfx_key",
      wait: { seconds in self.waits.withLock { $0.append(seconds) } },
      send: { request in
        let count = self.requests.withLock {
          $0.append(request)
          return $0.count
        }
        return try self.answer(request, count)
      })
  }

  static func json(_ status: Int, _ value: JSONValue?) -> WebAnswer {
    WebAnswer(
      status: status, headers: [("content-type", "application/json")],
      body: value.flatMap { try? CanonicalJSON.bytes($0) } ?? [])
  }
}

struct ShareClientTests {
  private let artifact = "0a1b2c3d-0000-4000-8000-00000000000a"
  private let run = "0a1b2c3d-0000-4000-8000-00000000000b"
  private let token = "wfs_" + String(repeating: "tok3n", count: 8) + "abc"
  private let signing = SigningWord(
    .selfSign, config: Array("{\"schema\":\"wf.trusted_signers/1\"}".utf8))

  private func files() -> [OutgoingFile] {
    [SharedName.claim, .evidence, .envelope, .proofCommit].map {
      OutgoingFile(
        name: $0, path: "/tmp/x/" + $0.rawValue, size: 10,
        digest: Digest.text(of: Array($0.rawValue.utf8)))
    }
  }

  private func header(_ request: WebRequest, _ name: String) -> String? {
    request.headers.first { $0.name == name }?.value
  }

  @Test func `only what the server lacks is sent, each with its digest`() throws {
    let artifact = artifact
    let server = FakeServer { request, _ in
      switch (request.method, request.url.split(separator: "/").last) {
      case ("POST", "artifacts"?):
        return FakeServer.json(
          200, ["artifact_id": .string(artifact), "missing": ["evidence.json", "proof/commit"]])
      case ("PUT", _): return FakeServer.json(204, nil)
      default: return FakeServer.json(200, ["state": "verified"])
      }
    }
    let sent = try server.client().upload(
      files(), manifestDigest: "sha256:m", run: run, signing: signing)
    #expect(sent.artifactID == artifact && sent.bytesSent == 20)
    let base = "https://share.example.org/base/api/"
    #expect(
      server.seen.map { "\($0.method) \($0.url)" } == [
        "POST \(base)sync/runs/\(run)/artifacts",
        "PUT \(base)artifacts/\(artifact)/members/evidence.json",
        "PUT \(base)artifacts/\(artifact)/members/proof%2Fcommit",
        "POST \(base)artifacts/\(artifact)/commit",
      ])
    for request in server.seen { #expect(header(request, "authorization") == "Bearer wfx_key") }
    let digest = Base64.encode(Digest.raw(of: Array("evidence.json".utf8)))
    #expect(header(server.seen[1], "content-digest") == "sha-256=:\(digest):")
    #expect(server.seen[1].body == .file("/tmp/x/evidence.json"))
    // The same upload is the same request.
    let again = FakeServer { _, _ in
      FakeServer.json(200, ["artifact_id": .string(artifact), "missing": []])
    }
    #expect(
      try again.client().upload(
        files(), manifestDigest: "sha256:m", run: run, signing: signing
      ).bytesSent == 0)
    #expect(
      header(again.seen[0], "idempotency-key") == header(server.seen[0], "idempotency-key"))
    #expect(header(again.seen[0], "idempotency-key")?.contains("wfx_") == false)
  }

  @Test func `a link is the server's where it is one with the token, else of our own address`()
    throws
  {
    let token = token
    let record = try approval()
    func link(_ url: JSONValue?) throws -> String {
      let server = FakeServer { _, _ in
        var answer: JSONObject = ["share_id": "shr_1", "token": .string(token)]
        answer["url"] = url
        return FakeServer.json(201, .object(answer))
      }
      return try server.client().createShare(
        artifact: artifact, approval: record, signature: nil, manifestDigest: nil,
        expiresAt: nil, password: nil, idempotencyKey: "wf-0123456789abcdef"
      ).url
    }
    let open = "https://pages.example.org/r/" + token
    #expect(try link(.string(open)) == open)
    let own = "https://share.example.org/base/r/" + token
    for bad: JSONValue? in [
      nil, 7, "https://pages.example.org/r/wfs_other",
      .string("http://pages.example.org/r/" + token),
      .string("https://a@pages.example.org/r/" + token),
      .string("https://pages.example.org/x?y=/r/" + token), .string("/r/" + token),
    ] { #expect(try link(bad) == own) }
  }

  @Test func `a token has to be one`() throws {
    let token = token
    let record = try approval()
    let server = FakeServer { _, _ in
      FakeServer.json(
        201,
        [
          "share_id": "shr_1", "token": .string(token), "url": "https://other.example/r/x",
          "expires_at": "2026-12-08T12:00:00Z", "password_protected": true,
        ])
    }
    let share = try server.client().createShare(
      artifact: artifact, approval: record, signature: nil, manifestDigest: "sha256:m",
      expiresAt: nil, password: "correct horse battery", idempotencyKey: "wf-0123456789abcdef")
    #expect(share.url == "https://share.example.org/base/r/" + token && share.hasPassword)
    guard case .bytes(let body) = server.seen[0].body else {
      Issue.record("no body")
      return
    }
    let sent = try JSONValue.parse(body)
    #expect(sent["approval"]?.string.map { Array($0.utf8) } == record.bytes)
    #expect(sent["password"]?.string == "correct horse battery" && sent["expires_at"] == nil)
    for bad in [
      "", "wfs_short", "wfs_" + String(repeating: "/", count: 43), "x" + token.dropFirst(),
    ] {
      let liar = FakeServer { _, _ in
        FakeServer.json(201, ["share_id": "shr_1", "token": .string(bad)])
      }
      #expect(throws: ShareRefusal.self) {
        try liar.client().rotate(
          "shr_1", expiresAt: nil, password: nil, idempotencyKey: "wf-0123456789abcdef")
      }
    }
  }

  @Test func `what the server says is told in its word, cleaned`() throws {
    let cases: [(Int, JSONValue?, String)] = [
      (
        422, ["error": ["reason": "approval_mismatch", "detail": "x\u{1B}[31m"]],
        "approval_mismatch"
      ),
      (401, ["error": ["reason": "key_refused"]], "key_refused"),
      (404, ["error": ["reason": "not_found"]], "not_found"),
      (302, nil, "redirect_refused"), (500, nil, "answer_malformed"),
      (418, ["error": ["reason": "Bad Word\n"]], "answer_malformed"),
      (400, ["error": "text"], "answer_malformed"),
    ]
    for (status, body, word) in cases {
      let server = FakeServer { _, _ in FakeServer.json(status, body) }
      let error = #expect(throws: ShareRefusal.self) { try server.client().share("shr_1") }
      #expect(error?.reason == word && error?.kind == .otherSideRefused && error?.status == status)
      #expect(error?.message.contains("\u{1B}") == false)
      #expect(server.seen.count == 1)
    }
    let odd = FakeServer { _, _ in WebAnswer(status: 200, headers: [], body: [0xFF]) }
    #expect(throws: ShareRefusal.self) { try odd.client().share("shr_1") }
  }

  @Test func `a request that may come twice is sent again, another is not`() throws {
    let busy = FakeServer { _, count in
      count < 3
        ? WebAnswer(status: 503, headers: [("retry-after", "7")], body: [])
        : FakeServer.json(200, ["share_id": "shr_1"])
    }
    _ = try busy.client().share("shr_1")
    #expect(busy.seen.count == 3 && busy.waited == [7, 7])
    let broken = FakeServer { _, count in
      if count < 2 { throw WebTrouble(kind: .network, reason: "transfer_broken", message: "x") }
      return FakeServer.json(204, nil)
    }
    try broken.client().revoke("shr_1", reason: nil, idempotencyKey: "wf-0123456789abcdef")
    #expect(broken.seen.count == 2)
    let once = FakeServer { _, _ in
      throw WebTrouble(kind: .network, reason: "transfer_broken", message: "x")
    }
    #expect(throws: WebTrouble.self) { try once.client().withdraw(record: nil) }
    #expect(once.seen.count == 1)
    let patient = FakeServer { _, _ in
      WebAnswer(status: 429, headers: [("retry-after", "900")], body: [])
    }
    #expect(throws: ShareRefusal.self) { try patient.client().share("shr_1") }
    #expect(patient.seen.count == 1 && patient.waited.isEmpty)
  }

  @Test func `an address is https, or http of this machine`() throws {
    for good in [
      "https://share.example.org", "https://share.example.org:8443/base", "http://127.0.0.1:80",
      "http://localhost:8080/", "http://[::1]:9", "https://[2001:db8::1]:443", "http://127.1.2.3",
    ] { #expect(throws: Never.self, "\(good)") { try ServerAddress(good) } }
    for bad in [
      "", "share.example.org", "ftp://share.example.org", "http://share.example.org",
      "http://127.0.0.1.evil.example", "https://user@share.example.org", "https://a/b?c=d",
      "https://a/#f", "https://", "https://:80", "https://a:0", "https://a:x", "https://a b",
      "http://127.0.0.1:80@evil.example/", "https://a//b", "https://a/../b", "http://0x7f.1",
      "http://[::2]", "https://[::1", "http://127.0.0.256",
    ] {
      let error = #expect(throws: SharingError.self, "\(bad)") { try ServerAddress(bad) }
      #expect(error?.code == .serverAddressInvalid && error?.kind == .usage)
    }
  }

  @Test func `requests and answers are the same on both sides of the pipe`() throws {
    let request = WebRequest(
      method: "PUT", url: "https://a/b", headers: [("x-a", "1"), ("x-a", "2")],
      body: .bytes([0, 255, 10]), authorities: "/ca.pem", responseLimit: 5, seconds: 9)
    #expect(WebRequest(request.json) == request)
    var file = request
    file.body = .file("/tmp/ü")
    #expect(WebRequest(file.json) == file && file != request)
    let answer = WebAnswer(status: 204, headers: [("a", "b")], body: [1, 2])
    let read = try #require(WebAnswer(answer.json))
    #expect(read.status == 204 && read.body == [1, 2] && read.header("a") == "b")
    let trouble = WebTrouble(
      kind: .network, reason: "web_timeout", message: "m", place: "p", hint: nil)
    #expect(WebTrouble(trouble.json) == trouble)
    #expect(WebRequest(answer.json) == nil && WebAnswer(trouble.json) == nil)
  }

  @Test func `a password is twelve characters or more`() {
    #expect(SharePassword("elevenchars") == nil)
    #expect(SharePassword("twelve chars")?.text == "twelve chars")
    #expect(SharePassword("twelve\u{7}chars") == nil)
    #expect(SharePassword(String(repeating: "a", count: 201)) == nil)
    // Two spellings of é are one password.
    #expect(
      SharePassword("cafe\u{301} creme bon")?.text.utf8.count
        == SharePassword("caf\u{E9} creme bon")?.text.utf8.count)
  }
}
