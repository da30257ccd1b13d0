internal import Adapters
internal import Evidence
internal import JSON
internal import Platform

/// Runs `cases.json` of a folder of saved evaluations, or of each folder below that has one.
///
/// A row compares what it states: outcome, reason, counts, tasks with their outcome letters, seeds,
/// generation, labels, warnings, times, rewards. Rows whose files are not there are left out; rows of a format
/// that cannot be read yet fail. Throws when no table can be read.
public func formatCases(folder: String) throws -> [CaseResult] {
  let files = FileSystem()
  if try files.statusIfPresent(Path.join(folder, "cases.json")) != nil {
    return try FormatTable(folder: folder, files: files).results()
  }
  var results: [CaseResult] = []
  for entry in try files.list(folder) where entry.kind == .directory {
    let path = Path.join(folder, entry.name ?? "")
    guard try files.statusIfPresent(Path.join(path, "cases.json")) != nil else { continue }
    results += try FormatTable(folder: path, files: files).results()
  }
  return results
}

private struct FormatTable {
  let folder: String
  let files: FileSystem

  func results() throws -> [CaseResult] {
    let table = try JSONValue.parse(try files.read(Path.join(folder, "cases.json")))
    guard let rows = table["cases"]?.array else {
      throw MalformedFormatRow(name: folder, member: "cases")
    }
    var results: [CaseResult] = []
    for row in rows {
      guard let names = row["files"]?.array?.compactMap(\.string), !names.isEmpty else {
        throw MalformedFormatRow(name: folder, member: "files")
      }
      let paths = names.map { Path.join(folder, $0) }
      // Data of foreign licence is not everywhere.
      guard paths.allSatisfy(files.exists) else { continue }
      results.append(try result(row, paths))
    }
    return results
  }

  private func result(_ row: JSONValue, _ paths: [String]) throws -> CaseResult {
    guard let format = row["format"]?.string, let wanted = row["outcome"]?.string else {
      throw MalformedFormatRow(name: paths[0], member: "format, outcome")
    }
    let name =
      Path.lastComponent(folder) + ": " + paths.map(Path.lastComponent).joined(separator: " ")
    var seen: [(field: String, wanted: JSONValue, got: JSONValue)] = []
    do throws(AdapterError) {
      let run = try readSavedRun(
        format: format, inputs: paths, options: ReadOptions(), files: files)
      let partial = run.notes.partial
      seen.append(("outcome", .string(wanted), .string(partial == nil ? "accept" : "partial")))
      seen.append(
        ("reason", row["reason"] ?? .null, partial.map { .string($0.reason) } ?? .null))
      seen += SavedRunView(run: run).fields(statedBy: row)
    } catch {
      seen.append(("outcome", .string(wanted), "reject"))
      seen.append(("reason", row["reason"] ?? .null, .string(error.reason)))
    }
    let differing = seen.filter { $0.wanted != $0.got }
    return CaseResult(
      name: name, passed: differing.isEmpty,
      expected: text(differing.map { ($0.field, $0.wanted) }),
      got: text(differing.map { ($0.field, $0.got) }))
  }

