internal import JSON

/// Reads the members of one row, in any order (IMPORT §3).
struct RowReader {
  /// What a known format adds to the keys of a row.
  enum Dialect: Sendable { case generic, lbmEval, vlaEval, bridge }

  let dialect: Dialect

  private var suite: (rank: Int, text: String)?
  private var task: (rank: Int, text: String)?
  private var episode: Int?
  private var hasEpisodeKey = false
  private var success: (rank: Int, outcome: RowOutcome)?
  private var outcome: String?
  private var isPending = false
  private var hasScore = false
  private var seed: Int64?
  private var failure: String?
  private var hasTotalTime = false
  private(set) var record: String?

  init(dialect: Dialect) { self.dialect = dialect }

  /// Reads behind the opening brace up to the closing one.
  mutating func read(_ json: inout JSONReader) throws(JSONError) {
    while true {
      let token = try json.next()
      guard token.kind == .key else { return }
      try readMember(json.string(token), &json)
    }
  }

  /// Whether the object has what makes a row: an episode, an outcome or a score.
  var isRow: Bool { hasEpisodeKey || success != nil || outcome != nil || hasScore }

  /// Adds the row.
  func append(to rows: inout RawRows) {
    var row = RawRow()
    if let suite { row.suite = rows.number(of: suite.text) }
    if let task { row.task = rows.number(of: task.text) }
    row.episode = episode ?? -1
    row.hasScore = hasScore
    row.seed = seed
    row.outcome = result
    if row.outcome == .errored || row.outcome == .excluded, let failure {
      rows.failures[rows.rows.count] = failure
    }
    rows.rows.append(row)
  }

  private var result: RowOutcome {
    if isPending || outcome == "pending" { return .pending }
    switch outcome {
    case "errored", "error": return .errored
    case "excluded": return .excluded
    default: break
    }
    if dialect == .lbmEval, failure != nil, !hasTotalTime { return .errored }
    if dialect == .vlaEval, failure != nil { return .errored }
    return success?.outcome ?? .absent
  }

  // MARK: - Members

  private mutating func readMember(_ key: String, _ json: inout JSONReader) throws(JSONError) {
    if let rank = Self.successKeys.firstIndex(of: key) {
      return try readSuccess(rank, &json)
    }
    if Self.episodeKeys.contains(key) { return try readEpisode(&json) }
    if let rank = Self.taskKeys.firstIndex(of: key) {
      if let text = try scalar(&json), rank < task?.rank ?? .max { task = (rank, text) }
      return
    }
    if let rank = Self.suiteKeys.firstIndex(of: key) {
      if let text = try scalar(&json), rank < suite?.rank ?? .max { suite = (rank, text) }
      return
    }
    switch key {
    case "metrics": try readMetrics(&json)
    case "score", "reward", "sum_reward", "return", "progress":
      let token = try value(&json)
      if token.kind == .number || token.kind == .nonFinite { hasScore = true }
    case "outcome": outcome = try scalar(&json)?.lowercased()
    case "is_pending": isPending = try value(&json).bool ?? false
    case "seed": seed = json.integer(try value(&json))
    case "record": record = try scalar(&json)
    case "failure_reason", "failure_message", "error":
      if let text = try scalar(&json), !text.isEmpty { failure = text }
    case "total_time": hasTotalTime = try value(&json).kind == .number
    default: try json.skipValue()
    }
  }

  private static let successKeys = ["success", "is_success", "succeeded"]
  private static let taskKeys = ["task_id", "task", "task_name", "skill_type", "env_id"]
  private static let suiteKeys = ["suite", "task_suite", "benchmark", "task_group"]
  private static let episodeKeys: Set<String> = [
    "episode", "episode_index", "episode_id", "episode_ix", "episode_idx", "trial", "trial_idx",
    "rollout_id", "scenario_index", "demo_id",
  ]

  private mutating func readMetrics(_ json: inout JSONReader) throws(JSONError) {
    let outside = json.depth
    guard try json.next().kind == .beginObject else {
      while json.depth > outside { _ = try json.next() }
      return
    }
    while true {
      let token = try json.next()
      guard token.kind == .key else { return }
      if json.matches(token, "success") {
        try readSuccess(Self.successKeys.count, &json)
      } else {
        try json.skipValue()
      }
    }
  }

  private mutating func readSuccess(_ rank: Int, _ json: inout JSONReader) throws(JSONError) {
    let token = try value(&json)
    let read: RowOutcome =
      switch (token.kind, token.bool) {
      case (.bool, true): .succeeded
      case (.bool, _): .failed
      case (.null, _): .absent
      default: .notBoolean
      }
    if rank < success?.rank ?? .max { success = (rank, read) }
  }

  private mutating func readEpisode(_ json: inout JSONReader) throws(JSONError) {
    let token = try value(&json)
    if token.kind != .null { hasEpisodeKey = true }
    if token.kind == .number, let index = json.integer(token), index >= 0 { episode = Int(index) }
    if token.kind == .string { episode = Self.index(in: json.string(token)) ?? episode }
  }

  /// The number that a text such as `12`, `ep_3` or `pick_ep3` ends in.
  static func index(in text: String) -> Int? {
    let digits = text.utf8.reversed().prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty, digits.count < 10 else { return nil }
    let stem = text.utf8.dropLast(digits.count)
    // What ends in a digit by chance, such as a hash, counts nothing.
    guard
      stem.isEmpty || stem.last == 0x5F || stem.last == 0x2D
        || stem.suffix(2).elementsEqual("ep".utf8)
    else { return nil }
    return digits.reversed().reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// The next value's first token; containers are passed over.
  private func value(_ json: inout JSONReader) throws(JSONError) -> JSONToken {
    let outside = json.depth
    let token = try json.next()
    while json.depth > outside { _ = try json.next() }
    return token
  }

  /// A string, or a number as written; nil for anything else.
  private func scalar(_ json: inout JSONReader) throws(JSONError) -> String? {
    let token = try value(&json)
    switch token.kind {
    case .string: return json.string(token)
    case .number: return json.lexeme(token)
    default: return nil
    }
  }
}
