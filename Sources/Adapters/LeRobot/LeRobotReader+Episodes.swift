internal import Evidence
internal import JSON

extension LeRobotReader {
  /// Reads the value of `per_episode`, of the oldest generation.
  mutating func readEpisodes() throws(AdapterError) -> LeRobotEpisodes {
    try source.beginArray(at: "/per_episode")
    var episodes = LeRobotEpisodes()
    while true {
      let token = try source.next()
      if token.kind == .endArray { break }
      let row = episodes.indexes.count
      guard token.kind == .beginObject else {
        throw source.complaint(.wrongType, at: "/per_episode/\(row)", "expected an object")
      }
      guard row < limits.episodes else {
        throw source.complaint(
          .limitExceeded, at: "/per_episode/\(row)", "more than \(limits.episodes) episodes")
      }
      let episode = try readEpisode(row)
      if episode.seed != nil, episodes.seeds.isEmpty {
        episodes.seeds = [Seed?](repeating: nil, count: row)
      }
      if episode.seed != nil || !episodes.seeds.isEmpty { episodes.seeds.append(episode.seed) }
      episodes.append(episode)
      releasePages()
    }
    try refuseDuplicates(episodes.indexes)
    return episodes
  }

  private mutating func readEpisode(_ row: Int) throws(AdapterError) -> Episode {
    var index: Int?
    var success: Bool?
    var sum: Reward?
    var maximum: Reward?
    var seed: Seed?
    var hasSeed = false
    // Pointers are made only where one is shown: this runs once per episode.
    func place(_ key: String) -> String { "/per_episode/\(row)/\(key)" }
    while true {
      let key = try source.next()
      guard key.kind == .key else { break }
      if source.json.matches(key, "episode_ix") {
        index = try source.count(at: place("episode_ix"))
      } else if source.json.matches(key, "sum_reward") {
        sum = try readReward(row, "sum_reward")
      } else if source.json.matches(key, "max_reward") {
        maximum = try readReward(row, "max_reward")
      } else if source.json.matches(key, "success") {
        success = try readSuccess(row)
      } else if source.json.matches(key, "seed") {
        hasSeed = true
        let token = try source.next()
        if token.kind != .null {
          seed = .integer(try source.integer(from: token, at: place("seed")))
        }
      } else {
        try source.skipValue()
      }
    }
    let base = "/per_episode/\(row)"
    guard let index else { throw source.missing("episode_ix", at: base) }
    guard let sum else { throw source.missing("sum_reward", at: base) }
    guard let maximum else { throw source.missing("max_reward", at: base) }
    guard let success else { throw source.missing("success", at: base) }
    guard hasSeed else { throw source.missing("seed", at: base) }
    return Episode(index: index, isSuccess: success, sum: sum, maximum: maximum, seed: seed)
  }

  private mutating func readReward(_ row: Int, _ key: String) throws(AdapterError) -> Reward {
    source.json.allowNonFinite = true
    let token = try source.next()
    source.json.allowNonFinite = false
    switch token.kind {
    case .number:
      // A span holds 24 bits of length.
      guard token.length < 1 << 24 else {
        throw source.complaint(
          .limitExceeded, at: "/per_episode/\(row)/\(key)", "a number is too long")
      }
      return Reward(
        span: LexemeSpan(offset: token.offset, length: token.length),
        value: source.json.double(token))
    case .nonFinite:
      return Reward(span: .none, value: source.json.double(token))
    default:
      throw source.complaint(.wrongType, at: "/per_episode/\(row)/\(key)", "expected a number")
    }
  }

  private mutating func readSuccess(_ row: Int) throws(AdapterError) -> Bool {
    source.json.allowNonFinite = true
    let token = try source.next()
    source.json.allowNonFinite = false
    guard let success = token.bool else {
      throw source.complaint(
        .successNotBoolean, at: "/per_episode/\(row)/success",
        "a success is true or false, nothing else")
    }
    return success
  }

  private func refuseDuplicates(_ indexes: [Int]) throws(AdapterError) {
    if indexes.elementsEqual(0..<indexes.count) { return }
    var seen: Set<Int> = []
    for (row, index) in indexes.enumerated() where !seen.insert(index).inserted {
      throw source.complaint(
        .duplicateEpisode, at: "/per_episode/\(row)/episode_ix", "episode \(index) is there twice")
    }
  }
}

private struct Reward {
  var span: LexemeSpan
  var value: Double
}

private struct Episode {
  var index: Int
  var isSuccess: Bool
  var sum: Reward
  var maximum: Reward
  var seed: Seed?
}

extension LeRobotEpisodes {
  fileprivate mutating func append(_ episode: Episode) {
    indexes.append(episode.index)
    outcomes.append(episode.isSuccess ? letterS : letterF)
    sumRewards.append(episode.sum.span)
    maxRewards.append(episode.maximum.span)
    tally.episodes += 1
    tally.successes += episode.isSuccess ? 1 : 0
    tally.sumRewards.add(episode.sum.value)
    tally.maxRewards.add(episode.maximum.value)
  }
}
