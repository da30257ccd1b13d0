internal import Evidence
internal import Platform

/// Checks that need raw digests, steps, rewards or times: decided while the run is at hand
/// (SCHEMAS §5.2, STATISTICS §8).
///
/// The texts are fixed patterns with numbers in them; later layers read the numbers back.
struct RunObserver {
  let run: SavedRun
  let matched: MatchedRun
  /// Final outcome letters by matched task.
  let outcomes: [[UInt8]]
  let raw: RawIndex
  let evaluationProtocol: EvaluationProtocol

  /// The six observations in id order.
  func observations(reportedAt: String?) -> [Observation] {
    [
      duplicateRaw(), bestOfK(), exclusionBias(), horizonCut(), successRule(),
      timeOrder(reportedAt: reportedAt),
    ]
  }

  /// How many counted episodes have a recording that is present; in-protocol tasks only.
  func rawCoverage() -> RawCoverage {
    var coverage = RawCoverage()
    for (task, letters) in inProtocol {
      coverage.countedEpisodes += letters.count { $0 == S || $0 == F || $0 == E }
      coverage.failedEpisodes += letters.count { $0 == F }
      guard raw.hasDigests else { continue }
      task.forEachEpisode { position, _, row in
        let letter = letters[position]
        guard letter == S || letter == F || letter == E,
          raw.hasRecording(task: task.source, row: row)
        else { return }
        coverage.withRaw += 1
        if letter == F { coverage.failedWithRaw += 1 }
      }
    }
    return coverage
  }

  /// I04: two episodes with the same recording.
  private func duplicateRaw() -> Observation {
    guard raw.hasDigests else { return notApplicable("I04") }
    var seen = Set<String>()
    var all = 0
    var place: String?
    for (task, _) in inProtocol {
      task.forEachEpisode { _, index, row in
        for digest in raw.recordings(task: task.source, row: row).sorted() {
          all += 1
          if !seen.insert(digest).inserted, place == nil {
            place = key(task, index, row)
          }
        }
      }
    }
    if all == 0 { return notApplicable("I04") }
    return Observation(
      id: "I04", state: seen.count == all ? .pass : .fail,
      observed: "\(seen.count) distinct of \(all)", expected: nil, at: place)
  }

  /// I11: attempts beyond the first, and whether a frozen policy says which one counts.
  private func bestOfK() -> Observation {
    let policy = evaluationProtocol.frozen.denominators
    let allowed = policy.attemptsPerEpisode ?? 1
    if matched.attempts == 1 {
      return Observation(
        id: "I11", state: .pass, observed: "1 attempt each", expected: nil, at: nil)
    }
    var late: String?
    var lateCount = 0
    for (task, _) in inProtocol {
      guard let source = task.source else { continue }
      task.forEachEpisode { _, index, row in
        guard let row, task.attempt(of: row, in: run.tasks[source]) > 1 else { return }
        lateCount += 1
        if late == nil { late = key(task, index, row) }
      }
    }
    let hasPolicy = policy.retries == "first_attempt" || policy.retries == "last_attempt"
    let isFirstKept = policy.retries == "first_attempt" && lateCount > 0
    let isOver = matched.attempts > allowed && allowed > 1
    let fails = !hasPolicy || isFirstKept || isOver
    return Observation(
      id: "I11", state: fails ? .fail : .pass,
      observed: "up to \(matched.attempts) attempts, \(matched.duplicates) rows dropped, "
        + "\(lateCount) later attempts kept",
      expected: hasPolicy ? nil : "1 attempt each", at: fails ? late : nil)
  }

  /// I17: errored and excluded episodes whose recorded reward says failure.
  private func exclusionBias() -> Observation {
    var partial = 0
    var failures = 0
    var place: String?
    var text: [UInt8] = []
    for (task, letters) in inProtocol {
      guard let source = task.source, let lexemes = run.lexemes,
        letters.contains(where: { $0 == E || $0 == X })
      else { continue }
      let columns = [run.tasks[source].maxRewards, run.tasks[source].sumRewards].compactMap { $0 }
      task.forEachEpisode { position, index, row in
        guard let row, letters[position] == E || letters[position] == X,
          let reward = columns.first(where: { !$0[row].isNone })?[row]
        else { return }
        partial += 1
        text.removeAll(keepingCapacity: true)
        lexemes.append(reward, to: &text)
        guard let value = Double(String(decoding: text, as: UTF8.self)), value < 1 else { return }
        failures += 1
        if place == nil { place = key(task, index, row) }
      }
    }
    if partial == 0 { return notApplicable("I17") }
    let fails = partial >= 3 && failures == partial
    return Observation(
      id: "I17", state: fails ? .fail : .pass,
      observed: "\(failures) of \(partial) partial outcomes are failures", expected: nil,
      at: fails ? place : nil)
  }

