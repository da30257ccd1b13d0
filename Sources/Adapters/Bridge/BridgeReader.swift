internal import Evidence
internal import JSON
internal import Platform

/// What was read from a bridge file.
struct BridgeContent: Sendable {
  var header: BridgeHeader
  /// In the order in which they came.
  var tasks: [BridgeTask]
}

/// Reads a bridge file line by line (FORMATS §10); memory grows with the rows alone.
///
/// The first fault in the order of FORMATS §1.2 is reported, not the first by position: after a
/// complaint, the lines that are left are looked at for faults of their text.
struct BridgeReader {
  private let bytes: SourceBytes
  private let file: MappedFile
  private let path: String
  private let word: String

  private var header: BridgeHeader?
  private var tasks: [BridgeTask] = []
  private var places: [TaskName: Int] = [:]
  private var last = -1
  private var lines = 0
  private var fault: (rank: Int, error: AdapterError)?

  private struct TaskName: Hashable {
    let suite: String
    let taskID: String
  }

  private let limits: ReadLimits

  /// - Parameters:
  ///   - bytes: all bytes of `file`.
  ///   - word: the format that the file was given as.
  init(
    _ bytes: SourceBytes, file: MappedFile, path: String, as word: String, limits: ReadLimits
  ) {
    self.bytes = bytes
    self.file = file
    self.path = path
    self.word = word
    self.limits = limits
  }

  mutating func read() throws(AdapterError) -> BridgeContent {
    var start = 0
    var released = 0
    while start < bytes.count {
      let end = bytes.endOfLine(from: start)
      lines += 1
      readLine(start..<end)
      start = end + 1
      if start - released > 4 << 20 {
        released = start
        file.release(upTo: start)
      }
    }
    if bytes[bytes.count - 1] != 0x0A { note(unfinishedLine()) }
    if fault == nil { noteWholeFile() }
    if let fault { throw fault.error }
    guard let header else {
      throw AdapterError(.missingHeader, place: path, message: "there is no header line")
    }
    return BridgeContent(header: header, tasks: tasks)
  }

  private mutating func readLine(_ range: Range<Int>) {
    var source = bytes.reader(of: range, path: path, line: lines)
    do throws(AdapterError) {
      if isBlank(range) { throw blankLine() }
      guard fault == nil else { return try source.finish() }
      guard let header else {
        var reader = BridgeHeaderReader(source)
        self.header = try reader.read(as: word)
        return
      }
      var reader = BridgeEpisodeReader(source, start: range.lowerBound, header: header)
      let episode = try reader.read()
      try append(episode, source)
    } catch {
      note(error)
    }
  }

  private mutating func append(
    _ episode: BridgeEpisode, _ source: SourceReader
  ) throws(AdapterError) {
    guard lines - 1 <= limits.episodes, lines < Int(Int32.max) else {
      throw source.complaint(.limitExceeded, at: "", "more than \(limits.episodes) episodes")
    }
    if last >= 0, tasks[last].suite == episode.suite, tasks[last].taskID == episode.taskID {
      return tasks[last].append(episode, line: lines)
    }
    let name = TaskName(suite: episode.suite, taskID: episode.taskID)
    if let place = places[name] {
      last = place
    } else {
      guard tasks.count < limits.tasks else {
        throw source.complaint(.limitExceeded, at: "", "more than \(limits.tasks) tasks")
      }
      last = tasks.count
      places[name] = last
      tasks.append(BridgeTask(suite: episode.suite, taskID: episode.taskID))
    }
    tasks[last].append(episode, line: lines)
  }

  // MARK: - Faults

  /// Keeps the first fault of the lowest rank.
  private mutating func note(_ error: AdapterError) {
    let rank = error.rank
    if let fault, fault.rank <= rank { return }
    fault = (rank, error)
  }

  /// What only the whole file shows.
  private mutating func noteWholeFile() {
    guard let header else { return }
    let repeats = tasks.compactMap { task in
      task.repeatedLine().map { (line: $0.line, index: $0.index, task: task) }
    }
    if let first = repeats.min(by: { $0.line < $1.line }) {
      return note(
        AdapterError(
          .duplicateEpisode, place: "\(path): line \(first.line), /episode_index",
          message: "episode \(first.index) of \(shown(first.task.suite)) "
            + "\(shown(first.task.taskID)) is there twice"))
    }
    guard header.episodes == lines - 1 else {
      return note(
        AdapterError(
          .countMismatch, place: "\(path): line 1, /episodes",
          message: "the header says \(header.episodes) episodes, and \(lines - 1) lines follow",
          hint: "was the file cut, or were two files put together?"))
    }
  }

  private func isBlank(_ range: Range<Int>) -> Bool {
    range.allSatisfy { [0x20, 0x09, 0x0D].contains(bytes[$0]) }
  }

  private func blankLine() -> AdapterError {
    .aboutText(
      .blankLine, place: "\(path): line \(lines)", message: "a blank line stands here")
  }

  private func unfinishedLine() -> AdapterError {
    .aboutText(
      .truncated, place: "\(path): line \(lines)", message: "the last line does not end",
      hint: "the file ends too early: was the run or the copy interrupted?")
  }
}

extension AdapterError {
  /// The place of a fault in the order of FORMATS §1.2: the lowest is reported.
  var rank: Int {
    guard isAboutText else { return 4 }
    return switch code {
    case .invalidUTF8: 0
    case .tooDeep: 1
    case .duplicateKey, .numberOutOfRange, .nanNotAllowed, .invalidUnicode: 3
    default: 2
    }
  }
}
