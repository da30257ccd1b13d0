internal import Evidence
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
    case successNotNumber = "success_not_number"
    case successOutOfRange = "success_out_of_range"
    case ambiguousSuccess = "ambiguous_success"
    case aggregateMismatch = "aggregate_mismatch"
    case counterMismatch = "counter_mismatch"
    case countMismatch = "count_mismatch"
    case contradictoryEpisode = "contradictory_episode"
    case duplicateEpisode = "duplicate_episode"
    case duplicateTask = "duplicate_task"
    case badShard = "bad_shard"
    case duplicateShard = "duplicate_shard"
    case badRow = "bad_row"
    case noResults = "no_results"
    case noEpisodes = "no_episodes"
    case noOutcomesRecorded = "no_outcomes_recorded"
    case missingHeader = "missing_header"
    case unknownSchema = "unknown_schema"
    case unknownSource = "unknown_source"
    case unknownField = "unknown_field"
    case unknownDimension = "unknown_dimension"
    case blankLine = "blank_line"
    case unsafePath = "unsafe_path"
    case badDigest = "bad_digest"
    case memberInvalid = "member_invalid"
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
    case optionNotUsed = "option_not_used"
    case optionContradictsSource = "option_contradicts_source"
    case secretInExport = "secret_in_export"
  }

  public let code: Code
  /// The path as given, with `: line L, column C` or a JSON pointer behind it.
  public let place: String?
  public let message: String
  public let hint: String?
  /// Whether the text itself is at fault: such a fault comes before any complaint about its shape.
  let isAboutText: Bool
  /// The word of the layer below, where an error of it is passed on.
  private let word: String?

  public init(
    _ code: Code, place: String?, message: String, hint: String? = nil
  ) {
    self.init(code, place: place, message: message, hint: hint, isAboutText: false)
  }

  private init(
    _ code: Code, place: String?, message: String, hint: String?, isAboutText: Bool,
    word: String? = nil
  ) {
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
    self.isAboutText = isAboutText
    self.word = word
  }

  /// A fault of the text of a file, not of what it says.
  static func aboutText(
    _ code: Code, place: String, message: String, hint: String? = nil
  ) -> AdapterError {
    AdapterError(code, place: place, message: message, hint: hint, isAboutText: true)
  }

  /// A fault of the JSON text of a file, or of one of its lines.
  ///
  /// - Parameter firstLine: the number in the file of the text's first line.
  init(_ error: JSONError, in path: String, firstLine: Int = 1) {
    let line = error.line + firstLine - 1
    // The one word without a match is the byte order mark's, which adapters accept.
    self.init(
      Code(rawValue: error.reason) ?? .syntax,
      place: "\(path): line \(line), column \(error.column)", message: error.message,
      hint: error.code == .truncated
        ? "the file ends too early: was the run or the copy interrupted?" : nil,
      isAboutText: true)
  }

  /// Why an audit_input.json is not acceptable, in the words of SCHEMAS §15.
  init(_ error: EvidenceError, in path: String) {
    let line = error.location.line.map { "line \($0)" }
    let place = [line, error.location.pointer].compactMap { $0 }.joined(separator: ", ")
    self.init(
      Code(rawValue: error.reason) ?? .memberInvalid,
      place: place.isEmpty ? path : "\(path): \(place)", message: error.message, hint: nil,
      isAboutText: false, word: error.reason)
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

  public var reason: String { word ?? code.rawValue }

  public var kind: FailureKind {
    switch code {
    case .readFailed: .inputOutput
    case .unknownFormat, .noInput, .optionNotUsed: .usage
    default: .invalidInput
    }
  }

  public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.place == b.place }
}

/// Text of a stranger as it may be shown on a terminal: no credentials, no control or direction
/// characters, cut.
func shown(_ text: String) -> String {
  var result = ""
  // What is far behind the cut is not looked at, and the cut must not leave half a credential.
  let start = text.utf8.count > 4096 ? String(text.unicodeScalars.prefix(4096)) : text
  for scalar in Redactor.withoutSecrets(start).unicodeScalars {
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
