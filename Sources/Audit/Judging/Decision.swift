internal import Evidence
internal import JSON
internal import Statistics

/// The verdict, why, and what the counts alone would say (STATISTICS §3).
struct Decision: Sendable {
  let verdict: RateVerdict
  /// Machine words in the order of STATISTICS §3, then notes of §6 and §7.
  let reasons: [String]
  /// The fixed-n result before anything lowered it.
  let fixed: RateVerdict

  init(_ facts: AuditFacts, band: Band?, eValues: StoppingEvidence?, checks: [IntegrityResult]) {
    let tasks = facts.counted
    fixed = facts.hasDenominator ? facts.test?.verdict(tasks) ?? .notAuditable : .notAuditable
    let assumed = facts.isPolicyStated ? [] : ["policy_assumed"]
    let obstacles = Self.obstacles(facts, checks: checks)
    guard obstacles.isEmpty, let test = facts.test else {
      verdict = .notAuditable
      reasons = obstacles + assumed
      return
    }
    var lowering: [String] = []
    if band?.isDenominatorSensitive == true { lowering.append("denominator_sensitive") }
    if let eValues, !eValues.confirms(fixed) { lowering.append("stopping_unknown") }
    lowering += checks.filter { $0.isSerious && facts.touchesCounted($0) }.map(\.id)
    verdict = lowering.isEmpty ? fixed : .inconclusive
    let sequence = eValues?.assumesOneRate == true ? ["sequence_assumes_one_rate"] : []
    reasons = test.reasons(fixed, tasks) + lowering + assumed + sequence
  }

  /// Why nothing can be said at all (STATISTICS §3.1).
  private static func obstacles(_ facts: AuditFacts, checks: [IntegrityResult]) -> [String] {
    var words: [String] = []
    let n = facts.counted.total.n
    if facts.totals.attempted == 0, facts.statesRateWithoutCount { words.append("no_counts") }
    if facts.hasDenominator, n == 0 || facts.hasMeanWithoutRate { words.append("no_episodes") }
    if facts.test == nil { words.append("invalid_claim") }
    if !facts.isBinary { words.append("metric_not_binary") }
    if facts.recordedTasks < facts.namedTasks { words.append("task_scope") }
    if !facts.hasDenominator || facts.statesSuccessesOnly { words.append("denominator_unknown") }
    if checks.contains(where: \.isFatal) { words.append("integrity") }
    return words
  }
}

extension AuditFacts {
  /// A score that is not 0/1 needs a custom contract with a success rule.
  var isBinary: Bool {
    plan.metricContract.kind == "binary_success"
      || (!plan.customEvalContract.isNull && plan.metricContract.successRule != nil)
  }

  /// Tasks that the protocol names, and how many of them have a record.
  var namedTasks: Int { plan.frozen.tasks.count }
  var recordedTasks: Int {
    let recorded = Set(
      tasks.filter { $0.outcomes.attempted > 0 }.map { tally in
        let task = input.tasks[tally.position]
        return EpisodeKey.taskPrefix(suite: task.suite, taskID: task.taskID)
      })
    return plan.frozen.tasks.count {
      recorded.contains(EpisodeKey.taskPrefix(suite: $0.suite, taskID: $0.taskID))
    }
  }

  /// Whether the claim is about the mean of the tasks' rates and a task has none.
  var hasMeanWithoutRate: Bool {
    rules >= .v2 && test?.aggregate == .macro && test?.dimensions == nil
      && counted.contains { $0.n == 0 }
  }

  /// Whether the source states successes, and neither episodes nor how many there were.
  var statesSuccessesOnly: Bool {
    guard rules >= .v2, totals.attempted == 0, let aggregates = input.sourceAggregates else {
      return false
    }
    return aggregates["num_success"]?.int != nil && aggregates["n_episodes"]?.int == nil
      && aggregates["num_evaluated"]?.int == nil
  }

  /// Whether the source states a percentage or mean and no number of episodes.
  var statesRateWithoutCount: Bool {
    guard let aggregates = input.sourceAggregates else { return false }
    let rates = ["pc_success", "success_rate", "mean_success"]
    let counts = ["n_episodes", "num_evaluated"]
    func states(_ keys: [String]) -> Bool {
      keys.contains { aggregates[$0].map { !$0.isNull } ?? false }
    }
    return states(rates) && !states(counts)
  }

  /// Whether a finding concerns the counted episodes: it names none, or one of a counted task.
  func touchesCounted(_ check: IntegrityResult) -> Bool {
    guard let place = check.at else { return true }
    return tasks.contains { tally in
      let task = input.tasks[tally.position]
      return place.hasPrefix(EpisodeKey.taskPrefix(suite: task.suite, taskID: task.taskID))
    }
  }
}
