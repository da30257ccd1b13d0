import Glibc
import Platform
import Synchronization

/// An HTTP server on loopback for as long as the value lives, whose answers a test makes.
///
/// One connection at a time, one request each: enough for a client that asks one thing after the other.
public final class AnsweringServer: Sendable {
  public typealias Answer =
    @Sendable (_ path: String, _ body: [UInt8]) -> (
      status: Int, body: [UInt8]
    )

  public let port: UInt16
  private let listener: Int32
  private let asked = Mutex<[String]>([])

  /// Paths in the order in which they were asked for.
  public var paths: [String] { asked.withLock { $0 } }
  public func address(_ path: String = "") -> String { "http://127.0.0.1:\(port)" + path }

  public init(_ answer: @escaping Answer) throws {
    signal(SIGPIPE, SIG_IGN)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let file = listener
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        bind(file, raw, length) == 0 && listen(file, 16) == 0
          && getsockname(file, raw, &length) == 0
      }
    }
    if !isBound { throw ServerFailed(why: "no port") }
    port = UInt16(bigEndian: address.sin_port)
    startThread { [weak self] in
      while true {
        let connection = accept(file, nil, nil)
        if connection < 0 { return }
        self?.serve(connection, answer)
        close(connection)
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private func serve(_ connection: Int32, _ answer: Answer) {
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var total: Int?
    while total.map({ received.count < $0 }) ?? true {
      let count = read(connection, &chunk, chunk.count)
      if count <= 0 { return }
      received += chunk.prefix(count)
      guard total == nil, let end = Self.headEnd(received) else { continue }
      let head = String(decoding: received.prefix(end), as: UTF8.self).lowercased()
      let line = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
      let size = line.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
      total = end + size
      if head.contains("expect: 100-continue") {
        send(connection, Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
      }
    }
    guard let end = Self.headEnd(received) else { return }
    let words = String(decoding: received.prefix(end), as: UTF8.self).split(separator: " ")
    let path = words.count > 1 ? String(words[1]) : ""
    asked.withLock { $0.append(path) }
    let (status, body) = answer(path, Array(received.dropFirst(end)))
    let head =
      "HTTP/1.1 \(status) Answer\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
    send(connection, Array(head.utf8) + body)
  }

  private static func headEnd(_ bytes: [UInt8]) -> Int? {
    let mark: [UInt8] = [13, 10, 13, 10]
    guard bytes.count >= 4 else { return nil }
    return (0...(bytes.count - 4)).first { Array(bytes[$0..<$0 + 4]) == mark }.map { $0 + 4 }
  }

  private func send(_ connection: Int32, _ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }
}

/// Runs work that blocks on a thread of its own.
private func startThread(_ work: @escaping @Sendable () -> Void) {
  final class Box {
    let work: @Sendable () -> Void;
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }
  var thread = pthread_t()
  let box = Unmanaged.passRetained(Box(work))
  pthread_create(
    &thread, nil,
    { raw in
      guard let raw else { return nil }
      Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().work()
      return nil
    }, box.toOpaque())
  pthread_detach(thread)
}
