internal import Evidence

/// The levels of a column of integer seeds, by sorting.
///
/// Seeds mostly come in rising runs, one per task, which a merging sort joins at a fraction of the
/// cost of a table of a million keys.
struct SortedSeeds: Sendable {
  let levels: [Counted]

  /// Nil when a seed is a text or beyond 62 bits; counted episodes without a seed are left out.
  init?(_ facts: AuditFacts) {
    // Twice the seed, plus one for a success, so that one sort groups and counts.
    var packed: [Int64] = []
    packed.reserveCapacity(facts.totals.cells)
    for tally in facts.tasks {
      let episodes = facts.input.tasks[tally.position].episodes
      guard let seeds = episodes.seeds else { continue }
      for (row, letter) in episodes.outcomes.enumerated()
      where letter != UInt8(ascii: "M") && facts.policy.counts(letter: letter) {
        guard let seed = seeds[row] else { continue }
        guard case .integer(let value) = seed, value.magnitude < 1 << 62 else { return nil }
        packed.append(2 * value + (letter == UInt8(ascii: "S") ? 1 : 0))
      }
    }
    packed.sort()
    var levels: [Counted] = []
    var previous: Int64?
    for value in packed {
      if previous != value >> 1 { levels.append(Counted(k: 0, n: 0)) }
      previous = value >> 1
      levels[levels.count - 1].n += 1
      levels[levels.count - 1].k += Int(value & 1)
    }
    self.levels = levels
  }
}
