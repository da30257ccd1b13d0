internal import Attestation
public import Platform

/// Why a Sigstore bundle, a trusted root or a policy is refused.
///
/// The words are those of SIGNING §7 (and of §8 for cosigned checkpoints), and five for making bundles; two errors are equal when
/// code and place are.
public struct SigstoreError: Failure, Equatable {
  /// The machine words, in the order in which verification comes to them.
  public enum Code: String, CaseIterable, Sendable {
    case unsigned
    case bundleMalformed = "bundle_malformed"
    case bundleUnsupported = "bundle_unsupported"
    case certificateMalformed = "certificate_malformed"
    case trustedRootMalformed = "trusted_root_malformed"
    case keyMissing = "key_missing"
    case policyMissing = "policy_missing"
    case policyMalformed = "policy_malformed"
    case timestampInvalid = "timestamp_invalid"
    case timestampUntrusted = "timestamp_untrusted"
    case timestampInFuture = "timestamp_in_future"
    case timestampMissing = "timestamp_missing"
    case logPromiseInvalid = "log_promise_invalid"
    case rootUntrusted = "root_untrusted"
    case certificateExpired = "certificate_expired"
    case certificateNotYetValid = "certificate_not_yet_valid"
    case sctMissing = "sct_missing"
    case sctInvalid = "sct_invalid"
    case identityMismatch = "identity_mismatch"
    case issuerMismatch = "issuer_mismatch"
    case logMissing = "log_missing"
    case logUntrusted = "log_untrusted"
    case inclusionProofInvalid = "inclusion_proof_invalid"
    case checkpointInvalid = "checkpoint_invalid"
    case cosignatureInvalid = "cosignature_invalid"
    case witnessQuorumMissing = "witness_quorum_missing"
    case logEntryUnsupported = "log_entry_unsupported"
    case logEntryMismatch = "log_entry_mismatch"
    case bytesChanged = "bytes_changed"
    case payloadTypeWrong = "payload_type_wrong"
    case statementMalformed = "statement_malformed"
    case statementUnsupported = "statement_unsupported"
    case digestInvalid = "digest_invalid"
    case timeInvalid = "time_invalid"
    case subjectMissing = "subject_missing"
    case subjectMismatch = "subject_mismatch"
    case predicateContradicts = "predicate_contradicts"
    case identityTokenMissing = "identity_token_missing"
    case identityTokenExposed = "identity_token_exposed"
    case identityTokenMalformed = "identity_token_malformed"
    case serviceRefused = "service_refused"
    case serviceAnswerMalformed = "service_answer_malformed"
  }

  public let code: Code
  public let message: String
  public let place: String?
  public let hint: String?

  public init(_ code: Code, _ message: String, place: String? = nil, hint: String? = nil) {
    self.code = code
    self.message = message
    self.place = place
    self.hint = hint
  }

  /// The same error, said of another place.
  public func at(_ place: String) -> SigstoreError {
    SigstoreError(code, message, place: place, hint: hint)
  }

  /// What is wrong with the statement, whose words are the same ones.
  init(_ fault: AttestationError) {
    self.init(
      Code(rawValue: fault.reason) ?? .statementMalformed, fault.message, place: fault.place,
      hint: fault.hint)
  }

  public static func == (left: SigstoreError, right: SigstoreError) -> Bool {
    left.code == right.code && left.place == right.place
  }

  public var reason: String { code.rawValue }
  public var kind: FailureKind { code.kind }
}

extension SigstoreError.Code {
  /// The sort of failure, from which the exit code follows (the table at the end of SIGNING §7).
  public var kind: FailureKind {
    switch self {
    case .identityMismatch, .issuerMismatch, .rootUntrusted, .logUntrusted, .timestampUntrusted,
      .witnessQuorumMissing:
      .untrusted
    case .certificateExpired, .certificateNotYetValid: .expired
    case .unsigned: .unsigned
    case .logMissing, .timestampMissing, .sctMissing, .subjectMissing: .missing
    case .policyMissing, .policyMalformed, .trustedRootMalformed, .keyMissing,
      .identityTokenMissing, .identityTokenExposed, .identityTokenMalformed:
      .invalidInput
    case .serviceRefused, .serviceAnswerMalformed: .otherSideRefused
    case .bundleMalformed, .bundleUnsupported, .certificateMalformed, .timestampInvalid,
      .timestampInFuture, .logPromiseInvalid, .sctInvalid, .inclusionProofInvalid,
      .checkpointInvalid, .cosignatureInvalid, .logEntryUnsupported, .logEntryMismatch,
      .bytesChanged, .payloadTypeWrong, .statementMalformed, .statementUnsupported,
      .digestInvalid, .timeInvalid, .subjectMismatch, .predicateContradicts:
      .bytesChanged
    }
  }
}
