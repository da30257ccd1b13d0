public import Evidence
public import JSON

/// What a package is made of.
public struct PackageRequest: Sendable {
  public var run: SavedRun
  public var raw: RawEvidence
  /// The bytes of claim.json and protocol.json as the user has them; they become canonical.
  public var claim: [UInt8]
  public var evaluationProtocol: [UInt8]
  public var options: AuditOptions
  /// The user's 32 bytes from which the salt follows.
  public var secret: [UInt8]
  public var toolVersion: String
  /// Older ones are for deriving an old package anew.
  public var rules: RuleSet
  /// The output folder; the folder above it must exist.
  public var output: String
  /// Whether an output that is there may be replaced.
  public var replacesOutput: Bool
  /// Told now and then, from any thread, how many rows are written.
  public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?

  public init(
    run: SavedRun, raw: RawEvidence, claim: [UInt8], evaluationProtocol: [UInt8],
    options: AuditOptions = AuditOptions(), secret: [UInt8], toolVersion: String,
    rules: RuleSet = .current, output: String, replacesOutput: Bool = false,
    progress: (@Sendable (Int, Int) -> Void)? = nil
  ) {
    self.run = run
    self.raw = raw
    self.claim = claim
    self.evaluationProtocol = evaluationProtocol
    self.options = options
    self.secret = secret
    self.toolVersion = toolVersion
    self.rules = rules
    self.output = output
    self.replacesOutput = replacesOutput
    self.progress = progress
  }
}

/// A package that now lies in its folder.
public struct WrittenPackage: Sendable, Equatable {
  /// Where it lies.
  public var folder: String
  public var packageID: String
  /// `WF-` and eight digits.
  public var displayID: String
  /// The word of the source's format, and by what it was recognised.
  public var format: SourceFormat
  public var counts: EpisodeCounts
  public var verdict: String
  public var reasons: [String]
  public var grade: String
  /// Labels of evidence.missing_evidence, in its order.
  public var missing: [String]
  /// Why the source was partial, or nil.
  public var partial: SourceNotes.Partial?
  /// evidence.json, which the words above are taken from.
  public var evidence: JSONValue
  /// All eleven, the artifact manifest last.
  public var members: [ManifestEntry]
  /// SHA-256 of artifact_manifest.json: what gets signed.
  public var manifestDigest: String
  public var size: Int { members.reduce(0) { $0 + $1.size } }
}
