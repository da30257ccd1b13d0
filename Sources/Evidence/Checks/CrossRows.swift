internal import JSON

// Reading members 7, 9 and 10: schema, and the cross checks 2, 3, 4, 5 and 10 on the way.
extension PackageCheck {
  /// Episodes that were named by a row, one bit each.
  private struct Seen {
    private var words: [UInt64]
    init(_ count: Int) { words = [UInt64](repeating: 0, count: count / 64 + 1) }

    /// False when the episode was named before.
    mutating func insert(_ number: Int) -> Bool {
      let bit: UInt64 = 1 << UInt64(number % 64)
      defer { words[number / 64] |= bit }
      return words[number / 64] & bit == 0
    }

    func contains(_ number: Int) -> Bool { words[number / 64] & 1 << UInt64(number % 64) != 0 }
  }

  /// 7: rows = audit_input episodes with equal outcomes and seeds (2); raw digests are known (3).
  mutating func readEpisodes(_ reader: MemberReader) throws(EvidenceError) {
    var reading = EpisodeReading(check: self)
    let read = try readLines(
      .episodeResults, from: { () throws(EvidenceError) in try reader.checkedNext() }
    ) { reading.take($0) }
    if let fault = reading.fault { throw fault }
    reading.finish()
    findings = reading.findings
    runFacts = reading.facts
    note(read, .episodeResults)
  }

  /// 9: keys = episodes not succeeded (4); raw digests are known (3).
  mutating func readFailures(_ reader: MemberReader) throws(EvidenceError) {
    let member = MemberName.failureEvidenceIndex
    let directory = directory
    let raw = raw
    let id = packageID
    var seen = Seen(directory?.count ?? 0)
    var found: [CheckFinding] = []
    var near = 0
    typealias Field = Shape.FailureField
    let read = try readLines(
      member, from: { () throws(EvidenceError) in try reader.checkedNext() }
    ) { row in
      let (text, key) = row.content(Field.episodeKey.rawValue)
      func fail(
        _ number: Int, _ code: EvidenceError.Code, _ field: String, _ other: EvidencePlace,
        _ detail: String
      ) {
        found.append(
          CheckFinding(
            .cross, number: number, code,
            at: EvidencePlace(member, line: row.line, pointer: "/" + field), against: other, detail)
        )
      }
      let episodes = EvidencePlace(.auditInput, pointer: "/tasks")
      if let id,
        row.text(Field.failureKey.rawValue)
          != DerivedID.text(prefix: "flr", parts: [id, String(decoding: text[key], as: UTF8.self)])
      {
        fail(4, .idInvalid, "failure_key", EvidencePlace(.auditInput), "expected the derived key")
      }
      for digest in row.digests(Field.raw.rawValue)
      where raw.map({ $0.contents[digest] == nil }) == true {
        fail(
          3, .digestMismatch, "raw", EvidencePlace(.rawEvidenceManifest, pointer: "/references"),
          "expected a reference with \(digest.text)")
      }
      guard let directory else { return }
      guard let (place, _, _) = directory.find(key: text, at: key, near: near) else {
        return fail(4, .countMismatch, "episode_key", episodes, "expected an episode of the run")
      }
      near = place.task
      let entry = directory.tasks[place.task]
      guard seen.insert(place.number) else {
        return fail(4, .duplicateEpisode, "episode_key", episodes, "expected every episode once")
      }
      let outcome = Outcome(letter: entry.task.episodes.outcomes[place.row])
      if outcome != row.outcome(Field.outcome.rawValue) {
        fail(4, .countMismatch, "outcome", episodes, "expected \(outcome?.rawValue ?? "another")")
      }
      if !row.hasSeed(Field.seed.rawValue, entry.task.episodes.seeds?[place.row]) {
        fail(4, .countMismatch, "seed", episodes, "expected the seed of the episode")
      }
    }
    findings += found
    note(read, member)
    guard let directory else { return }
    for (task, entry) in directory.tasks.enumerated() where entry.task.inProtocol {
      for (row, letter) in entry.task.episodes.outcomes.enumerated()
      where letter != Outcome.succeeded.letter && !seen.contains(entry.first + row) {
        add(
          CheckFinding(
            .cross, number: 4, .countMismatch, at: EvidencePlace(member),
            against: EvidencePlace(.auditInput, pointer: "/tasks/\(task)/episodes/outcomes"),
            "expected a row for the episode in row \(row)"))
        break
      }
    }
  }

