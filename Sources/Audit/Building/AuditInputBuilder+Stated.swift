internal import Evidence
internal import Platform

extension AuditInputBuilder {
  /// An audit input that was the source itself, once it is known to fit claim and protocol.
  ///
  /// - Parameter made: what follows from its episodes under this protocol.
  /// - Throws: `protocol_mismatch` when it is of another claim or protocol, or has other episodes
  ///   than follow from this one; `audit_input_fixed` for a flag that would change it.
  func pass(_ stated: AuditInput, for made: AuditInput) throws(AuditError) -> AuditInput {
    try refuseFlags()
    func place(_ pointer: String) -> String { "audit_input.json " + pointer }
    guard stated.claimID == claim.id else {
      throw AuditError(
        .protocolMismatch, place: place("/claim_id"),
        message: "the audit input is for another claim: \(stated.claimID)")
    }
    guard stated.protocolID == evaluationProtocol.id else {
      throw AuditError(
        .protocolMismatch, place: place("/protocol_id"),
        message: "the audit input is for another protocol: \(stated.protocolID)")
    }
    guard stated.model.identity == .declared || stated.model.identity == .unknown else {
      throw AuditError(
        .auditInputFixed, place: place("/model/identity"),
        message: "it says that the model was attested, and the attestation is not here",
        hint: "audit the run itself, with --attestation", kind: .refused)
    }
    guard stated.tasks.count == made.tasks.count else {
      throw AuditError(
        .protocolMismatch, place: place("/tasks"),
        message: "\(stated.tasks.count) tasks, and the protocol makes \(made.tasks.count) of them")
    }
    for (number, (one, other)) in zip(stated.tasks, made.tasks).enumerated() {
      if one.suite == other.suite, one.taskID == other.taskID,
        one.inProtocol == other.inProtocol, one.episodes.indexes == other.episodes.indexes,
        one.episodes.outcomes == other.episodes.outcomes
      {
        continue
      }
      throw AuditError(
        .protocolMismatch, place: place("/tasks/\(number)"),
        message: "these are not the episodes that the protocol makes of the task "
          + TaskKey(suite: other.suite, taskID: other.taskID).text)
    }
    guard stated.counts == made.counts, stated.outOfProtocolTasks == made.outOfProtocolTasks,
      stated.outOfProtocolEpisodes == made.outOfProtocolEpisodes
    else {
      throw AuditError(
        .countMismatch, place: place("/counts"),
        message: "the counts are not those of the episodes under this protocol")
    }
    return stated
  }

  private func refuseFlags() throws(AuditError) {
    let flags: [(name: String, isGiven: Bool)] = [
      ("--seed-start", options.seedStart != nil), ("--model-id", options.modelID != nil),
      ("--checkpoint-digest", options.checkpointDigest != nil),
      ("--attestation", options.attestation != nil), ("--raw", options.rawHashed),
    ]
    guard let flag = flags.first(where: \.isGiven) else { return }
    throw AuditError(
      .auditInputFixed, place: flag.name,
      message: "an audit_input.json is passed on as it is, so nothing can be added to it",
      hint: "leave out \(flag.name), or audit the run itself", kind: .refused)
  }
}
