internal import Evidence
internal import Platform

/// What was read from the log of a LIBERO client.
struct LiberoLog: Sendable {
  var suite: String?
  var tasks: [LiberoTask] = []
  /// Episodes that were over before the log begins; nil for a log with its head.
  var missingHead: Int?
  var isTruncated = false
  var hasContradictedLines = false
  /// The counters after the last episode that has them.
  var episodes = 0
  var successes = 0
}

/// One task, up to its `Current task success rate`.
struct LiberoTask: Sendable {
  var description: String
  /// 0-based; the log's own number less one.
  var firstIndex: Int
  var outcomes: [UInt8] = []
  var failures: [Int: String] = [:]
  /// What the videos are named by, which is not always the outcome.
  var hasSuccessVideo = false
  var hasFailureVideo = false
  /// Order of the task in the log.
  var position: Int
}

/// Reads the log of openpi's examples/libero and of its siblings (FORMATS §3.1).
///
/// No result file is written, so these lines are all there is. The counters decide: after an
/// exception before the first step the line `Success:` repeats the episode before.
struct LiberoLogReader {
  private let log: LogReader
  private let path: String
  private var result = LiberoLog()
  private var task: LiberoTask?
  private var episode: Episode?
  private var description = ""
  private var position = 0
  private var sawPrefix = false
  private var sawTotals = false
  private var sawCounters = false
  private var isInException = false
  private var sawVideoNames = false
  private var sawOther = false
  private var line = 0

  private struct Episode {
    var stated: Bool?
    var exception: String?
    var hasTotal = false
  }

  init(_ bytes: SourceBytes, path: String, limits: ReadLimits) {
    log = LogReader(bytes, path: path, limits: limits)
    self.path = path
  }

  mutating func read() throws(AdapterError) -> LiberoLog {
    var reader = self
    try log.forEach { (piece) throws(AdapterError) in try reader.take(piece) }
    self = reader
    return try finished()
  }

  private mutating func take(_ piece: LogPiece) throws(AdapterError) {
    line = piece.line
    if piece.hasPrefix {
      sawPrefix = true
      isInException = false
    } else if isInException, sawPrefix {
      // An exception's text may have more lines, and they may look like anything.
      // Its first part is kept, and the rest may be as long as it likes.
      if (episode?.exception?.utf8.count ?? 0) <= 4096 { episode?.exception? += "\n" + piece.text }
      return
    }
    if let rest = piece.rest(after: "Task: ") {
      description = String(rest)
    } else if let rest = piece.rest(after: "Task suite: ") {
      result.suite = String(rest)
    } else if let number = piece.count(after: "Starting episode ") {
      try begin(number)
    } else if let rest = piece.rest(after: "Caught exception: ") {
      isInException = true
      episode?.exception = String(rest)
    } else if let rest = piece.rest(after: "Success: ") {
      try takeSuccess(rest)
    } else if let count = piece.count(after: "# episodes completed so far: ") {
      try takeEpisodes(count)
    } else if let count = piece.count(after: "# successes: ") {
      try takeSuccesses(count)
    } else if let rate = piece.decimal(after: "Current task success rate: ") {
      try endTask(rate)
    } else {
      try takeTotals(piece)
    }
  }

  // MARK: - Episodes

  private mutating func begin(_ number: Int) throws(AdapterError) {
    guard episode == nil else {
      throw mismatch("an episode begins before the one before has ended")
    }
    guard number > 0 else { throw mismatch("episodes are counted from 1, and this is 0") }
    if let task {
      let next = task.firstIndex + task.outcomes.count + 1
      guard number == next else {
        throw mismatch("episode \(number) begins, and \(next) would be the next of its task")
      }
    } else {
      // Only a log without its head may begin anywhere but with episode 1.
      guard number == 1 || (result.tasks.isEmpty && result.suite == nil) else {
        throw mismatch("the task begins with episode \(number)")
      }
      task = LiberoTask(
        description: description, firstIndex: number - 1, position: position)
      position += 1
    }
    episode = Episode()
  }

  private mutating func takeSuccess(_ rest: Substring) throws(AdapterError) {
    guard episode != nil else {
      if result.tasks.isEmpty, task == nil { return }
      throw mismatch("a success is told outside of any episode")
    }
    for (word, value) in [("True", true), ("False", false)] where rest.hasPrefix(word) {
      // A bar may follow, a letter or digit may not.
      if let next = rest.utf8.dropFirst(word.utf8.count).first, next < 0x80, next != 0x20,
        next != 0x09
      {
        break
      }
      episode?.stated = value
      return
    }
    throw AdapterError(
      .successNotBoolean, place: "\(path): line \(line)",
      message: "a success is True or False, not \(shown(String(rest)))")
  }

  private mutating func takeEpisodes(_ count: Int) throws(AdapterError) {
    guard let episode else {
      if result.tasks.isEmpty, task == nil { return }
      throw mismatch("\(count) episodes are completed, and none has begun since the last count")
    }
    guard episode.stated != nil, !episode.hasTotal else {
      throw mismatch("episodes are counted before the episode has its success")
    }
    if !sawCounters, result.suite == nil, count > 1 {
      // The log's head is not here: what was counted before is missing.
      result.missingHead = count - 1
      result.episodes = count
    } else {
      guard count == result.episodes + 1 else {
        throw mismatch(
          "\(count) episodes are completed, \(result.episodes) were before this one",
          hint: count == 1
            ? "another run begins here: give each run a file of its own" : nil)
      }
      result.episodes = count
    }
    self.episode?.hasTotal = true
  }

