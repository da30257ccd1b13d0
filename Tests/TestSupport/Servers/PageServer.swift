import Platform

/// A folder served with the headers of the share server, at `http://127.0.0.1:PORT/r/NAME`.
public final class PageServer {
  public let folder = TemporaryFolder()
  private let server: RunningServer
  public var port: UInt16 { server.port }

  public init() throws {
    let port = try freePort()
    server = try RunningServer(
      ["python3", Fixtures.path("servers/share-page.py"), String(port), folder.path], port: port)
  }

  deinit { server.stop() }

  /// The page `NAME.html` of the folder.
  public func address(_ name: String) -> String { "http://127.0.0.1:\(port)/r/\(name)" }

  /// - Parameter path: below the folder; folders on the way are made.
  public func put(_ bytes: [UInt8], at path: String) throws {
    let files = FileSystem()
    _ = try files.makeDirectories(Path.parent(folder.path + "/" + path))
    try files.write(bytes, to: folder.path + "/" + path)
  }
}
