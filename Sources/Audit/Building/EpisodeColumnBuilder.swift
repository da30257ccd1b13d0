internal import Evidence

/// Makes the columns of audit_input.json for the tasks of a matched run.
struct EpisodeColumnBuilder {
  private let run: SavedRun
  private let isBoundedScore: Bool
  private let seedStart: Int64?
  private let reading: FailureReading

  init(run: SavedRun, protocol evaluationProtocol: EvaluationProtocol, options: AuditOptions) {
    self.run = run
    isBoundedScore = evaluationProtocol.metricContract.kind == "bounded_score"
    reading = FailureReading(evaluationProtocol.frozen.denominators)
    // lerobot gives episode i of every task the seed N + i (FORMATS §2); no other source is known to.
    let isLerobot = run.format.name == "lerobot" && run.seedLabel == .missing
    seedStart = isLerobot ? options.seedStart : nil
  }

  /// Whether seeds follow from the start seed that the user stated.
  var derivesSeeds: Bool { seedStart != nil }

  func task(_ task: MatchedTask) throws(AuditError) -> AuditedTask {
    let saved = task.source.map { run.tasks[$0] }
    var columns = EpisodeColumns(indexes: task.ranges, outcomes: [])
    columns.outcomes = try outcomes(task, saved, &columns.reasons)
    columns.seeds = try seeds(task, saved)
    columns.initialStates = initialStates(task, saved)
    if isBoundedScore { columns.scores = scores(task, saved) }
    return AuditedTask(
      suite: task.suite, taskID: task.taskID,
      name: task.name.map { TextRules.cut(TextRules.nfc($0), to: 200) },
      inProtocol: task.inProtocol, episodes: columns)
  }

  /// Final letters; E and X get a reason word, and an X that no frozen rule allows becomes E.
  private func outcomes(
    _ task: MatchedTask, _ saved: SavedTask?, _ reasons: inout [Int: String]
  ) throws(AuditError) -> [UInt8] {
    guard let saved else { return Array(repeating: 0x4D, count: task.count) }
    if case .inOrder = task.rows, !saved.outcomes.contains(where: { $0 == 0x45 || $0 == 0x58 }) {
      return saved.outcomes
    }
    var letters: [UInt8] = []
    letters.reserveCapacity(task.count)
    task.forEachEpisode { _, index, row in
      guard let row else { return letters.append(0x4D) }
      let letter = saved.outcomes[row]
      guard letter == 0x45 || letter == 0x58 else { return letters.append(letter) }
      let text = saved.failures[row]
      if letter == 0x58, let rule = reading.rule(for: text) {
        reasons[index] = FailureReading.label(of: rule)
        return letters.append(0x58)
      }
      reasons[index] =
        text.map { reading.label($0, outcome: .errored).label.rawValue }
        ?? FailureClass.unlabelled.rawValue
      letters.append(0x45)
    }
    return letters
  }

  private func seeds(_ task: MatchedTask, _ saved: SavedTask?) throws(AuditError) -> [Seed?]? {
    if let seedStart { return try derivedSeeds(task, from: seedStart) }
    guard let column = saved?.seeds, column.contains(where: { $0 != nil }) else { return nil }
    if case .inOrder = task.rows { return column }
    var seeds: [Seed?] = []
    seeds.reserveCapacity(task.count)
    task.forEachEpisode { _, _, row in seeds.append(row.flatMap { column[$0] }) }
    return seeds.contains { $0 != nil } ? seeds : nil
  }

  private func derivedSeeds(
    _ task: MatchedTask, from start: Int64
  ) throws(AuditError) -> [Seed?]? {
    var seeds: [Seed?] = []
    seeds.reserveCapacity(task.count)
    var isAnyKnown = false
    try task.forEachEpisode { (_, index, row) throws(AuditError) in
      guard row != nil else { return seeds.append(nil) }
      let (seed, overflow) = start.addingReportingOverflow(Int64(index))
      guard !overflow, start >= 0 else {
        throw AuditError(
          .seedOutOfRange, place: "--seed-start", message: "seed \(start) + \(index) is too large")
      }
      isAnyKnown = true
      // Integers beyond 2^53 - 1 are written as text (SCHEMAS §1).
      seeds.append(seed < 1 << 53 ? .integer(seed) : .text(String(seed)))
    }
    return isAnyKnown ? seeds : nil
  }

  private func initialStates(_ task: MatchedTask, _ saved: SavedTask?) -> [String?]? {
    guard let column = saved?.initialStates, column.contains(where: { $0 != nil }) else {
      return nil
    }
    var states: [String?] = []
    states.reserveCapacity(task.count)
    task.forEachEpisode { _, _, row in
      states.append(row.flatMap { column[$0] }.map { TextRules.cut($0, to: 64) })
    }
    return states.contains { $0 != nil } ? states : nil
  }

  /// The score of an episode is its highest reward, else the sum.
  private func scores(_ task: MatchedTask, _ saved: SavedTask?) -> [String?]? {
    let spans = saved?.maxRewards ?? saved?.sumRewards
    var scores: [String?] = []
    scores.reserveCapacity(task.count)
    task.forEachEpisode { _, _, row in
      guard let row, let span = spans?[row], !span.isNone, let lexemes = run.lexemes else {
        return scores.append(nil)
      }
      var text: [UInt8] = []
      lexemes.append(span, to: &text)
      scores.append(String(decoding: text, as: UTF8.self))
    }
    return scores
  }
}
