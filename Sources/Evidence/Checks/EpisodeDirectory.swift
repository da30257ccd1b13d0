/// Finds the episodes of audit_input.json by what rows of other members call them.
struct EpisodeDirectory {
  /// One entry of `tasks`, and the number of its first episode among all.
  ///
  /// A class because every row asks for one, and a copy of its columns would cost more than the answer.
  final class Task: Sendable {
    let task: AuditedTask
    let first: Int
    /// Number of episodes before each range.
    let before: [Int]
    /// `suite/task_id/` as it stands in keys.
    let prefix: [UInt8]
    let suite: [UInt8]
    let taskID: [UInt8]

    init(_ task: AuditedTask, first: Int, before: [Int], prefix: String) {
      self.task = task
      self.first = first
      self.before = before
      self.prefix = Array(prefix.utf8)
      suite = Array(task.suite.utf8)
      taskID = Array(task.taskID.utf8)
    }
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
      tasks.append(Task(task, first: count, before: before, prefix: prefix))
      byPrefix[prefix, default: []].append(place)
      count += rows
    }
    self.tasks = tasks
    self.byPrefix = byPrefix
    self.count = count
  }

  /// The episode that a prefix and an index name.
  private func find(
    _ key: [UInt8], prefix: Range<Int>, index: Int, near task: Int
  ) -> Place? {
    if tasks.indices.contains(task) {
      let entry = tasks[task]
      if key.holds(entry.prefix, at: prefix), let row = row(index, in: entry) {
        return Place(task: task, row: row, number: entry.first + row)
      }
    }
    for task in byPrefix[String(decoding: key[prefix], as: UTF8.self)] ?? [] {
      if let row = row(index, in: tasks[task]) {
        return Place(task: task, row: row, number: tasks[task].first + row)
      }
    }
    return nil
  }

  /// The episode of a key, its index and attempt; nil for no such episode.
  ///
  /// - Parameters:
  ///   - range: where the key stands in the bytes, without quotes.
  ///   - task: the task that was found last, which is asked first.
  func find(
    key: [UInt8], at range: Range<Int>, near task: Int = 0
  ) -> (place: Place, index: Int, attempt: Int)? {
    var digits = range.upperBound
    var hash: Int?
    while digits > range.lowerBound, key[digits - 1] != 0x2F {
      digits -= 1
      if key[digits] == 0x23 { hash = digits }
    }
    guard digits > range.lowerBound,
      let index = Self.number(key, digits..<(hash ?? range.upperBound)),
      let place = find(key, prefix: range.lowerBound..<digits, index: index, near: task)
    else { return nil }
    guard let hash else { return (place, index, 1) }
    guard let attempt = Self.number(key, hash + 1..<range.upperBound), attempt > 1 else {
      return nil
    }
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
  private static func number(_ bytes: [UInt8], _ digits: Range<Int>) -> Int? {
    guard (1...16).contains(digits.count),
      digits.count == 1 || bytes[digits.lowerBound] != 0x30
    else { return nil }
    var number = 0
    for place in digits {
      guard bytes[place].isDigit else { return nil }
      number = number * 10 + Int(bytes[place] - 0x30)
    }
    return number
  }
}
