public import Evidence
internal import JSON

/// The normalised input of an accepted candidate, and the grade that an audit of it would give.
public struct ImportedInput: Sendable {
  /// The bytes of audit_input.json.
  public let bytes: [UInt8]
  /// `A`…`D`, before what only history can show.
  public let grade: String
  /// Labels of missing evidence, in the order of evidence.json.
  public let missing: [String]

  /// Lays the run over claim and protocol and judges it.
  ///
  /// - Throws: `secret_in_public_field` for a text that would have to be redacted, and whatever an
  ///   audit of the run would throw.
  public init(
    run: SavedRun, raw: RawEvidence, claim: Claim, protocol evaluationProtocol: EvaluationProtocol
  ) throws(AuditError) {
    let input = try buildAuditInput(
      run: run, raw: raw, claim: claim, protocol: evaluationProtocol, options: AuditOptions())
    do throws(EvidenceError) {
      bytes = try input.memberBytes()
    } catch {
      throw AuditError(.memberInvalid, from: error)
    }
    // Grade and labels depend on no digest but that they are there.
    let digest = Digest.text(of: bytes)
    let evidence = try judge(
      claim: claim, protocol: evaluationProtocol, input: input,
      digests: InputDigests(claim: digest, protocol: digest, auditInput: digest))
    grade = evidence["grade"]?["letter"]?.string ?? "D"
    missing = (evidence["missing_evidence"]?.array ?? []).compactMap { $0["label"]?.string }
  }
}
