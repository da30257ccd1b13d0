/// The server's time, which a jump of the machine's clock cannot turn back.
///
/// Between two clocks – the wall's, which may be set, and one that only runs on – `now` is the later:
/// a clock that is set back revives nothing that has expired. What cannot be undone (marking as
/// expired, deleting bytes) goes by `settled`, the earlier of both: a clock that is set forward by
/// mistake ends access at once, and destroys nothing while the server runs.
package struct ServerClock: Sendable {
  private let wall: @Sendable () -> Int64
  private let running: @Sendable () -> Int64
  private let origin: Int64

  /// - Parameters:
  ///   - wall: Unix seconds.
  ///   - running: milliseconds since any moment, never set.
  ///   - known: a time that the server has seen for sure, from its last run.
  package init(
    wall: @escaping @Sendable () -> Int64, running: @escaping @Sendable () -> Int64,
    known: Int64 = 0
  ) {
    self.wall = wall
    self.running = running
    origin = max(wall(), known) - running() / 1000
  }

  /// Unix seconds.
  package var now: Int64 { max(wall(), origin + running() / 1000) }

  /// Unix seconds that both clocks have passed.
  package var settled: Int64 { min(wall(), origin + running() / 1000) }

  /// Seconds that only run on, for rates and waiting.
  package var uptime: Int64 { running() / 1000 }

  func milliseconds() -> Int64 { running() }
}
