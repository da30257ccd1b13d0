import Glibc
import JSON
import Platform

/// One answer, byte by byte as it came.
struct WireAnswer: Sendable {
  let status: Int
  let headers: [(name: String, value: String)]
  let body: [UInt8]
  /// Everything, with its head.
  let bytes: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }
  var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
  var reason: String? { json["error"]?["reason"]?.string }

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The head without what may differ between two answers to the same.
  var comparableHead: [String] {
    ["\(status)"]
      + headers.filter { $0.name.lowercased() != "date" }.map { "\($0.name): \($0.value)" }
  }

  /// Reads one answer from the front of what a connection gave; nil where it is not whole.
  init?(_ bytes: [UInt8], isHead: Bool = false) {
    guard let cut = Self.find([13, 10, 13, 10], in: bytes) else { return nil }
    let lines = String(decoding: bytes[..<cut], as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count >= 2, let status = Int(words[1]) else { return nil }
    self.status = status
    headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
    }
    let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap {
      Int($0.value)
    }
    let count = isHead || status == 204 ? 0 : length ?? 0
    guard bytes.count >= cut + 4 + count else { return nil }
    body = Array(bytes[(cut + 4)..<(cut + 4 + count)])
    self.bytes = Array(bytes[..<(cut + 4 + count)])
  }

  private static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= pattern.count else { return nil }
    return (0...(bytes.count - pattern.count)).first {
      bytes[$0..<$0 + pattern.count].elementsEqual(pattern)
    }
  }
}

/// A connection on which a test writes what it likes.
final class WireConnection {
  let file: Int32
  private var received: [UInt8] = []

  init(port: UInt16) throws {
    file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if status != 0 { throw WireFailed(what: "connect \(errno)") }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(file) }

  /// - Returns: false where the other side takes no more.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          file, $0.baseAddress?.advanced(by: done), $0.count - done, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      done += count
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// The next answer; nil where the connection ends before it is whole.
  func answer(isHead: Bool = false) -> WireAnswer? {
    while true {
      if let answer = WireAnswer(received, isHead: isHead) {
        received.removeFirst(answer.bytes.count)
        return answer
      }
      if !more() { return nil }
    }
  }

  /// The next answer where it has come already.
  func answerIfThere() -> WireAnswer? {
    var waiting = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
    if poll(&waiting, 1, 0) > 0 { _ = more() }
    return WireAnswer(received)
  }

  /// Whether the other side has closed.
  func isClosed() -> Bool {
    while more() {}
    return true
  }

  /// All that comes until the other side closes.
  func rest() -> [UInt8] {
    while more() {}
    return received
  }

  private func more() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(file, &chunk, chunk.count, 0)
    if count <= 0 { return false }
    received += chunk.prefix(count)
    return true
  }
}

struct WireFailed: Error {
  let what: String
}

/// Requests to one server, each on a connection of its own, and unless a test says otherwise from a
/// client of its own, as a proxy would tell it.
struct Wire: Sendable {
  let port: UInt16

  func callAsFunction(
    _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8]? = nil
  ) throws -> WireAnswer {
    var text = "\(method) \(target) HTTP/1.1\r\nConnection: close\r\n"
    if !headers.contains(where: { $0.0.lowercased() == "host" }) {
      text += "Host: 127.0.0.1:\(port)\r\n"
    }
    if !headers.contains(where: { $0.0.lowercased() == "x-forwarded-for" }) {
      text += "X-Forwarded-For: 10.\(UInt8.random(in: 1...250)).\(UInt8.random(in: 1...250)).7\r\n"
    }
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    if let body, !headers.contains(where: { $0.0.lowercased() == "transfer-encoding" }) {
      text += "Content-Length: \(body.count)\r\n"
    }
    let connection = try WireConnection(port: port)
    connection.send(Array((text + "\r\n").utf8) + (body ?? []))
    guard let answer = connection.answer(isHead: method == "HEAD") else {
      throw WireFailed(what: "no answer to \(method) \(target.prefix(60))")
    }
    return answer
  }

  func json(
    _ method: String, _ target: String, key: String, _ value: JSONValue? = nil,
    headers: [(String, String)] = []
  ) throws -> WireAnswer {
    var headers = headers + [("Authorization", "Bearer \(key)")]
    var body: [UInt8]?
    if let value {
      headers.append(("Content-Type", "application/json"))
      body = try CanonicalJSON.bytes(value)
    }
    return try self(method, target, headers: headers, body: body)
  }
}