  private func text(_ members: [(String, JSONValue)]) -> String {
    guard let bytes = try? CanonicalJSON.bytes(.object(JSONObject(members.map { ($0.0, $0.1) })))
    else { return "?" }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A run in the terms of a row of cases.json.
private struct SavedRunView {
  let run: SavedRun

  func fields(
    statedBy row: JSONValue
  ) -> [(field: String, wanted: JSONValue, got: JSONValue)] {
    let all: [(String, JSONValue)] = [
      ("counts", counts), ("generation", text(run.format.generation)),
      ("seed_label", .string(run.seedLabel.rawValue)), ("seeds", seeds), ("seed", runSeed),
      ("initial_state_label", .string(run.initialStateLabel.rawValue)), ("rewards", rewards),
      ("denominator_rule", text(run.denominatorRule)), ("created_at", text(run.createdAt)),
      ("harness_version", text(run.harnessVersion)),
    ]
    var fields = all.compactMap { field, got in
      row[field].map { (field: field, wanted: $0, got: got) }
    }
    fields.append(
      ("warnings", sorted(row["warnings"]), sorted(.array(run.notes.warnings.map { .string($0) }))))
    for (task, wanted) in row["seeds_by_task"]?.object?.members ?? [] {
      let found = run.tasks.first { $0.taskID == task }
      fields.append(("seeds of " + task, wanted, .array((found?.seeds ?? []).map(seed))))
    }
    for wanted in row["tasks"]?.array ?? [] {
      guard let name = wanted["name"], let id = wanted["task_id"]?.string else { continue }
      let found = run.tasks.first { $0.taskID == id }
      fields.append(("name of " + id, name, text(found?.name)))
    }
    if let wanted = row["tasks"]?.array {
      // The table lists tasks as the file does; a run has them in order.
      fields.append(
        ("tasks", .array(wanted.map(task).sorted(by: precedes)), .array(tasks.sorted(by: precedes)))
      )
    }
    return fields
  }

  private var tasks: [JSONValue] {
    run.tasks.map { task in
      self.task([
        "suite": .string(task.suite), "task_id": .string(task.taskID),
        "attempted": number(task.count), "succeeded": number(task, "S"),
        "failed": number(task, "F"), "errored": number(task, "E"), "excluded": number(task, "X"),
        "outcomes": .string(String(decoding: task.outcomes, as: UTF8.self)),
      ])
    }
  }

  /// The members of a row's task that every format has, in one order.
  private func task(_ value: JSONValue) -> JSONValue {
    let keys = [
      "suite", "task_id", "attempted", "succeeded", "failed", "errored", "excluded", "outcomes",
    ]
    return .object(JSONObject(keys.map { ($0, value[$0] ?? .null) }))
  }

  private var counts: JSONValue {
    func total(_ letters: String) -> JSONValue {
      let wanted = Array(letters.utf8)
      return number(run.tasks.reduce(0) { $0 + $1.outcomes.count(where: wanted.contains) })
    }
    return [
      "attempted": total("SFEX"), "completed": total("SF"), "succeeded": total("S"),
      "failed": total("F"), "errored": total("E"), "excluded": total("X"),
      "missing": number(run.notes.partial?.missing ?? 0),
    ]
  }

  /// Of all tasks, one behind the other.
  private var seeds: JSONValue {
    .array(
      run.tasks.flatMap { task in
        (task.seeds ?? [Seed?](repeating: nil, count: task.count)).map(seed)
      })
  }

  /// The one seed of all episodes, null where they differ.
  private var runSeed: JSONValue {
    let all = Set(run.tasks.flatMap { $0.seeds ?? [nil] })
    return all.count == 1 ? seed(all.first ?? nil) : .null
  }

  private func seed(_ seed: Seed?) -> JSONValue {
    switch seed {
    case .integer(let value): .number(JSONNumber(value))
    case .text(let text): .string(text)
    case nil: .null
    }
  }

  /// The shortest texts of the same doubles, of all tasks.
  private var rewards: JSONValue {
    .array(
      run.tasks.flatMap { task in
        (task.maxRewards ?? task.sumRewards ?? []).map { span in
          var bytes: [UInt8] = []
          if span.isNone { return .null }
          run.lexemes?.append(span, to: &bytes)
          guard let value = Double(String(decoding: bytes, as: UTF8.self)) else { return .null }
          let text = "\(value)"
          return .string(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
        }
      })
  }

  private func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  private func number(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }

  private func number(_ task: SavedTask, _ letter: Unicode.Scalar) -> JSONValue {
    number(task.outcomes.count { $0 == UInt8(ascii: letter) })
  }

  private func sorted(_ words: JSONValue?) -> JSONValue {
    .array((words?.array ?? []).compactMap(\.string).sorted().map { .string($0) })
  }

  private func precedes(_ a: JSONValue, _ b: JSONValue) -> Bool {
    let left = [a["suite"]?.string ?? "", a["task_id"]?.string ?? ""]
    let right = [b["suite"]?.string ?? "", b["task_id"]?.string ?? ""]
    return left.lexicographicallyPrecedes(right)
  }
}

/// A row of the table that does not say what it must.
private struct MalformedFormatRow: Error {
  let name: String
  let member: String
}
