internal import Evidence
internal import JSON
internal import Statistics

/// What a reviewer would ask for and the package does not have (SCHEMAS §4, §5.3).
struct MissingEvidence: Sendable {
  let rows: [(label: String, severity: LabelSeverity, questionID: String?)]

  init(_ facts: AuditFacts, axes: NextAxes, power: PowerReport, setting: String) {
    var rows: [(label: String, severity: LabelSeverity, questionID: String?)] = []
    var listed: Set<MissingLabel> = []
    func applies(_ label: MissingLabel) -> Bool {
      facts.isMissing(label, axes: axes, power: power, setting: setting)
    }
    for question in facts.plan.frozen.questions {
      guard let label = MissingLabel(rawValue: question.label) else {
        // Nothing here can answer a question that is outside of the list.
        rows.append(("other", .info, question.id))
        continue
      }
      guard label == .protocolNotRegistered || applies(label) else { continue }
      rows.append((label.rawValue, Rules.labels[label]?.severity ?? .info, question.id))
      listed.insert(label)
    }
    for rule in Rules.labels where !listed.contains(rule.label) && applies(rule.label) {
      rows.append((rule.label.rawValue, rule.severity, nil))
    }
    self.rows = rows
  }

  var json: JSONValue {
    .array(
      rows.map {
        [
          "label": .string($0.label), "severity": .string($0.severity.rawValue),
          "question_id": .text($0.questionID),
        ]
      })
  }
}

extension [LabelRule] {
  subscript(label: MissingLabel) -> LabelRule? { first { $0.label == label } }
}

extension AuditFacts {
  /// Whether the condition of a label holds.
  func isMissing(_ label: MissingLabel, axes: NextAxes, power: PowerReport, setting: String) -> Bool
  {
    switch label {
    case .modelIdentityNotAttested: return !isAttested
    case .modelIdentityNotRecorded: return input.model.id == nil
    case .checkpointDigestMissing: return applies(.checkpointDigestMissing)
    case .protocolNotFrozen: return applies(.protocolNotFrozen)
    case .protocolNotRegistered: return false
    case .attemptPolicyMissing: return applies(.attemptPolicyMissing)
    case .denominatorPolicyAssumed: return applies(.policyAssumed)
    case .stoppingUnknown: return applies(.stoppingUnknown)
    case .seedsMissing: return !hasSeeds
    case .singleSeed: return hasSingleSeed
    case .initialStatesNotHashed: return input.initialStateLabel != .recorded || !hasInitialStates
    case .environmentVersionMissing: return applies(.environmentVersionMissing)
    case .successRuleUnversioned: return applies(.successRuleUnversioned)
    case .underpoweredSample: return power.isUnderpowered
    case .rawEvidencePartial: return applies(.rawEvidencePartial)
    case .rawEvidenceMissing: return applies(.rawEvidenceMissing)
    case .failureEvidenceMissing: return applies(.failureEvidenceMissing)
    case .errorEpisodesUnexplained: return hasUnexplainedEpisode
    case .outOfProtocolEpisodes: return input.outOfProtocolEpisodes > 0
    case .baselineMissing: return compares && baselineValue == nil
    case .baselineNotRerun: return compares && claim.baseline["kind"]?.string == "reported"
    case .benchmarkVersionMissing:
      return claim.applicability.benchmark != nil && claim.applicability.benchmarkVersion == nil
    case .cameraDistributionMissing: return claim.applicability.cameraDistribution == nil
    case .axisNotCovered: return axes.namedAxisIsUncovered
    case .customContractUnreviewed:
      return !plan.customEvalContract.isNull
        && plan.customEvalContract["customer_consent"]?.string != "given"
    case .sourcePartial: return input.sourceNotes?.partial != nil
    case .generatedRollouts: return input.sourceNotes?.generated != nil
    case .simOnly: return setting == "simulation"
    }
  }

  private var baselineValue: JSONValue? {
    guard claim.baseline["kind"]?.string != "none" else { return nil }
    let values = [claim.baseline["value"], claim.baseline["episodes"]]
    return values.compactMap(\.self).first { !$0.isNull }
  }

  private var hasSingleSeed: Bool {
    if input.seedLabel == .recordedRunSeed { return true }
    guard input.seedLabel != .missing, totals.attempted > 1 else { return false }
    var only: Seed?
    for tally in tasks {
      let episodes = input.tasks[tally.position].episodes
      guard let seeds = episodes.seeds else { continue }
      for (row, seed) in seeds.enumerated()
      where counts(letter: episodes.outcomes[row]) {
        guard let seed else { continue }
        if let only, only != seed { return false }
        only = seed
      }
    }
    return only != nil
  }

  /// Whether a row has a seed to look at: a counted record; rules 1 took every record.
  private func counts(letter: UInt8) -> Bool {
    letter != UInt8(ascii: "M") && (rules == .v1 || policy.counts(letter: letter))
  }

  private var hasUnexplainedEpisode: Bool {
    tasks.contains { tally in
      guard tally.outcomes.errored + tally.outcomes.excluded > 0 else { return false }
      let episodes = input.tasks[tally.position].episodes
      return [UInt8(ascii: "E"), UInt8(ascii: "X")].contains { letter in
        episodes.rows(of: letter).contains { episodes.reasons[$0.index] == nil }
      }
    }
  }
}
