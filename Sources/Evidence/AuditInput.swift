public import JSON

/// The normalised input that was audited: audit_input.json (SCHEMAS §6).
///
/// Columnar, so that a million episodes stay a few megabytes. Enough to recompute every number of
/// evidence.json; nothing in it names the machine, the run or a file.
public struct AuditInput: Sendable, Equatable {
  public var claimID: String
  public var protocolID: String
  public var format: SourceFormat
  public var model: ModelIdentity
  public var metricName: String
  public var successRule: String?
  /// RFC 3339, only when the source states a time.
  public var reportedAt: String?
  /// Attempts per episode that the source recorded (1 when there were no repeats).
  public var attempts: Int
  public var seedLabel: SeedLabel
  public var initialStateLabel: SeedLabel
  /// What the source divided by; never what is divided by here.
  public var sourceDenominatorRule: String?
  public var counts: EpisodeCounts
  /// Results of checks that need raw digests, steps, rewards or times (SCHEMAS §5.2), in id order.
  public var observations: [Observation]
  public var rawCoverage: RawCoverage
  /// Protocol order, then tasks outside of the protocol by the bytes of `suite/task_id`.
  public var tasks: [AuditedTask]
  public var outOfProtocolTasks: Int
  public var outOfProtocolEpisodes: Int
  /// Rows dropped under the retry policy.
  public var duplicates: Int
  public var sourceNotes: SourceNotes?
  /// The source's own totals: integers as integers, other numbers as their lexeme in a string.
  public var sourceAggregates: JSONObject?

  public init(
    claimID: String, protocolID: String, format: SourceFormat, model: ModelIdentity,
    metricName: String, successRule: String?, reportedAt: String?, attempts: Int,
    seedLabel: SeedLabel, initialStateLabel: SeedLabel, sourceDenominatorRule: String?,
    counts: EpisodeCounts, observations: [Observation], rawCoverage: RawCoverage,
    tasks: [AuditedTask], outOfProtocolTasks: Int, outOfProtocolEpisodes: Int, duplicates: Int,
    sourceNotes: SourceNotes?, sourceAggregates: JSONObject?
  ) {
    self.claimID = claimID
    self.protocolID = protocolID
    self.format = format
    self.model = model
    self.metricName = metricName
    self.successRule = successRule
    self.reportedAt = reportedAt
    self.attempts = attempts
    self.seedLabel = seedLabel
    self.initialStateLabel = initialStateLabel
    self.sourceDenominatorRule = sourceDenominatorRule
    self.counts = counts
    self.observations = observations
    self.rawCoverage = rawCoverage
    self.tasks = tasks
    self.outOfProtocolTasks = outOfProtocolTasks
    self.outOfProtocolEpisodes = outOfProtocolEpisodes
    self.duplicates = duplicates
    self.sourceNotes = sourceNotes
    self.sourceAggregates = sourceAggregates
  }
}

/// Which format the source had, and by what evidence that was decided.
public struct SourceFormat: Sendable, Equatable {
  /// A word of FORMATS.md, for example `lerobot`.
  public var name: String
  /// A generation of FORMATS §1.2, for example `per_task`.
  public var generation: String?
  /// Machine words such as `key:per_task`; no paths.
  public var detectedBy: [String]
  public init(name: String, generation: String?, detectedBy: [String]) {
    self.name = name
    self.generation = generation
    self.detectedBy = detectedBy
  }
}

/// Who says which model was evaluated.
public struct ModelIdentity: Sendable, Equatable {
  public enum Identity: String, Sendable, CaseIterable {
    case attestedBeforeRun = "attested_before_run"
    case attestedAfterRun = "attested_after_run"
    case declared, unknown
  }
  public var id: String?
  /// `sha256:` + 64 hex, or nil.
  public var checkpointDigest: String?
  public var identity: Identity
  public init(id: String?, checkpointDigest: String?, identity: Identity) {
    self.id = id
    self.checkpointDigest = checkpointDigest
    self.identity = identity
  }
}

