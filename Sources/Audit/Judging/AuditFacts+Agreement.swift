internal import Evidence

// What the three inputs must say alike before anything is judged.
extension AuditFacts {
  /// Whether claim, protocol and audit input are of one audit.
  ///
  /// - Throws: `protocol_mismatch` for ids that differ, and for a task that is called one of the
  ///   protocol's and is not.
  static func checkBelonging(_ claim: Claim, _ plan: EvaluationProtocol, _ input: AuditInput)
    throws(AuditError)
  {
    func require(_ stated: String, _ expected: String, _ place: String) throws(AuditError) {
      guard stated != expected else { return }
      throw AuditError(
        .protocolMismatch, place: place, message: "it names \(stated), expected \(expected)")
    }
    try require(plan.claimID, claim.id, "protocol.json /claim_id")
    try require(input.claimID, claim.id, "audit_input.json /claim_id")
    try require(input.protocolID, plan.id, "audit_input.json /protocol_id")
    let named = Set(plan.frozen.tasks.map { [$0.suite, $0.taskID] })
    for (position, task) in input.tasks.enumerated()
    where task.inProtocol && !named.contains([task.suite, task.taskID]) {
      throw AuditError(
        .protocolMismatch, place: "audit_input.json /tasks/\(position)/in_protocol",
        message: "the protocol has no task \(task.suite)/\(task.taskID)")
    }
  }

  /// Whether the coverage by raw evidence is one of the episodes that are there.
  ///
  /// - Throws: `count_mismatch`.
  static func check(_ raw: RawCoverage, against totals: OutcomeTally) throws(AuditError) {
    let counted = totals.succeeded + totals.failed + totals.errored
    func refuse(_ field: String, _ stated: Int, _ expected: String) -> AuditError {
      AuditError(
        .countMismatch, place: "audit_input.json /raw_coverage/\(field)",
        message: "the count says \(stated), expected \(expected)")
    }
    if raw.countedEpisodes != counted {
      throw refuse("counted_episodes", raw.countedEpisodes, "\(counted) as the outcomes say")
    }
    if raw.failedEpisodes != totals.failed {
      throw refuse("failed_episodes", raw.failedEpisodes, "\(totals.failed) as the outcomes say")
    }
    if !(0...counted).contains(raw.withRaw) {
      throw refuse("with_raw", raw.withRaw, "no more than \(counted)")
    }
    if !(0...totals.failed).contains(raw.failedWithRaw) {
      throw refuse("failed_with_raw", raw.failedWithRaw, "no more than \(totals.failed)")
    }
  }
}
