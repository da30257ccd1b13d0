/// The grades, best first (STATISTICS §9).
public enum Grade: String, Sendable, CaseIterable, Comparable {
  case a = "A"
  case b = "B"
  case c = "C"
  case d = "D"

  /// The worse grade is the smaller one.
  public static func < (one: Grade, other: Grade) -> Bool { one.rawValue > other.rawValue }
}

/// One row of the table of caps that audit_input, claim and protocol decide.
struct CapRule: Sendable {
  let word: CapWord
  let cap: Grade
  let appliesWhen: String
}

/// Why a grade is not A, in the order of the list (SCHEMAS §5.3).
enum CapWord: String, Sendable, CaseIterable {
  case protocolNotFrozen = "protocol_not_frozen"
  case policyAssumed = "policy_assumed"
  case stoppingUnknown = "stopping_unknown"
  case attemptPolicyMissing = "attempt_policy_missing"
  case episodeManifestMissing = "episode_manifest_missing"
  case seedsAndStatesMissing = "seeds_and_states_missing"
  case checkpointDigestMissing = "checkpoint_digest_missing"
  case checkpointSelfDeclared = "checkpoint_self_declared"
  case successRuleUnversioned = "success_rule_unversioned"
  case environmentVersionMissing = "environment_version_missing"
  case perTaskCountsOnly = "per_task_counts_only"
  case totalCountOnly = "total_count_only"
  case rawEvidencePartial = "raw_evidence_partial"
  case rawEvidenceMissing = "raw_evidence_missing"
  case failureEvidenceMissing = "failure_evidence_missing"
  case notAuditable = "not_auditable"
}

extension Rules {
  static let caps: [CapRule] = CapWord.allCases.map { word in
    let (cap, appliesWhen) = row(word)
    return CapRule(word: word, cap: cap, appliesWhen: appliesWhen)
  }

  private static func row(_ word: CapWord) -> (Grade, String) {
    switch word {
    case .protocolNotFrozen: (.c, "the protocol is a draft or was frozen after the run")
    case .policyAssumed: (.b, "the protocol states no denominator policy")
    case .stoppingUnknown: (.b, "the number of episodes was not settled before the run")
    case .attemptPolicyMissing: (.c, "the protocol does not say which attempt counts")
    case .episodeManifestMissing: (.b, "episode indexes or seeds are not frozen")
    case .seedsAndStatesMissing: (.c, "neither seeds nor initial states are known")
    case .checkpointDigestMissing: (.c, "the input has no checkpoint digest")
    case .checkpointSelfDeclared: (.b, "a checkpoint digest without an attestation")
    case .successRuleUnversioned: (.c, "the metric contract names no success rule")
    case .environmentVersionMissing: (.b, "no simulator version and no environment digest")
    case .perTaskCountsOnly: (.c, "per-task totals without episodes; no reader accepts such input")
    case .totalCountOnly: (.d, "one total and no episode")
    case .rawEvidencePartial: (.b, "raw evidence for some counted episodes only")
    case .rawEvidenceMissing: (.c, "raw evidence for no counted episode")
    case .failureEvidenceMissing: (.c, "no raw evidence for any failed episode")
    case .notAuditable: (.d, "the verdict is not_auditable")
    }
  }
}
