internal import JSON

/// What the file states about several episodes together; fields that are not there are nil.
struct LeRobotAggregate: Sendable {
  var averageSumReward: StatedNumber?
  var averageMaxReward: StatedNumber?
  var successPercent: StatedNumber?
  var successInterval: [StatedNumber]?
  var episodes: Int?
  var successes: Int?

  var hasIntervals: Bool { successInterval != nil || successes != nil }
}

/// What the episodes themselves say.
struct LeRobotTally: Sendable {
  var episodes = 0
  var successes = 0
  var sumRewards = RewardTotals()
  var maxRewards = RewardTotals()
  /// Whether the entry these come from has the keys of the newest generation.
  var statesIntervals = false

  mutating func add(_ other: LeRobotTally) {
    episodes += other.episodes
    successes += other.successes
    sumRewards.add(other.sumRewards)
    maxRewards.add(other.maxRewards)
  }

  /// `nanmean(successes) * 100`: NaN without episodes.
  var percent: Double { 100 * Double(successes) / Double(episodes) }

  /// The 95 % Wilson interval in percent, without continuity correction (lerobot eval_stats.py).
  var interval: (low: Double, high: Double) {
    let n = Double(episodes)
    let p = Double(successes) / n
    let z = 1.959963984540054
    let share = z * z / n
    let centre = (p + share / 2) / (1 + share)
    let half = z * (p * (1 - p) / n + share / (4 * n)).squareRoot() / (1 + share)
    // NaN (no episodes) passes through neither `max` nor `min` by chance.
    guard episodes > 0 else { return (.nan, .nan) }
    return (100 * max(0, centre - half), 100 * min(1, centre + half))
  }
}

/// A running mean that skips NaN, as numpy.nanmean does.
struct RewardTotals: Sendable {
  private var count = 0
  private var sum = 0.0
  /// Sum of the magnitudes: by how much the order of summation can change the sum.
  private var magnitude = 0.0
  /// Whether there was a NaN or an infinity.
  private(set) var hasNonFinite = false

  mutating func add(_ value: Double) {
    if !value.isFinite { hasNonFinite = true }
    guard !value.isNaN else { return }
    count += 1
    sum += value
    magnitude += value.magnitude
  }

  mutating func add(_ other: RewardTotals) {
    count += other.count
    sum += other.sum
    magnitude += other.magnitude
    hasNonFinite = hasNonFinite || other.hasNonFinite
  }

  /// NaN when there is nothing but NaN.
  var mean: Double { sum / Double(count) }
  /// Rounding that another order of summation may leave in the mean.
  var slack: Double { count == 0 ? 0 : 1e-12 * magnitude / Double(count) }
}

// MARK: - Comparing

extension LeRobotAggregate {
  enum RequiredCount { case episodes }

  /// Complains about averages that every version writes and that are not there.
  func requireRates(
    and count: RequiredCount?, at place: String, of source: SourceReader
  ) throws(AdapterError) {
    if averageSumReward == nil { throw source.missing("avg_sum_reward", at: place) }
    if averageMaxReward == nil { throw source.missing("avg_max_reward", at: place) }
    if successPercent == nil { throw source.missing("pc_success", at: place) }
    if count == .episodes, episodes == nil { throw source.missing("n_episodes", at: place) }
  }

  /// Complains about the first stated value that the episodes do not give.
  func compare(
    with tally: LeRobotTally, at place: String, of source: SourceReader
  ) throws(AdapterError) {
    try compare(episodes, tally.episodes, at: place + "/n_episodes", of: source)
    try compare(successes, tally.successes, at: place + "/n_success", of: source)
    try compare(successPercent, tally.percent, at: place + "/pc_success", of: source)
    try compare(
      averageSumReward, tally.sumRewards.mean, slack: tally.sumRewards.slack,
      at: place + "/avg_sum_reward", of: source)
    try compare(
      averageMaxReward, tally.maxRewards.mean, slack: tally.maxRewards.slack,
      at: place + "/avg_max_reward", of: source)
    guard let successInterval else { return }
    let (low, high) = tally.interval
    // The lower bound of no successes is 0 but for rounding.
    try compare(
      successInterval[0], low, slack: 1e-9, at: place + "/pc_success_ci95/0", of: source)
    try compare(
      successInterval[1], high, slack: 1e-9, at: place + "/pc_success_ci95/1", of: source)
  }

