internal import Evidence
internal import JSON

/// The comparability gate: what forbids a comparison and what only weakens it (STATISTICS §5.3).
struct ComparisonGate: Sendable {
  /// Tests are not shown.
  let forbidding: [String]
  /// Tests are shown, with these reasons beside them.
  let weakening: [String]
  /// The policy that both sides are counted under.
  let policy: CountingPolicy

  init(_ a: AuditedVersion, _ b: AuditedVersion, commonTasks: Int) {
    forbidding = Self.forbidding(a, b, commonTasks: commonTasks)
    let isPlanned = a.input.counts.planned != nil && b.input.counts.planned != nil
    policy = Self.policy(a, isPlanned: isPlanned)
      .stricter(Self.policy(b, isPlanned: isPlanned))
    weakening = Self.weakening(
      a, b, policiesDiffer: Self.policy(a, isPlanned: true) != Self.policy(b, isPlanned: true))
  }

  /// The protocol's policy; what is not planned cannot be counted as planned.
  static func policy(_ version: AuditedVersion, isPlanned: Bool) -> CountingPolicy {
    let stated = version.protocol.frozen.denominators.policy
      .flatMap(CountingPolicy.init(rawValue:))
    return stated == .asPlanned && !isPlanned ? .errorsAsFailures : stated ?? .errorsAsFailures
  }

  private static func forbidding(_ a: AuditedVersion, _ b: AuditedVersion, commonTasks: Int)
    -> [String]
  {
    var reasons: [String] = []
    let (one, other) = (a.protocol.metricContract, b.protocol.metricContract)
    let kinds = (kind(a), kind(b))
    if kinds.0 != kinds.1 { reasons.append("other_claim_kind") }
    if one.name != other.name || one.kind != other.kind || differ(one.direction, other.direction) {
      reasons.append("other_metric")
    }
    if let reason = successRules(a, b) { reasons.append(reason) }
    if commonTasks == 0 { reasons.append("no_common_task") }
    let (scope, otherScope) = (a.claim.applicability, b.claim.applicability)
    if differ(scope.benchmark, otherScope.benchmark)
      || differ(scope.benchmarkVersion, otherScope.benchmarkVersion)
    {
      reasons.append("other_suite_version")
    }
    if isUnauditable(a) { reasons.append("a_not_auditable") }
    if isUnauditable(b) { reasons.append("b_not_auditable") }
    return reasons
  }

  private static func weakening(
    _ a: AuditedVersion, _ b: AuditedVersion, policiesDiffer: Bool
  ) -> [String] {
    var reasons: [String] = []
    if policiesDiffer { reasons.append("denominator_policies_differ") }
    if taskSet(a) != taskSet(b) { reasons.append("task_sets_differ") }
    let environments = (a.protocol.environmentDigest, b.protocol.environmentDigest)
    if environments.0 == nil || environments.1 == nil {
      reasons.append("environment_digest_unknown")
    } else if environments.0 != environments.1 {
      reasons.append("environment_digests_differ")
    }
    if differ(a.protocol.simulatorVersion, b.protocol.simulatorVersion) {
      reasons.append("simulator_versions_differ")
    }
    reasons += setting(a, b, \.horizonSteps, unknown: "horizon_unknown", differ: "horizons_differ")
    if statesActionChunk(a) || statesActionChunk(b) {
      reasons += setting(
        a, b, \.actionChunkSteps, unknown: "action_chunk_unknown", differ: "action_chunks_differ")
    }
    return reasons
  }

  /// What the runs were found to use and what the protocols say; a rule that only one side names
  /// cannot be said to be the same.
  private static func successRules(_ a: AuditedVersion, _ b: AuditedVersion) -> String? {
    let planned = (a.protocol.metricContract.successRule, b.protocol.metricContract.successRule)
    let found = (a.input.successRule, b.input.successRule)
    if differ(planned.0, planned.1) || differ(found.0, found.1) { return "other_success_rule" }
    let (one, other) = (found.0 ?? planned.0, found.1 ?? planned.1)
    if one == other { return nil }
    return one == nil || other == nil ? "success_rule_unknown" : "other_success_rule"
  }

  /// Where neither side states it, as most policies have no chunks, it is a note and no weakness.
  static func statesActionChunk(_ version: AuditedVersion) -> Bool {
    version.protocol.metricContract.actionChunkSteps != nil
  }

  private static func setting(
    _ a: AuditedVersion, _ b: AuditedVersion, _ steps: KeyPath<MetricContract, Int?>,
    unknown: String, differ: String
  ) -> [String] {
    let (one, other) = (
      a.protocol.metricContract[keyPath: steps], b.protocol.metricContract[keyPath: steps]
    )
    guard let one, let other else { return [unknown] }
    return one == other ? [] : [differ]
  }

  private static func kind(_ version: AuditedVersion) -> String? {
    version.evidence["claim"]?["kind"]?.string
  }

  private static func isUnauditable(_ version: AuditedVersion) -> Bool {
    version.evidence["verdict"]?.string.map { $0 == "not_auditable" } ?? true
  }

  private static func taskSet(_ version: AuditedVersion) -> Set<String> {
    Set(
      version.input.tasks.filter(\.inProtocol).map {
        EpisodeKey.taskPrefix(suite: $0.suite, taskID: $0.taskID)
      })
  }

  /// Whether both are known and different.
  private static func differ(_ one: String?, _ other: String?) -> Bool {
    one != nil && other != nil && one != other
  }
}
