internal import Evidence
internal import JSON
internal import Statistics

/// What changed from audit `a` to audit `b`, as far as the two may be compared (STATISTICS §5).
///
/// Tests are exact (McNemar, Boschloo; Fisher above 5,000 episodes a side, which the row then says)
/// at the confidence of the claims, the higher one where they differ. Without comparability the
/// differences are shown and no p-value is.
public func compare(_ a: AuditedVersion, _ b: AuditedVersion) -> Comparison {
  let common = CommonTask.list(a, b)
  let gate = ComparisonGate(a, b, commonTasks: common.count)
  let comparing = VersionComparing(a: a, b: b, common: common, gate: gate)
  return comparing.comparison
}

/// A task that both sides have in their protocol.
struct CommonTask: Sendable {
  let key: String
  let name: String?
  let a: AuditedTask
  let b: AuditedTask

  static func list(_ a: AuditedVersion, _ b: AuditedVersion) -> [CommonTask] {
    let others = Dictionary(
      b.input.tasks.filter(\.inProtocol).map { (prefix($0), $0) },
      uniquingKeysWith: { one, _ in one }
    )
    return a.input.tasks.filter(\.inProtocol).compactMap { task in
      others[prefix(task)].map { other in
        CommonTask(
          key: task.suite + "/" + task.taskID, name: task.name ?? other.name, a: task, b: other)
      }
    }
  }

  private static func prefix(_ task: AuditedTask) -> String {
    EpisodeKey.taskPrefix(suite: task.suite, taskID: task.taskID)
  }
}

/// The work of one comparison.
struct VersionComparing {
  let a: AuditedVersion
  let b: AuditedVersion
  let common: [CommonTask]
  let gate: ComparisonGate

  private var isComparable: Bool { gate.forbidding.isEmpty }

  var comparison: Comparison {
    let pairings = common.map { EpisodePairing($0.a, $0.b, (a, b), policy: gate.policy) }
    let counts = zip(common, pairings).map { PairedCounts($0, $1, policy: gate.policy) }
    let isPaired = !pairings.isEmpty && pairings.allSatisfy { $0.proof == .proven }
    let rows = taskRows(counts)
    let overall = overallRow(isPaired ? counts : unpaired(counts))
    let partial = pairings.compactMap { pairing -> (Int, Int, Int)? in
      if case .partial(let a, let b, let common) = pairing.proof { (a, b, common) } else { nil }
    }
    let weakening = gate.weakening + (partial.isEmpty ? [] : ["pairing_partial"])
    return Comparison(
      comparability: Comparability(
        state: isComparable ? (weakening.isEmpty ? .comparable : .degraded) : .notComparable,
        reasons: gate.forbidding + weakening),
      verdict: change("verdict"), grade: change("grade", "letter"), overall: overall, tasks: rows,
      flips: zip(common, pairings).flatMap { FlippedEpisodes($0, $1, policy: gate.policy).flips },
      notes: notes(partial, overall, rows, byIndex: !isPaired && !common.isEmpty))
  }

  /// Counts as if nothing was proven, so that one overall test sees one kind of data.
  private func unpaired(_ counts: [PairedCounts]) -> [PairedCounts] {
    zip(common, counts).map { task, counts in
      counts.pairs == nil ? counts : PairedCounts(task, nil, policy: gate.policy)
    }
  }

  private func taskRows(_ counts: [PairedCounts]) -> [TaskComparison] {
    let tests = isComparable ? tests(of: counts) : counts.map { _ in nil }
    let tested = tests.indices.filter { tests[$0] != nil }
    let adjusted = Holm.adjusted(tested.compactMap { tests[$0]?.pValue })
    var adjustedByRow: [Int: Double] = [:]
    for (place, row) in tested.enumerated() { adjustedByRow[row] = adjusted[place] }
    return counts.indices.map { row in
      let (task, count) = (common[row], counts[row])
      let value = adjustedByRow[row]
      return TaskComparison(
        task: task.key, name: task.name, a: count.a.episodes, b: count.b.episodes,
        difference: count.difference, interval: isComparable ? count.interval(confidence) : nil,
        test: tests[row]?.test, pValue: tests[row].map { SixDigits.text($0.pValue) },
        adjusted: value.map { SixDigits.text($0) },
        change: count.change(p: value, alpha: alpha), pairs: count.pairs)
    }
  }

  /// One test per task; tasks with equal counts share it, since many tasks have the same few counts.
  private func tests(of counts: [PairedCounts]) -> [RateComparison?] {
    var known: [Stratum: RateComparison] = [:]
    return counts.map { count in
      guard count.pairs == nil, let key = count.stratum else { return RateComparison(count) }
      if let test = known[key] { return test }
      let test = RateComparison(count)
      known[key] = test
      return test
    }
  }

  private func overallRow(_ counts: [PairedCounts]) -> OverallComparison? {
    guard !counts.isEmpty else { return nil }
    let total = PairedCounts(summing: counts)
    let strata = counts.compactMap(\.stratum)
    let test = isComparable ? RateComparison(overall: total, strata: strata) : nil
    let homogeneity = isComparable ? BreslowDay(strata) : nil
    return OverallComparison(
      a: total.a.episodes, b: total.b.episodes, difference: total.difference,
      interval: isComparable ? total.interval(confidence) : nil, test: test?.test,
      pValue: test.map { SixDigits.text($0.pValue) },
      change: total.change(p: test?.pValue, alpha: alpha, deviation: test?.deviation),
      isPaired: total.pairs != nil,
      homogeneity: homogeneity.map {
        OverallComparison.Homogeneity(
          statistic: SixDigits.text($0.statistic), degrees: $0.degrees,
          pValue: SixDigits.text($0.pValue))
      })
  }

  /// The higher of the two claims' confidences, so that swapping the sides changes nothing.
  private var confidence: Confidence? {
    let levels = [a, b].compactMap { version -> Confidence? in
      version.evidence["claim"]?["confidence"]?.string.flatMap(RateClaim.decimal)
        .flatMap { Confidence($0) }
    }
    return levels.max { $0.level < $1.level } ?? Confidence(decimal: "0.95")
  }

  private var alpha: Double { confidence?.alpha.double ?? 0.05 }

  private func change(_ path: String...) -> Comparison.Change {
    func word(_ version: AuditedVersion) -> String {
      path.reduce(Optional(version.evidence)) { $0?[$1] }?.string ?? "unknown"
    }
    return Comparison.Change(a: word(a), b: word(b))
  }

  private func notes(
    _ partial: [(Int, Int, Int)], _ overall: OverallComparison?, _ rows: [TaskComparison],
    byIndex: Bool
  ) -> [String] {
    var notes = partial.map { "pairing_partial: \($0.2) of \($0.0) and \($0.1)" }
    let fixed = [a, b].allSatisfy { $0.evidence["stopping"]?["state"]?.string == "fixed" }
    if isComparable, !fixed { notes.append("fixed_n_assumed") }
    if isComparable, (rows.map(\.test) + [overall?.test]).contains("fisher") {
      notes.append("fisher_above_5000")
    }
    if let p = overall?.homogeneity.flatMap({ Double($0.pValue) }), p <= alpha {
      notes.append("change_differs_between_tasks")
    }
    if byIndex { notes.append("flips_by_index") }
    return notes
  }
}
