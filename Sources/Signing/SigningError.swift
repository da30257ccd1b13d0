public import Platform

/// What is wrong with a signature, a key, a trust file or the answer of an agent.
///
/// The words are those of SIGNING.md §1–§5; two errors are equal when code and place are.
public struct SigningError: Failure, Equatable {
  /// The machine words, snake case.
  public enum Code: String, CaseIterable, Sendable {
    case signatureMalformed = "signature_malformed"
    case hashUnsupported = "hash_unsupported"
    case namespaceMismatch = "namespace_mismatch"
    case keyTypeUnsupported = "key_type_unsupported"
    case bytesChanged = "bytes_changed"
    case keyRevoked = "key_revoked"
    case revokedAgeUnproven = "revoked_age_unproven"
    case revokedBeforeProof = "revoked_before_proof"
    case revocationListMalformed = "revocation_list_malformed"
    case signerNotTrusted = "signer_not_trusted"
    case principalMismatch = "principal_mismatch"
    case namespaceNotAllowed = "namespace_not_allowed"
    case keyNotYetValid = "key_not_yet_valid"
    case keyExpired = "key_expired"
    case certificateNotYetValid = "certificate_not_yet_valid"
    case certificateExpired = "certificate_expired"
    case certificateOptionUnsupported = "certificate_option_unsupported"
    case unsigned = "unsigned"
    case keyMalformed = "key_malformed"
    case keyPermissions = "key_permissions"
    case keyEncrypted = "key_encrypted"
    case keyNotFound = "key_not_found"
    case keyExists = "key_exists"
    case agentRefused = "agent_refused"
    case agentUnavailable = "agent_unavailable"
    case agentAnswerInvalid = "agent_answer_invalid"
    case allowedSignersMalformed = "allowed_signers_malformed"
    case principalInvalid = "principal_invalid"
    case trustEntryInvalid = "trust_entry_invalid"
    case trustEntryNotFound = "trust_entry_not_found"
    case configFolderUnknown = "config_folder_unknown"
    case secretMalformed = "secret_malformed"
    case configFileFailed = "config_file_failed"
    case memoryUnavailable = "memory_unavailable"
    case signingPolicyMalformed = "signing_policy_malformed"
    case claimNotInPolicy = "claim_not_in_policy"
    case signerNotAllowed = "signer_not_allowed"
    case thresholdNotReached = "threshold_not_reached"
    case provenTimeMissing = "proven_time_missing"
    case rotationUnauthorised = "rotation_unauthorised"
    case rotationProofMissing = "rotation_proof_missing"
    case rotationMalformed = "rotation_malformed"
  }

  public let code: Code
  public let place: String?
  public let message: String
  public let hint: String?
  /// What the system said, for `config_file_failed`; kind and reason are then its own.
  public let cause: (any Failure)?

  public init(_ code: Code, _ message: String, place: String? = nil, hint: String? = nil) {
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
    cause = nil
  }

  /// A file of the user's folder could not be read or written.
  init(_ cause: PlatformError) {
    code = .configFileFailed
    place = cause.place
    message = cause.message
    hint = cause.hint
    self.cause = cause
  }

  public static func == (left: SigningError, right: SigningError) -> Bool {
    left.code == right.code && left.place == right.place
  }

  public var reason: String { cause?.reason ?? code.rawValue }
  public var kind: FailureKind { cause?.kind ?? code.kind }

  /// The same error, said of another place.
  public func at(_ place: String) -> SigningError {
    SigningError(code, message, place: place, hint: hint)
  }
}

extension SigningError.Code {
  /// The sort of failure, from which the exit code follows (SIGNING.md §1, §2 and §5).
  public var kind: FailureKind {
    switch self {
    case .signatureMalformed, .hashUnsupported, .namespaceMismatch, .keyTypeUnsupported,
      .bytesChanged, .agentAnswerInvalid, .rotationMalformed:
      .bytesChanged
    case .signerNotTrusted, .principalMismatch, .namespaceNotAllowed,
      .certificateOptionUnsupported, .claimNotInPolicy, .signerNotAllowed, .thresholdNotReached,
      .rotationUnauthorised, .rotationProofMissing:
      .untrusted
    case .provenTimeMissing: .missing
    case .keyRevoked, .revokedAgeUnproven, .revokedBeforeProof, .revocationListMalformed,
      .keyNotYetValid, .keyExpired,
      .certificateNotYetValid, .certificateExpired:
      .expired
    case .unsigned: .unsigned
    case .keyEncrypted, .agentRefused, .agentUnavailable: .wrongKey
    case .keyMalformed, .keyPermissions, .keyNotFound, .allowedSignersMalformed,
      .principalInvalid, .trustEntryInvalid, .trustEntryNotFound, .configFolderUnknown,
      .secretMalformed, .signingPolicyMalformed:
      .invalidInput
    case .keyExists: .refused
    case .configFileFailed, .memoryUnavailable: .inputOutput
    }
  }
}
