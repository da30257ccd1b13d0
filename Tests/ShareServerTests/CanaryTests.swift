import Glibc
import JSON
import Platform
import ShareRequests
import TestSupport
import Testing

@testable import ShareServer

/// Markers in every place of a server, and a search for them in everything that it says.
struct CanaryTests {
  /// Forms in which a datum could leave.
  private func forms(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    var forms = [text, String(text.reversed()), Hex.encode(bytes), Hex.encode(bytes).uppercased()]
    // Of base64 at each alignment, the part that does not depend on its neighbours.
    for lead in 0..<3 {
      let padded = Base64.encodeUnpadded([UInt8](repeating: 0x20, count: lead) + bytes)
      forms.append(String(padded.dropFirst(lead == 0 ? 0 : lead + 1).dropLast(4)))
    }
    forms.append(text.utf8.map { "%" + Hex.encode([$0]).uppercased() }.joined())
    return forms.filter { $0.count >= 8 }
  }

  private func check(
    _ said: [(what: String, bytes: [UInt8])], has none: [(name: String, text: String)]
  ) {
    let readable = said.flatMap { what, bytes in
      [(what, bytes)] + (bytes.contains(0x25) ? [(what, percentDecoded(bytes))] : [])
    }
    for (name, text) in none {
      for form in forms(text) {
        let pattern = Array(form.utf8)
        for (what, bytes) in readable where contains(bytes, pattern) {
          Issue.record("\(name) is in \(what)")
        }
      }
    }
  }

  private func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if bytes[place] == 0x25, place + 2 < bytes.count,
        let high = PercentText.digit(bytes[place + 1]),
        let low = PercentText.digit(bytes[place + 2])
      {
        result.append(high << 4 | low)
        place += 3
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return result
  }

  private func contains(_ bytes: [UInt8], _ pattern: [UInt8]) -> Bool {
    // memchr and memcmp, since the crawl is of megabytes and the markers are many.
    bytes.withUnsafeBytes { bytes in
      var place = 0
      while place + pattern.count <= bytes.count, let start = bytes.baseAddress,
        let found = memchr(start + place, Int32(pattern[0]), bytes.count - place)
      {
        place = UnsafeRawPointer(found) - start
        if place + pattern.count <= bytes.count, memcmp(found, pattern, pattern.count) == 0 {
          return true
        }
        place += 1
      }
      return false
    }
  }

  @Test func `nothing that is never shown leaves by any route, line or metric`() async throws {
    let server = try ServedFolder()
    let mark = String(UInt64.random(in: .min ... .max), radix: 36)
    let run = "CANARY-run-\(mark)"
    let artifact = try server.upload(run: run)
    let purpose = "CANARY purpose \(mark)"
    let open = try server.share(
      artifact,
      approval: [
        "password_required": false, "package_bytes": "served", "purpose": .string(purpose),
      ])
    let password = "CANARY-password-\(mark)"
    let locked = try server.share(
      artifact, approval: ["reviewer_label": .string("CANARY other \(mark)")], password: password,
      headers: [("Idempotency-Key", "CANARY-idempotency-\(mark)")])
    let gone = try server.share(artifact)
    _ = try server.wire.json(
      "POST", "/api/shares/\(gone.id)/revoke", key: server.key,
      ["reason": .string("CANARY-note-\(mark)")])
    let made = try server.wire.json(
      "POST", "/api/api-keys", key: server.key,
      ["label": .string("CANARY-label-\(mark)"), "scopes": ["share"]])
    server.stop()

    // In no answer at all, not even to an administrator.
    var never: [(String, String)] = [
      ("client_run_id", run), ("workspace", "CANARY-workspace-\(mark)"),
      ("setting", "CANARY-setting-\(mark)"), ("password", password),
      ("api key", server.key), ("second api key", made.json["secret"]?.string ?? "-"),
      ("idempotency key", "CANARY-idempotency-\(mark)"), ("data folder", server.data),
      ("temporary folder", server.folder.path), ("home", "CANARY-home"),
      ("environment", "CANARY-environment"), ("object folder", "share.sqlite"),
      ("library", "ummingbird"), ("library", "GRDB"), ("library", "SwiftNIO"),
      ("purpose", purpose),
    ]
    let secret = try Fixtures.read(server.data + "/secret")
    never.append(("secret", Hex.encode(secret)))
    never.append(("secret in base64", Base64.encode(secret)))
    let database = try SQLiteDatabase(path: server.data + "/share.sqlite")
    never += try await database.write { session in
      _ = try session.workspace(
        named: "CANARY-workspace-\(mark)", newID: "wsp_CANARY\(mark)", now: 1)
      try session.set("note", "CANARY-setting-\(mark)")
      var found: [(String, String)] = [("other workspace", "wsp_CANARY\(mark)")]
      for (query, name) in [
        ("SELECT token_hash AS x FROM shares", "token hash"),
        ("SELECT password_hash AS x FROM shares", "password hash"),
        ("SELECT key_hash AS x FROM api_keys", "key hash"),
        ("SELECT client_run_hash AS x FROM runs", "run hash"),
        ("SELECT object_key AS x FROM members", "object key"),
        ("SELECT id AS x FROM workspaces", "workspace id"),
        ("SELECT id AS x FROM approvals", "approval row"),
      ] {
        found += try session.rows(query, []).compactMap { row in
          try row.optionalText("x").map { (name, $0) }
        }
      }
      return found
    }
    try database.close()
    // Not for the public, though its owner may see it.
    let owners: [(String, String)] = [
      ("share id", open.id), ("locked share id", locked.id), ("label", "CANARY-label-\(mark)"),
      ("note", "CANARY-note-\(mark)"), ("other share", "CANARY other \(mark)"),
      ("artifact", artifact), ("key id", made.json["id"]?.string ?? "-"),
      ("approval id", "apr_0ZD78HCHMDW0G2V9FADXXJGTK6"),
    ]
    try server.start()
    let crawl = try Crawl(server, tokens: [open.token, locked.token, gone.token, "wfs_none"])
    let log = (what: "the log", bytes: Array(server.log.utf8))
    check(crawl.open + [log], has: never + owners)
    check(crawl.owner, has: never)
    check([log] + crawl.owner.filter { $0.what.contains("/metrics") }, has: owners)
    for token in [open.token, locked.token, gone.token] {
      // A share's own pages link to its own files and forms.
      let others = (crawl.open + crawl.owner).filter { !$0.what.contains("/r/\(token)") }
      check(others + [log], has: [("token", token)])
    }
    check(crawl.open.filter { $0.what.contains("/api/public/") }, has: [("token", open.token)])
  }

