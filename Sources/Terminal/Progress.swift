import Glibc

/// A progress line on standard error for work that lasts over half a second, on a terminal only.
///
/// Not thread safe: it is told by one thread.
public struct ProgressLine {
  private let title: String
  private let active: Bool
  private let now: () -> Double
  private let started: Double
  private var lastDrawn: Double
  private var drawn = false

  /// - Parameter now: seconds of a steady clock.
  public init(title: String, console: Console, now: @escaping () -> Double = steadySeconds) {
    self.title = title
    active = !console.quiet && isatty(STDERR_FILENO) == 1
    self.now = now
    started = now()
    lastDrawn = 0
  }

  /// Draws at most ten times a second, and nothing in the first half second.
  public mutating func update(done: Int, of total: Int) {
    guard active else { return }
    let time = now()
    guard time - started > 0.5, time - lastDrawn > 0.1 else { return }
    lastDrawn = time
    drawn = true
    let percent = total > 0 ? min(100, done * 100 / total) : 0
    let bar = String(repeating: "#", count: percent / 5)
    let rest = String(repeating: ".", count: 20 - percent / 5)
    write("\r\(title) [\(bar)\(rest)] \(percent) % (\(done) of \(total))")
  }

  /// Wipes the line, so that the result stands alone.
  public mutating func finish() {
    if drawn { write("\r\u{1B}[K") }
    drawn = false
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    // Safe because the pointer is used only during the call.
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// Seconds of a clock that never goes back, from an arbitrary start.
public func steadySeconds() -> Double {
  var time = timespec()
  // Safe because clock_gettime fills the struct that it is given.
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
