internal import Evidence

/// The dimensions of a governance benchmark, each of which is judged on its own (FORMATS §8).
///
/// They measure different things, so no rate, interval or verdict is formed over more than one.
struct Dimensions: Sendable {
  /// In the order in which the tasks first name them.
  let names: [String]
  /// For each in-protocol task the place of its dimension in `names`.
  private let places: [Int]

  /// Nil for a format without dimensions, and without tasks.
  init?(_ input: AuditInput, tasks: [TaskTally]) {
    guard input.format.name == "embodied-gov-bench", !tasks.isEmpty else { return nil }
    var names: [String] = []
    places = tasks.map { tally in
      let suite = input.tasks[tally.position].suite
      if let known = names.firstIndex(of: suite) { return known }
      names.append(suite)
      return names.count - 1
    }
    self.names = names
  }

  var areSeveral: Bool { names.count > 1 }

  /// The counts of the tasks, summed within each dimension.
  func counts(_ tasks: [Counted]) -> [Counted] {
    var sums = names.map { _ in Counted(k: 0, n: 0) }
    for (place, task) in zip(places, tasks) { sums[place] = sums[place] + task }
    return sums
  }
}
