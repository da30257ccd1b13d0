internal import Evidence
internal import JSON

/// The letter of evidence.json and every cap behind it (STATISTICS §9, SCHEMAS §5.1).
struct GradeReport: Sendable {
  let letter: Grade
  let planned: Grade?
  let caps: [(word: String, cap: Grade)]

  init(_ facts: AuditFacts, verdictIsAuditable: Bool, checks: [IntegrityResult]) {
    planned = facts.plan.gradePlanned.flatMap(Grade.init(rawValue:))
    var caps: [(word: String, cap: Grade)] = []
    // What was planned lower can't be raised by the run; a plan without a grade planned nothing.
    let ceiling = planned ?? .d
    if ceiling != .a { caps.append(("planned_grade", ceiling)) }
    for rule in Rules.caps {
      let applies =
        rule.word == .notAuditable ? !verdictIsAuditable : facts.applies(rule.word)
      if applies { caps.append((rule.word.rawValue, rule.cap)) }
    }
    for check in checks {
      if let cap = check.cap.flatMap(Grade.init(rawValue:)) { caps.append((check.id, cap)) }
    }
    self.caps = caps
    letter = caps.map(\.cap).min() ?? .a
  }

  var json: JSONValue {
    [
      "letter": .string(letter.rawValue), "planned": .text(planned?.rawValue),
      "caps": .array(
        caps.map { ["word": .string($0.word), "cap": .string($0.cap.rawValue)] }),
      "left_to_verify": .texts(HistoryFacts.capWords),
    ]
  }
}

extension AuditFacts {
  /// Whether the condition of a cap holds.
  func applies(_ word: CapWord) -> Bool {
    let raw = input.rawCoverage
    switch word {
    case .protocolNotFrozen: return !isFrozen
    case .policyAssumed: return !isPolicyStated
    case .stoppingUnknown: return stopping == .unknown
    case .attemptPolicyMissing: return plan.frozen.denominators.retries == nil
    case .episodeManifestMissing:
      return plan.frozen.episodeIndexes == nil || plan.frozen.seeds == .unset
    case .seedsAndStatesMissing: return !hasSeeds && !hasInitialStates
    case .checkpointDigestMissing: return input.model.checkpointDigest == nil
    case .checkpointSelfDeclared: return input.model.checkpointDigest != nil && !isAttested
    case .successRuleUnversioned: return plan.metricContract.successRule == nil
    case .environmentVersionMissing:
      return plan.simulatorVersion == nil && plan.environmentDigest == nil
    case .perTaskCountsOnly: return false
    case .totalCountOnly: return totals.attempted == 0 && statesTotalCount
    case .rawEvidencePartial: return raw.withRaw > 0 && raw.withRaw < raw.countedEpisodes
    case .rawEvidenceMissing: return raw.withRaw == 0
    case .failureEvidenceMissing: return raw.failedEpisodes > 0 && raw.failedWithRaw == 0
    case .notAuditable: return false
    }
  }

  var isAttested: Bool {
    input.model.identity == .attestedBeforeRun || input.model.identity == .attestedAfterRun
  }

  private var statesTotalCount: Bool {
    ["n_episodes", "num_evaluated", "num_success"].contains {
      input.sourceAggregates?[$0]?.int != nil
    }
  }

  /// Whether any counted episode has a seed, one for the whole run included.
  var hasSeeds: Bool {
    switch input.seedLabel {
    case .missing: false
    case .recordedRunSeed: true
    case .recorded, .derived:
      tasks.contains { input.tasks[$0.position].episodes.seeds?.contains { $0 != nil } ?? false }
    }
  }

  var hasInitialStates: Bool {
    input.initialStateLabel != .missing
      && tasks.contains {
        input.tasks[$0.position].episodes.initialStates?.contains { $0 != nil } ?? false
      }
  }
}