/// How a seed or an initial state is known (FORMATS §1.4).
public enum SeedLabel: String, Sendable, CaseIterable {
  case recorded
  case recordedRunSeed = "recorded_run_seed"
  case derived, missing
}

/// Tallies of episodes; `planned` is nil when the protocol freezes no episodes.
public struct EpisodeCounts: Sendable, Equatable {
  public var planned: Int?
  public var attempted = 0
  public var succeeded = 0
  public var failed = 0
  public var errored = 0
  public var excluded = 0
  public var missing = 0
  public init() {}
}

/// One check of the list I01…I24 as it was seen when the run was read.
public struct Observation: Sendable, Equatable {
  public enum State: String, Sendable, CaseIterable {
    case pass, fail
    case notApplicable = "not_applicable"
  }
  public var id: String
  public var state: State
  public var observed: String?
  public var expected: String?
  /// An episode key, or nil.
  public var at: String?
  public init(id: String, state: State, observed: String?, expected: String?, at: String?) {
    self.id = id
    self.state = state
    self.observed = observed
    self.expected = expected
    self.at = at
  }
}

/// How many counted episodes have raw evidence that is present and hashed.
public struct RawCoverage: Sendable, Equatable {
  public var countedEpisodes = 0
  public var withRaw = 0
  public var failedEpisodes = 0
  public var failedWithRaw = 0
  public init() {}
}

/// One task with its episodes.
public struct AuditedTask: Sendable, Equatable {
  public var suite: String
  public var taskID: String
  public var name: String?
  public var inProtocol: Bool
  public var episodes: EpisodeColumns
  public init(
    suite: String, taskID: String, name: String?, inProtocol: Bool, episodes: EpisodeColumns
  ) {
    self.suite = suite
    self.taskID = taskID
    self.name = name
    self.inProtocol = inProtocol
    self.episodes = episodes
  }
}

/// The episodes of one task, column by column, in index order; all columns have `count` rows.
public struct EpisodeColumns: Sendable, Equatable {
  /// Maximal inclusive ranges of episode indexes; missing cells are part of them.
  public var indexes: [ClosedRange<Int>]
  /// One ASCII letter per episode: S F E X M (SCHEMAS §6).
  public var outcomes: [UInt8]
  /// nil when no seed is known at all.
  public var seeds: [Seed?]?
  public var initialStates: [String?]?
  /// Episode index → label, for E and X.
  public var reasons: [Int: String]
  /// Decimal strings, for bounded-score metrics only.
  public var scores: [String?]?
  public var count: Int { outcomes.count }
  public init(
    indexes: [ClosedRange<Int>], outcomes: [UInt8], seeds: [Seed?]? = nil,
    initialStates: [String?]? = nil, reasons: [Int: String] = [:], scores: [String?]? = nil
  ) {
    self.indexes = indexes
    self.outcomes = outcomes
    self.seeds = seeds
    self.initialStates = initialStates
    self.reasons = reasons
    self.scores = scores
  }
}

/// An environment seed: an integer within ±(2⁵³−1), or the decimal text of a larger one.
public enum Seed: Sendable, Hashable {
  case integer(Int64)
  case text(String)
}

/// What the adapter has to say about the source (SCHEMAS §6, source_notes).
public struct SourceNotes: Sendable, Equatable {
  public struct Partial: Sendable, Equatable {
    public var reason: String
    public var missing: Int
    public init(reason: String, missing: Int) {
      self.reason = reason
      self.missing = missing
    }
  }
  public struct Generated: Sendable, Equatable {
    public var model: String?
    public var judgeKind: String?
    public var judgeID: String?
    public var judgeVersion: String?
    public init(model: String?, judgeKind: String?, judgeID: String?, judgeVersion: String?) {
      self.model = model
      self.judgeKind = judgeKind
      self.judgeID = judgeID
      self.judgeVersion = judgeVersion
    }
  }
  public var partial: Partial?
  /// Words of FORMATS §1.2.
  public var warnings: [String]
  public var generated: Generated?
  public init(partial: Partial?, warnings: [String], generated: Generated?) {
    self.partial = partial
    self.warnings = warnings
    self.generated = generated
  }
}
