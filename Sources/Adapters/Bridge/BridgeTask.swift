internal import Evidence

/// The episodes of one task of a bridge file as they come, column by column.
struct BridgeTask: Sendable {
  let suite: String
  let taskID: String
  private(set) var count = 0
  private var indexes: [Int] = []
  /// The line of each row, for complaints.
  private var lines: [Int32] = []
  private var outcomes: [UInt8] = []
  private var seeds = SparseColumn<Seed?>(absent: nil)
  private var initialStates = SparseColumn<String?>(absent: nil)
  private var steps = SparseColumn<Int?>(absent: nil)
  private var durations = SparseColumn<LexemeSpan>(absent: .none)
  private var rewards = SparseColumn<LexemeSpan>(absent: .none)
  private var progress = SparseColumn<LexemeSpan>(absent: .none)
  private var governance = SparseColumn<LexemeSpan>(absent: .none)
  private var generated = SparseColumn<LexemeSpan>(absent: .none)
  private var extra = SparseColumn<LexemeSpan>(absent: .none)
  private var failures: [Int: String] = [:]
  private var media: [MediaReference] = []

  init(suite: String, taskID: String) {
    self.suite = suite
    self.taskID = taskID
  }

  var hasInitialStates: Bool { initialStates.isUsed }
  var hasSeeds: Bool { seeds.isUsed }

  mutating func append(_ episode: BridgeEpisode, line: Int) {
    let row = count
    count += 1
    indexes.append(episode.index)
    lines.append(Int32(truncatingIfNeeded: line))
    outcomes.append(episode.outcome.letter)
    if let seed = episode.seed { seeds.set(.integer(seed), at: row) }
    if let state = episode.initialState { initialStates.set(state, at: row) }
    if let count = episode.steps { steps.set(count, at: row) }
    if !episode.duration.isNone { durations.set(episode.duration, at: row) }
    if !episode.reward.isNone { rewards.set(episode.reward, at: row) }
    if !episode.progress.isNone { progress.set(episode.progress, at: row) }
    if !episode.governance.isNone { governance.set(episode.governance, at: row) }
    if !episode.generated.isNone { generated.set(episode.generated, at: row) }
    if !episode.extra.isNone { extra.set(episode.extra, at: row) }
    if let reason = episode.failureReason { failures[row] = reason }
    for var reference in episode.media {
      reference.row = row
      media.append(reference)
    }
  }

  /// The line of an episode that is there twice, the later one; nil when there is none.
  func repeatedLine() -> (line: Int, index: Int)? {
    if isAscending { return nil }
    let order = rowsByIndex()
    for (one, other) in zip(order, order.dropFirst()) where indexes[one] == indexes[other] {
      return (Int(max(lines[one], lines[other])), indexes[one])
    }
    return nil
  }

  /// The task in the order of its indexes.
  func saved() -> SavedTask {
    var task = SavedTask(suite: suite, taskID: taskID, name: nil, outcomes: outcomes)
    task.seeds = seeds.column(count)
    task.initialStates = initialStates.column(count)
    task.steps = steps.column(count)
    task.durations = durations.column(count)
    task.sumRewards = rewards.column(count)
    task.maxRewards = progress.column(count)
    task.metadata = [governance, generated, extra].compactMap { $0.column(count) }
    task.failures = failures
    task.media = media
    task.indexes = indexes
    if !isAscending { task.reorder(rowsByIndex()) }
    if task.indexes.map({ $0.elementsEqual(0..<count) }) == true { task.indexes = nil }
    return task
  }

  private var isAscending: Bool { zip(indexes, indexes.dropFirst()).allSatisfy { $0 < $1 } }

  private func rowsByIndex() -> [Int] {
    indexes.indices.sorted { (indexes[$0], $0) < (indexes[$1], $1) }
  }
}

/// A column that costs nothing while no row has a value.
struct SparseColumn<Value: Sendable>: Sendable {
  private let absent: Value
  private var values: [Value] = []

  init(absent: Value) { self.absent = absent }

  var isUsed: Bool { !values.isEmpty }

  /// Rows are set in ascending order; those between are absent.
  mutating func set(_ value: Value, at row: Int) {
    while values.count < row { values.append(absent) }
    values.append(value)
  }

  /// All rows, or nil when none was ever set.
  func column(_ count: Int) -> [Value]? {
    guard isUsed else { return nil }
    return values + Array(repeating: absent, count: max(0, count - values.count))
  }
}

extension SavedTask {
  /// Puts the rows into another order: row i becomes what row `rows[i]` was.
  mutating func reorder(_ rows: [Int]) {
    func moved<T>(_ column: [T]?) -> [T]? { column.map { old in rows.map { old[$0] } } }
    outcomes = rows.map { outcomes[$0] }
    indexes = moved(indexes)
    attempts = moved(attempts)
    seeds = moved(seeds)
    initialStates = moved(initialStates)
    steps = moved(steps)
    durations = moved(durations)
    sumRewards = moved(sumRewards)
    maxRewards = moved(maxRewards)
    metadata = metadata.map { old in rows.map { old[$0] } }
    if failures.isEmpty, media.isEmpty { return }
    var places = [Int](repeating: 0, count: rows.count)
    for (place, row) in rows.enumerated() { places[row] = place }
    failures = Dictionary(uniqueKeysWithValues: failures.map { (places[$0.key], $0.value) })
    for number in media.indices { media[number].row = media[number].row.map { places[$0] } }
    media.sort { ($0.row ?? -1) < ($1.row ?? -1) }
  }
}
