internal import Evidence

/// Distinct values of a column of seeds.
enum SeedColumn {
  /// How many different seeds there are; a rising column, the usual case, needs no table.
  static func distinct(_ seeds: [Seed]) -> Int {
    if isRising(seeds) { return seeds.count }
    guard var values = integers(seeds) else { return Set(seeds).count }
    // Sorting a column of integers takes a third of the time of a table of them.
    values.sort()
    return values.isEmpty ? 0 : 1 + zip(values, values.dropFirst()).count { $0 != $1 }
  }

  /// The column as integers; nil when one of them is a text.
  static func integers(_ seeds: [Seed]) -> [Int64]? {
    var values: [Int64] = []
    values.reserveCapacity(seeds.count)
    for seed in seeds {
      guard case .integer(let value) = seed else { return nil }
      values.append(value)
    }
    return values
  }

  private static func isRising(_ seeds: [Seed]) -> Bool {
    var previous: Int64?
    for seed in seeds {
      guard case .integer(let value) = seed else { return false }
      if let previous, value <= previous { return false }
      previous = value
    }
    return true
  }
}

/// The seed that the protocol plans for each cell of each task.
struct SeedPlanCells: Sendable {
  private let plan: SeedPlan
  private let cells: Int
  /// The first seed of a challenge, where the registration is known.
  private let challengeFirst: Int64?

  init(_ plan: EvaluationProtocol, challengeFirst: Int64? = nil) {
    self.plan = plan.frozen.seeds
    cells = plan.frozen.episodeIndexes.map { $0.reduce(0) { $0 + $1.count } } ?? 0
    self.challengeFirst = challengeFirst
  }

  /// The planned seed of a cell, `place` being the task's place in the protocol; nil when the plan
  /// does not reach that far or says nothing.
  func seed(place: Int, cell: Int) -> Seed? {
    switch plan {
    case .unset: return nil
    case .list(let values, let isSame):
      let position = isSame ? cell : place * cells + cell
      return values.indices.contains(position) ? values[position] : nil
    case .range(let first, let step, let count, let isSame):
      return value(first, step, count, place, cell, isSame)
    case .challenge(let step, let count, let isSame):
      return challengeFirst.flatMap { value($0, step, count, place, cell, isSame) }
    }
  }

  private func value(
    _ first: Int64, _ step: Int64, _ count: Int, _ place: Int, _ cell: Int, _ isSame: Bool
  ) -> Seed? {
    let position = isSame ? cell : place * cells + cell
    guard position < count else { return nil }
    let (product, overflow) = step.multipliedReportingOverflow(by: Int64(position))
    let (sum, carry) = first.addingReportingOverflow(product)
    return overflow || carry ? nil : .integer(sum)
  }

  /// The cell of a row: its place among the frozen indexes, which a task's rows follow.
  func matches(_ task: AuditedTask, place: Int) -> Bool {
    guard let seeds = task.episodes.seeds else { return false }
    return task.episodes.outcomes.indices.allSatisfy { row in
      guard task.episodes.outcomes[row] != UInt8(ascii: "M") else { return true }
      guard let planned = seed(place: place, cell: row) else { return false }
      return seeds[row] == planned
    }
  }
}
