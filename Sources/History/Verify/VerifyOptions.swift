public import ObjectStore
public import Platform
public import Signing
public import TransparencyLog

/// What `verify` is asked to do beyond its checks.
public struct VerifyOptions: Sendable {
  /// Derive evidence.json and evidence.md again.
  public var recompute = false
  /// A folder in which raw evidence still lies, to be hashed again.
  public var rawFolder: String?
  /// Whom to trust.
  public var trust: AllowedSigners
  public var revocation: RevocationList
  /// Who may sign which claims; nil: whoever is trusted.
  public var policy: SigningPolicy?
  /// A commit that the version must be, or come after (from another channel).
  public var expected: ObjectID?
  /// Keys of logs of tips that are known besides the user's `log_keys`.
  public var logKeys: [VerifierKey] = []
  /// Whether commits of a key that was revoked count where they are proven to be older than that;
  /// nil: they never do.
  public var signedBefore: SignedBeforeRevocation?
  public var attestation = AttestationOptions()
  /// Makes the row of the check `sigstore`; nil: there is none.
  ///
  /// Whoever makes it brings the verifier, which is no part of this module.
  public var bundleCheck: (@Sendable (BundledPackage) -> CheckResult)?

  public init(trust: AllowedSigners, revocation: RevocationList) {
    self.trust = trust
    self.revocation = revocation
  }
}

extension VerifyOptions {
  /// Whom the user believes, or whom a file says instead.
  ///
  /// - Throws: where a file that was named is not there; nobody is trusted by a typing mistake.
  public init(
    user: KeyFolder, files: FileSystem, trust: String?, revoked: String?, policy: String? = nil
  ) throws {
    for path in [trust, revoked, policy].compactMap({ $0 }) { _ = try files.status(path) }
    self.init(
      trust: try trust.map { try TrustFile(path: $0, files: files).read() } ?? user.trust.read(),
      revocation: revoked.map { KeyFolder.revocationList(at: $0, files: files) }
        ?? user.revocation())
    self.policy = try policy.map { try KeyFolder.policy(at: $0, files: files) } ?? user.policy()
  }
}
