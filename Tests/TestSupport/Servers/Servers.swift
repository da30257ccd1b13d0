import Glibc
import Platform

/// A server that runs on loopback for as long as the value lives.
public final class RunningServer {
  public let port: UInt16
  private let process: ChildProcess

  /// Starts a program and waits until its port answers.
  ///
  /// - Parameter port: where it listens, `freePort()`.
  init(_ arguments: [String], port: UInt16) throws {
    signal(SIGPIPE, SIG_IGN)
    self.port = port
    process = try ChildProcess(Self.bounded + arguments, complaints: .kept)
    for _ in 0..<500 {
      if answers(port) { return }
      usleep(20_000)
    }
    process.end()
    throw ServerFailed(why: "\(arguments.first ?? ""): \(process.complaints())")
  }

  public func stop() { process.end() }

  /// A server that does not end when it is asked to, or whose test was ended, goes all the same.
  static let bounded = ["timeout", "-k", "1", "600"]
}

/// A server that could not be started.
public struct ServerFailed: Error {
  public let why: String
}

/// A port that nobody listened on a moment ago.
public func freePort() throws -> UInt16 {
  let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(file) }
  var address = loopback(0)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let bound = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
      bind(file, raw, length) == 0 && getsockname(file, raw, &length) == 0
    }
  }
  if !bound { throw ServerFailed(why: "no port") }
  return UInt16(bigEndian: address.sin_port)
}

private func answers(_ port: UInt16) -> Bool {
  let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(file) }
  var address = loopback(port)
  return withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
      connect(file, raw, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
}

func loopback(_ port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}

/// Whether the programs of the test set-up are installed.
public func areInstalled(_ programs: String...) -> Bool {
  programs.allSatisfy { access($0, X_OK) == 0 }
}

/// A proxy in front of a server that cuts or holds up what goes through it, or, with `connect`, one that
/// clients ask for the server and that cuts nothing.
public struct CutProxy {
  public enum Way: String, Sendable { case up, down }
  public enum Mode: String, Sendable { case cut, stall, slow, connect }
  private let server: RunningServer
  public var port: UInt16 { server.port }

  public init(to target: UInt16, _ way: Way, after bytes: Int, _ mode: Mode) throws {
    let port = try freePort()
    server = try RunningServer(
      [
        "python3", Fixtures.path("servers/cut-proxy.py"), String(port), String(target),
        way.rawValue, String(bytes), mode.rawValue,
      ], port: port)
  }
}
