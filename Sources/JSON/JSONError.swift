public import Platform

/// Why a text is not acceptable JSON, and where.
///
/// Two errors are equal when code and place are equal; the message is for people.
public struct JSONError: Failure, Equatable {
  /// The machine word; its raw value is what `reason` reports.
  public enum Code: String, CaseIterable, Sendable {
    case emptyInput = "empty_input"
    case truncated
    case syntax
    case trailingData = "trailing_data"
    case duplicateKey = "duplicate_key"
    case invalidUTF8 = "invalid_utf8"
    case invalidUnicode = "invalid_unicode"
    case tooDeep = "too_deep"
    case numberOutOfRange = "number_out_of_range"
    case nanNotAllowed = "nan_not_allowed"
    case byteOrderMark = "byte_order_mark"
  }

  public let code: Code
  /// Bytes before the fault, from the start of the text (a byte order mark counts).
  public let offset: Int
  /// From 1; a line ends at LF.
  public let line: Int
  /// From 1, in Unicode scalars of the line; a byte order mark does not count.
  public let column: Int
  public let message: String

  public init(_ code: Code, offset: Int, line: Int, column: Int, message: String? = nil) {
    self.code = code
    self.offset = offset
    self.line = line
    self.column = column
    self.message = message ?? code.sentence
  }

  public var kind: FailureKind { .invalidInput }
  public var reason: String { code.rawValue }
  public var place: String? { "line \(line), column \(column)" }

  public static func == (one: JSONError, other: JSONError) -> Bool {
    one.code == other.code && one.offset == other.offset && one.line == other.line
      && one.column == other.column
  }
}

extension JSONError.Code {
  /// What happened, when nothing more exact is known.
  var sentence: String {
    switch self {
    case .emptyInput: "there is no JSON text"
    case .truncated: "the JSON text ends too early"
    case .syntax: "this is not JSON"
    case .trailingData: "something follows the end of the JSON text"
    case .duplicateKey: "this object has the key twice"
    case .invalidUTF8: "these bytes are not UTF-8"
    case .invalidUnicode: "a surrogate stands alone in an escape"
    case .tooDeep: "arrays and objects are nested too deeply"
    case .numberOutOfRange: "this number is too large for a double"
    case .nanNotAllowed: "NaN and Infinity are not JSON"
    case .byteOrderMark: "a byte order mark may not stand here"
    }
  }

  /// Whether the text is well-formed by grammar and refused for what it says.
  var isAboutContent: Bool {
    switch self {
    case .duplicateKey, .invalidUnicode, .numberOutOfRange, .nanNotAllowed: true
    case .emptyInput, .truncated, .syntax, .trailingData, .invalidUTF8, .tooDeep, .byteOrderMark:
      false
    }
  }
}
