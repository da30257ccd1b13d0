internal import Attestation

/// A Sigstore bundle, versions 0.1 to 0.3, read and checked for its form.
struct Bundle: Sendable {
  enum Version: Sendable, Equatable {
    case v01, v02, v03

    init?(mediaType: String) {
      switch mediaType {
      case "application/vnd.dev.sigstore.bundle+json;version=0.1": self = .v01
      case "application/vnd.dev.sigstore.bundle+json;version=0.2": self = .v02
      case "application/vnd.dev.sigstore.bundle+json;version=0.3",
        "application/vnd.dev.sigstore.bundle.v0.3+json":
        self = .v03
      default: return nil
      }
    }
  }

  /// What the signature is checked with.
  enum Material: Sendable {
    /// A certificate and what came along with it.
    case certificate(ParsedCertificate, offered: [ParsedCertificate])
    /// A key that the verifier must have already.
    case managedKey
  }

  enum Content: Sendable {
    /// A signature over a file, and the file's digest as a hint.
    case message(signature: [UInt8], digest: MessageDigest?)
    /// With exactly one signature.
    case envelope(Envelope, signature: [UInt8])

    var signature: [UInt8] {
      switch self {
      case .message(let signature, _): signature
      case .envelope(_, let signature): signature
      }
    }
  }

  struct MessageDigest: Sendable {
    let hash: HashName
    let digest: [UInt8]
  }

  let version: Version
  let material: Material
  let content: Content
  let entry: LogEntry
  let timestamps: [[UInt8]]
}

/// What was signed, once bundle and caller's file have been put together.
struct SignedContent: Sendable {
  /// The bytes under the signature: the file, or the PAE of an envelope.
  let signedBytes: [UInt8]
  /// Of an envelope.
  let payload: [UInt8]?
}
