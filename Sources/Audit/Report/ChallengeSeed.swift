public import Evidence

/// The first seed that a registration commit gives to a protocol whose seeds are a challenge.
///
/// The first 4 bytes, big-endian, of SHA-256(`wf-seed-challenge` ‖ 00 ‖ the 32 id bytes), shifted
/// right by one (SCHEMAS §3), so that it is below 2³¹.
public func challengeSeed(registrationCommit: [UInt8]) -> Int64 {
  let digest = Digest.raw(of: Array("wf-seed-challenge".utf8) + [0] + registrationCommit)
  let first = digest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  return Int64(first >> 1)
}

/// What the seeds of a run show about the order of registration and run (SCHEMAS §5.1).
public enum SeedOrder: String, Sendable, CaseIterable {
  /// Every counted episode has a recorded seed that is the one which the registration gives.
  case proven = "challenge_seeds"
  /// The protocol's seeds do not depend on the registration.
  case noChallenge = "no_challenge"
  case notRecorded = "seeds_not_recorded"
  /// One seed for the whole run and none for each episode.
  case runSeedOnly = "run_seed_only"
  /// Computed from what the user said, so they repeat it.
  case derived = "seeds_derived"
  case episodesNotFrozen = "episodes_not_frozen"
  case noCountedEpisode = "no_counted_episode"
  case partlyRecorded = "seeds_partly_recorded"
  /// The plan has fewer seeds than the run has counted episodes.
  case beyondPlan = "seeds_beyond_plan"
  case differ = "seeds_differ"
}

/// Whether the run's recorded seeds follow from the registration, and if not, what is in the way.
///
/// - Parameter firstSeed: what `challengeSeed` gives for the registration commit.
public func seedOrder(
  input: AuditInput, protocol plan: EvaluationProtocol, firstSeed: Int64
) -> SeedOrder {
  guard case .challenge = plan.frozen.seeds else { return .noChallenge }
  switch input.seedLabel {
  case .missing: return .notRecorded
  case .recordedRunSeed: return .runSeedOnly
  case .derived: return .derived
  case .recorded: break
  }
  // A seed belongs to a frozen cell; without cells it could be given to any episode.
  guard let frozen = plan.frozen.episodeIndexes else { return .episodesNotFrozen }
  let policy =
    plan.frozen.denominators.policy.flatMap(CountingPolicy.init(rawValue:)) ?? .errorsAsFailures
  let cells = SeedPlanCells(plan, challengeFirst: firstSeed)
  var places: [ProtocolTask: Int] = [:]
  for (place, task) in plan.frozen.tasks.enumerated() { places[task.withoutName] = place }
  var counted = 0
  for task in input.tasks where task.inProtocol {
    let key = ProtocolTask(suite: task.suite, taskID: task.taskID, name: nil)
    guard let place = places[key], task.episodes.indexes == frozen else { return .differ }
    for (row, letter) in task.episodes.outcomes.enumerated()
    where letter != UInt8(ascii: "M") && policy.counts(letter: letter) {
      guard let expected = cells.seed(place: place, cell: row) else { return .beyondPlan }
      guard let seed = task.episodes.seeds?[row] else { return .partlyRecorded }
      if seed != expected { return .differ }
      counted += 1
    }
  }
  return counted > 0 ? .proven : .noCountedEpisode
}

extension ProtocolTask {
  fileprivate var withoutName: ProtocolTask {
    ProtocolTask(suite: suite, taskID: taskID, name: nil)
  }
}
