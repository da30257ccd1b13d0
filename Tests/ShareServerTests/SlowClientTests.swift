import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import ShareServer

/// Slow, silent and crowding clients, with limits that are short enough to wait for.
struct SlowClientTests {
  @Test func `headers that do not end are refused, and a silent connection is closed`() async throws
  {
    let server = try ServedFolder(limits: ["header_time": 1])
    let slow = try WireConnection(port: server.port)
    let silent = try WireConnection(port: server.port)
    slow.send("GET /healthz HTTP/1.1\r\nHost: x\r\nX-A")
    let answer = try #require(slow.answer())
    #expect(answer.status == 408)
    #expect(answer.header("X-Frame-Options") == "DENY")
    #expect(slow.isClosed())
    #expect(silent.rest() == [])
  }

  @Test func `a body that trickles is refused`() throws {
    let server = try ServedFolder(limits: ["body_grace": 1])
    let slow = try WireConnection(port: server.port)
    slow.send(
      "POST /api/sync/runs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(server.key)\r\n"
        + "Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{")
    let answer = try #require(slow.answer())
    #expect(answer.status == 408)
    #expect(slow.isClosed())
  }

  @Test func `a connection that rests is closed`() throws {
    let server = try ServedFolder(limits: ["keep_alive": 3])
    let connection = try WireConnection(port: server.port)
    connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(connection.answer()?.status == 200)
    connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(connection.answer()?.status == 200)
    #expect(connection.rest() == [])
  }

  @Test func `more connections than an address may have are closed`() throws {
    let server = try ServedFolder(options: ["--no-trust"], limits: ["connections_per_address": 3])
    let first = try (0..<3).map { _ in try WireConnection(port: server.port) }
    for connection in first {
      connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(connection.answer()?.status == 200)
    }
    let more = try WireConnection(port: server.port)
    more.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(more.answer() == nil)
    #expect(first.count == 3)
  }

  @Test func `an answer that nobody takes ends`() throws {
    let server = try ServedFolder(limits: ["write_stall": 1])
    let connection = try WireConnection(port: server.port)
    // Many answers, none of them read: the system's buffers fill up.
    let request = Array("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
    for _ in 0..<3000 {
      if !connection.send(request) { break }
    }
    // The end is seen by a write after it, as soon as there is one.
    var isOpen = true
    for _ in 0..<100 where isOpen {
      usleep(100_000)
      isOpen = connection.send(request)
    }
    #expect(!isOpen)
  }

  @Test func `too large a body is refused before it is read`() throws {
    let server = try ServedFolder()
    let connection = try WireConnection(port: server.port)
    connection.send(
      "POST /api/sync/runs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(server.key)\r\n"
        + "Content-Type: application/json\r\nContent-Length: 10000000\r\n\r\n")
    connection.send([UInt8](repeating: 0x20, count: 400_000))
    #expect(connection.answer()?.status == 413)
  }
}
