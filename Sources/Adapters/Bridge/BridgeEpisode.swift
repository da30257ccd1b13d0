internal import Evidence
internal import JSON

/// One episode line of a bridge file (FORMATS §10).
struct BridgeEpisode {
  var suite = ""
  var taskID = ""
  var index = 0
  var outcome = Outcome.failed
  var seed: Int64?
  var initialState: String?
  var steps: Int?
  var duration = LexemeSpan.none
  var reward = LexemeSpan.none
  var progress = LexemeSpan.none
  var failureReason: String?
  var media: [MediaReference] = []
  /// Whole objects of the line, whose members become metadata of the episode.
  var governance = LexemeSpan.none
  var generated = LexemeSpan.none
  var extra = LexemeSpan.none
}

/// Reads one episode line.
struct BridgeEpisodeReader {
  var source: SourceReader
  /// Where the line begins in the file.
  let start: Int
  let header: BridgeHeader
  var episode = BridgeEpisode()
  private var seen: Fields = []
  private var success: Bool?
  var governanceRecord: GovernanceRecord?
  var generatedRecord: GeneratedRecord?

  /// The fields that every line must have.
  private struct Fields: OptionSet {
    let rawValue: Int
    static let suite = Fields(rawValue: 1)
    static let taskID = Fields(rawValue: 2)
    static let index = Fields(rawValue: 4)
    static let outcome = Fields(rawValue: 8)
    static let success = Fields(rawValue: 16)
    static let media = Fields(rawValue: 32)
    static let all = Fields(rawValue: 63)
  }

  init(_ source: SourceReader, start: Int, header: BridgeHeader) {
    self.source = source
    self.start = start
    self.header = header
  }

  /// The episode, or a complaint; faults of the line's text come before any of them.
  mutating func read() throws(AdapterError) -> BridgeEpisode {
    do throws(AdapterError) {
      guard try source.next().kind == .beginObject else {
        throw source.complaint(.wrongType, at: "", "expected an object")
      }
      while true {
        let key = try source.next()
        guard key.kind == .key else { break }
        try readMember(source.json.string(key))
      }
      try source.finish()
      try check()
      return episode
    } catch {
      if !error.isAboutText { try source.finish() }
      throw error
    }
  }

  private mutating func readMember(_ key: String) throws(AdapterError) {
    switch key {
    case "suite":
      seen.insert(.suite)
      episode.suite = try source.name(at: "/suite")
    case "task_id":
      seen.insert(.taskID)
      episode.taskID = try source.name(at: "/task_id")
    case "episode_index":
      seen.insert(.index)
      episode.index = try source.count(at: "/episode_index")
    case "outcome":
      seen.insert(.outcome)
      episode.outcome = try readOutcome()
    case "success":
      seen.insert(.success)
      success = try readSuccess()
    case "seed": episode.seed = try source.integerOrNull(at: "/seed")
    case "initial_state": episode.initialState = try source.nameOrNull(at: "/initial_state")
    case "steps": episode.steps = try source.countOrNull(at: "/steps")
    case "duration_s": episode.duration = try readNumber(at: "/duration_s")
    case "reward": episode.reward = try readNumber(at: "/reward")
    case "progress": episode.progress = try readProgress()
    case "failure_reason": episode.failureReason = try readReason()
    case "media":
      seen.insert(.media)
      try readMedia()
    case "governance":
      (episode.governance, governanceRecord) = try readPart { (source) throws(AdapterError) in
        try GovernanceRecord(from: &source)
      }
    case "generated":
      (episode.generated, generatedRecord) = try readPart { (source) throws(AdapterError) in
        try GeneratedRecord(from: &source)
      }
    case "extra":
      (episode.extra, _) = try readPart { (source) throws(AdapterError) in
        try source.members { (source, _) throws(AdapterError) in try source.skipValue() }
      }
    default:
      throw source.complaint(
        .unknownField, at: pointer("", key), "an episode line has no such field",
        hint: "what is your own goes under extra")
    }
  }

  private mutating func readOutcome() throws(AdapterError) -> Outcome {
    let token = try source.next()
    if token.kind == .string {
      if source.json.matches(token, "succeeded") { return .succeeded }
      if source.json.matches(token, "failed") { return .failed }
      if source.json.matches(token, "errored") { return .errored }
      if source.json.matches(token, "excluded") { return .excluded }
    }
    throw source.complaint(
      .wrongType, at: "/outcome", "expected succeeded, failed, errored or excluded")
  }

  private mutating func readSuccess() throws(AdapterError) -> Bool? {
    let token = try source.next()
    guard token.kind == .bool || token.kind == .null else {
      throw source.complaint(
        .successNotBoolean, at: "/success", "a success is true, false or null, nothing else")
    }
    return token.bool
  }

  private mutating func readReason() throws(AdapterError) -> String? {
    let token = try source.next()
    if token.kind == .null { return nil }
    guard token.kind == .string else {
      throw source.complaint(.wrongType, at: "/failure_reason", "expected a string or null")
    }
    return failureText(source.json.string(token))
  }

  // MARK: Numbers

