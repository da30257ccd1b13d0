public import JSON
import Platform

/// A share server as small as its client needs (Fixtures/servers/small-share.py).
public final class SmallShareServer {
  /// What it does besides answering well.
  public enum Mode: String, Sendable { case good, cut, redirect, refuse, big, hang }

  public let folder = TemporaryFolder()
  private let server: RunningServer
  public var address: String { "http://127.0.0.1:\(server.port)" }

  public init() throws {
    server = try RunningServer(
      ["python3", Fixtures.path("servers/small-share.py"), "\(freePort())", folder.path])
  }

  deinit { server.stop() }

  public func set(_ mode: Mode) throws {
    try FileSystem().write(Array(mode.rawValue.utf8), to: folder.path + "/mode")
  }

  /// One row for each request: `line`, `bytes`, `key`, `body`.
  public var requests: [JSONValue] {
    let log = (try? Fixtures.read(folder.path + "/log")) ?? []
    return log.split(separator: 0x0A).compactMap { try? JSONValue.parse(Array($0)) }
  }

  public var lines: [String] { requests.compactMap { $0["line"]?.string } }
}

extension RunningServer {
  /// A program whose third word is the port.
  fileprivate convenience init(_ arguments: [String]) throws {
    try self.init(arguments, port: UInt16(arguments[2]) ?? 0)
  }
}
