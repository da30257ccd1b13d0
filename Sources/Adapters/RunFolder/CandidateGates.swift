internal import Evidence

/// What a candidate is judged against; empty where the user gave no claim.
struct CandidateContext: Sendable {
  let claim: Claim?
  let plan: EvaluationProtocol?
  /// The metric that the claim is about.
  let metricName: String?
  /// A contract that was given apart from the folder.
  let contract: RowContract?

  init(claim: Claim?, plan: EvaluationProtocol?, contract: RowContract?) {
    self.claim = claim
    self.plan = plan
    self.contract = contract
    let stated = claim.flatMap { claim in
      plan.flatMap { (try? $0.effectiveMetric(claim)) ?? nil }
    }
    metricName = stated?.name ?? claim?.metric?.name ?? plan?.metricContract.name
  }
}

/// The gates of IMPORT §3.1, in order.
struct CandidateGates {
  let context: CandidateContext
  private(set) var failed: [ImportReason] = []
  private(set) var notes: [(NoteWord, String?)] = []
  private(set) var cells = CandidateCells([])

  init(_ context: CandidateContext) { self.context = context }

  /// Runs all gates over the rows of a file.
  ///
  /// - Parameters:
  ///   - isPartial: the format's own reader says that episodes are missing.
  ///   - contract: found beside the rows.
  mutating func judge(_ probe: RowProbe, contract: RowContract?, isPartial: Bool, isMalformed: Bool)
  {
    if isMalformed { failed.append(.candidateMalformed) }
    if let reason = Self.success(probe.rows) { return failed.append(reason) }
    guard let tasks = identified(probe.rows) else { return failed.append(.identityMissing) }
    cells = CandidateCells(tasks)
    guard resolveRepeats() else { return failed.append(.duplicateEpisodes) }
    guard let plan = context.plan, context.claim != nil else {
      return failed.append(.claimNotGiven)
    }
    judgeContract(probe, contract)
    let hasCells = plan.frozen.episodeIndexes != nil
    if !hasCells, probe.planned == nil { failed.append(.denominatorMissing) }
    if isPartial || !isComplete(plan, probe) { failed.append(.partialEpisodes) }
  }

  private static func success(_ rows: RawRows) -> ImportReason? {
    var seen = (booleans: false, others: false, absent: false, scores: false)
    for row in rows.rows {
      if row.hasScore { seen.scores = true }
      switch row.outcome {
      case .succeeded, .failed: seen.booleans = true
      case .notBoolean: seen.others = true
      case .absent: seen.absent = true
      case .errored, .excluded, .pending: break
      }
    }
    if seen.others || (seen.absent && seen.booleans) { return .successNotBoolean }
    guard seen.absent else { return nil }
    return seen.scores ? .numericScoreOnly : .successMissing
  }

  /// The rows by task; nil where one cannot be told apart.
  private func identified(_ rows: RawRows) -> [CandidateCells.Task]? {
    let identity = RowIdentity(context.plan)
    var names: [Int64: TaskName] = [:]
    var order: [TaskName: [(index: Int, letter: UInt8)]] = [:]
    for row in rows.rows {
      let key = Int64(row.suite) << 32 | Int64(UInt32(bitPattern: row.task))
      var name = names[key]
      if name == nil {
        name = identity.task(suite: rows.text(row.suite), task: rows.text(row.task))
        names[key] = name
      }
      guard let name, row.episode >= 0 else { return nil }
      order[name, default: []].append((row.episode, row.outcome.letter))
    }
    return order.map { name, rows in
      let sorted = rows.enumerated().sorted {
        ($0.element.index, $0.offset) < ($1.element.index, $1.offset)
      }
      return CandidateCells.Task(
        suite: name.suite, taskID: name.taskID, indexes: sorted.map(\.element.index),
        letters: sorted.map(\.element.letter))
    }
  }

  /// Keeps the attempt that the protocol counts; false where it does not say which.
  private mutating func resolveRepeats() -> Bool {
    let policy = context.plan?.frozen.denominators.retries
    var isResolved = true
    let tasks = cells.tasks.map { task in
      guard zip(task.indexes, task.indexes.dropFirst()).contains(where: { $0 == $1 }) else {
        return task
      }
      guard policy == "first_attempt" || policy == "last_attempt" else {
        isResolved = false
        return task
      }
      var kept = CandidateCells.Task(
        suite: task.suite, taskID: task.taskID, indexes: [], letters: [])
      for (index, letter) in zip(task.indexes, task.letters) {
        if kept.indexes.last != index {
          kept.indexes.append(index)
          kept.letters.append(letter)
        } else if policy == "last_attempt" {
          kept.letters[kept.letters.count - 1] = letter
        }
      }
      return kept
    }
    cells = CandidateCells(tasks)
    return isResolved
  }

  private mutating func judgeContract(_ probe: RowProbe, _ found: RowContract?) {
    let name: String
    if probe.isKnownFormat {
      name = probe.metric ?? "success_rate"
    } else if let contract = context.contract ?? found {
      name = contract.name
    } else {
      return failed.append(.metricContractMissing)
    }
    if Self.plain(name) != Self.plain(context.metricName ?? name) {
      failed.append(.metricContractMismatch)
    }
  }

  /// A bridge calls the success rate `success`.
  private static func plain(_ name: String) -> String { name == "success" ? "success_rate" : name }

  private mutating func isComplete(_ plan: EvaluationProtocol, _ probe: RowProbe) -> Bool {
    var isComplete = !probe.rows.rows.contains { $0.outcome == .pending }
    if let planned = probe.planned, planned != probe.rows.rows.count { isComplete = false }
    var outside = cells.rowCount
    var byTask: [TaskName: CandidateCells.Task] = [:]
    for task in cells.tasks { byTask[TaskName(suite: task.suite, taskID: task.taskID)] = task }
    for task in plan.frozen.tasks {
      let rows = byTask[TaskName(suite: task.suite, taskID: task.taskID)]
      guard let ranges = plan.frozen.episodeIndexes else {
        outside -= rows?.indexes.count ?? 0
        continue
      }
      let wanted = ranges.reduce(0) { $0 + $1.count }
      let inside = (rows?.indexes ?? []).count { index in ranges.contains { $0.contains(index) } }
      outside -= inside
      if inside < wanted { isComplete = false }
    }
    if outside > 0 { notes.append((.outOfProtocolEpisodes, "\(outside) rows")) }
    return isComplete
  }
}

extension RowOutcome {
  /// As in a member of a package; P for pending, `-` where nothing was said.
  var letter: UInt8 {
    switch self {
    case .succeeded: 0x53
    case .failed: 0x46
    case .errored: 0x45
    case .excluded: 0x58
    case .pending: 0x50
    case .absent, .notBoolean: 0x2D
    }
  }
}