  private mutating func readNumber(at pointer: String) throws(AdapterError) -> LexemeSpan {
    guard let token = try source.numberOrNull(at: pointer) else { return .none }
    return try span(from: token.offset, length: token.length, at: pointer)
  }

  /// A decimal string from 0 to 1: how far the task got, which is a score and not a success.
  private mutating func readProgress() throws(AdapterError) -> LexemeSpan {
    let token = try source.next()
    if token.kind == .null { return .none }
    guard token.kind == .string, !token.hasEscapes, isFraction(source.json.string(token)) else {
      throw source.complaint(
        .wrongType, at: "/progress", "expected a decimal string from \"0\" to \"1\"")
    }
    return try span(from: token.offset + 1, length: token.length - 2, at: "/progress")
  }

  private func span(
    from offset: Int, length: Int, at pointer: String
  ) throws(AdapterError) -> LexemeSpan {
    // A span holds 24 bits of length.
    guard length < 1 << 24 else {
      throw source.complaint(.limitExceeded, at: pointer, "this value is too long")
    }
    return LexemeSpan(offset: start + offset, length: length)
  }

  /// Reads an object or null, and where it lies in the file.
  private mutating func readPart<T>(
    _ read: (inout SourceReader) throws(AdapterError) -> T
  ) throws(AdapterError) -> (span: LexemeSpan, value: T?) {
    let token = try source.next()
    if token.kind == .null { return (.none, nil) }
    guard token.kind == .beginObject else {
      throw source.complaint(.wrongType, at: "", "expected an object or null")
    }
    let value = try read(&source)
    let length = source.json.offset - token.offset
    return (try span(from: token.offset, length: length, at: ""), value)
  }

  // MARK: Media

  private mutating func readMedia() throws(AdapterError) {
    try source.beginArray(at: "/media")
    var number = 0
    while true {
      let token = try source.next()
      if token.kind == .endArray { return }
      let place = "/media/\(number)"
      guard token.kind == .beginObject else {
        throw source.complaint(.wrongType, at: place, "expected an object")
      }
      var path: String?
      var role: String?
      var digest: String?
      try source.closedMembers(at: place) { (source, key) throws(AdapterError) in
        switch key {
        case "path": path = try source.runPath(at: place + "/path")
        case "role": role = try source.word(of: RawReference.roles, at: place + "/role")
        case "sha256": digest = try source.sha256OrNull(at: place + "/sha256")
        case "media_type": _ = try source.nameOrNull(at: place + "/media_type")
        default: return false
        }
        return true
      }
      guard let path else { throw source.missing("path", at: place) }
      guard let role else { throw source.missing("role", at: place) }
      episode.media.append(
        MediaReference(row: nil, role: role, path: path, statedDigest: digest))
      number += 1
    }
  }

  // MARK: - Agreement of the fields

  private mutating func check() throws(AdapterError) {
    if seen != .all { throw missingField() }
    guard success == episode.outcome.success else {
      throw source.complaint(
        .contradictoryEpisode, at: "/success",
        "the outcome is \(episode.outcome.rawValue), and success says "
          + (success.map { $0 ? "true" : "false" } ?? "null"))
    }
    if episode.outcome == .errored || episode.outcome == .excluded, episode.failureReason == nil {
      throw source.complaint(
        .missingField, at: "/failure_reason",
        "an episode that was \(episode.outcome.rawValue) needs a reason")
    }
    if episode.seed != nil, header.seedLabel == .missing {
      throw source.complaint(
        .contradictoryEpisode, at: "/seed",
        "the header says that seeds are missing, and this episode has one",
        hint: "say seed_label recorded or derived in the header")
    }
    try checkGovernance()
    try checkGenerated()
  }

  private func missingField() -> AdapterError {
    let fields: [(Fields, String)] = [
      (.suite, "suite"), (.taskID, "task_id"), (.index, "episode_index"), (.outcome, "outcome"),
      (.success, "success"), (.media, "media"),
    ]
    let first = fields.first { !seen.contains($0.0) }
    return source.missing(first?.1 ?? "suite", at: "")
  }
}

/// A failure text as recorded, trimmed to 4 KiB (FORMATS §1.4).
func failureText(_ text: String) -> String {
  let limit = 4096
  guard text.utf8.count > limit else { return text }
  var cut = text.utf8.index(text.startIndex, offsetBy: limit)
  while cut.samePosition(in: text.unicodeScalars) == nil { cut = text.utf8.index(before: cut) }
  return String(text[..<cut])
}

/// Whether a text is a decimal from 0 to 1 that JSON would take as a number.
private func isFraction(_ text: String) -> Bool {
  let bytes = Array(text.utf8)
  guard let first = bytes.first, bytes.count <= 64 else { return false }
  let isWhole = bytes.count == 1
  if !isWhole {
    guard bytes[1] == 0x2E, bytes.count > 2,
      bytes.dropFirst(2).allSatisfy({ (0x30...0x39).contains($0) })
    else { return false }
  }
  return first == 0x30 || (first == 0x31 && bytes.dropFirst(2).allSatisfy { $0 == 0x30 })
}
