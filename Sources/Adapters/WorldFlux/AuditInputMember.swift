internal import Evidence
internal import JSON
internal import Platform

/// Reads what the word `worldflux` stands for: a bridge file, or an audit_input.json (FORMATS §11).
func readWorldFlux(
  _ sources: [SourceFile], detectedBy: [String], options: ReadOptions
) throws(AdapterError) -> SavedRun {
  let source = try onlyFile(sources, of: "worldflux")
  let member = "schema_version:worldflux.audit_input"
  var isMember = false
  do throws(AdapterError) {
    isMember = try detectFormat(of: source).evidence == [member]
  } catch {
    // A whole JSON text that is neither: for one the metric reports of a namesake. Every other
    // fault is the bridge reader's to tell, with the line.
    if error.code == .unrecognisedShape || error.code == .emptyInput { throw error }
  }
  if isMember { return try readAuditInput(source, detectedBy: [member]) }
  return try readBridge(sources, as: "worldflux", detectedBy: detectedBy, options: options)
}

/// Reads the member audit_input.json of a package, to be passed on as the bytes it is.
///
/// Its shape is checked, and its counts against its letters. What rows a package needs follow from
/// the columns; steps, rewards and recordings are not in them and stay unknown.
///
/// - Throws: the reason words of SCHEMAS §15.
private func readAuditInput(
  _ source: SourceFile, detectedBy: [String]
) throws(AdapterError) -> SavedRun {
  guard source.mapped.count <= 1 << 30 else {
    throw AdapterError(
      .fileTooLarge, place: source.path, message: "an audit input of more than 1 GiB")
  }
  let (stated, digest) = try source.read { (bytes) throws(AdapterError) in
    let copy = unsafe bytes.withPart(0..<bytes.count) { unsafe Array($0) }
    do throws(EvidenceError) {
      let input = try AuditInput.decode(copy)
      try input.checkCounts()
      return StatedAuditInput(input: input, bytes: copy)
    } catch {
      throw AdapterError(error, in: source.path)
    }
  }
  let input = stated.input
  var texts = TextLexemes()
  let tasks = savedTasks(of: input.tasks, &texts)
  var run = SavedRun(
    format: SourceFormat(name: "worldflux", generation: "audit_input", detectedBy: detectedBy),
    adapterVersion: "1", tasks: tasks, seedLabel: input.seedLabel,
    initialStateLabel: input.initialStateLabel, denominatorRule: input.sourceDenominatorRule,
    model: input.model, metricName: input.metricName, successRule: input.successRule,
    createdAt: input.reportedAt, harnessVersion: nil, sourceAggregates: input.sourceAggregates,
    notes: input.sourceNotes ?? SourceNotes(partial: nil, warnings: [], generated: nil),
    inputs: [source.inputFile(mediaType: "application/json", digest: digest)],
    observations: input.observations, lexemes: texts)
  run.statedInput = stated
  return run
}

/// Episodes that the protocol left out stand in a row of their own there, and in their task here.
private func savedTasks(of audited: [AuditedTask], _ texts: inout TextLexemes) -> [SavedTask] {
  var tasks: [SavedTask] = []
  var places: [[String]: Int] = [:]
  for task in audited {
    let next = savedTask(task, &texts)
    guard let place = places[[task.suite, task.taskID]] else {
      places[[task.suite, task.taskID]] = tasks.count
      tasks.append(next)
      continue
    }
    tasks[place].append(next)
    let indexes = tasks[place].indexes ?? []
    tasks[place].reorder(indexes.indices.sorted { (indexes[$0], $0) < (indexes[$1], $1) })
  }
  return tasks
}

private func savedTask(_ audited: AuditedTask, _ texts: inout TextLexemes) -> SavedTask {
  let columns = audited.episodes
  let rows = columns.outcomes.indices.filter {
    columns.outcomes[$0] != Outcome.missing.letter
  }
  let indexes = columns.indexes.flatMap { Array($0) }
  var task = SavedTask(
    suite: audited.suite, taskID: audited.taskID, name: audited.name,
    outcomes: rows.map { columns.outcomes[$0] })
  task.indexes = rows.map { indexes[$0] }
  task.seeds = columns.seeds.map { seeds in rows.map { seeds[$0] } }
  task.initialStates = columns.initialStates.map { states in rows.map { states[$0] } }
  task.maxRewards = columns.scores.map { scores in
    rows.map { scores[$0].map { texts.add($0) } ?? .none }
  }
  for (place, row) in rows.enumerated() {
    task.failures[place] = columns.reasons[indexes[row]]
  }
  return task
}

extension SavedTask {
  /// Adds the rows of another part of the same task.
  fileprivate mutating func append(_ other: SavedTask) {
    let count = self.count
    func joined<T>(_ one: [T]?, _ two: [T]?, absent: T) -> [T]? {
      if one == nil, two == nil { return nil }
      return (one ?? Array(repeating: absent, count: count))
        + (two ?? Array(repeating: absent, count: other.count))
    }
    indexes = joined(indexes, other.indexes, absent: 0)
    seeds = joined(seeds, other.seeds, absent: nil)
    initialStates = joined(initialStates, other.initialStates, absent: nil)
    maxRewards = joined(maxRewards, other.maxRewards, absent: .none)
    for (row, text) in other.failures { failures[count + row] = text }
    outcomes += other.outcomes
  }
}

/// Numbers that stand in no file as they are, one behind the other.
struct TextLexemes: LexemeSource {
  private var bytes: [UInt8] = []

  mutating func add(_ text: String) -> LexemeSpan {
    let start = bytes.count
    bytes += Array(text.utf8)
    return LexemeSpan(offset: start, length: bytes.count - start)
  }

  func append(_ span: LexemeSpan, to bytes: inout [UInt8]) {
    guard span.offset <= self.bytes.count, span.length <= self.bytes.count - span.offset else {
      return
    }
    bytes += self.bytes[span.offset..<span.offset + span.length]
  }

  func release(upTo offset: Int) {}
}
