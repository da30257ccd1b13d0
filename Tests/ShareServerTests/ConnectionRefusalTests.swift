import Glibc
import JSON
import TestSupport
import Testing

@testable import ShareServer

/// What is refused before a route is looked for is counted and written down, by its class alone.
struct ConnectionRefusalTests {
  private func lines(_ server: ServedFolder) throws -> [JSONValue] {
    try server.log.split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
      .filter { $0["event"]?.string == "connection_refused" }
  }

  private func counts(_ server: ServedFolder) throws -> [String: Int] {
    let metrics = try server.wire(
      "GET", "/metrics", headers: [("Authorization", "Bearer \(server.key)")])
    var counts: [String: Int] = [:]
    for line in metrics.text.split(separator: "\n")
    where line.hasPrefix("wf_connections_refused_total{reason=\"") {
      let parts = line.split(separator: "\"")
      counts[String(parts[1])] = Int(parts[2].dropFirst(2))
    }
    return counts
  }

  @Test func `each class is counted and has its line, with nothing of what was sent`() throws {
    let server = try ServedFolder(limits: ["header_time": 1])
    let zero = try counts(server)
    #expect(Set(zero.keys) == Set(ConnectionRefusal.allCases.map(\.rawValue)))
    #expect(zero.values.allSatisfy { $0 == 0 })
    for (text, status) in [
      ("CANARY rubbish\r\n\r\n", 400), ("GET /CANARY HTTP/1.1\r\n\r\n", 400),
      ("GET /CANARY\(String(repeating: "a", count: 2100)) HTTP/1.1\r\nHost: CANARY\r\n\r\n", 414),
      (
        "GET / HTTP/1.1\r\nHost: a\r\nCANARY: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431
      ),
      ("GET / HTTP/1.1\r\nHost: CANARY\r\nX-CANARY: ", 408),
    ] {
      let connection = try WireConnection(port: server.port)
      connection.send(text)
      #expect(connection.answer()?.status == status)
      #expect(connection.isClosed())
    }
    let expected = [
      "request_malformed": 2, "target_too_long": 1, "header_too_large": 1, "request_timeout": 1,
      "connections_exceeded": 0,
    ]
    #expect(try counts(server) == expected)
    let lines = try lines(server)
    for (reason, count) in expected {
      #expect(lines.count { $0["reason"]?.string == reason } == count, "\(reason)")
    }
    #expect(
      lines.allSatisfy { Set($0.object?.keys ?? []) == ["time", "event", "reason"] }, "\(lines)")
    #expect(!server.log.contains("CANARY rubbish") && !server.log.contains("X-CANARY"))
  }

  @Test func `a connection too many is one of them, though nobody is answered`() throws {
    let server = try ServedFolder(options: ["--no-trust"], limits: ["connections_per_address": 3])
    do {
      let first = try (0..<3).map { _ in try WireConnection(port: server.port) }
      for connection in first {
        connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(connection.answer()?.status == 200)
      }
      #expect(try WireConnection(port: server.port).rest() == [])
      #expect(try lines(server).map { $0["reason"] } == ["connections_exceeded"])
      #expect(first.count == 3)
    }
    // Until the server has seen that the others are gone, this is one too many as well.
    var seen: [String: Int]?
    for _ in 0..<50 where seen == nil {
      usleep(50_000)
      seen = try? counts(server)
    }
    #expect(try seen?["connections_exceeded"] == lines(server).count)
  }

  @Test func `what is not refused is not counted`() throws {
    let server = try ServedFolder()
    _ = try server.wire("GET", "/healthz")
    _ = try server.wire("GET", "/r/wfs_x")
    #expect(try counts(server).values.allSatisfy { $0 == 0 })
    #expect(try lines(server).isEmpty)
  }
}