  /// 10: keys = planned episodes (5).
  mutating func readReplay(_ reader: MemberReader) throws(EvidenceError) {
    let member = MemberName.failureReplayManifest
    guard let known, let planned = directory?.tasks, let held = members.held(member.rawValue),
      let feed = held.firstIndex(of: 0x0A)
    else { return try readReplayRows(reader) }
    if let count = known.count(of: held, from: feed + 1, for: planned) {
      var head: [UInt8]? = Array(held[...feed])
      let (header, _) = try readLines(
        member,
        from: { () throws(EvidenceError) in
          defer { head = nil }
          return head
        }
      ) { _ in }
      // Its digest is of all of it.
      while try reader.checkedNext() != nil {}
      return note((header, count), member)
    }
    let before = findings.count
    try readReplayRows(reader)
    if findings.count == before, let count = headers[member]?.rows {
      known.remember(held, from: feed + 1, count: count, for: planned)
    }
  }

  private mutating func readReplayRows(_ reader: MemberReader) throws(EvidenceError) {
    let member = MemberName.failureReplayManifest
    let directory = directory
    var seen = Seen(directory?.count ?? 0)
    var found: [CheckFinding] = []
    var near = 0
    typealias Field = Shape.ReplayField
    let read = try readLines(
      member, from: { () throws(EvidenceError) in try reader.checkedNext() }
    ) { row in
      guard let directory else { return }
      func fail(_ code: EvidenceError.Code, _ field: String, _ detail: String) {
        found.append(
          CheckFinding(
            .cross, number: 5, code,
            at: EvidencePlace(member, line: row.line, pointer: "/" + field),
            against: EvidencePlace(.auditInput, pointer: "/tasks"), detail))
      }
      let (text, key) = row.content(Field.key.rawValue)
      guard let (place, index, _) = directory.find(key: text, at: key, near: near),
        directory.tasks[place.task].task.inProtocol
      else { return fail(.countMismatch, "episode_key", "expected a planned episode") }
      near = place.task
      guard seen.insert(place.number) else {
        return fail(.duplicateEpisode, "episode_key", "expected every episode once")
      }
      let entry = directory.tasks[place.task]
      guard row.isEqual(Field.suite.rawValue, entry.suite),
        row.isEqual(Field.taskID.rawValue, entry.taskID),
        row.integer(Field.index.rawValue) == index
      else { return fail(.idInvalid, "episode_key", "expected the key of suite, task and index") }
      if !row.hasSeed(Field.seed.rawValue, entry.task.episodes.seeds?[place.row]) {
        fail(.countMismatch, "seed", "expected the seed of the episode")
      }
    }
    findings += found
    note(read, member)
    guard let directory else { return }
    for (task, entry) in directory.tasks.enumerated() where entry.task.inProtocol {
      guard
        let row = entry.task.episodes.outcomes.indices.first(where: {
          !seen.contains(entry.first + $0)
        })
      else { continue }
      add(
        CheckFinding(
          .cross, number: 5, .countMismatch, at: EvidencePlace(member),
          against: EvidencePlace(.auditInput, pointer: "/tasks/\(task)/episodes"),
          "expected a row for the planned episode in row \(row)"))
    }
  }

  /// The package id that follows from the inputs.
  var packageID: String? {
    guard let claim = digests[MemberName.claim.rawValue],
      let plan = digests[MemberName.evaluationProtocol.rawValue],
      let input = digests[MemberName.auditInput.rawValue]
    else { return nil }
    return DerivedID.package(claim: claim, protocolDigest: plan, auditInput: input)
  }

  /// 10: `rows` equals the lines.
  private mutating func note(
    _ read: (header: LinesHeader, lines: Int), _ member: MemberName
  ) {
    headers[member] = read.header
    guard read.header.rows != read.lines else { return }
    findings.append(
      CheckFinding(
        .cross, number: 10, .rowsMismatch,
        at: EvidencePlace(member, line: 1, pointer: "/rows"), against: EvidencePlace(member),
        "expected \(read.lines), the lines after the header"))
  }

  /// Rows of member 7 against audit_input, with the facts for check 11 collected.
  private struct EpisodeReading {
    private let directory: EpisodeDirectory?
    private let raw: RawFacts?
    private let retries: String?
    private var seen: Seen
    var findings: [CheckFinding]
    var facts: RunFacts
    var fault: EvidenceError?
    private var near = 0

