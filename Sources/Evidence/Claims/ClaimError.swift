public import Platform

/// Why a claim or protocol could not be drafted, filled in or frozen.
///
/// Two errors are equal when code and place are equal.
public struct ClaimError: Failure, Equatable {
  /// The machine word; its raw value is what `reason` reports.
  public enum Code: String, CaseIterable, Sendable {
    case templateUnknown = "template_unknown"
    case settingUnknown = "setting_unknown"
    case paperURLInvalid = "paper_url_invalid"
    case paperTextInvalid = "paper_text_invalid"
    case contractIncomplete = "contract_incomplete"
    case contractMissing = "contract_missing"
    case contractMismatch = "contract_mismatch"
    case settingInvalid = "setting_invalid"
    case questionOpen = "question_open"
    case protocolFrozen = "protocol_frozen"
    /// The finished draft breaks a rule of its schema; `reason` is that rule's word.
    case draftInvalid = "draft_invalid"
  }

  public let code: Code
  public let place: String?
  public let message: String
  public let hint: String?
  private let word: String?

  public init(_ code: Code, _ place: String?, _ message: String, hint: String? = nil) {
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
    word = nil
  }

  /// A draft that its schema refuses.
  init(from cause: EvidenceError) {
    code = .draftInvalid
    place = cause.place
    message = cause.message
    hint = nil
    word = cause.reason
  }

  public var reason: String { word ?? code.rawValue }

  public var kind: FailureKind {
    switch code {
    case .templateUnknown, .settingUnknown: .usage
    case .questionOpen, .protocolFrozen: .refused
    case .settingInvalid, .draftInvalid, .paperURLInvalid, .paperTextInvalid,
      .contractIncomplete, .contractMissing, .contractMismatch:
      .invalidInput
    }
  }

  public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.place == b.place }
}
