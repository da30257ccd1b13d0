public import Platform

/// The parts of the world that a server depends on; tests pass their own.
public struct ServerWorld: Sendable {
  public var files: FileSystem
  /// Unix seconds.
  public var wall: @Sendable () -> Int64
  /// Milliseconds since any moment, never set, running on while the machine sleeps.
  public var running: @Sendable () -> Int64
  public var randomBytes: @Sendable (Int) -> [UInt8]
  var log: ServerLog

  /// - Parameter log: where lines of JSON go.
  public init(
    files: FileSystem, wall: @escaping @Sendable () -> Int64,
    running: @escaping @Sendable () -> Int64, randomBytes: @escaping @Sendable (Int) -> [UInt8],
    log: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.files = files
    self.wall = wall
    self.running = running
    self.randomBytes = randomBytes
    self.log = ServerLog(log)
  }
}

extension ServerWorld {
  /// Writes a line of the log that is no request: one word, and numbers that belong to it.
  public func note(_ word: String, _ numbers: [String: Int64] = [:]) {
    log.event(word, at: wall(), numbers)
  }
}
