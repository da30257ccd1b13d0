internal import Attestation
internal import JSON
internal import Platform
internal import Sharing
internal import Sigstore

extension ShareService {
  /// Whom the caller's workspace trusts for this backend, read anew each time so that a revoked
  /// signer is gone at once.
  ///
  /// - Throws: 422 `policy_missing` where the operator has configured none.
  func trust(_ backend: Backend, of workspaceID: String) throws -> ShareTrust {
    guard let name = workspaces.first(where: { $0.value == workspaceID })?.key,
      let workspace = configuration.workspaces.first(where: { $0.name == name })
    else { throw Refusal(422, .policyMissing) }
    switch backend {
    case .selfSign:
      guard let bytes = try configured(workspace.trustedSigners, upTo: TrustedSigners.maximumSize)
      else { throw Refusal(422, .policyMissing, "the server trusts no signers here") }
      return .selfSign(try TrustedSigners(parsing: bytes))
    case .sigstore:
      guard let path = workspace.sigstorePolicy,
        let policy = try configured(path, upTo: SigstorePolicy.sizeLimit),
        let root = (try? JSONValue.parse(policy))?["trusted_root"]?.string,
        let trustedRoot = try configured(
          Path.join(Path.parent(path), root), upTo: TrustedRoot.sizeLimit)
      else { throw Refusal(422, .policyMissing, "the server has no sigstore policy here") }
      return .sigstore(policy: policy, trustedRoot: trustedRoot)
    }
  }

  private func configured(_ path: String?, upTo limit: Int) throws -> [UInt8]? {
    guard let path else { return nil }
    do throws(PlatformError) {
      return try files.readIfPresent(Path.join(folder.path, path), limit: limit)
    } catch {
      if error.code == .fileTooLarge {
        throw Refusal(422, .policyMissing, "a file of the server's own is too large")
      }
      throw error
    }
  }
}