    typealias Field = Shape.EpisodeField

    init(check: PackageCheck) {
      directory = check.directory
      raw = check.raw
      retries = check.evaluationProtocol?.frozen.denominators.retries
      seen = Seen(check.directory?.count ?? 0)
      findings = check.findings
      facts = RunFacts(
        horizon: check.evaluationProtocol?.metricContract.horizonSteps,
        outcomes: check.directory?.count ?? 0)
    }

    private mutating func fail(
      _ number: Int, _ code: EvidenceError.Code, _ row: RowView, _ field: String,
      _ other: EvidencePlace, _ detail: String
    ) {
      findings.append(
        CheckFinding(
          .cross, number: number, code,
          at: EvidencePlace(.episodeResults, line: row.line, pointer: "/" + field), against: other,
          detail))
    }

    mutating func take(_ row: RowView) {
      guard fault == nil, isConsistent(row) else { return }
      let digests = row.digests(Field.raw.rawValue)
      if let raw {
        for digest in digests where raw.contents[digest] == nil {
          fail(
            3, .digestMismatch, row, "raw",
            EvidencePlace(.rawEvidenceManifest, pointer: "/references"),
            "expected a reference with \(digest.text)")
        }
      }
      guard let directory else { return }
      let episodes = EvidencePlace(.auditInput, pointer: "/tasks")
      let (text, key) = row.content(Field.key.rawValue)
      guard let (place, index, attempt) = directory.find(key: text, at: key, near: near) else {
        return fail(
          2, .countMismatch, row, "episode_key", episodes, "expected an episode of the run")
      }
      near = place.task
      let entry = directory.tasks[place.task]
      guard row.isEqual(Field.suite.rawValue, entry.suite),
        row.isEqual(Field.taskID.rawValue, entry.taskID),
        attempt == row.integer(Field.attempt.rawValue), index == row.integer(Field.index.rawValue)
      else {
        return fail(
          2, .idInvalid, row, "episode_key", EvidencePlace(.episodeResults, line: row.line),
          "expected the key of suite, task, index and attempt")
      }
      facts.noteAttempt(attempt)
      let outcome = Outcome(letter: entry.task.episodes.outcomes[place.row])
      // Of several attempts one is the episode; the others are there to be seen.
      let isFirst = seen.insert(place.number)
      let agrees =
        outcome == row.outcome(Field.outcome.rawValue)
        && row.hasSeed(Field.seed.rawValue, entry.task.episodes.seeds?[place.row])
      if isFirst, agrees || retries != "last_attempt" {
        if !agrees {
          let isSeed = outcome == row.outcome(Field.outcome.rawValue)
          fail(
            2, .countMismatch, row, isSeed ? "seed" : "outcome",
            EvidencePlace(.auditInput, pointer: "/tasks/\(place.task)/episodes"),
            "expected \(isSeed ? "the seed" : outcome?.rawValue ?? "the outcome") of audit_input")
        }
      } else if !isFirst, attempt == 1 || retries == nil || retries == "none" {
        return fail(
          2, .duplicateEpisode, row, "episode_key", episodes, "expected every episode once")
      }
      guard entry.task.inProtocol else { return }
      facts.take(row, digests, raw, number: place.number, isCounted: isFirst)
    }

    /// What the row must be by itself: success follows from outcome.
    private mutating func isConsistent(_ row: RowView) -> Bool {
      let outcome = row.outcome(Field.outcome.rawValue)
      let expected: StaticString =
        switch outcome?.success {
        case nil: "null"
        case true?: "true"
        case false?: "false"
        }
      if row.isWritten(Field.success.rawValue, expected) { return true }
      fault = EvidenceError(
        .fieldRange, EvidencePlace(.episodeResults, line: row.line, pointer: "/success"),
        "expected \(expected), as the outcome says")
      return false
    }

    /// Every episode has a row; a missing cell may go without one.
    mutating func finish() {
      guard let directory else { return }
      for (task, entry) in directory.tasks.enumerated() {
        for (row, letter) in entry.task.episodes.outcomes.enumerated()
        where letter != Outcome.missing.letter && !seen.contains(entry.first + row) {
          findings.append(
            CheckFinding(
              .cross, number: 2, .countMismatch, at: EvidencePlace(.episodeResults),
              against: EvidencePlace(.auditInput, pointer: "/tasks/\(task)/episodes"),
              "expected a row for the episode in row \(row)"))
          break
        }
      }
    }
  }
}
