public import JSON

/// What an adapter read from a saved evaluation, before any claim or protocol is applied.
///
/// Columns stay small: the numbers of an episode that are only copied (rewards, durations) are spans
/// into the bytes of the source, which `lexemes` maps.
public struct SavedRun: Sendable {
  public var format: SourceFormat
  public var adapterVersion: String
  /// In (suite, task id) order as the adapter defines it; unique.
  public var tasks: [SavedTask]
  public var seedLabel: SeedLabel
  public var initialStateLabel: SeedLabel
  public var denominatorRule: String?
  public var model: ModelIdentity
  public var metricName: String
  public var successRule: String?
  /// RFC 3339, only if recorded.
  public var createdAt: String?
  public var harnessVersion: String?
  /// Allowlisted totals of the source, lexemes kept (SCHEMAS §6, source_aggregates).
  public var sourceAggregates: JSONObject?
  public var notes: SourceNotes
  /// The files that were read.
  public var inputs: [InputFile]
  /// Checks the adapter could decide while reading (I01, I02 context, I19, …); completed by the audit.
  public var observations: [Observation]
  /// The bytes that reward, duration and metadata spans point into; nil when no column has spans.
  public var lexemes: (any LexemeSource)?
  /// The audit input itself, where the source is one: it is passed on and not made anew.
  public var statedInput: StatedAuditInput?

  public init(
    format: SourceFormat, adapterVersion: String, tasks: [SavedTask], seedLabel: SeedLabel,
    initialStateLabel: SeedLabel, denominatorRule: String?, model: ModelIdentity,
    metricName: String, successRule: String?, createdAt: String?, harnessVersion: String?,
    sourceAggregates: JSONObject?, notes: SourceNotes, inputs: [InputFile],
    observations: [Observation], lexemes: (any LexemeSource)?
  ) {
    self.format = format
    self.adapterVersion = adapterVersion
    self.tasks = tasks
    self.seedLabel = seedLabel
    self.initialStateLabel = initialStateLabel
    self.denominatorRule = denominatorRule
    self.model = model
    self.metricName = metricName
    self.successRule = successRule
    self.createdAt = createdAt
    self.harnessVersion = harnessVersion
    self.sourceAggregates = sourceAggregates
    self.notes = notes
    self.inputs = inputs
    self.observations = observations
    self.lexemes = lexemes
  }
}

/// An audit_input.json that was read, and its bytes.
public struct StatedAuditInput: Sendable {
  public var input: AuditInput
  public var bytes: [UInt8]
  public init(input: AuditInput, bytes: [UInt8]) {
    self.input = input
    self.bytes = bytes
  }
}

/// The episodes of one task as the source has them; every column that is there has `count` rows.
public struct SavedTask: Sendable {
  public var suite: String
  public var taskID: String
  public var name: String?
  /// ASCII letters S F E X, in the order of `indexes`.
  public var outcomes: [UInt8]
  /// nil = 0 ..< count.
  public var indexes: [Int]?
  /// 1-based attempt numbers; nil = all 1.
  public var attempts: [Int]?
  public var seeds: [Seed?]?
  public var initialStates: [String?]?
  public var steps: [Int?]?
  public var durations: [LexemeSpan]?
  public var sumRewards: [LexemeSpan]?
  public var maxRewards: [LexemeSpan]?
  /// Columns of JSON objects of the source, whose members become metadata of the row.
  public var metadata: [[LexemeSpan]] = []
  /// Row → failure text as recorded (not redacted yet).
  public var failures: [Int: String]
  public var media: [MediaReference]
  public var count: Int { outcomes.count }

  public init(suite: String, taskID: String, name: String?, outcomes: [UInt8]) {
    self.suite = suite
    self.taskID = taskID
    self.name = name
    self.outcomes = outcomes
    self.failures = [:]
    self.media = []
  }
}

/// Offset (upper 40 bits) and length (lower 24 bits) of a number as written; `.none` is null.
public struct LexemeSpan: Sendable, Hashable {
  public var packed: UInt64
  public init(offset: Int, length: Int) { packed = UInt64(offset) << 24 | UInt64(length) }
  private init(packed: UInt64) { self.packed = packed }
  /// No number: null, or a token that is not one (NaN).
  public static let none = LexemeSpan(packed: .max)
  public var isNone: Bool { packed == .max }
  public var offset: Int { Int(packed >> 24) }
  public var length: Int { Int(packed & 0xFF_FFFF) }
}

/// Bytes of the source that lexeme spans point into.
public protocol LexemeSource: Sendable {
  /// Appends the bytes of one span; `span` is never `.none`.
  func append(_ span: LexemeSpan, to bytes: inout [UInt8])
  /// The pages before `offset` will not be read again in this pass (a hint; may be ignored).
  func release(upTo offset: Int)
}

/// A file the adapter read.
public struct InputFile: Sendable, Equatable {
  /// A role of SCHEMAS §9, for example `source_results`.
  public var role: String
  public var mediaType: String
  public var size: Int
  /// `sha256:` + 64 hex of the file as it lay.
  public var digest: String
  /// Path relative to the run folder; the file's own name when a file was given.
  public var relativePath: String
  public init(role: String, mediaType: String, size: Int, digest: String, relativePath: String) {
    self.role = role
    self.mediaType = mediaType
    self.size = size
    self.digest = digest
    self.relativePath = relativePath
  }
}

/// A video or trajectory that the source names for one row of a task.
public struct MediaReference: Sendable, Equatable {
  /// Row in the task's columns, or nil for the whole task.
  public var row: Int?
  public var role: String
  /// As written in the source.
  public var path: String
  /// `sha256:…` when the source itself states it.
  public var statedDigest: String?
  public init(row: Int?, role: String, path: String, statedDigest: String? = nil) {
    self.row = row
    self.role = role
    self.path = path
    self.statedDigest = statedDigest
  }
}
