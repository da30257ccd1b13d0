import ObjectStore
public import Platform
import Signing

/// Who signed a commit, as the trust and revocation of `options` see it.
struct SignatureCheck {
  let options: VerifyOptions
  /// Other people's signatures over the commit, for the policy.
  var coSignatures: [TimedSignature] = []
  /// Unix seconds at which something other than the signer's word shows the commit, if anything does.
  var provenTime: Int64?
  /// What shows the age of commits, where a key that was revoked later may count.
  var ages: AgeProofs?
  /// What the bundle beside a package shows of its commit.
  var bundleProof: AgeProof?

  /// The verdict on a commit's signature at the committer's date (SIGNING §2).
  func verdict(on commit: Commit) -> Verdict {
    guard let signature = commit.signatures.first else { return .unsigned }
    return verify(
      signature, of: commit.payload, namespace: "git", at: commit.committer.seconds,
      allowedSigners: options.trust, revocation: options.revocation)
  }

  /// The verdict on a tag's signature at the tagger's date.
  func verdict(on tag: Tag) -> Verdict {
    guard let signature = tag.signature else { return .unsigned }
    return verify(
      signature, of: tag.payload, namespace: "git", at: tag.tagger.seconds,
      allowedSigners: options.trust, revocation: options.revocation)
  }

  /// The check `signature` of a version named by its label: the tag has to be as good as the commit.
  func result(
    of commit: Commit, id: ObjectID, tag: (object: Tag, id: ObjectID)?
  ) -> (CheckResult, TargetReport.Signer?) {
    let (result, signer) = result(of: commit, id: id)
    guard result.state == .pass, let tag, let code = verdict(on: tag.object).reason else {
      return (result, signer)
    }
    return (
      CheckResult(
        .signature, .fail, reason: code.rawValue, detail: "the label's tag: " + code.sentence,
        object: tag.id.hex, path: "refs/tags/" + tag.object.name,
        fault: CheckResult.Fault(code.kind)), nil
    )
  }

  /// The check `signature` of a commit, and who signed when it holds.
  func result(of commit: Commit, id: ObjectID) -> (CheckResult, TargetReport.Signer?) {
    if commit.signatures.count > 1 {
      return (
        CheckResult(
          .signature, .fail, reason: ObjectError.Code.signatureMultiple.rawValue,
          detail: "the commit has more than one signature", object: id.hex, fault: .bytesChanged),
        nil
      )
    }
    let verdict = verdict(on: commit)
    if verdict.reason == .keyRevoked, let ages {
      return revokedResult(of: commit, id, verdict, ages)
    }
    return result(of: commit, id, verdict, revocation: options.revocation)
  }

  /// - Parameter revocation: what the author's own signature is held against under a policy.
  private func result(
    of commit: Commit, _ id: ObjectID, _ verdict: Verdict, revocation: RevocationList
  ) -> (CheckResult, TargetReport.Signer?) {
    guard let code = verdict.reason else {
      if let policy = options.policy {
        return policyResult(policy, commit, id, author: verdict, revocation)
      }
      let principal = verdict.principal ?? "somebody"
      let fingerprint = verdict.fingerprint ?? ""
      let time = UTCTime(seconds: commit.committer.seconds).rfc3339
      return (
        CheckResult(
          .signature, .pass,
          detail: "signed by \(principal) (\(fingerprint)), by the signer's own clock at \(time)",
          object: id.hex),
        TargetReport.Signer(
          principal: verdict.principal, fingerprint: fingerprint,
          time: commit.committer.seconds)
      )
    }
    return failed(code, id, verdict.fingerprint.map { " (\($0))" } ?? "")
  }

  private func failed(
    _ code: SigningError.Code, _ id: ObjectID, _ more: String
  ) -> (CheckResult, TargetReport.Signer?) {
    (
      CheckResult(
        .signature, .fail, reason: code.rawValue, detail: code.sentence + more, object: id.hex,
        fault: CheckResult.Fault(code.kind)), nil
    )
  }
}

