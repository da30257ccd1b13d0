public import Evidence
internal import JSON
internal import Platform

/// Lays a saved run over claim and protocol: the normalised input of the audit (SCHEMAS §6).
///
/// Frozen cells without a row become `M`. Tasks that the protocol does not name, and episodes beyond
/// its indexes, are listed with `in_protocol` false and counted nowhere else. An exclusion that no
/// frozen rule allows stays in as an errored episode.
///
/// - Throws: `duplicate_episode` for a repeat that no policy resolves, `secret_in_public_field` for a
///   text that would have to be redacted, and other words for columns and flags that don't fit.
public func buildAuditInput(
  run: SavedRun, raw: RawEvidence, claim: Claim, protocol evaluationProtocol: EvaluationProtocol,
  options: AuditOptions
) throws(AuditError) -> AuditInput {
  try AuditInputBuilder(
    run: run, raw: raw, claim: claim, evaluationProtocol: evaluationProtocol, options: options
  ).build().input
}

/// The input, and the rows of the source that its episodes are.
struct BuiltInput: Sendable {
  var input: AuditInput
  var matched: MatchedRun
  var raw: RawIndex
}

struct AuditInputBuilder {
  let run: SavedRun
  let raw: RawEvidence
  let claim: Claim
  let evaluationProtocol: EvaluationProtocol
  let options: AuditOptions

  func build() throws(AuditError) -> BuiltInput {
    if claim.id != evaluationProtocol.claimID {
      throw AuditError(
        .protocolMismatch, place: "protocol.json /claim_id",
        message: "the protocol is for another claim: \(evaluationProtocol.claimID)")
    }
    let matched = try RunMatcher(run: run, frozen: evaluationProtocol.frozen).match()
    let columns = EpisodeColumnBuilder(run: run, protocol: evaluationProtocol, options: options)
    var tasks: [AuditedTask] = []
    for task in matched.tasks { tasks.append(try columns.task(task)) }
    let rawIndex = RawIndex(raw, run)
    let reportedAt = try reportedTime()
    let observer = RunObserver(
      run: run, matched: matched, outcomes: tasks.map(\.episodes.outcomes), raw: rawIndex,
      evaluationProtocol: evaluationProtocol)
    let outside = tasks.filter { !$0.inProtocol }
    let input = AuditInput(
      claimID: claim.id, protocolID: evaluationProtocol.id, format: format(matched),
      model: try model(), metricName: run.metricName,
      successRule: run.successRule ?? evaluationProtocol.metricContract.successRule,
      reportedAt: reportedAt, attempts: matched.attempts, seedLabel: seedLabel(columns, tasks),
      initialStateLabel: run.initialStateLabel,
      sourceDenominatorRule: run.denominatorRule, counts: counts(tasks, matched),
      observations: observer.observations(reportedAt: reportedAt),
      rawCoverage: observer.rawCoverage(), tasks: tasks, outOfProtocolTasks: outside.count,
      outOfProtocolEpisodes: outside.reduce(0) { $0 + $1.episodes.count },
      duplicates: matched.duplicates, sourceNotes: notes(), sourceAggregates: aggregates())
    let passed = try run.statedInput.map { (stated) throws(AuditError) in
      try pass(stated.input, for: input)
    }
    try PublicText.check(passed ?? input)
    return BuiltInput(input: passed ?? input, matched: matched, raw: rawIndex)
  }

  private func format(_ matched: MatchedRun) -> SourceFormat {
    var format = run.format
    if matched.matchedOnlyTask { format.detectedBy.append("protocol:only_task") }
    return format
  }

  /// Id from the source, else from the flag; the digest likewise, and the two must not differ.
  private func model() throws(AuditError) -> ModelIdentity {
    if let digest = options.checkpointDigest, !Digest.isValid(digest) {
      throw AuditError(
        .digestInvalid, place: "--checkpoint-digest", message: "sha256: and 64 hex digits expected")
    }
    let given = options.checkpointDigest ?? options.attestation?.checkpointDigest
    if let stated = run.model.checkpointDigest, let given, stated != given {
      throw AuditError(
        .checkpointDigestConflict, place: "--checkpoint-digest",
        message: "the source states another checkpoint digest: \(stated)")
    }
    let digest = run.model.checkpointDigest ?? given
    if let attestation = options.attestation, attestation.checkpointDigest != digest {
      throw AuditError(
        .checkpointDigestConflict, place: "--attestation",
        message: "the attestation is over another digest: \(attestation.checkpointDigest)")
    }
    let id = run.model.id ?? options.modelID
    return ModelIdentity(id: id, checkpointDigest: digest, identity: identity(id, digest))
  }

  private func identity(_ id: String?, _ digest: String?) -> ModelIdentity.Identity {
    if let attestation = options.attestation {
      let start = (options.startedAt ?? run.createdAt).flatMap { UTCTime(anyRFC3339: $0) }
      let made = attestation.madeAt.flatMap { UTCTime(anyRFC3339: $0) }
      if let start, let made, made <= start { return .attestedBeforeRun }
      return .attestedAfterRun
    }
    return id == nil && digest == nil ? .unknown : .declared
  }

  private func reportedTime() throws(AuditError) -> String? {
    guard let text = run.createdAt else { return nil }
    guard let time = UTCTime(anyRFC3339: text) else {
      throw AuditError(.timeInvalid, place: "created_at", message: "not an RFC 3339 time")
    }
    return time.rfc3339
  }

  private func seedLabel(_ columns: EpisodeColumnBuilder, _ tasks: [AuditedTask]) -> SeedLabel {
    if columns.derivesSeeds { return .derived }
    let hasSeeds = tasks.contains { $0.episodes.seeds != nil }
    return run.seedLabel == .recorded && !hasSeeds ? .missing : run.seedLabel
  }

  private func counts(_ tasks: [AuditedTask], _ matched: MatchedRun) -> EpisodeCounts {
    var counts = EpisodeCounts()
    counts.planned = matched.plannedCells
    for task in tasks where task.inProtocol {
      for letter in task.episodes.outcomes {
        switch Outcome(letter: letter) {
        case .succeeded: counts.succeeded += 1
        case .failed: counts.failed += 1
        case .errored: counts.errored += 1
        case .excluded: counts.excluded += 1
        case .missing, nil: counts.missing += 1
        }
      }
    }
    counts.attempted = counts.succeeded + counts.failed + counts.errored + counts.excluded
    return counts
  }

  /// Left out when the adapter has nothing to say.
  private func notes() -> SourceNotes? {
    let notes = run.notes
    if notes.partial == nil, notes.warnings.isEmpty, notes.generated == nil { return nil }
    return notes
  }

  private func aggregates() -> JSONObject? {
    let allowed: Set<String> = [
      "pc_success", "n_episodes", "success_rate", "num_success", "num_evaluated", "mean_success",
    ]
    guard let object = run.sourceAggregates else { return nil }
    let members = object.members.filter { allowed.contains($0.key) }
    return members.isEmpty ? nil : JSONObject(members)
  }
}