  private func compare(
    _ stated: Int?, _ counted: Int, at place: String, of source: SourceReader
  ) throws(AdapterError) {
    guard let stated, stated != counted else { return }
    throw source.complaint(
      .aggregateMismatch, at: place, "the file says \(stated), its episodes say \(counted)")
  }

  private func compare(
    _ stated: StatedNumber?, _ computed: Double, slack: Double = 0, at place: String,
    of source: SourceReader
  ) throws(AdapterError) {
    guard let stated, !isClose(stated.value, computed, slack: slack) else { return }
    throw source.complaint(
      .aggregateMismatch, at: place,
      "the file says \(shown(stated.lexeme)), its episodes give \(computed)")
  }

  /// Relative 1e-6 (FORMATS §2) or an absolute slack; NaN equals NaN, an infinity itself.
  private func isClose(_ a: Double, _ b: Double, slack: Double) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    if a == b { return true }
    guard a.isFinite, b.isFinite else { return false }
    return (a - b).magnitude <= max(1e-6 * max(a.magnitude, b.magnitude), slack)
  }
}

// MARK: - Reading

extension LeRobotReader {
  /// Reads the value of `per_group`.
  mutating func readGroups() throws(AdapterError) -> [String: LeRobotAggregate] {
    try source.beginObject(at: "/per_group")
    var groups: [String: LeRobotAggregate] = [:]
    while true {
      let key = try source.next()
      guard key.kind == .key else { return groups }
      let group = source.json.string(key)
      groups[group] = try readAggregate(at: pointer("/per_group", group))
      releasePages()
    }
  }

  mutating func readAggregate(at place: String) throws(AdapterError) -> LeRobotAggregate {
    try source.beginObject(at: place)
    var aggregate = LeRobotAggregate()
    while true {
      let key = try source.next()
      guard key.kind == .key else { return aggregate }
      try readAggregateMember(key, of: &aggregate, at: place)
    }
  }

  /// Reads the value behind a key, into the field of that name where there is one.
  mutating func readAggregateMember(
    _ key: JSONToken, of aggregate: inout LeRobotAggregate, at place: String
  ) throws(AdapterError) {
    if source.json.matches(key, "avg_sum_reward") {
      aggregate.averageSumReward = try readAverage(at: place + "/avg_sum_reward")
    } else if source.json.matches(key, "avg_max_reward") {
      aggregate.averageMaxReward = try readAverage(at: place + "/avg_max_reward")
    } else if source.json.matches(key, "pc_success") {
      aggregate.successPercent = try readAverage(at: place + "/pc_success")
    } else if source.json.matches(key, "pc_success_ci95") {
      aggregate.successInterval = try readInterval(at: place + "/pc_success_ci95")
    } else if source.json.matches(key, "n_episodes") {
      aggregate.episodes = try source.count(at: place + "/n_episodes")
    } else if source.json.matches(key, "n_success") {
      aggregate.successes = try source.count(at: place + "/n_success")
    } else {
      try source.skipValue()
    }
  }

  private mutating func readAverage(at place: String) throws(AdapterError) -> StatedNumber {
    source.json.allowNonFinite = true
    let number = try source.number(at: place)
    source.json.allowNonFinite = false
    return number
  }

  private mutating func readInterval(at place: String) throws(AdapterError) -> [StatedNumber] {
    try source.beginArray(at: place)
    let low = try readAverage(at: place + "/0")
    let high = try readAverage(at: place + "/1")
    guard try source.next().kind == .endArray else {
      throw source.complaint(.wrongType, at: place, "expected two bounds")
    }
    return [low, high]
  }
}
