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

  static let orders: [String: String] = [
    "challenge_seeds":
      "The recorded seeds follow from the registration commit, so the run came after it.",
    "recorded_start":
      "The recorded start of the run is later than the registration commit, by their own clocks.",
    "not_registered": "Claim and protocol were not registered.",
    "start_not_recorded":
      "The run records no start, and its planned seeds do not depend on the registration.",
    "start_not_later": "The recorded start of the run is not later than the registration commit.",
    "seeds_not_recorded": "The run records no seeds, so none can follow from the registration.",
    "run_seed_only": "The run records one seed for all and not the seed of each episode.",
    "seeds_derived": "The seeds were computed from a start that somebody stated, not recorded.",
    "episodes_not_frozen": "The protocol fixes no episodes, so no seed belongs to any of them.",
    "no_counted_episode": "No counted episode has a seed that could be compared.",
    "seeds_partly_recorded": "Some counted episodes have no recorded seed.",
    "seeds_beyond_plan": "The protocol plans fewer seeds than there are counted episodes.",
    "seeds_differ": "A recorded seed is not the one that the registration commit gives.",
    "unreadable": "What would show the order cannot be read.",
    "history_failed": "The history does not hold, so it shows no order.",
    "history_not_here": "The history is not here, so nothing shows the order.",
  ]
}
