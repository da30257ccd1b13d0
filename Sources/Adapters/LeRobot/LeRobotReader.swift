internal import Evidence
internal import JSON
internal import Platform

/// Reads the top level of an eval_info.json, its members in any order.
///
/// A complaint about a value does not end the reading: the rest is looked at for faults of the text
/// and for the shape of the whole, which come first (FORMATS §1.2).
struct LeRobotReader {
  var source: SourceReader
  let limits: ReadLimits
  private let bytes: SourceBytes
  private let file: MappedFile
  private var releasedAt = 0

  private var tasks: Held<[LeRobotTask]>?
  private var groups: Held<[String: LeRobotAggregate]>?
  private var overall: Held<LeRobotAggregate>?
  private var episodes: Held<LeRobotEpisodes>?
  private var aggregated: Held<LeRobotAggregate>?
  private var videoPaths: Held<[String]>?
  var hasPredictedVideos = false
  /// Number spans of the array that is being read; kept for its memory.
  var spans: [JSONNumberSpan] = []

  private typealias Held<T> = Result<T, AdapterError>

  /// - Parameter bytes: all bytes of `file`.
  init(_ bytes: SourceBytes, file: MappedFile, path: String, limits: ReadLimits) {
    self.limits = limits
    self.bytes = bytes
    self.file = file
    self.source = bytes.reader(path: path, skipsNonFinite: true)
  }

  mutating func read() throws(AdapterError) -> LeRobotContent {
    guard try source.next().kind == .beginObject else { throw try unrecognised() }
    while true {
      let token = try source.next()
      guard token.kind == .key else { break }
      source.json.allowNonFinite = false
      try readMember(token)
    }
    try source.finish()
    switch (tasks, episodes) {
    case (.some, .some):
      throw source.complaint(
        .ambiguousShape, at: "", "both per_task and per_episode are there")
    case (let tasks?, nil): return try perTask(try tasks.get())
    case (nil, let episodes?): return try perEpisode(try episodes.get())
    case (nil, nil): throw try unrecognised()
    }
  }

  private mutating func readMember(_ key: JSONToken) throws(AdapterError) {
    if source.json.matches(key, "per_task") {
      tasks = try hold { (r) throws(AdapterError) in try r.readTasks() }
    } else if source.json.matches(key, "per_group") {
      groups = try hold { (r) throws(AdapterError) in try r.readGroups() }
    } else if source.json.matches(key, "overall") {
      overall = try hold { (r) throws(AdapterError) in try r.readAggregate(at: "/overall") }
    } else if source.json.matches(key, "per_episode") {
      episodes = try hold { (r) throws(AdapterError) in try r.readEpisodes() }
    } else if source.json.matches(key, "aggregated") {
      aggregated = try hold { (r) throws(AdapterError) in try r.readAggregate(at: "/aggregated") }
    } else if source.json.matches(key, "video_paths") {
      videoPaths = try hold { (r) throws(AdapterError) in
        try r.source.strings(at: "/video_paths")
      }
    } else {
      try source.skipValue()
    }
  }

  /// Reads a member's value; a complaint is kept, and the reader goes on behind the value.
  private mutating func hold<T>(
    _ body: (inout LeRobotReader) throws(AdapterError) -> T
  ) throws(AdapterError) -> Held<T> {
    do throws(AdapterError) { return .success(try body(&self)) } catch {
      if error.isAboutText { throw error }
      try source.climb(to: 1)
      return .failure(error)
    }
  }

  /// Drops the pages that were read, every few megabytes.
  mutating func releasePages() {
    guard source.json.offset - releasedAt > 4 << 20 else { return }
    releasedAt = source.json.offset
    file.release(upTo: releasedAt)
  }

  private mutating func unrecognised() throws(AdapterError) -> AdapterError {
    try source.finish()
    let wrapped = wrappedResults(in: bytes, path: source.path)
    return source.complaint(
      .unrecognisedShape, at: "",
      "this is no lerobot result: there is neither per_task nor per_episode at the top",
      hint: wrapped.map(unwrapHint)
        ?? "the file may belong to another tool: try the format `auto`")
  }
}

// MARK: - The two shapes

extension LeRobotReader {
  private func perTask(_ tasks: [LeRobotTask]) throws(AdapterError) -> LeRobotContent {
    guard let groups else { throw source.missing("per_group", at: "") }
    guard let overall else { throw source.missing("overall", at: "") }
    let stated = try groups.get()
    let totals = try overall.get()
    var tallies: [String: LeRobotTally] = [:]
    var all = LeRobotTally()
    for task in tasks {
      tallies[task.group, default: LeRobotTally()].add(task.tally)
      all.add(task.tally)
    }
    for group in stated.keys.sorted() where tallies[group] == nil {
      throw source.complaint(
        .aggregateMismatch, at: pointer("/per_group", group), "no task is of this group")
    }
    for (group, tally) in tallies.sorted(by: { $0.key < $1.key }) {
      let place = pointer("/per_group", group)
      guard let aggregate = stated[group] else {
        throw source.complaint(
          .aggregateMismatch, at: place, "the group of a task is missing here")
      }
      try aggregate.requireRates(and: .episodes, at: place, of: source)
      try aggregate.compare(with: tally, at: place, of: source)
    }
    try totals.requireRates(and: .episodes, at: "/overall", of: source)
    try totals.compare(with: all, at: "/overall", of: source)
    let hasIntervals =
      tasks.contains { $0.tally.statesIntervals } || totals.hasIntervals
      || stated.values.contains { $0.hasIntervals }
    return LeRobotContent(
      episodes: .perTask(tasks), totals: totals, hasIntervals: hasIntervals,
      hasPredictedVideos: hasPredictedVideos)
  }

  private func perEpisode(_ read: LeRobotEpisodes) throws(AdapterError) -> LeRobotContent {
    guard let aggregated else { throw source.missing("aggregated", at: "") }
    let totals = try aggregated.get()
    try totals.requireRates(and: nil, at: "/aggregated", of: source)
    try totals.compare(with: read.tally, at: "/aggregated", of: source)
    var episodes = read
    if let videoPaths { episodes.videoPaths = try videoPaths.get() }
    return LeRobotContent(
      episodes: .perEpisode(episodes), totals: totals, hasIntervals: totals.hasIntervals,
      hasPredictedVideos: false)
  }
}
