import JSON
import Platform
import TestSupport
import Testing

@testable import ShareServer

/// What stands in every answer, whoever made it.
struct HeaderTests {
  private static let needed: [(String, String)] = [
    (
      "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"), ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    (
      "Permissions-Policy",
      "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()"
    ),
    ("X-Robots-Tag", "noindex, nofollow, noarchive"),
  ]
  private static let forbidden = ["server", "x-powered-by", "etag", "last-modified", "via"]

  private func check(_ answer: WireAnswer, _ what: String, isAsset: Bool = false) {
    for (name, value) in Self.needed {
      let found = answer.headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
      #expect(found == [value], "\(what): \(name)")
    }
    for (name, _) in answer.headers {
      #expect(!Self.forbidden.contains(name.lowercased()), "\(what): \(name)")
      #expect(!name.lowercased().hasPrefix("access-control"), "\(what): \(name)")
    }
    let cache = isAsset ? "public, max-age=31536000, immutable" : "no-store"
    #expect(answer.header("Cache-Control") == cache, "\(what)")
  }

  @Test func `every route and every status has them`() throws {
    let server = try ServedFolder()
    let wire = server.wire
    let artifact = try server.upload()
    let open = try server.share(
      artifact,
      approval: [
        "password_required": false, "package_bytes": "served",
      ])
    let locked = try server.share(artifact, approval: [:], password: "correct horse battery")
    var statuses: Set<Int> = []
    for route in RouteTable().routes {
      for token in [open.token, locked.token, "wfs_unknown"] {
        let path = route.template.replacing("{token}", with: token)
          .replacing("{member*}", with: "claim.json").replacing("{name*}", with: "claim.json")
          .replacing("{id}", with: artifact).replacing("{run}", with: "x")
          .replacing("{share_id}", with: "x").replacing("{name}", with: "x")
        // What ends things is left to other tests.
        let isEnding = ["DELETE", "PUT"].contains(route.method) || path.hasSuffix("/abort")
        for method in [route.method, "HEAD", "OPTIONS", "TRACE"]
        where !(isEnding && method == route.method) {
          for key in [nil, server.key, "wfx_wrong"] {
            let headers = key.map { [("Authorization", "Bearer \($0)")] } ?? []
            let answer = try wire(method, path, headers: headers)
            statuses.insert(answer.status)
            check(answer, "\(method) \(route.template) \(answer.status)")
          }
        }
        if route.access != .token { break }
      }
    }
    let wrong = try wire(
      "GET", "/api/public/shares/\(locked.token)", headers: [("X-WF-Share-Password", "wrong")])
    statuses.insert(wrong.status)
    check(wrong, "a wrong password")
    for asset in try ReviewerPage().assets {
      check(try wire("GET", asset.path), asset.path, isAsset: true)
    }
    #expect(statuses.isSuperset(of: [200, 401, 403, 404, 405, 415, 400]), "\(statuses)")
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n\r\n", 400), ("rubbish\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    (
      "POST /api/shares HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
      400
    ),
    (
      "POST /api/shares HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400
    ),
    ("GET /\(String(repeating: "a", count: 2100)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    (
      "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431
    ),
    ("GET http://other.test/healthz HTTP/1.1\r\nHost: a\r\n\r\n", 200),
    ("GET /healthz HTTP/3.7\r\nHost: a\r\n\r\n", 400),
    ("GET /a\u{0}b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
  ])
  func `what is no good request is refused with them`(_ text: String, _ status: Int) throws {
    let server = try Shared.server()
    let connection = try WireConnection(port: server.port)
    connection.send(text)
    let answer = try #require(connection.answer())
    #expect(answer.status == status)
    check(answer, "\(text.prefix(30))")
  }

  @Test func `behind a TLS proxy browsers are told to stay with https`() throws {
    let server = try ServedFolder(options: ["--behind-tls-proxy"])
    let answer = try server.wire("GET", "/healthz")
    #expect(
      answer.header("Strict-Transport-Security") == "max-age=63072000; includeSubDomains")
    #expect(try Shared.server().wire("GET", "/healthz").header("Strict-Transport-Security") == nil)
  }

  @Test func `the start is refused over plain http for other machines`() throws {
    let test = try Shared.server()
    let binary = Path.join(Path.parent(try Program().binary), "wf-serve")
    let ended = try run([binary, "run", "--data", test.data, "--bind", "0.0.0.0:0"])
    #expect(ended.status == 4)
    #expect(ended.err.contains("[tls_missing]"))
  }
}

/// One running server for tests that change nothing of one another.
enum Shared {
  private static let made = Result { try ServedFolder() }
  static func server() throws -> ServedFolder { try made.get() }
}