  /// Every route and method, with and without keys, and what is no request.
  private struct Crawl {
    var open: [(what: String, bytes: [UInt8])] = []
    var owner: [(what: String, bytes: [UInt8])] = []

    init(_ server: ServedFolder, tokens: [String]) throws {
      for route in RouteTable().routes {
        for token in tokens {
          let path = route.template.replacing("{token}", with: token)
            .replacing("{member*}", with: "evidence.json").replacing("{name*}", with: "x")
            .replacing("{id}", with: "x").replacing("{run}", with: "x")
            .replacing("{share_id}", with: "x").replacing("{name}", with: "x")
          for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"] {
            let what = "\(method) \(path)"
            let answer = try server.wire(
              method, path, headers: [("Content-Type", "application/json")], body: Array("{}".utf8))
            open.append((what, answer.bytes))
            if method == "DELETE" && path.contains("reliability") { continue }
            let known = try server.wire.json(method, path, key: server.key, [:])
            owner.append((what, known.bytes))
          }
          if route.access != .token { break }
        }
      }
      for asset in try ReviewerPage().assets {
        open.append((asset.path, try server.wire("GET", asset.path).bytes))
      }
      for text in ["x\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let connection = try WireConnection(port: server.port)
        connection.send(text)
        if let answer = connection.answer() { open.append((text, answer.bytes)) }
      }
    }
  }

  @Test func `the files of the server hold no token, key, password or address`() throws {
    let server = try ServedFolder()
    let artifact = try server.upload(run: "CANARY-run-of-the-client")
    let share = try server.share(
      artifact, approval: [:], password: "CANARY-password-71",
      headers: [("Idempotency-Key", "CANARY-idempotency-key")])
    let opened = try server.wire(
      "POST", "/r/\(share.token)/unlock",
      headers: [
        ("Content-Type", "application/x-www-form-urlencoded"), ("Sec-Fetch-Site", "same-origin"),
        ("X-Forwarded-For", "203.0.113.77"),
      ], body: Array("password=CANARY-password-71".utf8))
    #expect(opened.status == 303)
    let cookie = opened.header("Set-Cookie") ?? ""
    let session = String(cookie.drop { $0 != "=" }.dropFirst().prefix { $0 != ";" })
    #expect(session.count == 43)
    server.stop()
    let files = try run(["find", server.data, "-name", "share.sqlite*"]).out
      .split(separator: "\n").map { (what: String($0), bytes: try Fixtures.read(String($0))) }
    #expect(!files.isEmpty)
    check(
      files + [(what: "the log", bytes: Array(server.log.utf8))],
      has: [
        ("token", share.token), ("api key", server.key), ("password", "CANARY-password-71"),
        ("session", session), ("run", "CANARY-run-of-the-client"),
        ("idempotency key", "CANARY-idempotency-key"), ("address", "203.0.113.77"),
      ])
  }
}
