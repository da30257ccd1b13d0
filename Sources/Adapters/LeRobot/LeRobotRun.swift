internal import Evidence
internal import JSON
internal import Platform

/// Turns what was read into a saved run: order, seeds, media, totals (FORMATS §1.4, §2).
struct LeRobotRun {
  let content: LeRobotContent
  let path: String
  let detectedBy: [String]
  let options: ReadOptions

  func run(input: InputFile, lexemes: MappedLexemes) throws(AdapterError) -> SavedRun {
    var warnings: [String] = []
    let tasks: [SavedTask]
    switch content.episodes {
    case .perTask(let read):
      tasks = try savedTasks(read, warnings: &warnings)
    case .perEpisode(let episodes):
      tasks = [try savedTask(episodes)]
    }
    if tasks.allSatisfy({ $0.count == 0 }) { warnings.append("no_episodes") }
    if hasNonFiniteReward { warnings.append("reward_not_finite") }
    return SavedRun(
      format: format, adapterVersion: "1", tasks: tasks, seedLabel: seedLabel,
      initialStateLabel: .missing, denominatorRule: "all_attempted_no_errors_recorded",
      model: model, metricName: "success_rate", successRule: nil, createdAt: nil,
      harnessVersion: nil, sourceAggregates: aggregates,
      notes: SourceNotes(partial: nil, warnings: warnings, generated: nil), inputs: [input],
      observations: [], lexemes: lexemes)
  }

  private var format: SourceFormat {
    var evidence: [String]
    let generation: String
    switch content.episodes {
    case .perTask:
      evidence = ["key:per_task"]
      generation = content.hasIntervals ? "per_task_ci95" : "per_task"
    case .perEpisode:
      evidence = ["key:per_episode"]
      generation = "per_episode"
    }
    evidence += detectedBy.filter { !evidence.contains($0) }
    if content.hasPredictedVideos { evidence.append("key:predicted_video_paths") }
    if content.hasIntervals { evidence.append("key:pc_success_ci95") }
    return SourceFormat(name: "lerobot", generation: generation, detectedBy: evidence)
  }

  /// The file names no model; what the user states is declared, and nothing more.
  private var model: ModelIdentity {
    let isStated = options.modelID != nil || options.checkpointDigest != nil
    return ModelIdentity(
      id: options.modelID, checkpointDigest: options.checkpointDigest,
      identity: isStated ? .declared : .unknown)
  }

  private var aggregates: JSONObject {
    var members: [(key: String, value: JSONValue)] = []
    if let episodes = content.totals.episodes {
      members.append(("n_episodes", .number(JSONNumber(Int64(episodes)))))
    }
    if let percent = content.totals.successPercent {
      members.append(("pc_success", percent.value.isFinite ? .string(percent.lexeme) : .null))
    }
    return JSONObject(members)
  }

  private var hasNonFiniteReward: Bool {
    switch content.episodes {
    case .perTask(let tasks):
      tasks.contains { $0.tally.sumRewards.hasNonFinite || $0.tally.maxRewards.hasNonFinite }
    case .perEpisode(let episodes):
      episodes.tally.sumRewards.hasNonFinite || episodes.tally.maxRewards.hasNonFinite
    }
  }

  // MARK: Tasks

  private func savedTasks(
    _ read: [LeRobotTask], warnings: inout [String]
  ) throws(AdapterError) -> [SavedTask] {
    let sorted = read.sorted(by: comesBefore)
    for (one, other) in zip(sorted, sorted.dropFirst()) where isSameTask(one, other) {
      throw AdapterError(
        .duplicateTask, place: "\(path): /per_task/\(other.position)",
        message: "task \(other.id) of \(shown(other.group)) is there twice")
    }
    // Several environments at once finish in any order.
    if !sorted.elementsEqual(read, by: { $0.position == $1.position }) {
      warnings.append("tasks_not_in_order")
    }
    var tasks: [SavedTask] = []
    tasks.reserveCapacity(sorted.count)
    for task in sorted { tasks.append(try savedTask(task)) }
    return tasks
  }

  private func comesBefore(_ a: LeRobotTask, _ b: LeRobotTask) -> Bool {
    if a.group.utf8.elementsEqual(b.group.utf8) { return (a.id, a.position) < (b.id, b.position) }
    return a.group.precedes(b.group)
  }