  private mutating func takeSuccesses(_ count: Int) throws(AdapterError) {
    guard let episode else {
      if result.tasks.isEmpty, task == nil { return }
      throw mismatch("successes are counted, and no episode has begun since the last count")
    }
    guard episode.hasTotal else {
      throw mismatch("successes are counted before the episodes")
    }
    let isSuccess = episode.stated == true && episode.exception == nil
    if !sawCounters, result.missingHead != nil {
      result.successes = count - (isSuccess ? 1 : 0)
      guard count <= result.episodes else {
        throw mismatch("\(count) successes in \(result.episodes) episodes")
      }
    }
    let expected = result.successes + (isSuccess ? 1 : 0)
    guard count == expected else {
      throw mismatch("\(count) successes are counted, and the lines make \(expected)")
    }
    result.successes = count
    sawCounters = true
    close(episode)
  }

  private mutating func close(_ episode: Episode) {
    let row = task?.outcomes.count ?? 0
    if let exception = episode.exception {
      if episode.stated == true { result.hasContradictedLines = true }
      task?.failures[row] = failureText(exception)
      task?.outcomes.append(Outcome.errored.letter)
    } else {
      task?.outcomes.append(episode.stated == true ? letterS : letterF)
    }
    if episode.stated == true { task?.hasSuccessVideo = true } else { task?.hasFailureVideo = true }
    self.episode = nil
  }

  // MARK: - Tasks and totals

  private mutating func endTask(_ rate: StatedNumber) throws(AdapterError) {
    guard episode == nil else { throw mismatch("the task ends before its episode has") }
    guard let task else {
      if result.tasks.isEmpty { return }
      throw mismatch("a task ends, and none has begun")
    }
    if task.firstIndex == 0, !task.outcomes.isEmpty {
      let successes = task.outcomes.count { $0 == letterS }
      try compare(rate, successes, task.outcomes.count)
    }
    result.tasks.append(task)
    self.task = nil
  }

  private mutating func takeTotals(_ piece: LogPiece) throws(AdapterError) {
    if let rate = piece.decimal(after: "Current total success rate: ")
      ?? piece.decimal(after: "Total success rate: ")
    {
      guard sawCounters, result.episodes > 0 else { return }
      try compare(rate, result.successes, result.episodes)
    } else if let count = piece.count(after: "Total episodes: ") {
      guard count == result.episodes || !sawCounters else {
        throw mismatch("it says \(count) episodes, and \(result.episodes) were counted")
      }
      sawTotals = true
    } else if piece.contains("Saving video to") || isVideoName(piece.text) {
      sawVideoNames = true
    } else if ["Average MSE", "Average MAE", "Success rate: "].contains(where: piece.contains) {
      sawOther = true
    }
  }

  private func compare(
    _ rate: StatedNumber, _ successes: Int, _ episodes: Int
  ) throws(AdapterError) {
    guard agree(rate.value, Double(successes) / Double(episodes), relative: 1e-6) else {
      throw mismatch("the rate is \(rate.lexeme), and \(successes) of \(episodes) succeeded")
    }
  }

  private func mismatch(_ message: String, hint: String? = nil) -> AdapterError {
    AdapterError(.counterMismatch, place: "\(path): line \(line)", message: message, hint: hint)
  }

  // MARK: - End

  private mutating func finished() throws(AdapterError) -> LiberoLog {
    let endsInside = task != nil
    if let episode {
      // The last episode may have its success and not both counts.
      if episode.stated != nil { close(episode) }
      result.isTruncated = true
    }
    if let task, !task.outcomes.isEmpty { result.tasks.append(task) }
    guard !result.tasks.isEmpty else { throw noEpisodes() }
    // Logs with a prefix end in totals; those of the older scripts end with their last task.
    if endsInside || (sawPrefix && !sawTotals) { result.isTruncated = true }
    if result.tasks.first.map({ $0.firstIndex > 0 }) == true, result.missingHead == nil {
      result.missingHead = result.tasks.first?.firstIndex
    }
    return result
  }

  private func noEpisodes() -> AdapterError {
    guard sawVideoNames || sawOther else {
      return AdapterError(
        .noResults, place: path, message: "no episode is told of in this log",
        hint: "was the run broken off before its first episode, or its output kept elsewhere?")
    }
    return AdapterError(
      .noOutcomesRecorded, place: path,
      message: "this names videos or averages, and tells the outcome of no episode",
      hint: "write the outcomes down as a bridge file (worldflux.bridge/1)")
  }
}

/// Whether a line is the name of a rollout's video and nothing else.
func isVideoName(_ line: String) -> Bool {
  let text = line.utf8.last == 0x20 ? String(line.dropLast()) : line
  return text.hasSuffix(".mp4") && !text.contains(": ")
}
