internal import JSON

/// A field that `--set` may fill, and how its text is read.
struct SettableField {
  enum Kind {
    case text, optionalText, decimal, optionalDecimal, optionalInteger, seed
    case bool
    /// Separated by commas, or a JSON array.
    case texts
    /// `0-49,60-69`, a JSON array of pairs, or null.
    case ranges
    /// Known suites, or `suite/task id` of one, separated by commas; or a JSON array of tasks.
    case tasks
    case json
  }

  /// As the user writes it.
  let path: String
  let kind: Kind

  var isInProtocol: Bool { path.hasPrefix("protocol.") }
  /// The keys in the member.
  var keys: [String] {
    let keys = path.split(separator: ".").map(String.init)
    return isInProtocol ? Array(keys.dropFirst()) : keys
  }

  /// - Throws: `setting_unknown` naming the nearest paths.
  static func find(_ path: String) throws(ClaimError) -> SettableField {
    if let kind = kinds.first(where: { $0.path == path })?.kind {
      return SettableField(path: path, kind: kind)
    }
    if derived.contains(path) {
      throw ClaimError(
        .settingUnknown, path, "this field is made by wf and cannot be set")
    }
    let near = nearest(path).joined(separator: ", ")
    throw ClaimError(
      .settingUnknown, path, "there is no such field", hint: "near names: \(near)")
  }

  /// The value of a text, by the field's type; `null` empties a field that may be empty.
  ///
  /// - Parameter naming: how the harness names the tasks of a suite.
  func value(
    _ text: String, naming: TaskNaming = .published
  ) throws(ClaimError) -> JSONValue {
    switch kind {
    case .text: return .string(text)
    case .optionalText: return text == "null" ? .null : .string(text)
    case .optionalDecimal, .decimal:
      if kind == .optionalDecimal, text == "null" { return .null }
      guard DecimalText(text) != nil else { throw invalid("a decimal such as 0.8 or 80 %") }
      return .string(text)
    case .optionalInteger:
      if text == "null" { return .null }
      guard let number = Int64(text) else { throw invalid("a whole number or null") }
      return .number(JSONNumber(number))
    case .seed:
      if text == "null" { return .null }
      guard let number = Int64(text) else { throw invalid("a whole number or null") }
      // Integers beyond 2^53 - 1 are written as text (SCHEMAS §1).
      return number.magnitude < 1 << 53 ? .number(JSONNumber(number)) : .string(text)
    case .bool:
      guard text == "true" || text == "false" else { throw invalid("true or false") }
      return .bool(text == "true")
    case .texts:
      if text.hasPrefix("[") { return try json(text) }
      return .array(Self.parts(text).map { .string($0) })
    case .ranges: return try ranges(text)
    case .tasks: return try tasks(text, naming)
    case .json: return try json(text)
    }
  }

