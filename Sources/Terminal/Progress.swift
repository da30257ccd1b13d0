import Glibc
import Synchronization

/// A progress line on standard error for work that lasts over half a second, on a terminal only.
///
/// Not thread safe: it is told by one thread.
public struct ProgressLine: Sendable {
  /// What is counted.
  public enum Unit: Sendable { case items, bytes }

  private let title: String
  private let unit: Unit
  private let active: Bool
  private let write: @Sendable (String) -> Void
  private let now: @Sendable () -> Double
  private let started: Double
  private var lastDrawn: Double
  private var drawn = false

  /// - Parameters:
  ///   - isTerminal: whether somebody sees it; nil: whether standard error is a terminal.
  ///   - now: seconds of a steady clock.
  ///   - write: shows a text.
  public init(
    title: String, console: Console, unit: Unit = .items,
    isTerminal: Bool? = nil,
    now: @escaping @Sendable () -> Double = steadySeconds,
    write: @escaping @Sendable (String) -> Void = Self.show
  ) {
    self.title = title
    self.unit = unit
    active = !console.quiet && (isTerminal ?? (isatty(STDERR_FILENO) == 1))
    self.now = now
    self.write = write
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
    let amount =
      unit == .items ? "\(done) of \(total)" : "\(done >> 20) of \(total >> 20) MiB"
    write("\r\(title) [\(bar)\(rest)] \(percent) % (\(amount))")
  }

  /// Wipes the line, so that the result stands alone.
  public mutating func finish() {
    if drawn { write("\r\u{1B}[K") }
    drawn = false
  }

  public static func show(_ text: String) {
    let bytes = Array(text.utf8)
    // Safe because the pointer is used only during the call.
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// A progress line that several threads tell; a class because they share it.
public final class SharedProgressLine: Sendable {
  private let line: Mutex<ProgressLine>

  public init(title: String, console: Console, unit: ProgressLine.Unit) {
    line = Mutex(ProgressLine(title: title, console: console, unit: unit))
  }

  public func update(done: Int, of total: Int) {
    line.withLock { $0.update(done: done, of: total) }
  }

  public func finish() { line.withLock { $0.finish() } }
}

/// Seconds of a clock that never goes back, from an arbitrary start.
public func steadySeconds() -> Double {
  var time = timespec()
  // Safe because clock_gettime fills the struct that it is given.
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
