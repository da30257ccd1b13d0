public import ObjectStore
public import Signing

/// What `verify` is asked to do beyond its checks.
public struct VerifyOptions: Sendable {
  /// Derive evidence.json and evidence.md again.
  public var recompute = false
  /// A folder in which raw evidence still lies, to be hashed again.
  public var rawFolder: String?
  /// Whom to trust.
  public var trust: AllowedSigners
  public var revocation: RevocationList
  /// A commit that the version must be, or come after (from another channel).
  public var expected: ObjectID?

  public init(trust: AllowedSigners, revocation: RevocationList) {
    self.trust = trust
    self.revocation = revocation
  }
}
