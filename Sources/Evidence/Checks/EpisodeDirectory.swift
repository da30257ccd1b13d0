/// Finds the episodes of audit_input.json by what rows of other members call them.
struct EpisodeDirectory {
  /// One entry of `tasks`, and the number of its first episode among all.
  struct Task {
    let task: AuditedTask
    let first: Int
    /// Number of episodes before each range.
    let before: [Int]
    /// `suite/task_id/` as it stands in keys.
    let prefix: [UInt8]
  }

  struct Place: Equatable {
    /// Index into `tasks`.
    let task: Int
    /// Row in the columns of that task.
    let row: Int
    /// Number among all episodes.
    let number: Int
  }

  let tasks: [Task]
  let count: Int
  private let byPrefix: [String: [Int]]

  init(_ input: AuditInput) {
    var tasks: [Task] = []
    var byPrefix: [String: [Int]] = [:]
    var count = 0
    for (place, task) in input.tasks.enumerated() {
      var before: [Int] = []
      var rows = 0
      for range in task.episodes.indexes {
        before.append(rows)
        rows += range.count
      }
      let prefix = EpisodeKey.taskPrefix(suite: task.suite, taskID: task.taskID)
      tasks.append(Task(task: task, first: count, before: before, prefix: Array(prefix.utf8)))
      byPrefix[prefix, default: []].append(place)
      count += rows
    }
    self.tasks = tasks
    self.byPrefix = byPrefix
    self.count = count
  }

  /// The episode that a prefix and an index name.
  private func find(prefix: ArraySlice<UInt8>, index: Int, near task: Int) -> Place? {
    if tasks.indices.contains(task), prefix.elementsEqual(tasks[task].prefix),
      let row = row(index, in: tasks[task])
    {
      return Place(task: task, row: row, number: tasks[task].first + row)
    }
    for task in byPrefix[String(decoding: prefix, as: UTF8.self)] ?? [] {
      if let row = row(index, in: tasks[task]) {
        return Place(task: task, row: row, number: tasks[task].first + row)
      }
    }
    return nil
  }

  /// The episode of a key's bytes, without quotes, its index and attempt; nil for no such episode.
  ///
  /// - Parameter task: the task that was found last, which is asked first.
  func find(
    key: ArraySlice<UInt8>, near task: Int = 0
  ) -> (place: Place, index: Int, attempt: Int)? {
    guard let slash = key.lastIndex(of: 0x2F) else { return nil }
    let digits = key[(slash + 1)...]
    let hash = digits.firstIndex(of: 0x23)
    guard let index = Self.number(digits[..<(hash ?? digits.endIndex)]),
      let place = find(prefix: key[...slash], index: index, near: task)
    else { return nil }
    guard let hash else { return (place, index, 1) }
    guard let attempt = Self.number(digits[(hash + 1)...]), attempt > 1 else { return nil }
    return (place, index, attempt)
  }

  /// Binary search over the ranges.
  private func row(_ index: Int, in task: Task) -> Int? {
    let ranges = task.task.episodes.indexes
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < index { low = middle + 1 } else { high = middle }
    }
    guard low < ranges.count, ranges[low].contains(index) else { return nil }
    return task.before[low] + index - ranges[low].lowerBound
  }

  /// A decimal number without leading zeros, at most 16 digits.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard (1...16).contains(digits.count), digits.allSatisfy(\.isDigit),
      digits.count == 1 || digits.first != 0x30
    else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
