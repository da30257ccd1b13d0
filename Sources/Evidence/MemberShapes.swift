extension Shape {
  /// The field table of a JSON member; of a JSONL member that of its rows.
  static func shape(of member: MemberName) -> Shape {
    switch member {
    case .claim: .claim
    case .evaluationProtocol: .evaluationProtocol
    case .auditInput: .auditInput
    case .evidence: .any
    case .auditProvenance: .any
    case .rawEvidenceManifest: .any
    case .artifactManifest: .any
    case .episodeResults: .any
    case .failureEvidenceIndex: .any
    case .failureReplayManifest: .any
    case .evidenceText: .any
    }
  }
}
