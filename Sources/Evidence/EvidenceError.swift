public import JSON
public import Platform

/// Why a member, a package or a text is not acceptable, and where (SCHEMAS §15).
///
/// Two errors are equal when code and place are equal; the message says what was expected.
public struct EvidenceError: Failure, Equatable {
  /// The machine word; its raw value is what `reason` reports.
  public enum Code: String, CaseIterable, Sendable {
    case notCanonical = "not_canonical"
    case schemaUnknown = "schema_unknown"
    case invalidUTF8 = "invalid_utf8"
    case tooDeep = "too_deep"
    case trailingData = "trailing_data"
    case metricMismatch = "metric_mismatch"
    case fieldMissing = "field_missing"
    case fieldType = "field_type"
    case fieldRange = "field_range"
    case idInvalid = "id_invalid"
    case digestInvalid = "digest_invalid"
    case timeInvalid = "time_invalid"
    case slugInvalid = "slug_invalid"
    case textTooLong = "text_too_long"
    case controlCharacter = "control_character"
    case duplicateKey = "duplicate_key"
    case duplicateTask = "duplicate_task"
    case duplicateEpisode = "duplicate_episode"
    case rangeNotMaximal = "range_not_maximal"
    case outcomeLetter = "outcome_letter"
    case lengthMismatch = "length_mismatch"
    case freezeMismatch = "freeze_mismatch"
    case seedOutOfRange = "seed_out_of_range"
    case uriScheme = "uri_scheme"
    case uriCredentials = "uri_credentials"
    case secretInPublicField = "secret_in_public_field"
    case rowsMismatch = "rows_mismatch"
    case saltMismatch = "salt_mismatch"
    case countMismatch = "count_mismatch"
    case memberMissing = "member_missing"
    case memberExtra = "member_extra"
    case digestMismatch = "digest_mismatch"
    // Faults of the JSON text itself, in the words of the reader.
    case emptyInput = "empty_input"
    case truncated
    case syntax
    case invalidUnicode = "invalid_unicode"
    case numberOutOfRange = "number_out_of_range"
    case nanNotAllowed = "nan_not_allowed"
    case byteOrderMark = "byte_order_mark"
    // Faults of what holds the members.
    case notAPackage = "not_a_package"
    case memberUnreadable = "member_unreadable"
    case ociMalformed = "oci_malformed"
  }

  public let code: Code
  public let location: EvidencePlace
  public let message: String

  public init(_ code: Code, _ location: EvidencePlace, _ message: String) {
    self.code = code
    self.location = location
    self.message = message
  }

  /// The fault of a member's JSON text.
  public init(_ error: JSONError, member: String) {
    self.init(
      Code(json: error.code), EvidencePlace(member: member, line: error.line), error.message)
  }

  public var reason: String { code.rawValue }
  public var place: String? { location.description }
  public var kind: FailureKind {
    switch code {
    case .memberMissing: .missing
    case .digestMismatch, .saltMismatch: .bytesChanged
    default: .invalidInput
    }
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.code == b.code && a.location == b.location
  }
}

extension EvidenceError.Code {
  /// The word of the JSON reader, under the same name here.
  init(json code: JSONError.Code) {
    switch code {
    case .emptyInput: self = .emptyInput
    case .truncated: self = .truncated
    case .syntax: self = .syntax
    case .trailingData: self = .trailingData
    case .duplicateKey: self = .duplicateKey
    case .invalidUTF8: self = .invalidUTF8
    case .invalidUnicode: self = .invalidUnicode
    case .tooDeep: self = .tooDeep
    case .numberOutOfRange: self = .numberOutOfRange
    case .nanNotAllowed: self = .nanNotAllowed
    case .byteOrderMark: self = .byteOrderMark
    }
  }
}

/// A spot in a package: a member, and in it a line and a JSON pointer (RFC 6901) where known.
public struct EvidencePlace: Sendable, Hashable, CustomStringConvertible {
  public var member: String
  /// From 1, in JSONL members and where a text does not parse.
  public var line: Int?
  /// Empty for the whole value.
  public var pointer: String?

  public init(member: String, line: Int? = nil, pointer: String? = nil) {
    self.member = member
    self.line = line
    self.pointer = pointer
  }

  public init(_ member: MemberName, line: Int? = nil, pointer: String? = nil) {
    self.init(member: member.rawValue, line: line, pointer: pointer)
  }

  public var description: String {
    var text = member
    if let line { text += ", line \(line)" }
    if let pointer, !pointer.isEmpty { text += " \(pointer)" }
    return text
  }

  /// A pointer with one more token, its `~` and `/` escaped.
  static func pointer(_ base: String, _ token: String) -> String {
    guard token.utf8.contains(where: { $0 == 0x7E || $0 == 0x2F }) else {
      return base + "/" + token
    }
    var text = base + "/"
    for scalar in token.unicodeScalars {
      switch scalar {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
