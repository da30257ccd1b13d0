/// The eleven members of an evidence package (SCHEMAS §1), in the order of that table.
public enum MemberName: String, Sendable, CaseIterable, Hashable {
  case claim = "claim.json"
  case evaluationProtocol = "protocol.json"
  case evidence = "evidence.json"
  case evidenceText = "evidence.md"
  case auditInput = "audit_input.json"
  case auditProvenance = "audit_provenance.json"
  case episodeResults = "episode_results.jsonl"
  case rawEvidenceManifest = "raw_evidence_manifest.json"
  case failureEvidenceIndex = "failure_evidence_index.jsonl"
  case failureReplayManifest = "failure_replay_manifest.jsonl"
  case artifactManifest = "artifact_manifest.json"

  /// Whether the member may leave the house: 1–6 and 11.
  public var isPublic: Bool {
    switch self {
    case .episodeResults, .rawEvidenceManifest, .failureEvidenceIndex, .failureReplayManifest: false
    default: true
    }
  }

  public var mediaType: String {
    switch self {
    case .evidenceText: "text/markdown"
    case .episodeResults, .failureEvidenceIndex, .failureReplayManifest: "application/jsonl"
    default: "application/json"
    }
  }

  /// Whether its digest says nothing without the package's salt: 7–10.
  public var isSalted: Bool { !isPublic }

  /// `worldflux.<family>.` of the member's schema_version; nil for evidence.md, which has none.
  public var schemaFamily: String? {
    switch self {
    case .evidenceText: nil
    case .evaluationProtocol: "worldflux.protocol."
    default: "worldflux.\(rawValue.prefix { $0 != "." })."
    }
  }

  /// The schema_version that is written.
  public var schemaVersion: String? { schemaFamily.map { $0 + "v0_draft" } }

  /// Whether the member is JSON Lines with a header.
  public var isLines: Bool { mediaType == "application/jsonl" }
}
