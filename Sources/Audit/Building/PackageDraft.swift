internal import Evidence
internal import JSON
internal import Platform

/// A package before it is written: all that follows from the request, but for the rows.
struct PackageDraft {
  private let request: PackageRequest
  private let evaluationProtocol: EvaluationProtocol
  private let built: BuiltInput
  private let claimBytes: [UInt8]
  private let protocolBytes: [UInt8]
  private let inputBytes: [UInt8]
  private let evidence: JSONValue
  private let evidenceBytes: [UInt8]
  private let evidenceTextBytes: [UInt8]
  private let texts: FailureTexts
  private let references: ReferenceTable
  private let redactions: RedactionCounts
  private let salt: Salt
  private let packageID: String
  private let digests: AuditProvenance.Digests

  init(_ request: PackageRequest) throws(AuditError) {
    self.request = request
    claimBytes = try Self.canonical(request.claim, .claim)
    protocolBytes = try Self.canonical(request.evaluationProtocol, .evaluationProtocol)
    let claim: Claim
    do throws(EvidenceError) {
      claim = try Claim.decode(claimBytes)
      evaluationProtocol = try EvaluationProtocol.decode(protocolBytes)
    } catch {
      throw AuditError(.memberInvalid, from: error)
    }
    built = try AuditInputBuilder(
      run: request.run, raw: request.raw, claim: claim, evaluationProtocol: evaluationProtocol,
      options: request.options
    ).build()
    do throws(EvidenceError) {
      if let stated = request.run.statedInput {
        inputBytes = stated.bytes
      } else {
        inputBytes = try built.input.memberBytes()
      }
    } catch {
      throw AuditError(.memberInvalid, from: error)
    }
    let claimDigest = Digest.text(of: claimBytes)
    let protocolDigest = Digest.text(of: protocolBytes)
    let inputDigest = Digest.text(of: inputBytes)
    evidence = try judge(
      claim: claim, protocol: evaluationProtocol, input: built.input,
      digests: InputDigests(
        claim: claimDigest, protocol: protocolDigest, auditInput: inputDigest),
      rules: request.rules)
    evidenceBytes = try Self.bytes(evidence, .evidence)
    evidenceTextBytes = try evidenceText(
      evidence: evidence, claimDigest: claimDigest, auditInputDigest: inputDigest)
    packageID = DerivedID.package(
      claim: claimDigest, protocolDigest: protocolDigest, auditInput: inputDigest)
    salt = Salt(secret: request.secret, auditInput: inputBytes)
    digests = AuditProvenance.Digests(
      claim: claimDigest, protocolMember: protocolDigest,
      protocolFreeze: evaluationProtocol.freezeDigest, auditInput: inputDigest,
      evidence: Digest.text(of: evidenceBytes), evidenceText: Digest.text(of: evidenceTextBytes))
    var redactor = Redactor()
    texts = FailureTexts(
      built, run: request.run, policy: evaluationProtocol.frozen.denominators,
      redactor: &redactor)
    var counts = texts.counts
    references = ReferenceTable(
      run: request.run, raw: request.raw, matched: built.matched, redactor: &redactor,
      redactions: &counts)
    redactions = counts
  }

  /// Refuses when the options are strict and a label of more than informational weight stands.
  func refuseMissingEvidence() throws(AuditError) {
    guard request.options.strictMissingEvidence else { return }
    let labels = missingEvidence.filter { $0.severity != "info" }.map(\.label)
    if labels.isEmpty { return }
    throw AuditError(
      .missingEvidence, place: labels.joined(separator: ", "),
      message: "strict about missing evidence, and \(labels.count) things are missing",
      hint: "supply what is missing, or leave out --strict-missing-evidence", kind: .refused)
  }

  /// Members 7, 9 and 10, on two threads where there is enough to do.
  func streamRows(into folder: String, files: FileSystem) throws(AuditError) -> [ManifestEntry] {
    let source = RowSource(
      run: request.run, built: built, texts: texts, evaluationProtocol: evaluationProtocol,
      salt: salt, packageID: packageID, auditInputDigest: digests.auditInput,
      progress: RowProgress(request.progress))
    let threads = source.allRows > 10_000 ? min(2, processorCount()) : 1
    // The longest first, so that the two threads end at about the same time.
    let members: [MemberName] = [.failureReplayManifest, .episodeResults, .failureEvidenceIndex]
    return try concurrentMap(members, threads: threads) {
      (member) throws(AuditError) -> ManifestEntry in
      switch member {
      case .episodeResults: try EpisodeStream(source: source).write(in: folder, files: files)
      case .failureEvidenceIndex:
        try HintStream(source: source).writeFailures(in: folder, files: files)
      default: try HintStream(source: source).writeReplay(in: folder, files: files)
      }
    }
  }

