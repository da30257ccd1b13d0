internal import JSON

/// Appends the rows of the JSONL members, canonical and each with its `\n` (SCHEMAS §8, 10, 11).
///
/// Nothing is built per row but its bytes, so that a million rows cost their own length. Fields are
/// written in canonical order by hand; a test compares every kind of row with the general writer.
public enum RowWriter {
  /// The first line of members 7, 9 and 10.
  ///
  /// - Parameter rows: lines after this one.
  public static func appendHeader(
    member: MemberName, salt: Salt, packageID: String, auditInputDigest: String, rows: Int,
    to bytes: inout [UInt8]
  ) {
    bytes.append(text: "{\"audit_input\":\"")
    bytes.append(text: auditInputDigest)
    bytes.append(text: "\",\"package_id\":\"")
    bytes.append(text: packageID)
    bytes.append(text: "\",\"record\":\"header\",\"rows\":")
    bytes.append(integer: rows)
    bytes.append(text: ",\"salt\":\"")
    bytes.append(text: salt.hex)
    bytes.append(text: "\",\"schema_version\":\"")
    bytes.append(text: member.schemaVersion ?? "")
    bytes.append(text: "\"}\n")
  }

  /// One row of episode_results.jsonl.
  public static func append(_ row: EpisodeRow, of task: RowTask, to bytes: inout [UInt8]) {
    bytes.append(text: "{\"attempt\":")
    bytes.append(integer: row.attempt)
    bytes.append(text: ",\"duration_s\":")
    row.duration.append(to: &bytes)
    bytes.append(text: ",\"episode_index\":")
    bytes.append(integer: row.index)
    bytes.append(text: ",\"episode_key\":")
    task.appendKey(index: row.index, attempt: row.attempt, to: &bytes)
    bytes.append(text: ",\"error\":")
    append(row.error, to: &bytes)
    bytes.append(text: ",\"max_reward\":")
    row.maxReward.append(to: &bytes)
    bytes.append(text: ",\"metadata\":")
    append(row.metadata, to: &bytes)
    if row.metadataDropped > 0 {
      bytes.append(text: ",\"metadata_dropped\":")
      bytes.append(integer: row.metadataDropped)
    }
    bytes.append(text: ",\"outcome\":\"")
    bytes.append(text: row.outcome.rawValue)
    bytes.append(text: "\",\"raw\":")
    bytes.append(strings: row.raw)
    bytes.append(text: ",\"record\":\"episode\",\"seed\":")
    bytes.append(seed: row.seed)
    bytes.append(text: ",\"steps\":")
    bytes.append(integerOrNull: row.steps)
    bytes.append(text: ",\"success\":")
    bytes.append(text: row.outcome.success.map { $0 ? "true" : "false" } ?? "null")
    bytes.append(text: ",\"suite\":")
    bytes.append(contentsOf: task.suite)
    bytes.append(text: ",\"sum_reward\":")
    row.sumReward.append(to: &bytes)
    bytes.append(text: ",\"task_id\":")
    bytes.append(contentsOf: task.taskID)
    bytes.append(text: "}\n")
  }

  /// One row of failure_evidence_index.jsonl.
  public static func append(_ row: FailureRow, packageID: String, to bytes: inout [UInt8]) {
    bytes.append(text: "{\"axes\":")
    append(row.axes.map { ($0, .string($1)) }, to: &bytes)
    bytes.append(text: ",\"episode_key\":")
    CanonicalJSON.appendString(row.episodeKey, to: &bytes)
    bytes.append(text: ",\"failure_key\":\"")
    bytes.append(text: DerivedID.text(prefix: "flr", parts: [packageID, row.episodeKey]))
    bytes.append(text: "\",\"label\":\"")
    bytes.append(text: row.label)
    bytes.append(text: "\",\"label_source\":")
    CanonicalJSON.appendString(row.labelSource, to: &bytes)
    bytes.append(text: ",\"outcome\":\"")
    bytes.append(text: row.outcome.rawValue)
    bytes.append(text: "\",\"raw\":")
    bytes.append(strings: row.raw)
    bytes.append(text: ",\"record\":\"failure\",\"seed\":")
    bytes.append(seed: row.seed)
    if let sourceLabel = row.sourceLabel {
      bytes.append(text: ",\"source_label\":")
      CanonicalJSON.appendString(sourceLabel, to: &bytes)
    }
    bytes.append(text: ",\"steps\":")
    bytes.append(integerOrNull: row.steps)
    bytes.append(text: ",\"terms\":")
    bytes.append(strings: row.terms)
    bytes.append(text: "}\n")
  }

