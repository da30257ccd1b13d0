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
    let locale = environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? ""
    unicode = !terminal || locale.uppercased().contains("UTF")
    width = Self.terminalWidth(terminal: terminal, environment: environment)
  }

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
