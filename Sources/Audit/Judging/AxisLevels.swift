internal import Evidence
internal import Statistics

/// The levels of one axis that the counted episodes show, with their counts.
struct AxisLevels: Sendable {
  /// nil: not recorded.
  let levels: [Counted]?

  /// 3 not recorded, 2 one level, 1 two to four or a small one, 0 otherwise (STATISTICS §10).
  var gap: Int {
    guard let levels, !levels.isEmpty else { return 3 }
    if levels.count == 1 { return 2 }
    return levels.count <= 4 || levels.contains { $0.n < 10 } ? 1 : 0
  }

  /// What the levels say about failures, 0…3.
  var signal: (score: Int, why: String?) {
    guard let levels, levels.count >= 2, levels.contains(where: { $0.n > 1 }) else {
      return (0, nil)
    }
    let p = TaroneZ(levels.compactMap(\.proportion))?.pValue ?? 1
    if p <= 0.01 { return (3, "levels_differ") }
    if p <= 0.05 { return (2, "levels_differ") }
    return failuresAreConcentrated(levels) ? (2, "failures_concentrated") : (0, nil)
  }

  /// Two thirds of at least three failures on at most one third of the levels.
  private func failuresAreConcentrated(_ levels: [Counted]) -> Bool {
    let failures = levels.map { $0.n - $0.k }
    let all = failures.reduce(0, +)
    let third = levels.count / 3
    guard all >= 3, third >= 1 else { return false }
    return 3 * failures.sorted(by: >).prefix(third).reduce(0, +) >= 2 * all
  }

  /// One level per value of a column; nil when no counted episode has one.
  static func grouping<Value: Hashable>(
    _ facts: AuditFacts, by column: (EpisodeColumns) -> [Value?]?
  ) -> AxisLevels {
    var order: [Value: Int] = [:]
    var levels: [Counted] = []
    for tally in facts.tasks {
      let episodes = facts.input.tasks[tally.position].episodes
      guard let values = column(episodes) else { continue }
      for (row, letter) in episodes.outcomes.enumerated()
      where facts.policy.counts(letter: letter) && letter != UInt8(ascii: "M") {
        guard let value = values[row] else { continue }
        let place = order[value] ?? levels.count
        if place == levels.count {
          order[value] = place
          levels.append(Counted(k: 0, n: 0))
        }
        levels[place].n += 1
        if letter == UInt8(ascii: "S") { levels[place].k += 1 }
      }
    }
    return AxisLevels(levels: levels.isEmpty ? nil : levels)
  }
}
