import Glibc

/// Colour and character set of human output, decided once from the environment and the terminal.
public struct Style: Sendable, Equatable {
  public enum Ink: String, Sendable {
    case good = "32"
    case bad = "31"
    case caution = "33"
    case quiet = "2"
    case strong = "1"
  }
  public var colour: Bool
  /// Box and dot characters; ASCII otherwise.
  public var unicode: Bool
  /// Columns of the terminal, 80 when it is not one.
  public var width: Int

  public init(colour: Bool, unicode: Bool, width: Int) {
    self.colour = colour
    self.unicode = unicode
    self.width = width
  }

  /// The style for standard output: NO_COLOR, TERM=dumb, a pipe, or `--no-color` switch colour off.
  public init(environment: [String: String], noColour: Bool) {
    let terminal = isatty(STDOUT_FILENO) == 1
    let refused = noColour || environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    colour = terminal && !refused && environment["TERM"] != "dumb"
    unicode = Self.readsUnicode(environment: environment, terminal: terminal)
    width = Self.terminalWidth(terminal: terminal, environment: environment)
  }

  /// The first of LC_ALL, LC_CTYPE and LANG that is set decides, as locale(7) says; where none is, a
  /// file gets UTF-8 and a terminal ASCII.
  static func readsUnicode(environment: [String: String], terminal: Bool) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty }
    return locale.map { $0.uppercased().contains("UTF") } ?? !terminal
  }

  /// What stands for left-out text.
  public var ellipsis: String { unicode ? "…" : "..." }
  /// Between two factors.
  public var times: String { unicode ? "×" : "x" }

  private static func terminalWidth(terminal: Bool, environment: [String: String]) -> Int {
    if let columns = environment["COLUMNS"].flatMap({ Int($0) }), (20...1000).contains(columns) {
      return columns
    }
    guard terminal else { return 80 }
    var size = winsize()
    // Safe because ioctl fills the struct that it is given and keeps no pointer to it.
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else {
      return 80
    }
    return Int(size.ws_col)
  }

  /// The text in an ink, or plain where there is no colour.
  public func paint(_ text: String, _ ink: Ink) -> String {
    colour ? "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m" : text
  }
}
