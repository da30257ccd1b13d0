internal import Evidence
internal import Platform

/// Reads the lines of one or more runs of rollout_policy.py.
struct GR00TReader {
  private let log: LogReader
  private let path: String
  private var rollouts: [GR00TRollouts] = []
  private var environments: Set<String> = []
  private var asked: (count: Int, environment: String)?
  /// What was printed instead of outcomes.
  private var sawOther = false
  private var line = 0

  init(_ bytes: SourceBytes, path: String, limits: ReadLimits) {
    log = LogReader(bytes, path: path, limits: limits)
    self.path = path
  }

  mutating func read() throws(AdapterError) -> [GR00TRollouts] {
    var reader = self
    try log.forEach { (piece) throws(AdapterError) in
      reader.line = piece.line
      try reader.take(piece.text)
    }
    self = reader
    guard !rollouts.isEmpty else { throw noResults() }
    return rollouts
  }

  private mutating func take(_ text: String) throws(AdapterError) {
    if let list = text.firstRange(of: "results: ").map({ text[$0.upperBound...] }),
      list.drop(while: { $0 == " " }).hasPrefix("('")
    {
      try takeResults(list.drop { $0 == " " })
    } else if let found = text.firstRange(of: "Running collecting ") {
      takeBeginning(text[found.upperBound...])
    } else if let found = text.firstRange(of: "success rate: ") {
      try takeRate(text[found.upperBound...])
    } else if ["Success rate: ", "Average MSE", "Average MAE"].contains(where: text.contains)
      || isVideoName(text)
    {
      sawOther = true
    }
  }

  /// Reads `<n> episodes for <environment> with <m> vec envs`.
  private mutating func takeBeginning(_ rest: Substring) {
    let words = rest.split(separator: " ")
    guard words.count >= 7, words[1] == "episodes", words[2] == "for", words[4] == "with",
      let episodes = Int(words[0]), let environments = Int(words[5]), episodes >= 0
    else { return }
    asked = (episodes == 0 ? 0 : max(episodes, environments), String(words[3]))
  }

  /// Reads `('<environment>', [True, False, …], {…})`; the rest is Python and is not evaluated.
  private mutating func takeResults(_ text: Substring) throws(AdapterError) {
    let inside = text.dropFirst(2)
    guard let quote = inside.firstIndex(of: "'"), inside[quote...].hasPrefix("', [") else {
      throw truncated("the name of an environment and its list of outcomes belong here")
    }
    let environment = String(inside[..<quote])
    let list = inside[quote...].dropFirst(4)
    guard let end = list.firstIndex(of: "]") else {
      throw truncated("the list of outcomes does not end")
    }
    if environment.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      throw complaint(.controlCharacter, "the environment's name holds a control character")
    }
    guard environments.insert(environment).inserted else {
      throw complaint(.duplicateTask, "\(shown(environment)) is there twice")
    }
    var result = GR00TRollouts(
      environment: environment, outcomes: try outcomes(list[..<end]), asked: nil, line: line)
    guard !result.outcomes.isEmpty else {
      throw complaint(.noEpisodes, "\(shown(environment)) has a list without episodes")
    }
    result.namesValidity = list[end...].contains("'valid': ")
    if let asked, asked.environment == environment {
      result.asked = asked.count
      guard result.outcomes.count >= asked.count else {
        throw complaint(
          .counterMismatch,
          "\(asked.count) episodes were asked for, and \(result.outcomes.count) are listed")
      }
    }
    asked = nil
    rollouts.append(result)
  }

  private func outcomes(_ list: Substring) throws(AdapterError) -> [UInt8] {
    if list.utf8.allSatisfy({ $0 == 0x20 }) { return [] }
    var outcomes: [UInt8] = []
    for item in list.split(separator: ",", omittingEmptySubsequences: false) {
      let word = item.drop { $0 == " " }
      switch word {
      case "True": outcomes.append(letterS)
      case "False": outcomes.append(letterF)
      default:
        throw complaint(
          .successNotBoolean, "a success is True or False, not \(shown(String(word)))")
      }
    }
    return outcomes
  }

  private mutating func takeRate(_ rest: Substring) throws(AdapterError) {
    guard let last = rollouts.last, last.rate == nil else { return }
    let text = String(rest.drop { $0 == " " }.prefix { $0 != " " })
    guard let rate = Double(text), rate.isFinite else { return }
    let successes = last.outcomes.count { $0 == letterS }
    guard
      agree(rate, Double(successes) / Double(last.outcomes.count), relative: 1e-6)
    else {
      throw complaint(
        .aggregateMismatch,
        "the rate is \(shown(text)), and \(successes) of \(last.outcomes.count) succeeded")
    }
    rollouts[rollouts.count - 1].rate = text
  }

  // MARK: - Complaints

  private func complaint(_ code: AdapterError.Code, _ message: String) -> AdapterError {
    AdapterError(code, place: "\(path): line \(line)", message: message)
  }

  private func truncated(_ message: String) -> AdapterError {
    .aboutText(
      .truncated, place: "\(path): line \(line)", message: message,
      hint: "the file ends too early: was the run or the copy interrupted?")
  }

  private func noResults() -> AdapterError {
    guard sawOther else {
      return AdapterError(
        .noResults, place: path, message: "no line with results is in this output",
        hint: "an exception ends the process before it prints them")
    }
    return AdapterError(
      .noOutcomesRecorded, place: path,
      message: "this names videos or averages, and tells the outcome of no episode",
      hint: "write the outcomes down as a bridge file (worldflux.bridge/1)")
  }
}
