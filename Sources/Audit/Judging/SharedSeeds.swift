internal import Evidence

/// The levels of seeds where each task's column rises and all columns are equal or disjoint.
///
/// The usual layouts (`seed + i` for every task, or one running seed) at a million episodes would
/// otherwise fill a large table.
struct SharedSeeds: Sendable {
  let levels: [Counted]

  /// Nil for any other layout, or when an episode lacks its seed.
  init?(_ facts: AuditFacts) {
    var columns: [[Int64]] = []
    for tally in facts.tasks {
      guard let column = Self.rising(facts.input.tasks[tally.position].episodes.seeds) else {
        return nil
      }
      columns.append(column)
    }
    guard let first = columns.first, !first.isEmpty else { return nil }
    if columns.dropFirst().allSatisfy({ $0 == first }) {
      levels = Self.sharedLevels(facts, count: first.count)
    } else if Self.areDisjoint(columns) {
      levels = facts.tasks.flatMap { Self.ownLevels(facts, $0) }
    } else {
      return nil
    }
  }

  private static func rising(_ seeds: [Seed?]?) -> [Int64]? {
    guard let seeds else { return nil }
    var values: [Int64] = []
    values.reserveCapacity(seeds.count)
    for seed in seeds {
      guard case .integer(let value)? = seed else { return nil }
      if let last = values.last, value <= last { return nil }
      values.append(value)
    }
    return values
  }

  private static func areDisjoint(_ columns: [[Int64]]) -> Bool {
    let spans = columns.compactMap { column -> ClosedRange<Int64>? in
      guard let low = column.first, let high = column.last else { return nil }
      return low...high
    }.sorted { $0.lowerBound < $1.lowerBound }
    return zip(spans, spans.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
  }

  private static func sharedLevels(_ facts: AuditFacts, count: Int) -> [Counted] {
    var levels = [Counted](repeating: Counted(k: 0, n: 0), count: count)
    for tally in facts.tasks {
      let outcomes = facts.input.tasks[tally.position].episodes.outcomes
      for (row, letter) in outcomes.enumerated() where isCounted(facts, letter) {
        levels[row].n += 1
        if letter == UInt8(ascii: "S") { levels[row].k += 1 }
      }
    }
    return levels.filter { $0.n > 0 }
  }

  private static func ownLevels(_ facts: AuditFacts, _ tally: TaskTally) -> [Counted] {
    facts.input.tasks[tally.position].episodes.outcomes.compactMap { letter in
      guard isCounted(facts, letter) else { return nil }
      return Counted(k: letter == UInt8(ascii: "S") ? 1 : 0, n: 1)
    }
  }

  private static func isCounted(_ facts: AuditFacts, _ letter: UInt8) -> Bool {
    letter != UInt8(ascii: "M") && facts.policy.counts(letter: letter)
  }
}
