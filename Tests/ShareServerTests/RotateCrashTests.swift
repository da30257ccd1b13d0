import Glibc
import JSON
import Platform
import TestSupport
import Testing

@testable import ShareServer

/// The real program, killed at the system calls of a rotation: afterwards the old link works or the
/// new one, never both and never none, and the audit log says which.
struct RotateCrashTests {
  private let server: ServedFolder
  private let share: (id: String, token: String)

  init() throws {
    server = try ServedFolder()
    // With a password a look at the page is no view, which would be written down in between.
    share = try server.share(
      try server.upload(), approval: [:], password: "correct horse battery")
  }

  private func isOpen(_ token: String) throws -> Bool {
    let status = try server.wire("GET", "/r/\(token)").status
    #expect([200, 404].contains(status))
    return status == 200
  }

  private func rotations() throws -> Int {
    let log = try server.wire.json("GET", "/api/audit/logs", key: server.key)
    return (log.json["rows"]?.array ?? []).count {
      $0["action"]?.string == "rotate" && $0["share_id"]?.string == share.id
    }
  }

  private func rotate(_ name: String) throws -> WireAnswer {
    try server.wire.json(
      "POST", "/api/shares/\(share.id)/rotate", key: server.key, [:],
      headers: [("Idempotency-Key", "rotation-\(name)-0123456789")])
  }

  @Test func `a rotation that a kill meets at any of its writes leaves one link`() async throws {
    var token = share.token
    var done = 0
    var found: Set<String> = []
    for calls in ["pwrite64", "fdatasync,fsync", "write", "writev,sendto,sendmsg"] {
      for point in 1...60 {
        let name = "\(calls.prefix(6))-\(point)".replacing(",", with: "-")
        let tracer = try KillAtCall(process: server.processID, calls: calls, number: point)
        let answer = try? rotate(name)
        server.kill()
        tracer.end()
        try server.start()
        // As it is, before the request is sent again.
        let isOld = try isOpen(token)
        #expect(try rotations() == (isOld ? done : done + 1), "\(name)")
        if answer?.status == 200 { #expect(!isOld, "\(name)") }
        found.insert(answer == nil ? isOld ? "before" : "after" : "answered")
        let again = try rotate(name)
        let new = try #require(again.json["token"]?.string, "\(name): \(again.text)")
        if let answer { #expect(answer.json["token"]?.string == new, "\(name)") }
        done += 1
        #expect(try isOpen(new) && !isOpen(token), "\(name)")
        #expect(try rotations() == done, "\(name)")
        token = new
        if answer != nil { break }
      }
    }
    // Kills before the change, after it and without any were all among them.
    #expect(found == ["before", "after", "answered"])
    server.stop()
    let database = try SQLiteDatabase(path: server.data + "/share.sqlite")
    let rows = try await database.read { try AuditLog.check($0) }
    #expect(rows == Int64(done) + 1)
    try database.close()
  }
}

/// Ends a running process by SIGKILL as it enters one of its system calls.
private struct KillAtCall {
  private let tracer: ChildProcess

  /// - Parameters:
  ///   - calls: names, with commas.
  ///   - number: which of them, counted from now on for each thread and name.
  init(process: Int32, calls: String, number: Int) throws {
    tracer = try ChildProcess(
      [
        "timeout", "-k", "1", "60", "strace", "-f", "-qq", "-o", "/dev/null", "-p", "\(process)",
        "-e", "trace=\(calls)", "-e", "inject=\(calls):signal=KILL:when=\(number)",
      ], complaints: .kept)
    for _ in 0..<500 {
      if try Self.isTraced(process) { return }
      usleep(10_000)
    }
    throw WireFailed(what: "strace: \(tracer.complaints())")
  }

  func end() { tracer.end() }

  /// Whether all threads are.
  private static func isTraced(_ process: Int32) throws -> Bool {
    let folder = "/proc/\(process)/task"
    let threads = try FileSystem().list(folder).compactMap(\.name)
    return !threads.isEmpty
      && threads.allSatisfy { thread in
        let file = fopen("\(folder)/\(thread)/status", "r")
        defer { if let file { fclose(file) } }
        guard let file else { return true }  // it has ended meanwhile
        var text = [CChar](repeating: 0, count: 4096)
        let count = fread(&text, 1, text.count - 1, file)
        let lines = String(
          decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self
        )
        .split(separator: "\n")
        return lines.contains { $0.hasPrefix("TracerPid:") && !$0.hasSuffix("\t0") }
      }
  }
}