  private func ranges(_ text: String) throws(ClaimError) -> JSONValue {
    if text == "null" { return .null }
    if text.hasPrefix("[") { return try json(text) }
    var ranges: [JSONValue] = []
    for part in Self.parts(text) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
      guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
        first <= last
      else { throw invalid("ranges such as 0-49, or null") }
      ranges.append([.number(JSONNumber(first)), .number(JSONNumber(last))])
    }
    return .array(ranges)
  }

  private func tasks(_ text: String, _ naming: TaskNaming) throws(ClaimError) -> JSONValue {
    if text.hasPrefix("[") { return try json(text) }
    var tasks: [ProtocolTask] = []
    for part in Self.parts(text) {
      let id = part.prefix { $0 != "/" }
      guard let suite = BenchmarkSuite.named(String(id)) else {
        let known = BenchmarkSuite.known.map(\.id).joined(separator: ", ")
        throw invalid("a JSON array of tasks, or suites of: \(known)")
      }
      guard let all = naming.tasks(of: suite) else {
        throw invalid(
          "another suite: several tasks of \(suite.id) have one instruction, by which this harness "
            + "names them")
      }
      guard id.endIndex < part.endIndex else {
        tasks += all
        continue
      }
      let taskID = part[part.index(after: id.endIndex)...]
      guard let task = all.first(where: { $0.taskID == taskID }) else {
        throw invalid("a task of \(suite.id), the first of which is \(all[0].taskID)")
      }
      tasks.append(task)
    }
    return .array(ProtocolDraft.value(tasks))
  }

  private func json(_ text: String) throws(ClaimError) -> JSONValue {
    do throws(JSONError) {
      return try JSONValue.parse(Array(text.utf8))
    } catch {
      throw invalid("JSON (\(error.message))")
    }
  }

  private func invalid(_ expected: String) -> ClaimError {
    ClaimError(.settingInvalid, path, "expected \(expected)")
  }

  private static func parts(_ text: String) -> [String] {
    text.split(separator: ",").map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// The three paths with the fewest edits, those with the same last name first.
  private static func nearest(_ path: String) -> [String] {
    let last = path.split(separator: ".").last.map(String.init) ?? path
    let ranked = kinds.map { entry in
      let name = entry.path.split(separator: ".").last.map(String.init) ?? entry.path
      return (entry.path, min(edits(path, entry.path), edits(last, name)))
    }
    return ranked.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(3).map(\.0)
  }

  /// Levenshtein's distance in bytes.
  static func edits(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    var row = Array(0...b.count)
    for (i, byte) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (byte == other ? 0 : 1))
        diagonal = above
      }
    }
    return row[b.count]
  }

  /// Fields that follow from others or from the clock.
  private static let derived: Set<String> = [
    "schema_version", "id", "created_at", "source", "protocol.schema_version", "protocol.id",
    "protocol.claim_id", "protocol.created_at", "protocol.frozen_at", "protocol.freeze_digest",
  ]

  private static let kinds: [(path: String, kind: Kind)] = [
    ("slug", .text), ("claim_text", .text), ("capability", .text), ("subject.type", .text),
    ("subject.id", .text), ("subject.checkpoint_uri", .optionalText),
    ("applicability.benchmark", .optionalText),
    ("applicability.benchmark_version", .optionalText),
    ("applicability.robot_embodiment", .optionalText), ("applicability.simulator", .optionalText),
    ("applicability.camera_distribution", .optionalText), ("baseline", .json),
    ("baseline.kind", .text), ("baseline.id", .optionalText), ("baseline.metric", .optionalText),
    ("baseline.value", .optionalDecimal), ("baseline.episodes", .json),
    ("baseline.source_uri", .optionalText), ("metric.name", .text), ("metric.kind", .text),
    ("metric.threshold", .optionalDecimal), ("metric.confidence", .optionalDecimal),
    ("metric.aggregate", .optionalText), ("metric.margin", .optionalDecimal),
    ("open_questions", .json), ("protocol.grade_planned", .optionalText),
    ("protocol.metric_contract.name", .text), ("protocol.metric_contract.kind", .text),
    ("protocol.metric_contract.unit", .optionalText),
    ("protocol.metric_contract.direction", .optionalText),
    ("protocol.metric_contract.success_rule", .optionalText),
    ("protocol.metric_contract.horizon_steps", .optionalInteger),
    ("protocol.metric_contract.action_chunk_steps", .optionalInteger),
    ("protocol.metric_contract.threshold", .optionalDecimal),
    ("protocol.metric_contract.confidence", .optionalDecimal),
    ("protocol.metric_contract.aggregate", .optionalText),
    ("protocol.metric_contract.margin", .optionalDecimal),
    ("protocol.environment.simulator_version", .optionalText),
    ("protocol.environment.environment_digest", .optionalText),
    ("protocol.custom_eval_contract", .json),
    ("protocol.frozen.robot_policy_profile.profile_id", .optionalText),
    ("protocol.frozen.robot_policy_profile.policy_id", .optionalText),
    ("protocol.frozen.robot_policy_profile.embodiment_class", .optionalText),
    ("protocol.frozen.robot_policy_profile.robot_model", .optionalText),
    ("protocol.frozen.robot_policy_profile.simulator_family", .optionalText),
    ("protocol.frozen.robot_policy_profile.control_mode", .optionalText),
    ("protocol.frozen.robot_policy_profile.degrees_of_freedom", .optionalInteger),
    ("protocol.frozen.robot_policy_profile.action_space", .texts),
    ("protocol.frozen.robot_policy_profile.observation_space", .texts),
    ("protocol.frozen.robot_policy_profile.camera_topology", .optionalText),
    ("protocol.frozen.robot_policy_profile.checkpoint_digest", .optionalText),
    ("protocol.frozen.probe_registry_digest", .optionalText), ("protocol.frozen.probes", .texts),
    ("protocol.frozen.tasks", .tasks), ("protocol.frozen.axes", .json),
    ("protocol.frozen.episode_indexes", .ranges), ("protocol.frozen.seeds", .json),
    ("protocol.frozen.seeds.kind", .text), ("protocol.frozen.seeds.first", .seed),
    ("protocol.frozen.seeds.step", .optionalInteger),
    ("protocol.frozen.seeds.count", .optionalInteger), ("protocol.frozen.seeds.values", .json),
    ("protocol.frozen.seeds.same_for_every_task", .bool),
    ("protocol.frozen.denominator_policy.policy", .optionalText),
    ("protocol.frozen.denominator_policy.stopping", .optionalText),
    ("protocol.frozen.denominator_policy.retries", .optionalText),
    ("protocol.frozen.denominator_policy.attempts_per_episode", .optionalInteger),
    ("protocol.frozen.denominator_policy.exclusion_rules", .json),
    ("protocol.frozen.missing_evidence_questions", .json),
  ]
}