  private func isSameTask(_ a: LeRobotTask, _ b: LeRobotTask) -> Bool {
    a.id == b.id && a.group.utf8.elementsEqual(b.group.utf8)
  }

  private func savedTask(_ read: LeRobotTask) throws(AdapterError) -> SavedTask {
    var task = SavedTask(
      suite: read.group, taskID: String(read.id), name: nil, outcomes: read.outcomes)
    task.sumRewards = read.sumRewards
    task.maxRewards = read.maxRewards
    task.seeds = try derivedSeeds(of: nil, count: task.count)
    task.media = media(read.videoPaths, role: "rollout_video") {
      $0 < read.outcomes.count ? $0 : nil
    }
    // What the policy imagined, one file per batch of environments: not an episode's rollout.
    task.media += media(read.predictedVideoPaths, role: "other") { _ in nil }
    return task
  }

  private func savedTask(_ read: LeRobotEpisodes) throws(AdapterError) -> SavedTask {
    // The oldest generation names no environment.
    var task = SavedTask(suite: "", taskID: "", name: nil, outcomes: read.outcomes)
    task.sumRewards = read.sumRewards
    task.maxRewards = read.maxRewards
    var indexes: [Int]? = nil
    var seeds: [Seed?]? = read.seeds.isEmpty ? nil : read.seeds
    if !read.indexes.elementsEqual(0..<read.indexes.count) {
      let rows = read.indexes.indices.sorted { read.indexes[$0] < read.indexes[$1] }
      task.outcomes = rows.map { read.outcomes[$0] }
      task.sumRewards = rows.map { read.sumRewards[$0] }
      task.maxRewards = rows.map { read.maxRewards[$0] }
      seeds = seeds.map { old in rows.map { old[$0] } }
      let sorted = rows.map { read.indexes[$0] }
      if !sorted.elementsEqual(0..<sorted.count) { indexes = sorted }
    }
    task.indexes = indexes
    task.seeds = seeds
    if seeds == nil { task.seeds = try derivedSeeds(of: indexes, count: task.count) }
    task.media = media(read.videoPaths, role: "rollout_video") { index in
      guard let indexes else { return index < read.outcomes.count ? index : nil }
      return indexes.firstIndex(of: index)
    }
    return task
  }

  // MARK: Seeds and media

  private var seedLabel: SeedLabel {
    if case .perEpisode(let episodes) = content.episodes, !episodes.seeds.isEmpty {
      return .recorded
    }
    return options.seedStart == nil ? .missing : .derived
  }

  /// Episode i of every task has the start seed plus i.
  private func derivedSeeds(
    of indexes: [Int]?, count: Int
  ) throws(AdapterError) -> [Seed?]? {
    guard let start = options.seedStart else { return nil }
    let last = Int64(indexes?.last ?? max(0, count - 1))
    let (sum, overflows) = start.addingReportingOverflow(last)
    let limit = SourceReader.largestInteger
    guard !overflows, start.magnitude <= limit, sum.magnitude <= limit else {
      throw AdapterError(
        .numberOutOfRange, place: nil,
        message: "the start seed \(start) leaves the range of exact integers")
    }
    if let indexes { return indexes.map { .integer(start + Int64($0)) } }
    return (0..<count).map { .integer(start + Int64($0)) }
  }

  private func media(
    _ paths: [String], role: String, row: (Int) -> Int?
  ) -> [MediaReference] {
    paths.map { path in
      MediaReference(row: episodeIndex(ofVideo: path).flatMap(row), role: role, path: path)
    }
  }
}

/// The number in `…eval_episode_<i>.mp4`, at most nine digits without a leading zero; nil otherwise.
func episodeIndex(ofVideo path: String) -> Int? {
  let name = path.utf8.split(whereSeparator: { $0 == 0x2F || $0 == 0x5C }).last ?? []
  let prefix = Array("eval_episode_".utf8)
  let suffix = Array(".mp4".utf8)
  guard name.starts(with: prefix), name.count > prefix.count + suffix.count,
    name.suffix(suffix.count).elementsEqual(suffix)
  else { return nil }
  let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
  guard digits.count <= 9, digits.allSatisfy({ (0x30...0x39).contains($0) }),
    digits.count == 1 || digits.first != 0x30
  else { return nil }
  return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
}
