public import Attestation

/// Whose signatures count: exactly one of the two configurations (SHARING §2.2).
public enum ShareTrust: Sendable {
  case selfSign(TrustedSigners)
  /// The bytes of `wf.sigstore_policy/1`, and of the trusted root that lies beside it.
  case sigstore(policy: [UInt8], trustedRoot: [UInt8])

  public var backend: Backend {
    switch self {
    case .selfSign: .selfSign
    case .sigstore: .sigstore
    }
  }
}
