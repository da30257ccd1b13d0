internal import JSON
internal import Platform

/// Who approved what for whom, until when: `wf.approval_record/1` (SHARING §4).
///
/// A decision, not data: unknown fields refuse it, and text that names a machine, a person's address
/// or a secret does.
public struct ApprovalRecord: Sendable, Equatable {
  /// Who is meant to read the page.
  public enum Audience: String, Sendable, CaseIterable {
    case singleReviewer = "single_reviewer"
    case namedGroup = "named_group"
    case customer, `internal`
    case publicLink = "public_link"
  }

  /// How long the bytes stay after the share has ended.
  public enum Retention: Sendable, Equatable {
    case deleteOnExpiry
    /// 1 to 3650.
    case keepDays(Int)
    case keepUntilRevoked

    public var word: String {
      switch self {
      case .deleteOnExpiry: "delete_on_expiry"
      case .keepDays: "keep_days"
      case .keepUntilRevoked: "keep_until_revoked"
      }
    }

    public var days: Int? {
      if case .keepDays(let days) = self { days } else { nil }
    }
  }

  public static let schema = "wf.approval_record/1"
  public static let sizeLimit = 64 << 10
  /// Seconds from now that an approval may reach.
  public static let longestSeconds: Int64 = 365 * 86_400
  /// The namespace of `approval.sig`.
  public static let namespace = "wf-approval"

  /// The record as it was read.
  public let bytes: [UInt8]
  public let approvalID: String
  public let packageID: String
  /// `sha256:…` of artifact_manifest.json.
  public let manifestDigest: String
  public let reviewerLabel: String
  public let audience: Audience
  public let approver: String
  public let revocationOwner: String
  public let retention: Retention
  public let purpose: String
  /// Unix seconds, as the two below.
  public let expiresAt: Int64
  public let passwordRequired: Bool
  public let packageBytes: PackageBytes
  public let includeCommitProof: Bool
  public let redactionReviewedAt: Int64
  public let approvedAt: Int64
  /// `SHA256:…` of the key that has to have signed the record; nil: none.
  public let approverKey: String?

  /// Reads a record strictly.
  ///
  /// Throws `approval_malformed`, `approval_field_unknown`, `approval_incomplete` for an unanswered
  /// question, `consent_missing`, `approval_expired`, `not_public_safe`, and `approval_not_canonical`
  /// where a key is named and the bytes are not the canonical ones that it signs.
  ///
  /// - Parameter now: Unix seconds.
  public init(parsing bytes: [UInt8], now: Int64) throws(SharingError) {
    let fields = try ApprovalFields(bytes)
    self.bytes = bytes
    approvalID = try fields.id("approval_id", prefix: "apr")
    let package = try fields.package()
    packageID = package.id
    manifestDigest = package.digest
    reviewerLabel = try fields.label("reviewer_label", atMost: 80)
    audience = try fields.word("audience", of: Audience.self)
    approver = try fields.label("approver", atMost: 80)
    revocationOwner = try fields.label("revocation_owner", atMost: 80)
    retention = try fields.retention()
    purpose = try fields.label("purpose", atMost: 200)
    passwordRequired = try fields.flag("password_required")
    packageBytes = try fields.word("package_bytes", of: PackageBytes.self, default: .withheld)
    includeCommitProof = try fields.flag("include_commit_proof", default: false)
    try fields.consent()
    redactionReviewedAt = try fields.time("redaction_reviewed_at")
    approvedAt = try fields.time("approved_at")
    expiresAt = try fields.time("expires_at")
    approverKey = try fields.fingerprint("approver_key")
    guard redactionReviewedAt <= approvedAt, approvedAt <= now else {
      throw fields.malformed("approved_at", "reviewed, then approved, and both by now")
    }
    guard expiresAt > now else {
      throw SharingError(
        .approvalExpired, place: ApprovalFields.place("expires_at"), "the approval has ended",
        hint: "let it be approved anew")
    }
    guard expiresAt - now <= Self.longestSeconds else {
      throw fields.malformed("expires_at", "a time at most 365 days ahead")
    }
    if approverKey != nil { try fields.requireCanonical(bytes) }
  }

  /// Whether a package is the one that was approved.
  ///
  /// Throws `approval_mismatch`.
  public func check(packageID: String, manifestDigest: String) throws(SharingError) {
    let isSame = manifestDigest == self.manifestDigest && packageID == self.packageID
    guard isSame else {
      throw SharingError(
        .approvalMismatch, place: ApprovalFields.place("package"),
        "another package than this one was approved",
        hint: "wf publish --write-approval FILE begins a record for this one")
    }
  }
}
