internal import Evidence
internal import Statistics

/// What the three inputs say, read once; every part of evidence.json is derived from it.
struct AuditFacts: Sendable {
  let claim: Claim
  let plan: EvaluationProtocol
  let input: AuditInput
  let rules: RuleSet
  /// nil: the claim states no metric, an open question.
  let metric: ClaimMetric?
  /// nil: threshold, confidence or metric cannot be read.
  let test: ClaimTest?
  /// In-protocol tasks, in protocol order.
  let tasks: [TaskTally]
  let totals: OutcomeTally
  /// Whether the number of planned episodes is known.
  let isPlanned: Bool
  let policy: CountingPolicy
  let isPolicyStated: Bool
  /// Whether the protocol was frozen before the run, as far as the inputs tell.
  let isFrozen: Bool
  let stopping: StoppingState
  /// nil for a format without dimensions.
  let dimensions: Dimensions?

  init(
    claim: Claim, plan: EvaluationProtocol, input: AuditInput, rules: RuleSet = .current
  ) throws(AuditError) {
    self.claim = claim
    self.plan = plan
    self.input = input
    self.rules = rules
    tasks = input.tasks.enumerated().filter(\.element.inProtocol).map { position, task in
      TaskTally(
        position: position, key: task.suite + "/" + task.taskID, name: task.name,
        outcomes: OutcomeTally(letters: task.episodes.outcomes))
    }
    totals = tasks.map(\.outcomes).reduce(OutcomeTally(), +)
    isPlanned = input.counts.planned != nil
    try Self.check(input.counts, against: totals)
    if rules >= .v2 { try Self.checkBelonging(claim, plan, input) }
    if rules >= .v2 { try Self.check(input.rawCoverage, against: totals) }
    dimensions = rules >= .v2 ? Dimensions(input, tasks: tasks) : nil
    let stated = Self.statedPolicy(plan, rules)
    policy = stated ?? .errorsAsFailures
    isPolicyStated = stated != nil
    isFrozen = Self.isFrozen(plan, input)
    stopping = StoppingState(plan: plan, tasks: tasks.map(\.outcomes))
    metric = try Self.metric(claim, plan)
    test = Self.test(
      metric, claim: claim, tasks: Self.counts(tasks, policy, isPlanned), dimensions: dimensions,
      rules: rules)
  }

  /// k and n of each task under the primary policy; empty when that is `as_planned` without a plan.
  var counted: [Counted] { Self.counts(tasks, policy, isPlanned) }

  /// k and n of each task under a policy; nil when the policy has no n.
  func counted(_ policy: CountingPolicy) -> [Counted]? {
    policy == .asPlanned && !isPlanned ? nil : Self.counts(tasks, policy, isPlanned)
  }

  /// Whether the primary policy has an n at all.
  var hasDenominator: Bool { policy != .asPlanned || isPlanned }

  /// Whether the tasks measure several things, over which nothing is pooled.
  var spansDimensions: Bool { dimensions?.areSeveral ?? false }

  private static func counts(_ tasks: [TaskTally], _ policy: CountingPolicy, _ isPlanned: Bool)
    -> [Counted]
  {
    tasks.compactMap { policy.counts($0.outcomes, isPlanned: isPlanned) }
  }

  /// The policy that the protocol states; the best case is never a primary one (STATISTICS §6).
  private static func statedPolicy(_ plan: EvaluationProtocol, _ rules: RuleSet)
    -> CountingPolicy?
  {
    let stated = plan.frozen.denominators.policy.flatMap(CountingPolicy.init(rawValue:))
    return rules >= .v2 && stated == .bestCase ? nil : stated
  }

  private static func check(_ counts: Evidence.EpisodeCounts, against totals: OutcomeTally)
    throws(AuditError)
  {
    let tallies = [
      ("attempted", counts.attempted, totals.attempted),
      ("succeeded", counts.succeeded, totals.succeeded),
      ("failed", counts.failed, totals.failed), ("errored", counts.errored, totals.errored),
      ("excluded", counts.excluded, totals.excluded), ("missing", counts.missing, totals.missing),
      ("planned", counts.planned ?? totals.cells, totals.cells),
    ]
    for (name, stated, tallied) in tallies where stated != tallied {
      throw AuditError(
        .countMismatch, place: "audit_input.json /counts/\(name)",
        message: "the count says \(stated), the outcomes of the tasks say \(tallied)")
    }
  }

  private static func metric(_ claim: Claim, _ plan: EvaluationProtocol)
    throws(AuditError) -> ClaimMetric?
  {
    do throws(EvidenceError) {
      return try plan.effectiveMetric(claim)
    } catch {
      throw AuditError(.metricMismatch, from: error)
    }
  }

  private static func test(
    _ metric: ClaimMetric?, claim: Claim, tasks: [Counted], dimensions: Dimensions?,
    rules: RuleSet
  ) -> ClaimTest? {
    guard var metric, !claim.openQuestions.contains(where: { asksAboutMetric($0.field) }) else {
      return nil
    }
    if rules >= .v2 {
      // What claim.json accepts as a percentage is read as one.
      metric.threshold = metric.threshold.map(withoutNarrowSpace)
      metric.confidence = metric.confidence.map(withoutNarrowSpace)
      metric.margin = metric.margin.map(withoutNarrowSpace)
    }
    return ClaimTest(
      metric, baseline: claim.baseline, tasks: tasks, dimensions: dimensions, rules: rules)
  }

  /// A text without the narrow no-break space that typesetters put before a percent sign.
  private static func withoutNarrowSpace(_ text: String) -> String {
    text.filter { $0 != "\u{202F}" }
  }

  /// Whether a field path names metric, threshold or confidence of the claim (not of its baseline).
  private static func asksAboutMetric(_ field: String) -> Bool {
    let parts = field.split { $0 == "." || $0 == "/" }
    if parts.first == "baseline" || parts.first == "applicability" { return false }
    return parts.contains {
      ["metric", "metric_contract", "threshold", "confidence"].contains($0)
    }
  }

  private static func isFrozen(_ plan: EvaluationProtocol, _ input: AuditInput) -> Bool {
    guard let frozen = plan.frozenAt else { return false }
    // Both are RFC 3339 in UTC with whole seconds, so their bytes sort as their times.
    guard let reported = input.reportedAt else { return true }
    return frozen <= reported
  }
}

/// Whether the number of episodes was settled before the run (STATISTICS §7).
enum StoppingState: String, Sendable {
  case fixed, sequential, unknown

  init(plan: EvaluationProtocol, tasks: [OutcomeTally]) {
    if plan.frozen.denominators.stopping == "sequential" {
      self = .sequential
    } else if let ranges = plan.frozen.episodeIndexes, !tasks.isEmpty {
      let planned = ranges.reduce(0) { $0 + $1.count }
      self = tasks.allSatisfy { $0.attempted == planned } ? .fixed : .unknown
    } else {
      self = .unknown
    }
  }
}
