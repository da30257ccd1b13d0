internal import Platform

/// What the checks of a signature came to.
public struct Verdict: Sendable, Equatable {
  /// The first check that failed; nil: the signature is good.
  public let reason: SigningError.Code?
  /// For whom it is good: the identity asked for, or the pattern of the line that vouches.
  public let principal: String?
  /// Of the key that signed, as far as the signature could be read.
  public let fingerprint: String?
  /// The type of the key, `ssh-ed25519` for example.
  public let keyType: String?
  /// The number of the allowed-signers line that decided, from 1.
  public let line: Int?
  /// Lines of the trust file that were passed over, and the like.
  public let warnings: [String]

  public var isGood: Bool { reason == nil }

  /// The verdict on something that carries no signature.
  public static let unsigned = Verdict(
    reason: .unsigned, principal: nil, fingerprint: nil, keyType: nil, line: nil, warnings: [])

  /// The failed check as an error about `place`; nil when good.
  public func failure(at place: String?) -> SigningError? {
    reason.map { SigningError($0, $0.sentence, place: place) }
  }

  /// The word that `wf log` shows.
  public var word: SignatureWord { reason?.word ?? .good }
}

/// The words of `wf log` for signatures.
public enum SignatureWord: String, Sendable, CaseIterable {
  case good, untrusted, bad, none, expired, revoked
}

extension SigningError.Code {
  /// The word of `wf log` for a signature that failed with this.
  public var word: SignatureWord {
    switch self {
    case .unsigned: .none
    case .keyRevoked, .revokedAgeUnproven, .revokedBeforeProof, .revocationListMalformed: .revoked
    default:
      switch kind {
      case .untrusted: .untrusted
      case .expired: .expired
      default: .bad
      }
    }
  }

  /// What happened, in plain words.
  public var sentence: String {
    switch self {
    case .signatureMalformed: "the signature cannot be read"
    case .hashUnsupported: "the signature names a hash that wf does not take"
    case .namespaceMismatch: "the signature was made for another use"
    case .keyTypeUnsupported: "wf cannot check keys of this type"
    case .bytesChanged: "the signature does not fit these bytes: one or the other was changed"
    case .keyRevoked: "the key is revoked"
    case .revokedAgeUnproven:
      "the key is revoked, and nothing but the signer's word shows when this was signed"
    case .revokedBeforeProof: "the key is revoked, and what shows the commit is not older"
    case .revocationListMalformed:
      "the revocation list cannot be read, so every key counts as revoked"
    case .signerNotTrusted: "nobody vouches for the key that signed"
    case .principalMismatch: "the key is trusted, but not for this identity"
    case .namespaceNotAllowed: "the key is trusted, but not for this use"
    case .keyNotYetValid: "the signature is older than the key's first day"
    case .keyExpired: "the signature is younger than the key's last day"
    case .certificateNotYetValid: "the signature is older than the certificate"
    case .certificateExpired: "the certificate had expired at that time"
    case .certificateOptionUnsupported: "the certificate has a condition that wf does not know"
    case .unsigned: "there is no signature"
    case .claimNotInPolicy: "the signing policy lets nobody sign this claim"
    case .signerNotAllowed: "the signing policy lets others sign this claim, not this signer"
    case .thresholdNotReached: "the signing policy asks for more signers"
    case .provenTimeMissing: "the signing policy asks for a proven time, and there is none"
    default: "the signature cannot be checked"
    }
  }
}