extension SignatureCheck {
  /// The check of a commit whose key was revoked, where what is older than that may count
  /// (SIGNING §9): never plainly good.
  private func revokedResult(
    of commit: Commit, _ id: ObjectID, _ revoked: Verdict, _ ages: AgeProofs
  ) -> (CheckResult, TargetReport.Signer?) {
    let who = revoked.fingerprint.map { " (\($0))" } ?? ""
    let moment = UTCTime(seconds: ages.asked.moment).rfc3339
    guard let proof = ages.proof(of: id, besides: bundleProof) else {
      let remarks = ages.remarks.isEmpty ? "" : "; " + ages.remarks.joined(separator: "; ")
      return failed(.revokedAgeUnproven, id, who + remarks)
    }
    let time = UTCTime(seconds: proof.seconds).rfc3339
    guard proof.seconds < ages.asked.moment else {
      return failed(
        .revokedBeforeProof, id, " than \(moment): \(proof.words), first at \(time)\(who)")
    }
    let verdict = verify(
      commit.signatures[0], of: commit.payload, namespace: "git", at: commit.committer.seconds,
      allowedSigners: options.trust, revocation: .empty)
    var (result, signer) = result(of: commit, id, verdict, revocation: .empty)
    guard result.state == .pass else { return (result, nil) }
    result.reason = CheckResult.revokedLater
    result.detail =
      "good (revoked later): \(result.detail); the key is revoked now, but \(proof.words) at "
      + "\(time), before \(moment)"
    signer?.time = proof.seconds
    signer?.timeSource = proof.source
    return (result, signer)
  }
}

extension CheckResult {
  /// The word of a signature that counts because it is proven to be older than its key's revocation.
  public static let revokedLater = "revoked_later"
}

extension SignatureCheck {
  /// Fingerprint of somebody trusted who has co-signed the commit and is not its signer (SCHEMAS §5.1).
  func independentSigner(of commit: Commit) -> String? {
    if coSignatures.isEmpty { return nil }
    let own = verdict(on: commit)
    guard own.isGood else { return nil }
    for signature in coSignatures {
      let verdict = verify(
        signature.signature, of: commit.payload, namespace: "git", at: signature.time,
        allowedSigners: options.trust, revocation: options.revocation)
      if verdict.isGood, verdict.fingerprint != own.fingerprint,
        verdict.principal != own.principal
      {
        return verdict.fingerprint
      }
    }
    return nil
  }

  /// The check `signature` of a commit whose own signature is good, under a policy.
  private func policyResult(
    _ policy: SigningPolicy, _ commit: Commit, _ id: ObjectID, author: Verdict,
    _ ownRevocation: RevocationList
  ) -> (CheckResult, TargetReport.Signer?) {
    func failed(_ code: SigningError.Code, _ more: String) -> (CheckResult, TargetReport.Signer?) {
      self.failed(code, id, ": " + more)
    }
    let fingerprint = author.fingerprint ?? ""
    let slug = CommitMessage(parsing: commit.messageText)?.claim ?? ""
    guard let rule = policy.rule(for: slug) else {
      return failed(.claimNotInPolicy, slug.isEmpty ? "the commit names no claim" : slug)
    }
    let words: String
    let source: TimeSource
    let time: Int64
    switch policy.clock {
    case .claimed:
      (words, source, time) = ("by the signer's own clock", .claimed, commit.committer.seconds)
    case .log:
      guard let provenTime else { return failed(.provenTimeMissing, "no log of tips has it") }
      (words, source, time) = ("by the log of tips", .log, provenTime)
    }
    let outcome = rule.outcome(
      own: TimedSignature(commit.signatures[0], time: time), others: coSignatures,
      payload: commit.payload, trust: options.trust, revocation: options.revocation,
      ownRevocation: ownRevocation)
    if let code = outcome.reason {
      return failed(
        code,
        code == .thresholdNotReached
          ? "\(outcome.signers.count) of \(rule.threshold) (\(outcome.signers.joined(separator: ", ")))"
          : fingerprint)
    }
    let detail =
      "signed by \(author.principal ?? "somebody") (\(fingerprint)), \(words) at "
      + UTCTime(seconds: time).rfc3339
      + "; the policy asks for \(rule.threshold) and counts \(outcome.signers.joined(separator: ", "))"
    return (
      CheckResult(.signature, .pass, detail: detail, object: id.hex),
      TargetReport.Signer(
        principal: author.principal, fingerprint: fingerprint, time: time, timeSource: source)
    )
  }
}

extension CheckResult.Fault {
  /// The class of exit code of a failure's kind.
  public init(_ kind: FailureKind) {
    self =
      switch kind {
      case .missing, .notFetched: .missing
      case .unsigned: .unsigned
      case .untrusted: .untrusted
      case .expired: .expired
      case .historyRewritten: .historyRewritten
      case .invalidInput, .refused, .inputOutput, .usage, .wrongKey, .locked, .noStore:
        .invalidInput
      case .bytesChanged, .network, .otherSideRefused, .bug, .interrupted: .bytesChanged
      }
  }
}
