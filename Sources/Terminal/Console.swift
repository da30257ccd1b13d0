import Glibc

/// Where a command's words go: its result to standard output, everything else to standard error.
public struct Console: Sendable {
  /// One JSON document on standard output and nothing else there.
  public var json: Bool
  /// No progress and no remarks; results and errors stay.
  public var quiet: Bool
  public var style: Style

  public init(json: Bool, quiet: Bool, style: Style) {
    self.json = json
    self.quiet = quiet
    self.style = style
  }

  /// Writes a line of the result.
  public func result(_ text: String) { Self.write(text + "\n", to: STDOUT_FILENO) }

  /// Writes the bytes of the result as they are.
  public func result(_ bytes: [UInt8]) { Self.write(bytes, to: STDOUT_FILENO) }

  /// Writes a remark that is not part of the result; silent with `--quiet`.
  public func remark(_ text: String) {
    if !quiet { Self.write(text + "\n", to: STDERR_FILENO) }
  }

  /// Writes an error, also with `--quiet`.
  public func complaint(_ text: String) { Self.write(text + "\n", to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) {
    write(Array(text.utf8), to: descriptor)
  }

  /// Everything or nothing more: a closed pipe (`wf log | head`) ends the output without noise.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Safe because the pointer is used only during the call and `count` is its length.
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
