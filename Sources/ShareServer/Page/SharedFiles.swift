/// What the page has to know of a package's files to verify them, and what no DTO says.
public struct SharedFiles: Sendable, Equatable {
  /// `signature.dsse.json` or `signature.sigstore.json`; nil takes the one of the DTO's backend.
  public var signature: String?
  /// Which of `proof/commit`, `proof/tree` and `proof/history` are there.
  public var proof: [String]
  /// The key whose fingerprint the DTO shows, as `ssh-ed25519 AAAA…`.
  ///
  /// An envelope holds the signature alone.
  /// Without it a signature can be checked only with a key that the reviewer brings.
  public var publicKey: String?

  public init(signature: String? = nil, proof: [String] = [], publicKey: String? = nil) {
    self.signature = signature
    self.proof = proof
    self.publicKey = publicKey
  }
}
