public import Platform

/// What can go wrong between a package and its history.
public struct HistoryError: Failure, Equatable {
  public enum Code: String, CaseIterable, Sendable {
    case versionNameInvalid = "version_name_invalid"
    case versionUnknown = "version_unknown"
    case versionAmbiguous = "version_ambiguous"
    case claimUnknown = "claim_unknown"
    case claimExists = "claim_exists"
    case registrationDiffers = "registration_differs"
    case registrationMissing = "registration_missing"
    case packageInvalid = "package_invalid"
    case tipMoved = "tip_moved"
    case tipRolledBack = "tip_rolled_back"
    case tipForked = "tip_forked"
    case refDeleted = "ref_deleted"
    case tipOfOtherClaim = "tip_of_other_claim"
    case parentOfOtherClaim = "parent_of_other_claim"
    case parentsMany = "parents_many"
    case historyUnrelated = "history_unrelated"
    case storeRolledBack = "store_rolled_back"
    case labelInvalid = "label_invalid"
    case labelTaken = "label_taken"
    case messageInvalid = "message_invalid"
    case identityInvalid = "identity_invalid"
    case noSigningKey = "no_signing_key"
    case notAPackageVersion = "not_a_package_version"
    case memberUnknown = "member_unknown"
    case exportFormatUnknown = "export_format_unknown"
    case proofMalformed = "proof_malformed"
    case proofMismatch = "proof_mismatch"
    case settingsMalformed = "settings_malformed"
    case nothingToCommit = "nothing_to_commit"
    case trailerMismatch = "trailer_mismatch"
    case tagMoved = "tag_moved"
    case tipNotLogged = "tip_not_logged"
    case logUnusable = "log_unusable"
    case bundleWithoutClaim = "bundle_without_claim"
    case exportNotPublic = "export_not_public"
    case remoteUnknown = "remote_unknown"
    case remoteExists = "remote_exists"
    case remoteNameInvalid = "remote_name_invalid"
    case remoteNamespaceInvalid = "remote_namespace_invalid"
    case remoteAddressInvalid = "remote_address_invalid"
    case remoteAddressSecret = "remote_address_secret"
    case remotesMalformed = "remotes_malformed"
    case coSignatureRefused = "co_signature_refused"
  }

  public let code: Code
  public let place: String?
  public let message: String
  public let hint: String?

  public init(_ code: Code, place: String?, _ message: String, hint: String? = nil) {
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
  }

  public var reason: String { code.rawValue }

  public var kind: FailureKind {
    switch code {
    case .tipRolledBack, .tipForked, .refDeleted, .tipOfOtherClaim, .parentOfOtherClaim,
      .parentsMany, .historyUnrelated, .storeRolledBack, .tagMoved:
      .historyRewritten
    case .noSigningKey: .wrongKey
    case .proofMismatch, .trailerMismatch: .bytesChanged
    case .tipMoved: .locked
    case .registrationMissing: .missing
    default: .invalidInput
    }
  }

  public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.place == b.place }
}
