internal import Evidence
internal import Platform

/// The outcomes of a candidate by task and episode, so that candidates can be compared.
struct CandidateCells: Sendable {
  struct Task: Sendable {
    let suite: String
    let taskID: String
    /// Ascending; a repeated episode stands as often as it is there.
    var indexes: [Int]
    /// S F E X, and P for a pending one.
    var letters: [UInt8]
  }

  /// By the bytes of suite and task id.
  private(set) var tasks: [Task]

  init(_ tasks: [Task]) {
    self.tasks = tasks.sorted { one, other in
      one.suite.utf8.elementsEqual(other.suite.utf8)
        ? one.taskID.precedes(other.taskID)
        : one.suite.precedes(other.suite)
    }
  }

  var rowCount: Int { tasks.reduce(0) { $0 + $1.indexes.count } }

  /// SHA-256 of the cells, the same however a file spells them.
  var digest: String {
    var digest = StreamingDigest()
    for task in tasks {
      digest.update(Array("\(task.suite.utf8.count) \(task.suite)/\(task.taskID)\n".utf8))
      var line: [UInt8] = []
      for (index, letter) in zip(task.indexes, task.letters) {
        line.append(contentsOf: String(index).utf8)
        line.append(letter)
        if line.count > 1 << 16 {
          digest.update(line)
          line.removeAll(keepingCapacity: true)
        }
      }
      digest.update(line + [0x0A])
    }
    return digest.text()
  }

  /// Whether any episode that both have ended in different ways.
  func conflicts(with other: CandidateCells) -> Bool {
    var places: [TaskName: Int] = [:]
    for (place, task) in tasks.enumerated() {
      places[TaskName(suite: task.suite, taskID: task.taskID)] = place
    }
    return other.tasks.contains { task in
      guard let place = places[TaskName(suite: task.suite, taskID: task.taskID)] else {
        return false
      }
      return Self.conflict(tasks[place], task)
    }
  }

  private static func conflict(_ a: Task, _ b: Task) -> Bool {
    var (one, other) = (0, 0)
    while one < a.indexes.count, other < b.indexes.count {
      if a.indexes[one] == b.indexes[other] {
        if a.letters[one] != b.letters[other] { return true }
        one += 1
        other += 1
      } else if a.indexes[one] < b.indexes[other] {
        one += 1
      } else {
        other += 1
      }
    }
    return false
  }
}

/// Suite and task id.
struct TaskName: Hashable, Sendable {
  let suite: String
  let taskID: String
}
