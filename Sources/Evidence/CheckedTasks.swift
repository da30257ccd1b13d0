internal import JSON

/// Reads the tasks of an audit_input.json that has passed its field table, column by column.
///
/// No value is made per episode but its place in a column, so that a million episodes cost their
/// columns; all else of the member is small and read as a value.
struct CheckedTasks {
  private var tasks: [AuditedTask] = []
  private var seen: Set<[String]> = []
  private var fault: EvidenceError?

  /// The member without its tasks, and these.
  ///
  /// A fault of the tasks comes as a result, so that the caller can find others before it.
  static func read(
    _ bytes: [UInt8]
  ) throws(EvidenceError) -> (head: JSONValue, tasks: Result<[AuditedTask], EvidenceError>) {
    do throws(JSONError) {
      return try JSONReader.reading(bytes, options: JSONOptions(maximumDepth: 64)) {
        reader throws(JSONError) in
        var own = CheckedTasks()
        var members: [(key: String, value: JSONValue)] = []
        try forEachField(&reader) { reader, key throws(JSONError) in
          if reader.matches(key, "tasks") {
            try own.readTasks(&reader)
          } else {
            members.append((reader.string(key), try reader.readValue()))
          }
        }
        try reader.finish()
        return (
          .object(JSONObject(members)), own.fault.map { .failure($0) } ?? .success(own.tasks)
        )
      }
    } catch {
      throw EvidenceError(error, member: MemberName.auditInput.rawValue)
    }
  }

  private mutating func readTasks(_ reader: inout JSONReader) throws(JSONError) {
    guard try reader.next().kind == .beginArray else { return }
    while try reader.next().kind == .beginObject {
      var task = AuditedTask(
        suite: "", taskID: "", name: nil, inProtocol: false,
        episodes: EpisodeColumns(indexes: [], outcomes: []))
      var columns = CheckedColumns()
      try Self.forEachFieldOfOpened(&reader) { reader, key throws(JSONError) in
        if reader.matches(key, "episodes") {
          try columns.read(&reader)
        } else if reader.matches(key, "suite") {
          task.suite = try reader.readValue().string ?? ""
        } else if reader.matches(key, "task_id") {
          task.taskID = try reader.readValue().string ?? ""
        } else if reader.matches(key, "name") {
          task.name = try reader.readValue().string
        } else if reader.matches(key, "in_protocol") {
          task.inProtocol = try reader.readValue().bool ?? false
        } else {
          try reader.skipValue()
        }
      }
      if fault != nil { continue }
      do throws(EvidenceError) {
        try add(&task, columns)
      } catch {
        fault = error
      }
    }
  }

  private mutating func add(
    _ task: inout AuditedTask, _ columns: CheckedColumns
  ) throws(EvidenceError) {
    let place = EvidencePlace(.auditInput, pointer: "/tasks/\(tasks.count)")
    let name = [task.suite, task.taskID, task.inProtocol ? "in" : "out"]
    guard seen.insert(name).inserted else {
      throw EvidenceError(.duplicateTask, place, "expected every (suite, task_id) once")
    }
    task.episodes = try columns.episodes(at: place)
    tasks.append(task)
  }

  /// Reads an object: `body` reads the value of each key.
  static func forEachField(
    _ reader: inout JSONReader,
    _ body: (inout JSONReader, JSONToken) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try reader.next().kind == .beginObject else { return }
    try forEachFieldOfOpened(&reader, body)
  }

  private static func forEachFieldOfOpened(
    _ reader: inout JSONReader,
    _ body: (inout JSONReader, JSONToken) throws(JSONError) -> Void
  ) throws(JSONError) {
    while true {
      let key = try reader.next()
      guard key.kind == .key else { return }
      try body(&reader, key)
    }
  }
}

/// The columns of one task as they stand in the member.
private struct CheckedColumns {
  private var columns = EpisodeColumns(indexes: [], outcomes: [])
  private var count = 0
  private var indexes: JSONValue = .null
  private var reasons: JSONObject?

  mutating func read(_ reader: inout JSONReader) throws(JSONError) {
    // Not a closure over self: the columns must not be copied.
    guard try reader.next().kind == .beginObject else { return }
    while true {
      let key = try reader.next()
      guard key.kind == .key else { return }
      if reader.matches(key, "count") {
        count = try reader.readValue().int.flatMap { Int(exactly: $0) } ?? 0
      } else if reader.matches(key, "indexes") {
        indexes = try reader.readValue()
      } else if reader.matches(key, "outcomes") {
        columns.outcomes = Array(reader.string(try reader.next()).utf8)
      } else if reader.matches(key, "seeds") {
        columns.seeds = try column(&reader) { reader, token in
          switch token.kind {
          case .number: reader.integer(token).map { .integer($0) }
          case .string: .text(reader.string(token))
          default: nil
          }
        }
      } else if reader.matches(key, "initial_states") {
        columns.initialStates = try column(&reader) { reader, token in
          token.kind == .string ? reader.string(token) : nil
        }
      } else if reader.matches(key, "scores") {
        columns.scores = try column(&reader) { reader, token in
          token.kind == .string ? reader.string(token) : nil
        }
      } else if reader.matches(key, "reasons") {
        reasons = try reader.readValue().object
      } else {
        try reader.skipValue()
      }
    }
  }

  /// A column; nil for null.
  private func column<Value>(
    _ reader: inout JSONReader, _ value: (inout JSONReader, JSONToken) -> Value?
  ) throws(JSONError) -> [Value?]? {
    guard try reader.next().kind == .beginArray else { return nil }
    var column: [Value?] = []
    // `count` comes first in canonical order; it is not believed beyond what is usual.
    column.reserveCapacity(min(max(0, count), 1 << 20))
    while true {
      let token = try reader.next()
      if token.kind == .endArray { return column }
      column.append(value(&reader, token))
    }
  }

  /// The columns when they are as long as the ranges say; `place` is that of the task.
  func episodes(at place: EvidencePlace) throws(EvidenceError) -> EpisodeColumns {
    func here(_ key: String) -> EvidencePlace {
      EvidencePlace(.auditInput, pointer: (place.pointer ?? "") + "/episodes/" + key)
    }
    var columns = columns
    columns.indexes = try IndexRanges.read(indexes, at: here("indexes"))
    let planned = columns.indexes.reduce(0) { $0 + $1.count }
    func require(_ length: Int?, _ key: String) throws(EvidenceError) {
      guard let length, length != planned else { return }
      throw EvidenceError(
        .lengthMismatch, here(key), "expected \(planned), as many as the ranges of indexes hold")
    }
    try require(count, "count")
    try require(columns.outcomes.count, "outcomes")
    try require(columns.seeds?.count, "seeds")
    try require(columns.initialStates?.count, "initial_states")
    try require(columns.scores?.count, "scores")
    for (key, label) in reasons?.members ?? [] {
      guard let index = Int(key), let row = columns.row(ofIndex: index),
        columns.outcomes[row] == Outcome.errored.letter
          || columns.outcomes[row] == Outcome.excluded.letter
      else {
        throw EvidenceError(
          .fieldRange, here("reasons/" + key), "expected the index of an episode with E or X")
      }
      columns.reasons[index] = label.string
    }
    return columns
  }
}
