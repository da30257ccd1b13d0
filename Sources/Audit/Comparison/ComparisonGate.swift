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
    let (one, other) = (Self.policy(a), Self.policy(b))
    var stricter = one.stricter(other)
    if stricter == .asPlanned, a.input.counts.planned == nil || b.input.counts.planned == nil {
      stricter = .errorsAsFailures
    }
    policy = stricter
    weakening = Self.weakening(a, b, policiesDiffer: one != other)
  }

  private static func policy(_ version: AuditedVersion) -> CountingPolicy {
    version.protocol.frozen.denominators.policy.flatMap(CountingPolicy.init(rawValue:))
      ?? .errorsAsFailures
  }

  private static func forbidding(_ a: AuditedVersion, _ b: AuditedVersion, commonTasks: Int)
    -> [String]
  {
    var reasons: [String] = []
    let (one, other) = (a.protocol.metricContract, b.protocol.metricContract)
    let kinds = (kind(a), kind(b))
    if kinds.0 != kinds.1 { reasons.append("other_claim_kind") }
    if one.name != other.name || one.kind != other.kind { reasons.append("other_metric") }
    if one.successRule != other.successRule { reasons.append("other_success_rule") }
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
    let horizons = (
      a.protocol.metricContract.horizonSteps, b.protocol.metricContract.horizonSteps
    )
    if horizons.0 == nil || horizons.1 == nil {
      reasons.append("horizon_unknown")
    } else if horizons.0 != horizons.1 {
      reasons.append("horizons_differ")
    }
    return reasons
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