  /// I18: failures that end below the horizon without a reason; successes after it.
  private func horizonCut() -> Observation {
    guard let horizon = evaluationProtocol.metricContract.horizonSteps else {
      return notApplicable("I18")
    }
    var tally = HorizonTally()
    for (task, letters) in inProtocol {
      guard let source = task.source, let steps = run.tasks[source].steps else { continue }
      let saved = run.tasks[source]
      task.forEachEpisode { position, index, row in
        guard let row, let count = steps[row] else { return }
        switch letters[position] {
        case F:
          tally.failures += 1
          guard count < horizon, saved.failures[row] == nil else { return }
          tally.below += 1
          if tally.belowPlace == nil { tally.belowPlace = key(task, index, row) }
        case S:
          tally.successes += 1
          guard count > horizon else { return }
          tally.after += 1
          if tally.afterPlace == nil { tally.afterPlace = key(task, index, row) }
        default: break
        }
      }
    }
    return tally.observation
  }

  private struct HorizonTally {
    var failures = 0
    var below = 0
    var belowPlace: String?
    var successes = 0
    var after = 0
    var afterPlace: String?

    var observation: Observation {
      if failures + successes == 0 {
        return Observation(
          id: "I18", state: .notApplicable, observed: nil, expected: nil, at: nil)
      }
      if after > 0 {
        return Observation(
          id: "I18", state: .fail, observed: "\(after) of \(successes) successes after horizon",
          expected: nil, at: afterPlace)
      }
      let fails = failures > 0 && 2 * below >= failures
      return Observation(
        id: "I18", state: fails ? .fail : .pass,
        observed: "\(below) of \(failures) failures below horizon", expected: nil,
        at: fails ? belowPlace : nil)
    }
  }

  /// I19 is the format's own rule, so the adapter decides it.
  private func successRule() -> Observation {
    run.observations.first { $0.id == "I19" } ?? notApplicable("I19")
  }

  /// I22: results from before the freeze, and episodes that end before they start.
  private func timeOrder(reportedAt: String?) -> Observation {
    let (negative, durations, place) = negativeDurations()
    if negative > 0 {
      return Observation(
        id: "I22", state: .fail, observed: "\(negative) of \(durations) durations below zero",
        expected: nil, at: place)
    }
    guard let reportedAt, let reported = UTCTime(rfc3339: reportedAt),
      let frozenAt = evaluationProtocol.frozenAt, let frozen = UTCTime(rfc3339: frozenAt)
    else { return notApplicable("I22") }
    return Observation(
      id: "I22", state: reported < frozen ? .fail : .pass, observed: "reported \(reportedAt)",
      expected: "not before \(frozenAt)", at: nil)
  }

  private func negativeDurations() -> (negative: Int, all: Int, place: String?) {
    var (negative, all, place) = (0, 0, String?.none)
    var text: [UInt8] = []
    for (task, _) in inProtocol {
      guard let source = task.source, let lexemes = run.lexemes,
        let durations = run.tasks[source].durations
      else { continue }
      task.forEachEpisode { _, index, row in
        guard let row, !durations[row].isNone else { return }
        all += 1
        text.removeAll(keepingCapacity: true)
        lexemes.append(durations[row], to: &text)
        guard text.first == 0x2D, text.contains(where: { (0x31...0x39).contains($0) }) else {
          return
        }
        negative += 1
        if place == nil { place = key(task, index, row) }
      }
    }
    return (negative, all, place)
  }

  private var inProtocol: [(task: MatchedTask, letters: [UInt8])] {
    zip(matched.tasks, outcomes).filter { $0.0.inProtocol }.map { ($0.0, $0.1) }
  }

  private func key(_ task: MatchedTask, _ index: Int, _ row: Int?) -> String {
    guard let row, let source = task.source else { return task.key(index: index) }
    return task.key(index: index, attempt: task.attempt(of: row, in: run.tasks[source]))
  }

  private func notApplicable(_ id: String) -> Observation {
    Observation(id: id, state: .notApplicable, observed: nil, expected: nil, at: nil)
  }

  private var S: UInt8 { 0x53 }
  private var F: UInt8 { 0x46 }
  private var E: UInt8 { 0x45 }
  private var X: UInt8 { 0x58 }
}
