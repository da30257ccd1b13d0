import Glibc
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import ShareServer

/// Slow, silent and crowding clients, with limits that are short enough to wait for.
struct SlowClientTests {
  /// A server on a port of its own, in this process.
  private func withServer(
    _ change: @escaping @Sendable (inout ServerOptions) -> Void,
    _ body: @escaping @Sendable (UInt16, String) throws -> Void
  ) async throws {
    let folder = TemporaryFolder()
    let world = ServerWorld(
      files: FileSystem(), wall: { TestPackage.now },
      running: {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
      }, randomBytes: Platform.Surroundings.process().randomBytes, log: { _ in })
    var options = ServerOptions(dataFolder: folder.path + "/data", port: 0)
    options.heedsSignals = false
    change(&options)
    let server = try ShareServer(options, world: world)
    let key = try await server.initialise()
    let (ports, tell) = AsyncStream<Int>.makeStream()
    let running = Task {
      try await server.run { tell.yield($0) }
      tell.finish()
    }
    var iterator = ports.makeAsyncIterator()
    let port = try #require(await iterator.next())
    let result = await Task.detached { Result { try body(UInt16(port), key) } }.value
    running.cancel()
    _ = await running.result
    try result.get()
  }

  @Test func `headers that do not end are refused, and a silent connection is closed`() async throws
  {
    try await withServer({ $0.limits.headerTime = 1 }) { port, _ in
      let slow = try WireConnection(port: port)
      let silent = try WireConnection(port: port)
      slow.send("GET /healthz HTTP/1.1\r\nHost: x\r\nX-A")
      let answer = try #require(slow.answer())
      #expect(answer.status == 408)
      #expect(answer.header("X-Frame-Options") == "DENY")
      #expect(slow.isClosed())
      #expect(silent.rest() == [])
    }
  }

  @Test func `a body that trickles is refused`() async throws {
    try await withServer({
      $0.limits.bodyGrace = 1
    }) { port, key in
      let slow = try WireConnection(port: port)
      slow.send(
        "POST /api/sync/runs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(key)\r\n"
          + "Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{")
      let answer = try #require(slow.answer())
      #expect(answer.status == 408)
      #expect(slow.isClosed())
    }
  }

  @Test func `a connection that rests is closed`() async throws {
    try await withServer({ $0.limits.keepAlive = 1 }) { port, _ in
      let connection = try WireConnection(port: port)
      connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(connection.answer()?.status == 200)
      connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(connection.answer()?.status == 200)
      #expect(connection.rest() == [])
    }
  }

  @Test func `more connections than an address may have are closed`() async throws {
    try await withServer({ $0.limits.connectionsPerAddress = 3 }) { port, _ in
      let first = try (0..<3).map { _ in try WireConnection(port: port) }
      for connection in first {
        connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(connection.answer()?.status == 200)
      }
      let more = try WireConnection(port: port)
      more.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(more.answer() == nil)
      #expect(first.count == 3)
    }
  }

  @Test func `an answer that nobody takes ends`() async throws {
    try await withServer({ $0.limits.writeStall = 1 }) { port, _ in
      let connection = try WireConnection(port: port)
      // Many answers, none of them read: the system's buffers fill up.
      let request = Array("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
      var sent = 0
      for _ in 0..<3000 {
        if !connection.send(request) { break }
        sent += 1
      }
      usleep(3_000_000)
      #expect(!connection.send(Array(repeating: request, count: 200).flatMap { $0 }))
    }
  }

  @Test func `too large a body is refused before it is read`() async throws {
    try await withServer({ _ in }) { port, key in
      let connection = try WireConnection(port: port)
      connection.send(
        "POST /api/sync/runs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(key)\r\n"
          + "Content-Type: application/json\r\nContent-Length: 10000000\r\n\r\n")
      connection.send([UInt8](repeating: 0x20, count: 400_000))
      #expect(connection.answer()?.status == 413)
    }
  }
}
