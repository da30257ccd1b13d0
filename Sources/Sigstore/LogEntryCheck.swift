internal import Platform

/// Who a log entry must name.
struct EntrySigner: Sendable {
  let key: VerificationKey
  /// DER of the leaf; nil for a managed key.
  let certificate: [UInt8]?

  /// Whether the entry's verifier is this certificate, or this very key.
  fileprivate func isNamed(by logged: LoggedSignature) -> Bool {
    if let details = logged.keyDetails, key.fits(keyDetails: details) != true { return false }
    guard let certificate else {
      return !logged.verifierIsCertificate && logged.verifier == key.spki
    }
    return logged.verifierIsCertificate && logged.verifier == certificate
  }
}

/// Step 6 of SIGNING §7: the entry lies in a log that is trusted, and it is about this bundle.
struct LogEntryCheck {
  let entry: LogEntry
  let root: TrustedRoot
  let times: ProvenTimes
  let policy: SigstorePolicy?
  let now: Int64

  func verify(
    content: SignedContent, bundle: Bundle, signer: EntrySigner
  ) throws(SigstoreError) {
    // A promise that holds dates the entry; without one its time is that of the signature.
    let moments =
      times.promiseHolds
      ? [Moment(seconds: entry.integratedTime)] : times.times.map(\.time)
    let log = try entry.log(of: root.logs, at: moments)
    let body = LogEntryBody(entry.canonicalizedBody)
    try verifyInclusion(in: log, isSecondGeneration: body?.kind.isSecondGeneration ?? false)
    guard let body else {
      throw SigstoreError(.logEntryUnsupported, "the body of the log entry cannot be read")
    }
    try verify(body, content: content, bundle: bundle, signer: signer)
  }

  private func verifyInclusion(in log: LogKey, isSecondGeneration: Bool) throws(SigstoreError) {
    guard let proof = entry.proof else {
      // Version 0.1 may rest on the promise alone, which then has to hold.
      if times.promiseHolds { return }
      throw SigstoreError(.logPromiseInvalid, "the log's promise does not hold for this entry")
    }
    if isSecondGeneration {
      let checkpoint = try checkpoint(of: proof, log: log, isSecondGeneration: true)
      try check(proof, index: entry.logIndex, size: checkpoint.size, root: checkpoint.root)
      return
    }
    try check(proof, index: proof.logIndex, size: proof.treeSize, root: proof.rootHash)
    if proof.checkpoint == nil && times.promiseHolds { return }
    let checkpoint = try checkpoint(of: proof, log: log, isSecondGeneration: false)
    guard checkpoint.size == proof.treeSize, checkpoint.root == proof.rootHash else {
      throw SigstoreError(.checkpointInvalid, "the checkpoint is of another tree than the proof")
    }
  }

  private func check(
    _ proof: InclusionProof, index: Int64, size: Int64, root: [UInt8]
  ) throws(SigstoreError) {
    let computed = InclusionProof.root(
      leaf: entry.canonicalizedBody, index: index, size: size, path: proof.hashes)
    guard let computed, computed == root else {
      throw SigstoreError(.inclusionProofInvalid, "the entry is not where the log's tree has it")
    }
  }

  private func checkpoint(
    of proof: InclusionProof, log: LogKey, isSecondGeneration: Bool
  ) throws(SigstoreError) -> Checkpoint {
    guard let checkpoint = proof.checkpoint.flatMap(Checkpoint.init),
      checkpoint.isSigned(by: log, isSecondGeneration: isSecondGeneration)
    else {
      throw SigstoreError(.checkpointInvalid, "the checkpoint is not signed by the entry's log")
    }
    if let policy {
      try checkpoint.checkCosignatures(
        by: policy.witnesses, quorum: policy.witnessQuorum, now: now)
    }
    return checkpoint
  }

  private func verify(
    _ body: LogEntryBody, content: SignedContent, bundle: Bundle, signer: EntrySigner
  ) throws(SigstoreError) {
    let hash = signer.key.defaultHash
    guard let expected = body.expected(content, hash: hash) else {
      throw SigstoreError(
        .logEntryUnsupported, "log entries of this kind are not known",
        place: "\(body.kind.kind) \(body.kind.version)")
    }
    guard entry.kindVersion == body.kind else {
      throw SigstoreError(
        .logEntryMismatch, "the log entry is of another kind than the bundle says")
    }
    guard let logged = body.logged(hash: hash), logged.digest == expected,
      logged.signature == bundle.content.signature, signer.isNamed(by: logged)
    else {
      throw SigstoreError(.logEntryMismatch, "the log entry is about another signature")
    }
  }
}
