internal import Evidence
internal import JSON

/// Reads one entry of `tasks`.
struct VLAEvalTaskReader {
  private let place: String
  private var task = VLAEvalTask()
  private var counts: [String: Int] = [:]
  private var averages: [String: StatedNumber] = [:]

  private let mostEpisodes: Int

  init(place: String, mostEpisodes: Int) {
    self.place = place
    self.mostEpisodes = mostEpisodes
  }

  /// To be called behind the opening brace.
  mutating func read(_ source: inout SourceReader) throws(AdapterError) -> VLAEvalTask {
    var hasName = false
    var hasEpisodes = false
    try source.members { (source, key) throws(AdapterError) in
      switch key {
      case "task":
        hasName = true
        task.name = try source.name(at: place + "/task")
      case "episodes":
        hasEpisodes = true
        try readEpisodes(&source)
      case "num_episodes", "num_errors":
        counts[key] = try source.count(at: place + "/" + key)
      case "success_rate", "mean_success", "avg_steps":
        averages[key] = try source.number(at: place + "/" + key)
      default: try source.skipValue()
      }
    }
    guard hasName else { throw source.missing("task", at: place) }
    guard hasEpisodes else { throw source.missing("episodes", at: place) }
    try check(source)
    task.episodes.sort { $0.id < $1.id }
    return task
  }

  private mutating func readEpisodes(_ source: inout SourceReader) throws(AdapterError) {
    var ids: Set<Int> = []
    try source.objects(at: place + "/episodes", atMost: mostEpisodes) {
      (source, number) throws(AdapterError) in
      let episode = try readEpisode(&source, number)
      guard ids.insert(episode.id).inserted else {
        throw source.complaint(
          .duplicateEpisode, at: "\(place)/episodes/\(number)/episode_id",
          "episode \(episode.id) is there twice")
      }
      task.episodes.append(episode)
    }
  }

  private func readEpisode(
    _ source: inout SourceReader, _ number: Int
  ) throws(AdapterError) -> VLAEvalEpisode {
    let place = "\(self.place)/episodes/\(number)"
    var episode = VLAEvalEpisode()
    var id: Int?
    var success: Bool?
    var reason: String?
    var detail: String?
    try source.members { (source, key) throws(AdapterError) in
      switch key {
      case "episode_id": id = try Self.episodeID(&source, at: place + "/episode_id")
      case "success": success = try Self.success(&source, at: place + "/success")
      case "metrics":
        episode.hasMetrics = true
        try source.beginObject(at: place + "/metrics")
        try source.members { (source, key) throws(AdapterError) in
          guard key == "success" else { return try source.skipValue() }
          success = try Self.success(&source, at: place + "/metrics/success")
        }
      case "steps": episode.steps = try source.countOrNull(at: place + "/steps")
      case "elapsed_sec": episode.duration = try source.spanOrNull(at: place + "/elapsed_sec")
      case "failure_reason": reason = try source.textOrNull(at: place + "/failure_reason")
      case "failure_detail": detail = try source.textOrNull(at: place + "/failure_detail")
      case "eid": episode.recording = Self.recording(try source.textOrNull(at: place + "/eid"))
      default: try source.skipValue()
      }
    }
    guard let id else { throw source.missing("episode_id", at: place) }
    episode.id = id
    guard let reason else {
      guard let success else {
        throw source.missing("success", at: episode.hasMetrics ? place + "/metrics" : place)
      }
      episode.outcome = success ? .succeeded : .failed
      return episode
    }
    if success == true {
      throw source.complaint(
        .contradictoryEpisode, at: place + "/failure_reason",
        "the episode succeeded, and has a failure reason")
    }
    episode.outcome = .errored
    episode.failure = failureText(
      detail.map { $0.isEmpty ? reason : reason + ": " + $0 } ?? reason)
    return episode
  }

  /// A number, or `<task>_ep<number>` of the oldest generation.
  private static func episodeID(
    _ source: inout SourceReader, at pointer: String
  ) throws(AdapterError) -> Int {
    let token = try source.next()
    guard token.kind == .string else { return try source.count(from: token, at: pointer) }
    let text = source.json.string(token)
    let digits = text.utf8.reversed().prefix { (0x30...0x39).contains($0) }.reversed()
    guard !digits.isEmpty, digits.count <= 9,
      text.utf8.dropLast(digits.count).suffix(3).elementsEqual("_ep".utf8)
    else {
      throw source.complaint(
        .wrongType, at: pointer, "\(shown(text)) does not end in _ep and a number")
    }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func success(
    _ source: inout SourceReader, at pointer: String
  ) throws(AdapterError) -> Bool {
    guard let success = try source.next().bool else {
      throw source.complaint(
        .successNotBoolean, at: pointer, "a success is true or false, nothing else")
    }
    return success
  }

  /// `task0002_ep0013` for the id `2-013`.
  private static func recording(_ eid: String?) -> String? {
    let parts = (eid ?? "").split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    var numbers: [String] = []
    for part in parts {
      guard (1...9).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(part)
      else { return nil }
      let digits = String(number)
      numbers.append(String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits)
    }
    return "task\(numbers[0])_ep\(numbers[1])"
  }

  // MARK: - Agreement

  private func check(_ source: SourceReader) throws(AdapterError) {
    let count = task.episodes.count
    let computed = ["num_episodes": count, "num_errors": task.errors]
    // num_errors is left out when it is 0; the oldest generation has neither.
    for (key, value) in counts.sorted(by: { $0.key < $1.key }) where value != computed[key] {
      throw source.complaint(
        .aggregateMismatch, at: "\(place)/\(key)",
        "it says \(value), and the episodes make \(computed[key] ?? 0)")
    }
    if counts["num_episodes"] != nil, counts["num_errors"] == nil, task.errors > 0 {
      throw source.complaint(
        .aggregateMismatch, at: place + "/num_errors",
        "it is left out as for none, and \(task.errors) episodes have a failure reason")
    }
    guard count > 0 else { return }
    let rate = Double(task.successes) / Double(count)
    let steps = Double(task.episodes.reduce(0) { $0 + ($1.steps ?? 0) }) / Double(count)
    for (key, stated) in averages.sorted(by: { $0.key < $1.key }) {
      let value = key == "avg_steps" ? steps : rate
      let agrees =
        key == "mean_success"
        ? abs(stated.value - value) <= VLAEvalReader.rounding
        : agree(stated.value, value, relative: 1e-6)
      if agrees { continue }
      throw source.complaint(
        .aggregateMismatch, at: "\(place)/\(key)",
        "it says \(shown(stated.lexeme)), and the episodes make another number")
    }
  }
}
