internal import Evidence
internal import Statistics

// Checks on identity and completeness of episodes: I03, I05, I06, I07, I08.
extension IntegrityChecks {
  /// I03: two counted episodes with equal task, seed and initial state, where both are recorded.
  var duplicateEpisodes: Finding {
    let input = facts.input
    let hasSeeds = input.seedLabel == .recorded
    let hasStates = input.initialStateLabel == .recorded
    guard hasSeeds || hasStates, facts.totals.attempted > 0 else { return .notApplicable }
    guard hasSeeds, hasStates else { return .pass("0", expected: "0") }
    var (repeated, first) = (0, String?.none)
    for (task, _) in planned {
      guard let seeds = task.episodes.seeds, let states = task.episodes.initialStates else {
        continue
      }
      // Distinct seeds, the usual case, leave nothing to look up.
      let counted = countedSeeds(task)
      if SeedColumn.distinct(counted) == counted.count { continue }
      var seen: [Seed: Set<String>] = [:]
      for row in task.episodes.outcomes.indices
      where facts.policy.counts(letter: task.episodes.outcomes[row]) {
        guard let seed = seeds[row], let state = states[row] else { continue }
        if seen[seed, default: []].insert(state).inserted { continue }
        repeated += 1
        if first == nil { first = key(task, row: row) }
      }
    }
    return .failIf(repeated > 0, String(repeated), expected: "0", at: first)
  }

  /// I05: two tasks with the same outcomes in the same order, long and mixed enough to be telling.
  var duplicateOutcomeBlocks: Finding {
    var seen: [[UInt8]: String] = [:]
    var candidates = 0
    for (task, tally) in planned where tally.attempted >= 20 {
      let recorded = task.episodes.outcomes.filter { $0 != UInt8(ascii: "M") }
      let (k, n) = (tally.succeeded, tally.attempted)
      guard 5 * k >= n, 5 * k <= 4 * n else { continue }
      candidates += 1
      let name = task.suite + "/" + task.taskID
      if let other = seen[recorded] {
        return .fail("\(other) and \(name): the same \(n) outcomes in the same order")
      }
      seen[recorded] = name
    }
    return candidates < 2 ? .notApplicable : .pass("0 of \(candidates) tasks alike", expected: nil)
  }

  /// I06: fewer than 90 % distinct seeds in a task, unless the protocol planned exactly these.
  var seedReuse: Finding {
    guard facts.input.seedLabel == .recorded else { return .notApplicable }
    var worst: (distinct: Int, of: Int, fails: Bool, task: AuditedTask)?
    for (place, (task, _)) in planned.enumerated() {
      let counted = countedSeeds(task)
      guard !counted.isEmpty else { continue }
      let distinct = SeedColumn.distinct(counted)
      let fails =
        10 * distinct < 9 * counted.count && !SeedPlanCells(facts.plan).matches(task, place: place)
      let isWorse =
        worst.map { old in
          (fails && !old.fails)
            || (fails == old.fails && distinct * old.of < old.distinct * counted.count)
        } ?? true
      if isWorse { worst = (distinct, counted.count, fails, task) }
    }
    guard let worst else { return .notApplicable }
    let text = "\(worst.distinct) of \(worst.of) distinct"
    return worst.fails
      ? .fail("\(text) in \(worst.task.suite)/\(worst.task.taskID)") : .pass("\(text) per task")
  }

  private func countedSeeds(_ task: AuditedTask) -> [Seed] {
    guard let seeds = task.episodes.seeds else { return [] }
    let outcomes = task.episodes.outcomes
    return outcomes.indices.compactMap { row in
      facts.policy.counts(letter: outcomes[row]) ? seeds[row] : nil
    }
  }

  /// I07: indexes without a record below the last one that has it.
  var indexGaps: Finding {
    guard facts.totals.attempted > 0 else { return .notApplicable }
    var (gaps, first) = (0, String?.none)
    for (task, _) in planned {
      for gap in Self.gaps(task.episodes, isFrozen: facts.plan.frozen.episodeIndexes != nil) {
        gaps += 1
        if first == nil { first = key(task, index: gap) }
      }
    }
    return .failIf(gaps > 0, "\(gaps) gaps", at: first)
  }

  /// The first index of each gap: missing cells before the last record, and, where no indexes are
  /// frozen, what lies between the ranges and below the first (0 and 1 may both be the first).
  private static func gaps(_ episodes: EpisodeColumns, isFrozen: Bool) -> [Int] {
    let missing = UInt8(ascii: "M")
    guard let last = episodes.outcomes.lastIndex(where: { $0 != missing }) else { return [] }
    var found: [Int] = []
    var expected: Int?
    var wasMissing = false
    episodes.forEachRange { index, rows in
      guard rows.lowerBound <= last else { return }
      if !isFrozen, index > (expected ?? 1) { found.append(expected ?? 0) }
      expected = index + rows.count
      for row in rows where row <= last {
        let isMissing = episodes.outcomes[row] == missing
        if isMissing, !wasMissing { found.append(index + (row - rows.lowerBound)) }
        wasMissing = isMissing
      }
    }
    return found
  }

  /// I08: a task's records stop after three failures, or all that is missing follows its last success.
  var tailTruncation: Finding {
    guard facts.isPlanned, facts.totals.attempted > 0 else { return .notApplicable }
    let missing = facts.totals.missing
    for (task, tally) in planned where tally.missing > 0 && tally.attempted > 0 {
      let outcomes = task.episodes.outcomes
      let lacking = task.episodes.rows(of: UInt8(ascii: "M"))
      guard let first = lacking.first, let end = lacking.last else { continue }
      let lastSuccess = outcomes.lastIndex(of: UInt8(ascii: "S"))
      let follows = lastSuccess.map { first.row > $0 } ?? true
      guard follows || Self.stopsAfterFailures(outcomes) else { continue }
      let span = first.index == end.index ? "\(first.index)" : "\(first.index)–\(end.index)"
      let relation = follows ? "all after the last success" : "after a run of failures"
      return .fail(
        "\(tally.missing) missing in \(task.suite)/\(task.taskID): \(span), \(relation)",
        at: key(task, index: first.index))
    }
    return .pass("\(missing) missing")
  }

  /// Whether the end is missing and the three records before it are failures.
  private static func stopsAfterFailures(_ outcomes: [UInt8]) -> Bool {
    guard outcomes.last == UInt8(ascii: "M"),
      let last = outcomes.lastIndex(where: { $0 != UInt8(ascii: "M") }), last >= 2
    else { return false }
    return outcomes[(last - 2)...last].allSatisfy {
      $0 == UInt8(ascii: "F") || $0 == UInt8(ascii: "E")
    }
  }
}