  /// One row of failure_replay_manifest.jsonl.
  public static func append(_ row: ReplayRow, of task: RowTask, to bytes: inout [UInt8]) {
    bytes.append(text: "{\"episode_index\":")
    bytes.append(integer: row.index)
    bytes.append(text: ",\"episode_key\":")
    task.appendKey(index: row.index, attempt: 1, to: &bytes)
    bytes.append(text: ",\"horizon_steps\":")
    bytes.append(integerOrNull: row.horizonSteps)
    bytes.append(text: ",\"input_hashes\":{\"checkpoint\":")
    bytes.append(stringOrNull: row.hashes.checkpoint)
    bytes.append(text: ",\"env_config\":")
    bytes.append(stringOrNull: row.hashes.environment)
    bytes.append(text: ",\"initial_state\":")
    bytes.append(stringOrNull: row.hashes.initialState)
    bytes.append(text: ",\"policy_config\":")
    bytes.append(stringOrNull: row.hashes.policy)
    bytes.append(text: "},\"instruction\":")
    bytes.append(contentsOf: task.instruction)
    bytes.append(text: ",\"missing\":")
    bytes.append(strings: row.missing)
    bytes.append(text: ",\"record\":\"replay\",\"replayable\":\"")
    bytes.append(text: row.replayable)
    bytes.append(text: "\",\"seed\":")
    bytes.append(seed: row.seed)
    bytes.append(text: ",\"suite\":")
    bytes.append(contentsOf: task.suite)
    bytes.append(text: ",\"task_id\":")
    bytes.append(contentsOf: task.taskID)
    bytes.append(text: "}\n")
  }

  private static func append(_ error: EpisodeRow.Fault?, to bytes: inout [UInt8]) {
    guard let error else { return bytes.append(text: "null") }
    bytes.append(text: "{\"class\":")
    CanonicalJSON.appendString(error.class, to: &bytes)
    bytes.append(text: ",\"message\":")
    CanonicalJSON.appendString(error.message, to: &bytes)
    bytes.append(text: ",\"redactions\":")
    bytes.append(integer: error.redactions)
    bytes.append(0x7D)
  }

  /// Appends a map; its keys are labels, so byte order is the canonical one.
  private static func append(
    _ pairs: [(key: String, value: MetadataValue)], to bytes: inout [UInt8]
  ) {
    bytes.append(0x7B)
    var isFirst = true
    for (key, value) in pairs.sorted(by: { precedes($0.key, $1.key) }) {
      if !isFirst { bytes.append(0x2C) }
      isFirst = false
      CanonicalJSON.appendString(key, to: &bytes)
      bytes.append(0x3A)
      switch value {
      case .string(let text): CanonicalJSON.appendString(text, to: &bytes)
      case .integer(let number): bytes.append(integer: number)
      case .bool(let flag): bytes.append(text: flag ? "true" : "false")
      case .null: bytes.append(text: "null")
      }
    }
    bytes.append(0x7D)
  }
}

/// What is the same in all rows of one task, escaped once.
public struct RowTask: Sendable {
  let suite: [UInt8]
  let taskID: [UInt8]
  let instruction: [UInt8]
  private let keyStart: [UInt8]

  /// - Parameter instruction: what the policy is told; nil is written as null.
  public init(suite: String, taskID: String, instruction: String?) {
    self.suite = Self.quoted(suite)
    self.taskID = Self.quoted(taskID)
    self.instruction = instruction.map(Self.quoted) ?? Array("null".utf8)
    keyStart = Self.quoted(EpisodeKey.taskPrefix(suite: suite, taskID: taskID)).dropLast()
  }

  func appendKey(index: Int, attempt: Int, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: keyStart)
    bytes.append(integer: index)
    if attempt > 1 {
      bytes.append(0x23)
      bytes.append(integer: attempt)
    }
    bytes.append(0x22)
  }

  private static func quoted(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    CanonicalJSON.appendString(text, to: &bytes)
    return bytes
  }
}
