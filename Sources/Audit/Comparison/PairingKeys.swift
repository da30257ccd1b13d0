internal import Evidence

/// By what recorded keys the episodes of a task can be told to be the same (STATISTICS §5).
enum PairingKey: String, Sendable, CaseIterable {
  case initialState = "initial_state"
  case seedAndEnvironment = "seed_and_environment"
}

/// Why the episodes of a task are not paired.
enum PairingObstacle: String, Sendable, CaseIterable {
  case keysNotRecorded = "keys_not_recorded"
  case keysIncomplete = "keys_incomplete"
  case keysNotUnique = "keys_not_unique"
  case keysDiffer = "keys_differ"
  case environmentUnknown = "environment_digest_unknown"
  case environmentsDiffer = "environment_digests_differ"
  case noCountedEpisode = "no_counted_episode"
}

/// The kind of key that both sides have for every counted episode of a task, or what is in the way.
///
/// Initial states come first; where a counted episode lacks one, that side does not have them, and
/// seeds under one known environment digest are asked instead.
enum PairingKeys: Sendable {
  case key(PairingKey)
  case obstacle(PairingObstacle)

  init(
    _ a: AuditedTask, _ b: AuditedTask, _ versions: (a: AuditedVersion, b: AuditedVersion),
    policy: CountingPolicy
  ) {
    let (one, other) = (versions.a, versions.b)
    var statesAreIncomplete = false
    if one.input.initialStateLabel == .recorded, other.input.initialStateLabel == .recorded,
      let left = a.episodes.initialStates, let right = b.episodes.initialStates
    {
      if Self.areComplete(left, a, policy), Self.areComplete(right, b, policy) {
        self = .key(.initialState)
        return
      }
      statesAreIncomplete = true
    }
    guard one.input.seedLabel == .recorded, other.input.seedLabel == .recorded,
      let left = a.episodes.seeds, let right = b.episodes.seeds
    else {
      self = .obstacle(statesAreIncomplete ? .keysIncomplete : .keysNotRecorded)
      return
    }
    guard let environment = one.protocol.environmentDigest,
      let otherEnvironment = other.protocol.environmentDigest
    else {
      self = .obstacle(.environmentUnknown)
      return
    }
    guard environment == otherEnvironment else {
      self = .obstacle(.environmentsDiffer)
      return
    }
    let areComplete = Self.areComplete(left, a, policy) && Self.areComplete(right, b, policy)
    self = areComplete ? .key(.seedAndEnvironment) : .obstacle(.keysIncomplete)
  }

  /// Whether every counted episode has a key.
  private static func areComplete<Key>(
    _ keys: [Key?], _ task: AuditedTask, _ policy: CountingPolicy
  ) -> Bool {
    let outcomes = task.episodes.outcomes
    guard keys.count == outcomes.count else { return false }
    return keys.indices.allSatisfy { keys[$0] != nil || !policy.counts(letter: outcomes[$0]) }
  }
}
