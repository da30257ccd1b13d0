public import Evidence
public import JSON
internal import Platform
internal import Statistics

/// The digests of the three inputs of an audit, as `sha256:…` texts of the member bytes.
public struct InputDigests: Sendable, Equatable {
  public var claim: String
  public var `protocol`: String
  public var auditInput: String

  public init(claim: String, protocol: String, auditInput: String) {
    self.claim = claim
    self.protocol = `protocol`
    self.auditInput = auditInput
  }
}

/// The whole of evidence.json, from claim, protocol and audit_input alone (SCHEMAS §4).
///
/// Equal inputs give equal bytes. Throws `metric_mismatch` when claim and protocol state different
/// metrics, `protocol_mismatch` when they are not of one audit, `count_mismatch` when the counts are not the tallies of the outcomes, and
/// `aggregate_not_supported` for a claim against a baseline that is not averaged over all episodes.
///
/// - Parameter rules: those that a package names, to derive it again.
public func judge(
  claim: Claim, protocol plan: EvaluationProtocol, input: AuditInput, digests: InputDigests,
  rules: RuleSet = .current
) throws(AuditError) -> JSONValue {
  let facts = try AuditFacts(claim: claim, plan: plan, input: input, rules: rules)
  try requireSupported(facts)
  let checks = IntegrityChecks(facts).results()
  let stopping = StoppingEvidence(facts)
  let band = facts.hasDenominator ? facts.test.map { Band(facts, test: $0) } : nil
  let decision = Decision(facts, band: band, eValues: stopping, checks: checks)
  let grade = GradeReport(
    facts, verdictIsAuditable: decision.verdict != .notAuditable, checks: checks)
  let power = PowerReport(facts, decision: decision)
  let scope = ScopeReport(facts)
  let axes = NextAxes(facts)
  let packageID = DerivedID.text(
    prefix: "pkg", parts: [digests.claim, digests.protocol, digests.auditInput])
  var evidence: JSONObject = [
    "schema_version": "worldflux.evidence.v0_draft", "rules": .string(rules.name),
    "package_id": .string(packageID), "display_id": .string("WF-" + packageID.suffix(8)),
    "claim": facts.claimJSON,
    "protocol": [
      "id": .string(plan.id), "freeze_digest": .string(plan.freezeDigest),
      "frozen_at": .text(plan.frozenAt),
    ],
    "counts": facts.countsJSON, "primary": facts.primaryJSON,
    "verdict": .string(decision.verdict.rawValue), "reasons": .texts(decision.reasons),
    "verdict_if_all_assumptions_hold": .string(decision.fixed.rawValue),
    "policies": facts.policiesJSON,
    "band": facts.test.flatMap { test in band?.json(test) } ?? Band.undecided(facts),
    "stopping": facts.stoppingJSON(stopping), "tasks": facts.tasksJSON,
    "integrity": .array(checks.map(\.json)),
    "grade": grade.json, "conformance": scope.conformance, "scope": scope.scope,
    "recommendation": Recommendation(
      facts, decision: decision, grade: grade.letter, band: band
    ).json,
    "missing_evidence": MissingEvidence(
      facts, axes: axes, power: power, setting: scope.setting
    ).json,
    "next_axes": axes.json, "deployment_summary": scope.deployment,
  ]
  evidence.set("power", power.json, orReason: power.reason ?? "not_defined")
  let pooled: [(String, JSONValue)] = [
    ("test", facts.spansDimensions ? nil : facts.testJSON),
    ("intervals", IntervalsReport(facts: facts, digests: digests).json),
    ("homogeneity", facts.homogeneityJSON),
  ]
  for (key, value) in pooled { evidence.set(key, value, orReason: "dimensions_not_pooled") }
  if let dimensions = DimensionsReport(facts) { evidence["dimensions"] = dimensions.json }
  if facts.rules >= .v2, facts.compares { evidence["baseline"] = facts.baselineJSON }
  return .object(evidence)
}

/// Refuses what no definition covers, rather than judging it wrongly.
///
/// A baseline is one pooled count, so a claim against it per task, or over uneven tasks alike, has no
/// test.
private func requireSupported(_ facts: AuditFacts) throws(AuditError) {
  guard let test = facts.test, test.baseline != nil, let aggregate = test.aggregate,
    !test.isPooled(facts.counted), test.dimensions == nil || aggregate == .eachTask
  else { return }
  throw AuditError(
    .aggregateNotSupported, place: "claim.json /metric/aggregate",
    message: "a claim against a baseline is judged on pooled counts only",
    hint: "state the aggregate as micro", kind: .refused)
}
