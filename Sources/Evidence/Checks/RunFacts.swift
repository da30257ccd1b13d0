/// What members 7 and 8 say about the checks that stand as observations in audit_input.json.
///
/// The rules are those of STATISTICS §8 as far as the packaged fields decide them; only tasks of the
/// protocol are counted.
struct RunFacts {
  private let horizon: Int?
  /// Per episode: 1 = counted, 2 = with raw evidence at hand.
  private(set) var coverage = RawCoverage()
  private var distinct: Set<DigestKey> = []
  private var recordings = 0
  private var repeatedAt: String?
  private(set) var mostAttempts = 1
  private var failures = 0
  private var below = 0
  private var successes = 0
  private var after = 0
  private var partial = 0
  private var partialFailures = 0
  private var negativeDurations = 0
  private var durations = 0

  typealias Field = Shape.EpisodeField

  init(horizon: Int? = nil, outcomes: Int = 0) { self.horizon = horizon }

  mutating func noteAttempt(_ attempt: Int) { mostAttempts = max(mostAttempts, attempt) }

  mutating func take(
    _ row: RowView, _ digests: [DigestKey], _ raw: RawFacts?, number: Int, isCounted: Bool
  ) {
    guard isCounted, let outcome = row.outcome(Field.outcome.rawValue) else { return }
    takeRecordings(row, digests, raw, outcome)
    takeSteps(row, outcome)
    takePartial(row, outcome)
    guard let duration = row.text(Field.duration.rawValue) else { return }
    durations += 1
    if duration.utf8.first == 0x2D, duration.utf8.contains(where: { (0x31...0x39).contains($0) }) {
      negativeDurations += 1
    }
  }

  private mutating func takeRecordings(
    _ row: RowView, _ digests: [DigestKey], _ raw: RawFacts?, _ outcome: Outcome
  ) {
    var isPresent = false
    for digest in digests.count > 1 ? Array(Set(digests)) : digests {
      guard let content = raw?.contents[digest], content.isRecording else { continue }
      recordings += 1
      distinct.insert(digest)
      if content.isPresent { isPresent = true }
    }
    switch outcome {
    case .succeeded, .failed, .errored:
      coverage.countedEpisodes += 1
      if isPresent { coverage.withRaw += 1 }
      guard outcome == .failed else { return }
      coverage.failedEpisodes += 1
      if isPresent { coverage.failedWithRaw += 1 }
    case .excluded, .missing: return
    }
  }

  private mutating func takeSteps(_ row: RowView, _ outcome: Outcome) {
    guard let horizon, let steps = row.integer(Field.steps.rawValue) else { return }
    switch outcome {
    case .failed:
      failures += 1
      // A recorded error is a reason to have ended.
      if steps < horizon, row.isNull(Field.error.rawValue) { below += 1 }
    case .succeeded:
      successes += 1
      if steps > horizon { after += 1 }
    case .errored, .excluded, .missing: return
    }
  }

  private mutating func takePartial(_ row: RowView, _ outcome: Outcome) {
    guard outcome == .errored || outcome == .excluded,
      let reward = row.text(Field.maxReward.rawValue) ?? row.text(Field.sumReward.rawValue)
    else { return }
    partial += 1
    if let value = Double(reward), value < 1 { partialFailures += 1 }
  }

  // MARK: - Results

  /// What an observation must be: its state, and the numbers that its text gives.
  struct Expected: Equatable {
    var state: Observation.State
    var numbers: [Int]
  }

  /// I04: two episodes with the same recording.
  var duplicateRaw: Expected {
    recordings == 0
      ? Expected(state: .notApplicable, numbers: [])
      : Expected(
        state: distinct.count == recordings ? .pass : .fail, numbers: [distinct.count, recordings])
  }

  /// I17: errored and excluded episodes whose recorded reward says failure.
  var exclusionBias: Expected {
    partial == 0
      ? Expected(state: .notApplicable, numbers: [])
      : Expected(
        state: partial >= 3 && partialFailures == partial ? .fail : .pass,
        numbers: [partialFailures, partial])
  }

  /// I18: failures that end below the horizon without a reason; successes after it.
  var horizonCut: Expected {
    if failures + successes == 0 { return Expected(state: .notApplicable, numbers: []) }
    if after > 0 { return Expected(state: .fail, numbers: [after, successes]) }
    return Expected(
      state: failures > 0 && 2 * below >= failures ? .fail : .pass, numbers: [below, failures])
  }

  /// I22, as far as durations decide it; nil when they do not.
  var timeOrder: Expected? {
    negativeDurations == 0
      ? nil : Expected(state: .fail, numbers: [negativeDurations, durations])
  }
}