  /// Members 1–6 and 8.
  func smallMembers() throws(AuditError) -> [(MemberName, [UInt8])] {
    let manifest = RawManifest(
      salt: salt, packageID: packageID,
      sourceRun: SourceRun(
        clientRunID: request.options.clientRunID, recipe: request.options.recipe,
        runtime: request.options.runtime, startedAt: request.options.startedAt,
        finishedAt: request.options.finishedAt), references: references.rows)
    return [
      (.claim, claimBytes), (.evaluationProtocol, protocolBytes), (.auditInput, inputBytes),
      (.evidence, evidenceBytes), (.evidenceText, evidenceTextBytes),
      (.auditProvenance, try provenance()), (.rawEvidenceManifest, manifest.encoded()),
    ]
  }

  /// Member 11.
  func manifest(_ members: [ManifestEntry]) throws(AuditError) -> [UInt8] {
    do throws(EvidenceError) {
      return try artifactManifest(
        packageID: packageID, members: members,
        artifacts: ArtifactGroup.groups(of: references.rows),
        complete: true)
    } catch {
      throw AuditError(.memberInvalid, from: error)
    }
  }

  func written(_ folder: String, _ entries: [ManifestEntry]) -> WrittenPackage {
    WrittenPackage(
      folder: folder, packageID: packageID,
      displayID: evidence["display_id"]?.string ?? "WF-" + packageID.suffix(8),
      format: built.input.format, counts: built.input.counts,
      verdict: evidence["verdict"]?.string ?? "not_auditable",
      reasons: (evidence["reasons"]?.array ?? []).compactMap(\.string),
      grade: evidence["grade"]?["letter"]?.string ?? "D",
      missing: missingEvidence.map(\.label), partial: request.run.notes.partial, evidence: evidence,
      members: entries,
      manifestDigest: entries.last?.digest ?? "")
  }

  private var missingEvidence: [(label: String, severity: String)] {
    (evidence["missing_evidence"]?.array ?? []).compactMap { row in
      row["label"]?.string.map { ($0, row["severity"]?.string ?? "major") }
    }
  }

  private func provenance() throws(AuditError) -> [UInt8] {
    let options = request.options
    var parameters: [(key: String, value: MetadataValue)] = [
      ("strict_missing_evidence", .bool(options.strictMissingEvidence)),
      ("raw_hashed", .bool(options.rawHashed)), ("exit_verdict", .bool(options.exitVerdict)),
    ]
    if let chosen = options.candidateChosenBy {
      parameters.append(("candidate_chosen_by", .string(chosen)))
    }
    if request.run.statedInput != nil {
      parameters.append(("audit_input_passed_through", .bool(true)))
      parameters += ImportedChoice(request.run.notes.warnings).parameters
    }
    let inputs = request.run.inputs.sorted {
      ($0.role, $0.digest, $0.relativePath) < ($1.role, $1.digest, $1.relativePath)
    }
    let member = AuditProvenance(
      packageID: packageID, toolVersion: request.toolVersion,
      adapterName: request.run.format.name, adapterVersion: request.run.adapterVersion,
      digests: digests, inputs: inputs, clientRunID: options.clientRunID, parameters: parameters,
      redactions: redactions, identity: built.input.model.identity,
      attestation: options.attestation.map {
        AuditProvenance.Attestation(
          digest: $0.digest, signerFingerprint: $0.signerFingerprint, madeAt: $0.madeAt)
      }, isImported: options.isImported)
    do throws(EvidenceError) {
      return try member.encoded(salt: salt)
    } catch {
      throw AuditError(.memberInvalid, from: error)
    }
  }

  /// The canonical bytes of a member that a person wrote, its texts checked.
  private static func canonical(
    _ bytes: [UInt8], _ member: MemberName
  ) throws(AuditError) -> [UInt8] {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(bytes)
    } catch {
      throw AuditError(.memberInvalid, from: EvidenceError(error, member: member.rawValue))
    }
    try PublicText.check(value, member: member)
    return try Self.bytes(value, member)
  }

  private static func bytes(_ value: JSONValue, _ member: MemberName) throws(AuditError) -> [UInt8]
  {
    do throws(EvidenceError) {
      return try memberBytes(value, of: member)
    } catch {
      throw AuditError(.memberInvalid, from: error)
    }
  }
}
