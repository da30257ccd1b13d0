public import Platform

/// Why something is not published, not accepted or not shown.
///
/// What verification itself found keeps its own word: `reason` is then that of the module below, and
/// `code` is `verificationFailed`. Never holds text of a package or of an approval record; a place is
/// a name of a file and a JSON pointer. Two errors are equal when code, reason and place are.
public struct SharingError: Failure, Equatable {
  public enum Code: String, CaseIterable, Sendable {
    // What may be in a shared package (SHARING §3).
    case memberNotAllowed = "member_not_allowed"
    case memberMissing = "member_missing"
    case memberTooLarge = "member_too_large"
    case packageTooLarge = "package_too_large"
    case signaturesMany = "signatures_many"
    case fieldUnknown = "field_unknown"
    case notPublicSafe = "not_public_safe"
    case secretInPublicField = "secret_in_public_field"
    case commitIdentityPersonal = "commit_identity_personal"
    case proofNotApproved = "proof_not_approved"
    // Signature and trust (SHARING §2.2).
    case unsigned
    case policyMissing = "policy_missing"
    /// A failed check of `wf verify`, whose word is the reason.
    case verificationFailed = "verification_failed"
    // The approval record (SHARING §4).
    case approvalMalformed = "approval_malformed"
    case approvalIncomplete = "approval_incomplete"
    case approvalFieldUnknown = "approval_field_unknown"
    case approvalNotCanonical = "approval_not_canonical"
    case approvalMismatch = "approval_mismatch"
    case approvalExpired = "approval_expired"
    case approvalUnsigned = "approval_unsigned"
    case approvalSignatureInvalid = "approval_signature_invalid"
    case consentMissing = "consent_missing"
    // What a command was asked for (SHARING §2).
    case serverAddressInvalid = "server_address_invalid"
    case confirmationMissing = "confirmation_missing"
    case apiKeyMissing = "api_key_missing"
    case apiKeyExposed = "api_key_exposed"
    case passwordMissing = "password_missing"
    case passwordWeak = "password_weak"
    case expiryRefused = "expiry_refused"
    case reliabilityOff = "reliability_off"
    case consentTextNotShown = "consent_text_not_shown"
    /// A stored value of ours that does not read.
    case verifiedShareMalformed = "verified_share_malformed"
  }

  public let code: Code
  /// The machine word: that of the code, or of the check that failed.
  public let reason: String
  public let place: String?
  public let message: String
  public let hint: String?
  public let kind: FailureKind

  public init(_ code: Code, place: String? = nil, _ message: String, hint: String? = nil) {
    self.code = code
    reason = code.rawValue
    self.place = place
    self.message = message
    self.hint = hint
    kind = code.kind
  }

  /// What verification found, in its own word.
  init(verification reason: String, kind: FailureKind, place: String?, _ message: String) {
    code = .verificationFailed
    self.reason = reason
    self.kind = kind
    self.place = place
    self.message = message
    hint = "wf verify says everything that is wrong"
  }

  public static func == (one: Self, other: Self) -> Bool {
    one.code == other.code && one.reason == other.reason && one.place == other.place
  }
}

extension SharingError.Code {
  /// The class of exit code: refused here is 4, verification 20–25 (SHARING §2).
  var kind: FailureKind {
    switch self {
    case .memberMissing: .missing
    case .unsigned, .approvalUnsigned: .unsigned
    case .verificationFailed, .approvalSignatureInvalid, .verifiedShareMalformed: .bytesChanged
    case .policyMissing: .untrusted
    case .memberNotAllowed, .memberTooLarge, .packageTooLarge, .signaturesMany, .fieldUnknown,
      .notPublicSafe, .secretInPublicField, .commitIdentityPersonal, .proofNotApproved,
      .approvalMismatch, .approvalExpired, .consentMissing, .confirmationMissing, .apiKeyExposed,
      .passwordMissing, .passwordWeak, .expiryRefused, .reliabilityOff, .consentTextNotShown:
      .refused
    case .apiKeyMissing: .wrongKey
    case .serverAddressInvalid: .usage
    case .approvalMalformed, .approvalIncomplete, .approvalFieldUnknown, .approvalNotCanonical:
      .invalidInput
    }
  }
}
