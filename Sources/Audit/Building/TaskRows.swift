internal import Evidence

/// The rows of one task in members 7, 9 and 10.
struct TaskRows {
  let matched: MatchedTask
  let audited: AuditedTask
  let names: RowTask
  private let saved: SavedTask?
  private let texts: [Int: FailureText]
  private let raw: RawIndex
  private let lexemes: (any LexemeSource)?
  private let horizon: Int?
  private let hashes: ReplayRow.Hashes

  init(_ source: RowSource, _ number: Int) {
    matched = source.built.matched.tasks[number]
    audited = source.built.input.tasks[number]
    names = source.rowTask(audited)
    saved = matched.source.map { source.run.tasks[$0] }
    texts = source.texts.byTask[number]
    raw = source.built.raw
    lexemes = source.run.lexemes
    horizon = source.evaluationProtocol.metricContract.horizonSteps
    hashes = ReplayRow.Hashes(
      environment: source.evaluationProtocol.environmentDigest,
      checkpoint: source.built.input.model.checkpointDigest)
  }

  func episode(_ position: Int, _ index: Int, _ row: Int?) -> EpisodeRow {
    let outcome = Outcome(letter: audited.episodes.outcomes[position]) ?? .missing
    var result = EpisodeRow(index: index, outcome: outcome)
    result.seed = audited.episodes.seeds?[position]
    guard let row, let saved else { return result }
    result.attempt = matched.attempt(of: row, in: saved)
    result.steps = saved.steps?[row]
    result.sumReward = lexeme(saved.sumRewards, row)
    result.maxReward = lexeme(saved.maxRewards, row)
    result.duration = lexeme(saved.durations, row)
    if let lexemes, !saved.metadata.isEmpty {
      let metadata = RowMetadata(saved.metadata.lazy.map { $0[row] }, of: lexemes)
      result.metadata = metadata.pairs
      result.metadataDropped = metadata.dropped
    }
    if !texts.isEmpty, let text = texts[position] {
      result.error = EpisodeRow.Fault(
        class: text.label.rawValue, message: text.message, redactions: text.redactions)
    }
    if raw.hasDigests { result.raw = raw.digests(task: matched.source, row: row) }
    return result
  }

  func failure(
    _ position: Int, _ index: Int, _ row: Int?, nameTerms: [String]
  ) -> FailureRow {
    let outcome = Outcome(letter: audited.episodes.outcomes[position]) ?? .missing
    let attempt = row.flatMap { row in saved.map { matched.attempt(of: row, in: $0) } } ?? 1
    let steps = row.flatMap { saved?.steps?[$0] }
    let text = texts[position]
    let (label, source) = label(outcome, text, steps)
    var result = FailureRow(
      episodeKey: matched.key(index: index, attempt: attempt), outcome: outcome,
      label: label.rawValue, labelSource: source)
    result.sourceLabel = text?.sourceLabel
    result.seed = audited.episodes.seeds?[position]
    result.steps = steps
    result.terms =
      text.map { SearchTerms.terms(name: audited.name, message: $0.message) } ?? nameTerms
    if raw.hasDigests { result.raw = raw.digests(task: matched.source, row: row) }
    return result
  }

  /// What is the same for every replay row of the task.
  func replay() -> ReplayRow {
    ReplayRow(index: 0, seed: nil, horizonSteps: horizon, hashes: hashes)
  }

  func fill(_ replay: inout ReplayRow, _ position: Int, _ index: Int) {
    if let states = audited.episodes.initialStates {
      // Only an id that is a digest identifies a state by its content.
      var own = hashes
      own.initialState = states[position].flatMap { id in
        Digest.isValid(id) ? id : Digest.isValid("sha256:" + id) ? "sha256:" + id : nil
      }
      if own != replay.hashes {
        replay = ReplayRow(index: index, seed: nil, horizonSteps: horizon, hashes: own)
      }
    }
    replay.index = index
    replay.seed = audited.episodes.seeds?[position]
  }

  /// A text says most; without one, the steps tell a timeout from an early end.
  private func label(
    _ outcome: Outcome, _ text: FailureText?, _ steps: Int?
  ) -> (FailureClass, String) {
    switch outcome {
    case .missing: return (.missingEpisode, "rule:frozen_cell_without_row")
    case .excluded: return (.excludedByRule, text?.labelSource ?? "rule:exclusion")
    case .errored: return (text?.label ?? .unlabelled, text?.labelSource ?? "rule:none")
    case .succeeded, .failed:
      if let text, text.label != .unlabelled { return (text.label, text.labelSource) }
      guard let steps, let horizon else { return (.unlabelled, "rule:none") }
      return steps >= horizon
        ? (.timeoutWithoutSuccess, "rule:steps_equal_horizon")
        : (.earlyTermination, "rule:steps_below_horizon")
    }
  }

  private func lexeme(_ column: [LexemeSpan]?, _ row: Int) -> Lexeme {
    guard let column, let lexemes, !column[row].isNone else { return .none }
    return .span(column[row], lexemes)
  }
}
