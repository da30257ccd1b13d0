internal import Evidence
internal import JSON

extension LeRobotReader {
  /// Reads the value of `per_task`.
  mutating func readTasks() throws(AdapterError) -> [LeRobotTask] {
    try source.beginArray(at: "/per_task")
    var tasks: [LeRobotTask] = []
    while true {
      let token = try source.next()
      if token.kind == .endArray { return tasks }
      let place = "/per_task/\(tasks.count)"
      guard token.kind == .beginObject else {
        throw source.complaint(.wrongType, at: place, "expected an object")
      }
      guard tasks.count < limits.tasks else {
        throw source.complaint(.limitExceeded, at: place, "more than \(limits.tasks) tasks")
      }
      tasks.append(try readTask(position: tasks.count, at: place))
    }
  }

  private mutating func readTask(
    position: Int, at place: String
  ) throws(AdapterError) -> LeRobotTask {
    var group: String?
    var id: Int?
    var metrics: Metrics?
    var stated = LeRobotAggregate()
    while true {
      let key = try source.next()
      guard key.kind == .key else { break }
      if source.json.matches(key, "task_group") {
        group = try source.name(at: place + "/task_group")
      } else if source.json.matches(key, "task_id") {
        id = try source.count(at: place + "/task_id")
      } else if source.json.matches(key, "metrics") {
        metrics = try readMetrics(at: place + "/metrics")
      } else {
        try readAggregateMember(key, of: &stated, at: place)
      }
    }
    guard let group else { throw source.missing("task_group", at: place) }
    guard let id else { throw source.missing("task_id", at: place) }
    guard let metrics else { throw source.missing("metrics", at: place) }
    return try task(group, id, position, metrics, stated, at: place)
  }

  private func task(
    _ group: String, _ id: Int, _ position: Int, _ metrics: Metrics, _ stated: LeRobotAggregate,
    at place: String
  ) throws(AdapterError) -> LeRobotTask {
    let base = place + "/metrics"
    guard let sums = metrics.sums else { throw source.missing("sum_rewards", at: base) }
    guard let maxima = metrics.maxima else { throw source.missing("max_rewards", at: base) }
    guard let outcomes = metrics.outcomes else { throw source.missing("successes", at: base) }
    guard let videos = metrics.videoPaths else { throw source.missing("video_paths", at: base) }
    guard sums.spans.count == outcomes.count, maxima.spans.count == outcomes.count else {
      throw source.complaint(
        .lengthMismatch, at: base,
        "\(sums.spans.count) sum_rewards, \(maxima.spans.count) max_rewards and "
          + "\(outcomes.count) successes of one task")
    }
    var tally = LeRobotTally()
    tally.episodes = outcomes.count
    tally.successes = outcomes.count { $0 == letterS }
    tally.sumRewards = sums.totals
    tally.maxRewards = maxima.totals
    tally.statesIntervals = stated.hasIntervals
    try stated.compare(with: tally, at: place, of: source)
    return LeRobotTask(
      group: group, id: id, position: position, outcomes: outcomes, sumRewards: sums.spans,
      maxRewards: maxima.spans, tally: tally, videoPaths: videos,
      predictedVideoPaths: metrics.predictedVideoPaths)
  }
}

// MARK: - Metrics

let letterS = UInt8(ascii: "S")
let letterF = UInt8(ascii: "F")

private struct Metrics {
  var sums: RewardColumn?
  var maxima: RewardColumn?
  var outcomes: [UInt8]?
  var videoPaths: [String]?
  var predictedVideoPaths: [String] = []
}

private struct RewardColumn {
  var spans: [LexemeSpan]
  var totals: RewardTotals
}

extension LeRobotReader {
  private mutating func readMetrics(at place: String) throws(AdapterError) -> Metrics {
    try source.beginObject(at: place)
    var metrics = Metrics()
    while true {
      let key = try source.next()
      guard key.kind == .key else { return metrics }
      if source.json.matches(key, "sum_rewards") {
        metrics.sums = try readRewards(at: place + "/sum_rewards")
      } else if source.json.matches(key, "max_rewards") {
        metrics.maxima = try readRewards(at: place + "/max_rewards")
      } else if source.json.matches(key, "successes") {
        metrics.outcomes = try readSuccesses(at: place + "/successes")
      } else if source.json.matches(key, "video_paths") {
        metrics.videoPaths = try source.strings(at: place + "/video_paths")
      } else if source.json.matches(key, "predicted_video_paths") {
        hasPredictedVideos = true
        metrics.predictedVideoPaths = try source.strings(at: place + "/predicted_video_paths")
      } else {
        try source.skipValue()
      }
      releasePages()
    }
  }

  private mutating func readRewards(at place: String) throws(AdapterError) -> RewardColumn {
    source.json.allowNonFinite = true
    spans.removeAll(keepingCapacity: true)
    var spans = self.spans
    self.spans = []
    defer { self.spans = spans }
    let end = try source.text { (json) throws(JSONError) in try json.readNumberSpans(into: &spans) }
    source.json.allowNonFinite = false
    switch end {
    case .complete: break
    case .notAnArray:
      throw source.complaint(.wrongType, at: place, "expected a list of numbers")
    case .unexpected(_, let index):
      throw source.complaint(.wrongType, at: "\(place)/\(index)", "expected a number")
    }
    var column = RewardColumn(spans: [], totals: RewardTotals())
    column.spans.reserveCapacity(spans.count)
    for (index, span) in spans.enumerated() {
      let lexeme = LexemeSpan(span)
      if lexeme.isNone, span.isFinite {
        throw source.complaint(.limitExceeded, at: "\(place)/\(index)", "a number is too long")
      }
      column.spans.append(lexeme)
      column.totals.add(source.json.double(span))
    }
    return column
  }

  private mutating func readSuccesses(at place: String) throws(AdapterError) -> [UInt8] {
    // NaN here is a success that is no boolean, not a fault of the text.
    source.json.allowNonFinite = true
    var outcomes: [UInt8] = []
    let end = try source.text { (json) throws(JSONError) in try json.readBoolArray(into: &outcomes)
    }
    source.json.allowNonFinite = false
    switch end {
    case .complete: break
    case .notAnArray:
      throw source.complaint(.wrongType, at: place, "expected a list of true and false")
    case .unexpected(_, let index):
      throw source.complaint(
        .successNotBoolean, at: "\(place)/\(index)", "a success is true or false, nothing else")
    }
    for index in outcomes.indices { outcomes[index] = outcomes[index] == 1 ? letterS : letterF }
    return outcomes
  }
}
