/// A JSON number exactly as written.
///
/// Equal lexemes are equal numbers; `1` and `1.0` differ here, as they do in the bytes.
public struct JSONNumber: Sendable, Hashable {
  /// The text of the number; `NaN`, `Infinity` or `-Infinity` only where the options allowed it.
  public let lexeme: String

  public init(_ integer: Int64) {
    lexeme = String(integer)
  }

  /// The number that ECMAScript would write for a double; nil for NaN and infinities.
  public init?(_ double: Double) {
    guard double.isFinite else { return nil }
    var bytes: [UInt8] = []
    CanonicalJSON.appendFinite(double, to: &bytes)
    lexeme = String(decoding: bytes, as: UTF8.self)
  }

  /// A number from its text; nil when that is not one JSON number within a double's range.
  public init?(lexeme: String) {
    guard case .number(let number)? = try? JSONValue.parse(Array(lexeme.utf8)),
      number.lexeme.utf8.count == lexeme.utf8.count
    else { return nil }
    self = number
  }

  /// From a lexeme that a reader has checked.
  init(checked lexeme: String) {
    self.lexeme = lexeme
  }

  /// The value, when it is written without fraction and exponent and fits; `-0` is 0.
  public var integer: Int64? { Int64(lexeme) }

  /// The nearest double, ties to even; NaN or an infinity for those three tokens.
  public var double: Double {
    switch lexeme {
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    default: Double(lexeme) ?? .nan
    }
  }

  /// False for the three tokens that are not JSON.
  public var isFinite: Bool {
    guard let last = lexeme.utf8.last else { return false }
    return last >= 0x30 && last <= 0x39
  }
}
