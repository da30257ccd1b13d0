internal import JSON
public import Platform

/// Why a saved evaluation was not read: a reason word, the place, and what was expected there.
///
/// Equality means code and place, so that a test can build the error it expects.
public struct AdapterError: Failure, Equatable {
  /// The machine words of this module; those of FORMATS §1.2 keep their meaning.
  public enum Code: String, CaseIterable, Sendable {
    case emptyInput = "empty_input"
    case lfsPointer = "lfs_pointer"
    case invalidUTF8 = "invalid_utf8"
    case tooDeep = "too_deep"
    case truncated
    case syntax
    case trailingData = "trailing_data"
    case duplicateKey = "duplicate_key"
    case invalidUnicode = "invalid_unicode"
    case numberOutOfRange = "number_out_of_range"
    case nanNotAllowed = "nan_not_allowed"
    case unrecognisedShape = "unrecognised_shape"
    case ambiguousShape = "ambiguous_shape"
    case missingField = "missing_field"
    case wrongType = "wrong_type"
    case notAnInteger = "not_an_integer"
    case negativeCount = "negative_count"
    case controlCharacter = "control_character"
    case successNotBoolean = "success_not_boolean"
    case lengthMismatch = "length_mismatch"
    case aggregateMismatch = "aggregate_mismatch"
    case duplicateEpisode = "duplicate_episode"
    case duplicateTask = "duplicate_task"
    case limitExceeded = "limit_exceeded"
    case noInput = "no_input"
    case tooManyInputs = "too_many_inputs"
    case ambiguousInput = "ambiguous_input"
    case noResultsFile = "no_results_file"
    case fileNotFound = "file_not_found"
    case permissionDenied = "permission_denied"
    case notRegularFile = "not_regular_file"
    case notDirectory = "not_directory"
    case fileTooLarge = "file_too_large"
    case pathInvalid = "path_invalid"
    case readFailed = "read_failed"
    case unknownFormat = "unknown_format"
    case formatNotSupportedYet = "format_not_supported_yet"
  }

  public let code: Code
  /// The path as given, with `: line L, column C` or a JSON pointer behind it.
  public let place: String?
  public let message: String
  public let hint: String?
  /// Whether the text itself is at fault: such a fault comes before any complaint about its shape.
  let isAboutText: Bool

  public init(
    _ code: Code, place: String?, message: String, hint: String? = nil
  ) {
    self.init(code, place: place, message: message, hint: hint, isAboutText: false)
  }

  private init(
    _ code: Code, place: String?, message: String, hint: String?, isAboutText: Bool
  ) {
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
    self.isAboutText = isAboutText
  }

  /// A fault of the JSON text of a file.
  init(_ error: JSONError, in path: String) {
    // The one word without a match is the byte order mark's, which adapters accept.
    self.init(
      Code(rawValue: error.reason) ?? .syntax,
      place: "\(path): line \(error.line), column \(error.column)", message: error.message,
      hint: error.code == .truncated
        ? "the file ends too early: was the run or the copy interrupted?" : nil,
      isAboutText: true)
  }

  /// What the system refused, about the path that it was about.
  init(_ error: PlatformError, path: String) {
    let code: Code =
      switch error.code {
      case .fileNotFound: .fileNotFound
      case .permissionDenied: .permissionDenied
      case .notRegularFile, .isDirectory: .notRegularFile
      case .notDirectory: .notDirectory
      case .fileTooLarge: .fileTooLarge
      case .pathInvalid: .pathInvalid
      default: .readFailed
      }
    self.init(code, place: path, message: error.message)
  }

  public var reason: String { code.rawValue }

  public var kind: FailureKind {
    switch code {
    case .readFailed: .inputOutput
    case .formatNotSupportedYet: .refused
    case .unknownFormat, .noInput: .usage
    default: .invalidInput
    }
  }

  public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.place == b.place }
}

/// Text of a stranger as it may be shown on a terminal: no control or direction characters, cut.
func shown(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    if result.utf8.count > 80 { return result + "…" }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// One more part of a JSON pointer (RFC 6901).
func pointer(_ base: String, _ key: String) -> String {
  var part = ""
  for scalar in shown(key).unicodeScalars {
    switch scalar {
    case "~": part += "~0"
    case "/": part += "~1"
    default: part.unicodeScalars.append(scalar)
    }
  }
  return base + "/" + part
}
