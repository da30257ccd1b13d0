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

/// That a person chose among several results when a run folder was imported, and among how many.
///
/// The audit input says so in words of `source_notes.warnings`, so that the choice stays in whatever
/// package is made from it.
public struct ImportedChoice: Sendable, Equatable {
  /// Candidates that were not taken; nil where nobody chose.
  public let others: Int?

  private static let word = "candidate_chosen_by_operator"
  private static let count = "other_candidates_"

  /// - Parameter others: how many there were.
  public init(others: Int) { self.others = others }

  /// The choice that warnings tell of.
  public init(_ warnings: [String]) {
    guard warnings.contains(Self.word) else {
      others = nil
      return
    }
    others =
      warnings.lazy.filter { $0.hasPrefix(Self.count) }
      .compactMap { Int($0.dropFirst(Self.count.count)) }.first ?? 0
  }

  /// The words for `source_notes.warnings`.
  public var warnings: [String] {
    others.map { [Self.word, Self.count + String($0)] } ?? []
  }

  /// The rows of audit_provenance.parameters.
  var parameters: [(key: String, value: MetadataValue)] {
    guard let others else { return [] }
    return [
      ("candidate_chosen_by", .string("operator")), ("other_candidates", .integer(others)),
    ]
  }
}
