internal import Evidence
internal import JSON

/// Reads one results file and compares its totals with its evaluations.
struct LBMEvalReader {
  private var source: SourceReader
  private var tasks: [LBMEvalTask] = []
  private var places: [String: Int] = [:]
  private var seen: Set<Scenario> = []
  private var stated: [String: StatedNumber] = [:]
  private var counts: [String: Int] = [:]
  private var hasEvaluations = false

  private struct Scenario: Hashable {
    let task: Int
    let index: Int
  }

  private static let countKeys = ["num_requested_evaluations", "num_evaluated", "num_success"]
  private let limits: ReadLimits

  init(_ source: SourceReader, limits: ReadLimits) {
    self.source = source
    self.limits = limits
  }

  mutating func read() throws(AdapterError) -> LBMEvalContent {
    var source = self.source
    let complaint = try source.readDocument { (source, key) throws(AdapterError) in
      switch key {
      case "evaluations":
        hasEvaluations = true
        try readEvaluations(&source)
      case "num_requested_evaluations", "num_evaluated", "num_success":
        counts[key] = try source.count(at: "/" + key)
      case "success_rate": stated[key] = try source.number(at: "/success_rate")
      default: try source.skipValue()
      }
    }
    self.source = source
    if !hasEvaluations, counts.isEmpty {
      throw unrecognised()
    }
    if let complaint { throw complaint }
    guard hasEvaluations else { throw source.missing("evaluations", at: "") }
    return LBMEvalContent(tasks: tasks, aggregates: try checkedAggregates())
  }

  private func unrecognised() -> AdapterError {
    source.complaint(
      .unrecognisedShape, at: "",
      "this is no result of lbm_eval: there is neither evaluations nor a number of them",
      hint: "the file may belong to another tool: try the format `auto`")
  }

  // MARK: - Evaluations

  private mutating func readEvaluations(_ source: inout SourceReader) throws(AdapterError) {
    // Each evaluation names a recording.
    try source.objects(at: "/evaluations", atMost: min(limits.episodes, limits.references)) {
      (source, number) throws(AdapterError) in
      let evaluation = try Self.evaluation(&source, at: "/evaluations/\(number)")
      let place: Int
      if let known = places[evaluation.skill] {
        place = known
      } else {
        guard tasks.count < limits.tasks else {
          throw source.complaint(
            .limitExceeded, at: "/evaluations/\(number)", "more than \(limits.tasks) tasks")
        }
        place = tasks.count
        places[evaluation.skill] = place
        tasks.append(LBMEvalTask(skill: evaluation.skill))
      }
      guard seen.insert(Scenario(task: place, index: evaluation.scenarioIndex)).inserted else {
        throw source.complaint(
          .duplicateEpisode, at: "/evaluations/\(number)/scenario_index",
          "scenario \(evaluation.scenarioIndex) of \(shown(evaluation.skill)) is there twice")
      }
      tasks[place].append(evaluation)
    }
  }

  private static func evaluation(
    _ source: inout SourceReader, at place: String
  ) throws(AdapterError) -> LBMEvaluation {
    var result = LBMEvaluation()
    var isPending = false
    var success: Bool?
    var seen: Set<String> = []
    try source.members { (source, key) throws(AdapterError) in
      seen.insert(key)
      switch key {
      case "skill_type": result.skill = try source.name(at: place + "/skill_type")
      case "scenario_index":
        result.scenarioIndex = try source.count(at: place + "/scenario_index")
      case "is_pending": isPending = try source.bool(at: place + "/is_pending")
      case "total_time": result.totalTime = try source.spanOrNull(at: place + "/total_time")
      case "is_success": success = try Self.success(&source, at: place)
      case "failure_message":
        result.failureMessage = try source.textOrNull(at: place + "/failure_message")
      default: try source.skipValue()
      }
    }
    let required = [
      "skill_type", "scenario_index", "is_pending", "total_time", "is_success", "failure_message",
    ]
    for key in required where !seen.contains(key) { throw source.missing(key, at: place) }
    result.outcome = try outcome(of: result, isPending, success, source, at: place)
    return result
  }

  private static func success(
    _ source: inout SourceReader, at place: String
  ) throws(AdapterError) -> Bool? {
    let token = try source.next()
    guard token.kind == .bool || token.kind == .null else {
      throw source.complaint(
        .successNotBoolean, at: place + "/is_success", "a success is true or false, nothing else")
    }
    return token.bool
  }

  /// What an entry means; one without a time was broken off, one with a time ran to its end.
  private static func outcome(
    of evaluation: LBMEvaluation, _ isPending: Bool, _ success: Bool?, _ source: SourceReader,
    at place: String
  ) throws(AdapterError) -> Outcome? {
    let hasMessage = evaluation.failureMessage != nil
    if isPending {
      guard success == nil, !hasMessage, evaluation.totalTime.isNone else {
        throw source.complaint(
          .contradictoryEpisode, at: place + "/is_pending",
          "the evaluation is pending, and has a result all the same")
      }
      return nil
    }
    guard let success else {
      throw source.complaint(
        .successNotBoolean, at: place + "/is_success",
        "the evaluation is not pending, and whether it succeeded is null")
    }
    if success, hasMessage {
      throw source.complaint(
        .contradictoryEpisode, at: place + "/failure_message",
        "the evaluation succeeded, and has a failure message")
    }
    if hasMessage, evaluation.totalTime.isNone { return .errored }
    return success ? .succeeded : .failed
  }

  // MARK: - Totals

  private func checkedAggregates() throws(AdapterError) -> JSONObject {
    let evaluated = tasks.reduce(0) { $0 + $1.indexes.count }
    let succeeded = tasks.reduce(0) { $0 + $1.successes }
    let all = tasks.reduce(evaluated) { $0 + $1.pending }
    for (key, computed) in zip(Self.countKeys, [all, evaluated, succeeded]) {
      guard let count = counts[key] else { throw source.missing(key, at: "") }
      if count != computed {
        throw source.complaint(
          .aggregateMismatch, at: "/" + key, "it says \(count), and the entries make \(computed)")
      }
    }
    guard let rate = stated["success_rate"] else {
      throw source.missing("success_rate", at: "")
    }
    let computed = evaluated == 0 ? 0 : Double(succeeded) / Double(evaluated)
    guard agree(rate.value, computed, relative: 1e-6) else {
      throw source.complaint(
        .aggregateMismatch, at: "/success_rate",
        "it says \(shown(rate.lexeme)), and \(succeeded) of \(evaluated) succeeded")
    }
    return JSONObject([
      ("num_evaluated", .number(JSONNumber(Int64(evaluated)))),
      ("num_success", .number(JSONNumber(Int64(succeeded)))),
      ("success_rate", .string(rate.lexeme)),
    ])
  }
}
