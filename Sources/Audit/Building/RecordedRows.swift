internal import Evidence

/// The rows of one saved task in index order, one per episode: repeats are resolved.
struct RecordedRows {
  private(set) var ranges: [ClosedRange<Int>] = []
  private(set) var rows: EpisodeRows = .inOrder
  private(set) var count = 0
  /// Attempt numbers by row where the source has repeats without numbering them.
  private(set) var attempts: [Int]?

  private init(ranges: [ClosedRange<Int>], rows: [Int32]) {
    self.ranges = ranges
    self.rows = .listed(rows)
    count = rows.count
  }

  /// Sorts the rows of a task and applies the retry policy.
  ///
  /// - Throws: `duplicate_episode` for a repeat that the policy does not resolve.
  init(
    _ saved: SavedTask, _ source: Int, _ task: ProtocolTask, _ policy: DenominatorPolicy,
    _ result: inout MatchedRun
  ) throws(AuditError) {
    count = saved.count
    guard let indexes = saved.indexes else {
      if count > 0 { ranges = [0...(count - 1)] }
      result.attempts = max(result.attempts, saved.attempts?.max() ?? 1)
      return
    }
    if let bad = indexes.first(where: { $0 < 0 || $0 >= 1 << 53 }) {
      throw AuditError(
        .indexOutOfRange, place: TaskKey(task).text, message: "episode index \(bad)")
    }
    var order = (0..<Int32(count)).map { $0 }
    if !zip(indexes, indexes.dropFirst()).allSatisfy({ $0 < $1 }) {
      order.sort {
        let (a, b) = (Int($0), Int($1))
        if indexes[a] != indexes[b] { return indexes[a] < indexes[b] }
        let (one, other) = (saved.attempts?[a] ?? 1, saved.attempts?[b] ?? 1)
        return one != other ? one < other : a < b
      }
      let kept = try resolve(order, indexes, saved, task, policy)
      result.duplicates += order.count - kept.count
      order = kept
    }
    result.attempts = max(result.attempts, (attempts ?? saved.attempts)?.max() ?? 1)
    count = order.count
    ranges = maximalRanges(order.lazy.map { indexes[Int($0)] })
    if ranges == [0...(max(count, 1) - 1)], order.enumerated().allSatisfy({ $0 == Int($1) }) {
      return  // position, index and row are the same number
    }
    rows = .listed(order)
  }

  /// Keeps one row per index.
  private mutating func resolve(
    _ order: [Int32], _ indexes: [Int], _ saved: SavedTask, _ task: ProtocolTask,
    _ policy: DenominatorPolicy
  ) throws(AuditError) -> [Int32] {
    var kept: [Int32] = []
    kept.reserveCapacity(order.count)
    var start = 0
    while start < order.count {
      let index = indexes[Int(order[start])]
      var end = start + 1
      while end < order.count, indexes[Int(order[end])] == index { end += 1 }
      if end - start > 1 {
        try number(order[start..<end], index, saved, task, policy)
      }
      kept.append(policy.retries == "last_attempt" ? order[end - 1] : order[start])
      start = end
    }
    return kept
  }

  /// Gives the attempts of one episode their numbers, or says why they cannot be told apart.
  private mutating func number(
    _ repeats: ArraySlice<Int32>, _ index: Int, _ saved: SavedTask, _ task: ProtocolTask,
    _ policy: DenominatorPolicy
  ) throws(AuditError) {
    let place = EpisodeKey.text(suite: task.suite, taskID: task.taskID, index: index)
    guard policy.retries == "first_attempt" || policy.retries == "last_attempt" else {
      throw AuditError(
        .duplicateEpisode, place: place,
        message: "\(repeats.count) rows for one episode and no policy that says which counts",
        hint: "a protocol frozen with retries first_attempt or last_attempt says which one counts")
    }
    if let recorded = saved.attempts {
      let numbers = repeats.map { recorded[Int($0)] }
      if Set(numbers).count != numbers.count {
        throw AuditError(
          .duplicateEpisode, place: place, message: "two rows for the same attempt of an episode")
      }
      return
    }
    var all = attempts ?? Array(repeating: 1, count: saved.count)
    for (place, row) in repeats.enumerated() { all[Int(row)] = place + 1 }
    attempts = all
  }

  /// Makes a matched task of all rows.
  func fill(_ task: inout MatchedTask) {
    task.ranges = ranges
    task.rows = rows
    task.count = count
  }

  /// Gives the frozen cells to `task`, and returns the rows that are none of them.
  mutating func takeCells(_ cells: [ClosedRange<Int>], _ task: inout MatchedTask) -> RecordedRows {
    var inside: [Int32] = []
    inside.reserveCapacity(cells.reduce(0) { $0 + $1.count })
    var outside: [(index: Int, row: Int32)] = []
    var recorded = Cursor(self)
    for range in cells {
      for cell in range {
        while let next = recorded.current, next.index < cell {
          outside.append(next)
          recorded.advance()
        }
        if let next = recorded.current, next.index == cell {
          inside.append(next.row)
          recorded.advance()
        } else {
          inside.append(-1)
        }
      }
    }
    while let next = recorded.current {
      outside.append(next)
      recorded.advance()
    }
    task.ranges = cells
    task.rows = .listed(inside)
    task.count = inside.count
    return RecordedRows(
      ranges: maximalRanges(outside.lazy.map(\.index)), rows: outside.map(\.row))
  }

  /// Walks index and row in index order.
  private struct Cursor {
    private let rows: RecordedRows
    private var range = 0
    private var index: Int
    private var position = 0

    init(_ rows: RecordedRows) {
      self.rows = rows
      index = rows.ranges.first?.lowerBound ?? 0
    }

    var current: (index: Int, row: Int32)? {
      guard range < rows.ranges.count, let row = rows.rows.row(at: position) else { return nil }
      return (index, Int32(row))
    }

    mutating func advance() {
      position += 1
      if index < rows.ranges[range].upperBound {
        index += 1
        return
      }
      range += 1
      if range < rows.ranges.count { index = rows.ranges[range].lowerBound }
    }
  }
}

/// The maximal inclusive ranges of ascending numbers.
func maximalRanges(_ numbers: some Sequence<Int>) -> [ClosedRange<Int>] {
  var ranges: [ClosedRange<Int>] = []
  var first: Int?
  var last = 0
  for number in numbers {
    if let start = first, number != last + 1 {
      ranges.append(start...last)
      first = number
    } else if first == nil {
      first = number
    }
    last = number
  }
  if let first { ranges.append(first...last) }
  return ranges
}
