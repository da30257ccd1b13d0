internal import Evidence
internal import Statistics

// Checks against claim and protocol: I13, I14, I15, I16, I21, I24.
extension IntegrityChecks {
  /// I11, as far as the input tells: attempts were repeated and nothing says which one counts.
  ///
  /// What the reader saw decides otherwise.
  var repeatsWithoutPolicy: Finding {
    let retries = facts.plan.frozen.denominators.retries
    guard facts.input.attempts > 1, retries == nil || retries == "none" else {
      return .notApplicable
    }
    return .fail(
      "\(facts.input.attempts) attempts, \(retries.map { "retries \($0)" } ?? "no policy")")
  }

  /// I13: the protocol plans equal sizes and the counted episodes differ.
  var unequalCounts: Finding {
    let sizes = facts.counted.map(\.n)
    guard let least = sizes.min(), let most = sizes.max() else { return .notApplicable }
    let text =
      sizes.count <= 8 ? sizes.map(String.init).joined(separator: ", ") : "\(least)–\(most)"
    guard least != most else { return .pass(text) }
    guard facts.plan.frozen.episodeIndexes != nil else { return .notApplicable }
    let isSerious = facts.metric?.aggregate == .macro && most / 2 >= least
    return isSerious
      ? .fail(text, severity: .serious, cap: "C") : .fail(text)
  }

  /// I14: a task that the protocol names has no record.
  var missingTasks: Finding {
    guard facts.namedTasks > 0 else { return .notApplicable }
    let text = "\(facts.recordedTasks) of \(facts.namedTasks) named"
    return .failIf(facts.recordedTasks < facts.namedTasks, text)
  }

  /// I15: a recorded task is neither in the protocol nor in the known list of its suite.
  var unknownTasks: Finding {
    let unknown = facts.input.tasks.filter { task in
      !task.inProtocol && !Rules.isKnownTask(suite: task.suite, taskID: task.taskID)
    }
    guard let first = unknown.first else { return .pass("0", expected: "0") }
    return .fail(
      String(unknown.count), expected: "0",
      at: first.episodes.indexes.first.map { key(first, index: $0.lowerBound) })
  }

  /// I16: exclusions without a reason, or more than a tenth excluded or errored.
  var unexplainedExclusions: Finding {
    let totals = facts.totals
    guard totals.attempted > 0 else { return .notApplicable }
    let text = "\(totals.excluded) excluded, \(totals.errored) errored of \(totals.attempted)"
    for (task, tally) in planned where tally.excluded > 0 {
      let bare = task.episodes.rows(of: UInt8(ascii: "X")).first {
        task.episodes.reasons[$0.index] == nil
      }
      if let bare { return .fail(text, at: key(task, index: bare.index)) }
    }
    return .failIf(10 * (totals.excluded + totals.errored) > totals.attempted, text)
  }

  /// I21: the recorded model or checkpoint is not the claimed one.
  var identityConflict: Finding {
    let model = facts.input.model
    let planned = facts.plan.frozen.profile.checkpointDigest
    let digestDiffers =
      planned != nil && model.checkpointDigest != nil
      && planned != model.checkpointDigest
    let comparesDigest = planned != nil && model.checkpointDigest != nil
    guard model.id != nil || comparesDigest else { return .notApplicable }
    if digestDiffers {
      return .fail("checkpoint digest differs from the protocol's", severity: .fatal)
    }
    let idDiffers = model.id.map { $0 != facts.claim.subject.id } ?? false
    return .failIf(idDiffers, idDiffers ? "1" : "0", expected: "0")
  }

  /// Whether a task has a record; cells that are only planned are none.
  ///
  /// Rules 1 took them for some.
  private func isRecorded(_ task: AuditedTask) -> Bool {
    facts.rules == .v1
      ? task.episodes.count > 0
      : task.episodes.outcomes.contains { $0 != UInt8(ascii: "M") }
  }

  /// I24: what was recorded belongs to another suite than the protocol's.
  var protocolMismatch: Finding {
    let named = Set(facts.plan.frozen.tasks.map(\.suite))
    let recorded = Set(facts.input.tasks.filter(isRecorded).map(\.suite))
    guard !named.isEmpty, !recorded.isEmpty else { return .notApplicable }
    let mismatches = named.isDisjoint(with: recorded) ? named.count : 0
    return .failIf(mismatches > 0, String(mismatches), expected: "0")
  }
}
