internal import Evidence
internal import JSON
internal import Statistics

/// The totals that the source itself states, against a recount of its episodes (I01, I02).
struct SourceTotals: Sendable {
  private let aggregates: JSONObject
  /// Tallies of all tasks of the source, inside and outside of the protocol.
  private let tally: OutcomeTally
  private let perTask: [OutcomeTally]
  /// False when rows of the source are not in the input, so that nothing can be recounted.
  private let isComplete: Bool
  private let divisor: Divisor
  private let rules: RuleSet
  private let spansDimensions: Bool

  /// What the source divides by.
  private enum Divisor {
    case everything, started, finished, unknown

    func sizes(_ tally: OutcomeTally) -> [Int] {
      let finished = tally.succeeded + tally.failed
      let started = finished + tally.errored
      switch self {
      case .everything: return [tally.attempted, started]
      case .started: return [started]
      case .finished: return [finished]
      case .unknown: return [tally.attempted, started, finished]
      }
    }
  }

  init(_ facts: AuditFacts) {
    let input = facts.input
    rules = facts.rules
    spansDimensions = facts.spansDimensions
    aggregates = input.sourceAggregates ?? JSONObject()
    perTask = input.tasks.map { OutcomeTally(letters: $0.episodes.outcomes) }
    tally = perTask.reduce(OutcomeTally(), +)
    let listed = zip(input.tasks, perTask).filter { !$0.0.inProtocol }.reduce(0) {
      $0 + $1.1.attempted
    }
    isComplete = input.duplicates == 0 && input.outOfProtocolEpisodes <= listed
    divisor =
      switch input.sourceDenominatorRule {
      case "all_attempted", "all_attempted_no_errors_recorded",
        "all_attempted_errors_are_failures", "all_recorded_errors_are_failures":
        .everything
      case "completed_evaluations_errors_are_failures", "rows_of_csv": .started
      case "finished_valid_episodes": .finished
      default: .unknown
      }
  }

  /// I01: counts equal, rates equal as far as they are written.
  var recount: Finding {
    guard isComplete, tally.attempted > 0 else { return .notApplicable }
    for (key, sizes) in [
      ("n_episodes", divisor.sizes(tally)), ("num_evaluated", divisor.sizes(tally)),
      ("num_success", [tally.succeeded]),
    ] {
      guard let stated = aggregates[key]?.int else { continue }
      guard !sizes.contains(where: { Int64($0) == stated }) else { continue }
      return .fail(String(stated), expected: String(sizes[0]))
    }
    if let (rate, expected, matches) = statedRates.first(where: { !$0.matches })
      ?? statedRates.first
    {
      return matches
        ? .pass(rate, expected: expected)
        : .fail(rate, expected: expected, severity: .serious)
    }
    let counts = ["n_episodes", "num_evaluated", "num_success"].compactMap { aggregates[$0]?.int }
    return counts.first.map { .pass(String($0), expected: String($0)) } ?? .notApplicable
  }

  /// The stated rates with the recounted value in the same unit.
  private var statedRates: [(rate: String, expected: String, matches: Bool)] {
    // A rate over several dimensions is none of theirs: nothing to recount it by.
    if spansDimensions { return [] }
    return Self.rateKeys.compactMap { key, unit in
      guard let text = lexeme(key) else { return nil }
      let candidates = divisor.sizes(tally).map { Counted(k: tally.succeeded, n: $0) }
      let scale = unit == .percent ? 100 : 1
      let expected = SixDigits.text(k: candidates[0].k * scale, n: candidates[0].n) ?? "0.000000"
      let matches =
        candidates.contains { Self.agrees(text, unit, $0) }
        || (key == "mean_success" && agreesWithMean(text))
      return (text, expected, matches)
    }
  }

