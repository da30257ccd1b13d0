extension Shape {
  /// The field table of a JSON member; of a JSONL member that of its rows.
  static func shape(of member: MemberName) -> Shape {
    switch member {
    case .claim: .claim
    case .evaluationProtocol: .evaluationProtocol
    case .auditInput: .auditInput
    case .evidence: .evidence
    case .auditProvenance: .auditProvenance
    case .rawEvidenceManifest: .rawEvidenceManifest
    case .artifactManifest: .artifactManifest
    case .episodeResults: .episodeRow
    case .failureEvidenceIndex: .failureRow
    case .failureReplayManifest: .replayRow
    case .evidenceText: .any
    }
  }
}
