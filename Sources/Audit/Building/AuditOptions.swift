/// What the caller adds to a saved run: flags of `wf audit` that end up in the package.
public struct AuditOptions: Sendable, Equatable {
  /// Start seed of a lerobot run: episode i of every task then has the derived seed N + i.
  public var seedStart: Int64?
  /// Used where the source names no model.
  public var modelID: String?
  /// `sha256:…`; used where the source states none.
  public var checkpointDigest: String?
  /// A checked signature over the checkpoint digest.
  public var attestation: ModelAttestation?
  /// The raw run id, kept in raw_evidence_manifest.json only; its keyed hash is public.
  public var clientRunID: String?
  public var recipe: String?
  public var runtime: String?
  /// RFC 3339, when the run recorded them.
  public var startedAt: String?
  public var finishedAt: String?
  /// Whether a raw folder was given and hashed.
  public var rawHashed = false
  public var strictMissingEvidence = false
  public var exitVerdict = false
  /// `operator` when a person chose among several candidates; left out when nil.
  public var candidateChosenBy: String?
  /// False only for a run that was registered before it was made.
  public var isImported = true

  public init() {}
}

/// Who vouched for the checkpoint: a signature that was checked by the caller.
public struct ModelAttestation: Sendable, Equatable {
  /// `sha256:…` of the attestation file.
  public var digest: String
  /// The checkpoint digest that the signature is over.
  public var checkpointDigest: String
  /// `SHA256:…` of the signer's key.
  public var signerFingerprint: String
  /// RFC 3339, when it is known.
  public var madeAt: String?
  public init(
    digest: String, checkpointDigest: String, signerFingerprint: String, madeAt: String?
  ) {
    self.digest = digest
    self.checkpointDigest = checkpointDigest
    self.signerFingerprint = signerFingerprint
    self.madeAt = madeAt
  }
}