  /// I02: whether some whole number of successes gives the stated rate.
  var grim: Finding {
    guard !spansDimensions, knowsSize else { return .notApplicable }
    for (key, unit) in Self.rateKeys where key != "mean_success" || perTask.count == 1 {
      guard let text = lexeme(key) else { continue }
      // Ten decimals and more are the printed form of a double: I01 compares those.
      guard let reported = ReportedRate(text, unit: unit), reported.places < 10 else {
        return .pass(text)
      }
      return grim(reported, text)
    }
    return .notApplicable
  }

  /// Whether the number of episodes behind a rate is known: counted here, or stated beside it.
  private var knowsSize: Bool {
    if isComplete, tally.attempted > 0 { return true }
    return rules >= .v2 && statedSize.map { $0 > 0 } == true
  }

  private var statedSize: Int64? {
    aggregates["n_episodes"]?.int ?? aggregates["num_evaluated"]?.int
  }

  private func grim(_ reported: ReportedRate, _ text: String) -> Finding {
    let sizes = statedSize.flatMap { Int(exactly: $0) }.map { [$0] } ?? divisor.sizes(tally)
    let states = sizes.compactMap { Grim(reported, n: $0)?.state }
    if states.contains(.consistent) { return .pass(text) }
    if states.contains(.truncatedOnly) {
      return .fail("\(text), cut and not rounded", severity: .note, cap: .some(nil))
    }
    guard let n = sizes.first, !states.isEmpty else { return .notApplicable }
    let least = Grim.smallestConsistent(reported).map { "smallest fitting n: \($0)" }
    return .fail("\(text) of \(n)", expected: least)
  }

  private static let rateKeys: [(String, ReportedRate.Unit)] = [
    ("pc_success", .percent), ("success_rate", .fraction), ("mean_success", .fraction),
  ]

  /// A number as the source wrote it; nil for null, NaN and anything else.
  private func lexeme(_ key: String) -> String? {
    switch aggregates[key] {
    case .number(let number)?: number.lexeme
    case .string(let text)?: Double(text).map(\.isFinite) == true ? text : nil
    default: nil
    }
  }

  /// Rounding (a tie either way) or truncation at the written places; from ten places on 1e-9.
  private static func agrees(_ text: String, _ unit: ReportedRate.Unit, _ counted: Counted) -> Bool
  {
    guard counted.n > 0 else { return Double(text) == 0 }
    if let reported = ReportedRate(text, unit: unit), reported.places < 10 {
      guard let grim = Grim(reported, n: counted.n), let counts = grim.counts else { return false }
      return counts.contains(counted.k)
        || Self.isTruncation(of: reported, counted)
    }
    let scale = unit == .percent ? 100.0 : 1.0
    return isNear(text, scale * Double(counted.k) / Double(counted.n), relative: 1e-9)
  }

  private static func isTruncation(of reported: ReportedRate, _ counted: Counted) -> Bool {
    let value = Int128(reported.scale) * Int128(counted.k)
    let low = Int128(reported.digits) * Int128(counted.n)
    return low <= value && value < low + Int128(counted.n)
  }

  /// Whether a stated mean is the mean of the tasks' rates, to its written places.
  private func agreesWithMean(_ text: String) -> Bool {
    let rates = perTask.compactMap { tally -> Double? in
      let n = divisor.sizes(tally)[0]
      return n == 0 ? nil : Double(tally.succeeded) / Double(n)
    }
    guard !rates.isEmpty else { return false }
    let mean = rates.reduce(0, +) / Double(rates.count)
    guard let reported = ReportedRate(text, unit: .fraction), reported.places < 10 else {
      return Self.isNear(text, mean, relative: 1e-9)
    }
    // Within one unit of the last digit: rounded or cut.
    return (Double(text) ?? .nan) - mean <= 0.5 / Double(reported.scale) + 1e-12
      && mean - (Double(text) ?? .nan) <= 1 / Double(reported.scale)
  }

  private static func isNear(_ text: String, _ value: Double, relative: Double) -> Bool {
    guard let stated = Double(text) else { return false }
    return abs(stated - value) <= relative * max(abs(value), abs(stated))
  }
}
