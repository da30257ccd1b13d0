extension Wording {
  static func sentence(_ cap: CapWord) -> String {
    switch cap {
    case .protocolNotFrozen: "The protocol was not frozen before the run."
    case .policyAssumed: "How errors count was not stated."
    case .stoppingUnknown: "The number of episodes was not settled before the run."
    case .attemptPolicyMissing: "Nothing says whether repeated attempts count."
    case .episodeManifestMissing: "Episode indexes or seeds were not frozen before the run."
    case .seedsAndStatesMissing: "Neither seeds nor initial states are recorded."
    case .checkpointDigestMissing: "No checkpoint digest is recorded."
    case .checkpointSelfDeclared: "The checkpoint digest is declared and not attested."
    case .successRuleUnversioned: "The rule that decides success is neither named nor versioned."
    case .environmentVersionMissing: "The version of the simulator or environment is not recorded."
    case .perTaskCountsOnly: "Only totals per task were saved."
    case .totalCountOnly: "Only one total was saved."
    case .rawEvidencePartial: "Only some counted episodes have raw evidence."
    case .rawEvidenceMissing: "No counted episode has raw evidence."
    case .failureEvidenceMissing: "No failed episode has raw evidence."
    case .notAuditable: "The claim cannot be judged from what was recorded."
    }
  }

  /// What only history decides (SCHEMAS §5.1), and the grade that was planned.
  static let historyCaps: [String: String] = [
    "planned_grade": "A better grade was not planned before the run.",
    "registration": "Nothing proves that claim and protocol were registered before the run.",
    "signature": "No valid signature covers this version.",
    "independent_signer": "Nobody but the signer has confirmed it.",
  ]
}
