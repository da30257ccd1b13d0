internal import Evidence
internal import Platform

/// Lays a saved run over a protocol's cells.
struct RunMatcher {
  let run: SavedRun
  let frozen: Frozen
  /// More cells than this are refused: a typing error in a range must not fill the memory.
  private let cellLimit = 50_000_000

  init(run: SavedRun, frozen: Frozen) {
    self.run = run
    self.frozen = frozen
  }

  func match() throws(AuditError) -> MatchedRun {
    for task in run.tasks { try check(task) }
    var result = MatchedRun(tasks: [])
    result.plannedCells = try plannedCells()
    var places = try sourcePlaces()
    if let place = onlyTaskPlace() {
      places = [TaskKey(frozen.tasks[0]): place]
      result.matchedOnlyTask = true
    }
    var used = Set<Int>()
    var extras: [MatchedTask] = []
    for task in frozen.tasks {
      let place = places[TaskKey(task)]
      if let place { used.insert(place) }
      let (inside, outside) = try lay(task, source: place, &result)
      result.tasks.append(inside)
      if let outside { extras.append(outside) }
    }
    for (place, task) in run.tasks.enumerated() where !used.contains(place) {
      extras.append(try whole(task, source: place, &result))
    }
    result.tasks += extras.sorted { precedes(sortKey($0), sortKey($1)) }
    return result
  }

  private func sortKey(_ task: MatchedTask) -> String { task.suite + "/" + task.taskID }

  private func precedes(_ a: String, _ b: String) -> Bool {
    a.precedes(b)
  }

  // MARK: - Tasks

  private func sourcePlaces() throws(AuditError) -> [TaskKey: Int] {
    var places: [TaskKey: Int] = [:]
    for (place, task) in run.tasks.enumerated() {
      let key = TaskKey(suite: task.suite, taskID: task.taskID)
      if places.updateValue(place, forKey: key) != nil {
        throw AuditError(
          .duplicateTask, place: key.text, message: "the source has this task twice")
      }
    }
    return places
  }

  /// Sources that name neither suite nor task can only be the protocol's only task.
  private func onlyTaskPlace() -> Int? {
    guard run.tasks.count == 1, frozen.tasks.count == 1, let saved = run.tasks.first,
      let planned = frozen.tasks.first, saved.suite.isEmpty, saved.taskID.isEmpty,
      !(planned.suite.isEmpty && planned.taskID.isEmpty)
    else { return nil }
    if let one = saved.name, let other = planned.name, one != other { return nil }
    return 0
  }

  private func plannedCells() throws(AuditError) -> Int? {
    guard let ranges = frozen.episodeIndexes else { return nil }
    var perTask = 0
    for range in ranges {
      let (width, overflow) = range.upperBound.subtractingReportingOverflow(range.lowerBound)
      guard range.lowerBound >= 0, !overflow, width < cellLimit else { throw tooManyCells() }
      perTask += width + 1
      if perTask > cellLimit { throw tooManyCells() }
    }
    let (cells, overflow) = perTask.multipliedReportingOverflow(by: frozen.tasks.count)
    guard !overflow, cells <= cellLimit else { throw tooManyCells() }
    return cells
  }

  private func tooManyCells() -> AuditError {
    AuditError(
      .indexOutOfRange, place: "protocol.json /frozen/episode_indexes",
      message: "the protocol plans more than \(cellLimit) episodes or a negative index")
  }

  /// One task of the protocol: its cells, and what the source has beyond them.
  private func lay(
    _ task: ProtocolTask, source: Int?, _ result: inout MatchedRun
  ) throws(AuditError) -> (inside: MatchedTask, outside: MatchedTask?) {
    let saved = source.map { run.tasks[$0] }
    var inside = MatchedTask(
      suite: task.suite, taskID: task.taskID, name: saved?.name ?? task.name, inProtocol: true,
      source: source, ranges: [], rows: .listed([]), attempts: nil, count: 0)
    guard let saved, let source else {
      let ranges = frozen.episodeIndexes ?? []
      let count = ranges.reduce(0) { $0 + $1.count }
      inside.ranges = ranges
      inside.rows = .listed(Array(repeating: -1, count: count))
      inside.count = count
      return (inside, nil)
    }
    var recorded = try RecordedRows(saved, source, task, frozen.denominators, &result)
    inside.attempts = recorded.attempts
    guard let cells = frozen.episodeIndexes else {
      recorded.fill(&inside)
      return (inside, nil)
    }
    if case .inOrder = recorded.rows, recorded.ranges == cells {
      recorded.fill(&inside)
      return (inside, nil)
    }
    let outside = recorded.takeCells(cells, &inside)
    guard outside.count > 0 else { return (inside, nil) }
    var extra = inside
    extra.inProtocol = false
    outside.fill(&extra)
    return (inside, extra)
  }

  private func whole(
    _ saved: SavedTask, source: Int, _ result: inout MatchedRun
  ) throws(AuditError) -> MatchedTask {
    let task = ProtocolTask(suite: saved.suite, taskID: saved.taskID, name: saved.name)
    let recorded = try RecordedRows(saved, source, task, frozen.denominators, &result)
    var matched = MatchedTask(
      suite: saved.suite, taskID: saved.taskID, name: saved.name, inProtocol: false,
      source: source, ranges: [], rows: .inOrder, attempts: recorded.attempts, count: 0)
    recorded.fill(&matched)
    return matched
  }

  /// Columns of one task must have one row per outcome, and rows must fit in 31 bits.
  private func check(_ task: SavedTask) throws(AuditError) {
    let lengths =
      [
        task.indexes?.count, task.attempts?.count, task.seeds?.count, task.initialStates?.count,
        task.steps?.count, task.durations?.count, task.sumRewards?.count, task.maxRewards?.count,
      ] + task.metadata.map(\.count)
    let place = TaskKey(suite: task.suite, taskID: task.taskID).text
    if task.count > cellLimit || lengths.contains(where: { $0 != nil && $0 != task.count }) {
      throw AuditError(
        .columnMismatch, place: place, message: "the columns of this task differ in length")
    }
    if let bad = task.outcomes.first(where: { !"SFEX".utf8.contains($0) }) {
      throw AuditError(
        .columnMismatch, place: place, message: "outcome \(bad) is none of S, F, E and X")
    }
  }
}

/// Suite and task id.
struct TaskKey: Hashable {
  let suite: String
  let taskID: String
  init(suite: String, taskID: String) {
    self.suite = suite
    self.taskID = taskID
  }
  init(_ task: ProtocolTask) { self.init(suite: task.suite, taskID: task.taskID) }
  var text: String { suite + "/" + taskID }
}
