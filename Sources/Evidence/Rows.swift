internal import JSON

/// How an episode ended, in the words of members 7, 9 and 10.
public enum Outcome: String, Sendable, CaseIterable {
  case succeeded, failed, errored, excluded, missing

  /// The outcome of a letter of audit_input.json (SCHEMAS §6); nil for any other.
  public init?(letter: UInt8) {
    switch letter {
    case 0x53: self = .succeeded
    case 0x46: self = .failed
    case 0x45: self = .errored
    case 0x58: self = .excluded
    case 0x4D: self = .missing
    default: return nil
    }
  }

  public var letter: UInt8 {
    switch self {
    case .succeeded: 0x53
    case .failed: 0x46
    case .errored: 0x45
    case .excluded: 0x58
    case .missing: 0x4D
    }
  }

  /// Unknown unless succeeded or failed.
  public var success: Bool? {
    switch self {
    case .succeeded: true
    case .failed: false
    case .errored, .excluded, .missing: nil
    }
  }
}

/// A number of the source, kept as the text it had; in a member it is a string or null.
public enum Lexeme: Sendable {
  case none
  case text(String)
  /// Bytes of the source; `.none` spans are null.
  case span(LexemeSpan, any LexemeSource)

  func append(to bytes: inout [UInt8]) {
    switch self {
    case .none: bytes.append(text: "null")
    case .text(let text): CanonicalJSON.appendString(text, to: &bytes)
    case .span(let span, let source):
      guard !span.isNone else { return bytes.append(text: "null") }
      bytes.append(0x22)
      source.append(span, to: &bytes)
      bytes.append(0x22)
    }
  }
}

/// A value that an adapter supplies beyond the listed fields.
public enum MetadataValue: Sendable, Equatable {
  case string(String)
  case integer(Int)
  case bool(Bool)
  case null
}

/// One attempt of one episode; a row of episode_results.jsonl.
public struct EpisodeRow: Sendable {
  public struct Fault: Sendable, Equatable {
    public var `class`: String
    /// Redacted, at most 500 scalars.
    public var message: String
    public var redactions: Int
    public init(class: String, message: String, redactions: Int) {
      self.class = `class`
      self.message = message
      self.redactions = redactions
    }
  }

  public var index: Int
  /// From 1.
  public var attempt = 1
  public var outcome: Outcome
  public var seed: Seed?
  public var steps: Int?
  public var sumReward = Lexeme.none
  public var maxReward = Lexeme.none
  public var duration = Lexeme.none
  public var error: Fault?
  /// Digests of rows of raw_evidence_manifest.json.
  public var raw: [String] = []
  /// At most 16, keys are labels.
  public var metadata: [(key: String, value: MetadataValue)] = []
  /// What was left out of `metadata`; written only when it is not 0.
  public var metadataDropped = 0

  public init(index: Int, outcome: Outcome) {
    self.index = index
    self.outcome = outcome
  }
}

/// One episode that did not succeed; a row of failure_evidence_index.jsonl.
public struct FailureRow: Sendable {
  public static let labels = [
    "timeout_without_success", "early_termination", "simulator_error", "policy_error",
    "communication_error", "out_of_memory", "safety_stop", "excluded_by_rule", "missing_episode",
    "unlabelled",
  ]

  public var episodeKey: String
  public var outcome: Outcome
  public var label: String
  /// `rule:<name>` or `source:<field>`.
  public var labelSource: String
  /// The source's own label, redacted, at most 64 scalars; left out when nil.
  public var sourceLabel: String?
  /// Axis and value, keys are labels.
  public var axes: [(String, String)] = []
  public var seed: Seed?
  public var steps: Int?
  /// At most 32, sorted.
  public var terms: [String] = []
  public var raw: [String] = []

  public init(episodeKey: String, outcome: Outcome, label: String, labelSource: String) {
    self.episodeKey = episodeKey
    self.outcome = outcome
    self.label = label
    self.labelSource = labelSource
  }
}

/// One planned episode as it could be run again; a row of failure_replay_manifest.jsonl.
public struct ReplayRow: Sendable {
  /// Digest texts, or nil.
  public struct Hashes: Sendable, Equatable {
    public var initialState: String?
    public var environment: String?
    public var policy: String?
    public var checkpoint: String?
    public init(
      initialState: String? = nil, environment: String? = nil, policy: String? = nil,
      checkpoint: String? = nil
    ) {
      self.initialState = initialState
      self.environment = environment
      self.policy = policy
      self.checkpoint = checkpoint
    }
  }

  public var index: Int
  public var seed: Seed?
  public var horizonSteps: Int?
  public var hashes: Hashes
  private let missingWithSeed: [String]

  /// The hashes are those of the task; `seed` may be set anew for each episode.
  public init(index: Int, seed: Seed?, horizonSteps: Int?, hashes: Hashes) {
    self.index = index
    self.seed = seed
    self.horizonSteps = horizonSteps
    self.hashes = hashes
    var missing: [String] = []
    if hashes.checkpoint == nil { missing.append("checkpoint_digest") }
    if hashes.environment == nil { missing.append("env_config_digest") }
    if hashes.initialState == nil { missing.append("initial_state_digest") }
    missingWithSeed = missing
  }

  /// Labels of what is not known, sorted; a policy configuration is wished for, not asked for.
  var missing: [String] { seed == nil ? missingWithSeed + ["seed"] : missingWithSeed }

  /// `full` when seed and all four hashes are known, `partial` when any of them is, else `none`.
  var replayable: String {
    let known =
      (seed == nil ? 0 : 1) + (hashes.initialState == nil ? 0 : 1)
      + (hashes.environment == nil ? 0 : 1) + (hashes.policy == nil ? 0 : 1)
      + (hashes.checkpoint == nil ? 0 : 1)
    return known == 5 ? "full" : known == 0 ? "none" : "partial"
  }
}
