public import JSON
internal import Platform

/// What a server knows of one share beside the package and its approval.
public struct ShareRow: Sendable, Equatable {
  public var state: ShareState
  /// Unix seconds.
  public var expiresAt: Int64
  public var passwordProtected: Bool
  public var packageBytes: PackageBytes

  public init(
    state: ShareState, expiresAt: Int64, passwordProtected: Bool, packageBytes: PackageBytes
  ) {
    self.state = state
    self.expiresAt = expiresAt
    self.passwordProtected = passwordProtected
    self.packageBytes = packageBytes
  }
}

/// `wf.share_dto/1`, all that a reviewer is ever shown (SHARING §5).
///
/// - Parameter now: Unix seconds.
/// - Returns: an object of the fields of `ShareFields`, nothing else.
public func shareDTO(
  _ package: VerifiedShare, approval: ApprovalRecord, share: ShareRow, now: Int64
) -> JSONValue {
  let source: JSONValue = [
    "share": [
      "schema": .string(ShareFields.schema), "state": .string(share.state.rawValue),
      "expires_at": .string(UTCTime(seconds: share.expiresAt).rfc3339),
      "expires_in": .string(ExpiresIn.word(share.expiresAt - now)),
      "password_protected": .bool(share.passwordProtected),
      "package_bytes": .string(share.packageBytes.rawValue),
    ],
    "approval": [
      "reviewer_label": .string(approval.reviewerLabel),
      "audience": .string(approval.audience.rawValue), "approver": .string(approval.approver),
      "revocation_owner": .string(approval.revocationOwner),
      "retention_policy": [
        "word": .string(approval.retention.word),
        "days": approval.retention.days.map { .number(JSONNumber(Int64($0))) } ?? .null,
      ],
    ],
  ]
  var dto = ShareFields.share.allowed(in: source)
  for (key, value) in package.shown.members { dto[key] = value }
  return .object(dto)
}
