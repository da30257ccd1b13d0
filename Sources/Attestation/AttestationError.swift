public import Platform

/// What is wrong with an envelope, with the statement in it, or with a file of trusted signers.
///
/// The words are those of SIGNING.md §6; two errors are equal when code and place are.
public struct AttestationError: Failure, Equatable {
  /// The machine words, snake case.
  public enum Code: String, CaseIterable, Sendable {
    case envelopeMalformed = "envelope_malformed"
    case payloadTypeWrong = "payload_type_wrong"
    case unsigned
    case trustedSignersMalformed = "trusted_signers_malformed"
    case signerNotListed = "signer_not_listed"
    case signerRevoked = "signer_revoked"
    case signerNotAllowed = "signer_not_allowed"
    case signerNotYetValid = "signer_not_yet_valid"
    case signerExpired = "signer_expired"
    case bytesChanged = "bytes_changed"
    case statementMalformed = "statement_malformed"
    case statementUnsupported = "statement_unsupported"
    case subjectMissing = "subject_missing"
    case subjectMismatch = "subject_mismatch"
    case predicateContradicts = "predicate_contradicts"
    case digestInvalid = "digest_invalid"
    case timeInvalid = "time_invalid"
    case timestampInFuture = "timestamp_in_future"
    case verdictWithoutTest = "verdict_without_test"
  }

  public let code: Code
  public let place: String?
  public let message: String
  public let hint: String?

  public init(_ code: Code, _ message: String, place: String? = nil, hint: String? = nil) {
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
  }

  public static func == (left: AttestationError, right: AttestationError) -> Bool {
    left.code == right.code && left.place == right.place
  }

  public var reason: String { code.rawValue }
  public var kind: FailureKind { code.kind }

  /// The same error, said of another place.
  public func at(_ place: String) -> AttestationError {
    AttestationError(code, message, place: place, hint: hint)
  }
}

extension AttestationError.Code {
  /// The sort of failure, from which the exit code follows (SIGNING.md §7, its last paragraph).
  public var kind: FailureKind {
    switch self {
    case .trustedSignersMalformed: .invalidInput
    case .verdictWithoutTest: .refused
    case .unsigned: .unsigned
    case .signerNotListed, .signerNotAllowed: .untrusted
    case .signerRevoked, .signerNotYetValid, .signerExpired: .expired
    case .subjectMissing: .missing
    case .envelopeMalformed, .payloadTypeWrong, .bytesChanged, .statementMalformed,
      .statementUnsupported, .subjectMismatch, .predicateContradicts, .digestInvalid,
      .timeInvalid, .timestampInFuture:
      .bytesChanged
    }
  }
}
