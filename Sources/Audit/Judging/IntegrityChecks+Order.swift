internal import Evidence
internal import Statistics

// Checks on the order of outcomes inside of a task: I09, I10.
extension IntegrityChecks {
  /// The smallest Holm-adjusted p-value at which order is called conspicuous (STATISTICS §8).
  private var level: Double { 0.01 }

  /// Successes in saved order, over the episodes that count and have a record.
  private func sequence(_ task: AuditedTask) -> [Bool] {
    var successes: [Bool] = []
    successes.reserveCapacity(task.episodes.count)
    for letter in task.episodes.outcomes {
      switch letter {
      case UInt8(ascii: "S"): successes.append(true)
      case UInt8(ascii: "F"): successes.append(false)
      case UInt8(ascii: "E") where facts.policy != .errorsExcluded: successes.append(false)
      default: break
      }
    }
    return successes
  }

  /// I09: the number of runs of equal outcomes is too unlikely.
  var orderRuns: Finding {
    judgeOrder { sequence in
      let k = sequence.count { $0 }
      guard k >= 5, sequence.count - k >= 5 else { return nil }
      let runs = Runs(sequence)
      return runs.pValue.map {
        ($0, "\(runs.runs) runs in \(sequence.count) episodes, \(k) succeeded")
      }
    }
  }

  /// I10: the first and the second half differ too much; an odd middle episode is left out.
  var drift: Finding {
    judgeOrder { sequence in
      guard sequence.count >= 20 else { return nil }
      let half = sequence.count / 2
      let first = sequence.prefix(half).count { $0 }
      let second = sequence.suffix(half).count { $0 }
      return HalvesTest(first: first, second: second, half: half).map {
        ($0.pValue, "\(first) of \(half), then \(second) of \(half)")
      }
    }
  }

  /// Holm over the tasks that can be tested; shown is the one with the smallest p-value.
  private func judgeOrder(_ test: ([Bool]) -> (p: Double, text: String)?) -> Finding {
    let tested = planned.compactMap { task, _ in
      test(sequence(task)).map { (task: task, p: $0.p, text: $0.text) }
    }
    guard let worst = tested.indices.min(by: { tested[$0].p < tested[$1].p }) else {
      return .notApplicable
    }
    let adjusted = Holm.adjusted(tested.map(\.p))[worst]
    let task = tested[worst].task
    let text = "\(tested[worst].text) (\(task.suite)/\(task.taskID))"
    return .failIf(adjusted <= level, text)
  }
}
