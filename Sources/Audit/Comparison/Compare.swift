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
  /// `suite/task_id`.
  let key: String
  /// As it stands in episode keys; two tasks never share it.
  let prefix: String
  let a: AuditedTask
  let b: AuditedTask

  var name: String? { b.name ?? a.name }

  /// Both names, where the task was renamed.
  var renamed: Comparison.Change? {
    guard let old = a.name, let new = b.name, old != new else { return nil }
    return Comparison.Change(a: old, b: new)
  }

  static func list(_ a: AuditedVersion, _ b: AuditedVersion) -> [CommonTask] {
    let others = Dictionary(
      b.input.tasks.filter(\.inProtocol).map { (prefix($0), $0) },
      uniquingKeysWith: { one, _ in one }
    )
    return a.input.tasks.filter(\.inProtocol).compactMap { task in
      others[prefix(task)].map { other in
        CommonTask(key: task.suite + "/" + task.taskID, prefix: prefix(task), a: task, b: other)
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
    let plain = common.map { PairedCounts($0, nil, policy: gate.policy) }
    let counts = common.indices.map { row in
      pairings[row].proof == .proven
        ? PairedCounts(common[row], pairings[row], policy: gate.policy) : plain[row]
    }
    // A task that counted nothing on a side is no part of the whole, as one that the side lacks.
    let whole = common.indices.filter { plain[$0].a.n > 0 && plain[$0].b.n > 0 }
    let pairing = Pairing(whole.map { pairings[$0] })
    let isPaired = pairing.state == .proven
    let rows = taskRows(counts, pairings)
    let overall = overallRow(whole.map { isPaired ? counts[$0] : plain[$0] })
    let weakening = gate.weakening + (pairing.state == .partial ? ["pairing_partial"] : [])
    let flips = zip(common, pairings).map { FlippedEpisodes($0, $1, policy: gate.policy).flips }
    let lone = LoneTasks(a, b, common, policy: gate.policy)
    let notes = ComparisonNotes(
      a: a, b: b, isComparable: isComparable, overall: overall, tasks: rows,
      hasEmptyTask: whole.count < common.count,
      sizes: pairing.state == .partial
        ? OverlapSizes(whole.map { (pairings[$0], plain[$0]) }) : nil,
      hasLooseFlips: zip(pairings, flips).contains { $0.proof != .proven && !$1.isEmpty })
    return Comparison(
      comparability: Comparability(
        state: isComparable ? (weakening.isEmpty ? .comparable : .degraded) : .notComparable,
        reasons: gate.forbidding + weakening),
      policy: gate.policy.rawValue, confidence: confidence.map { SixDigits.text($0.level) },
      pairing: pairing, verdict: change("verdict"),
      grade: change("grade", "letter"), overall: overall, tasks: rows, onlyA: lone.onlyA,
      onlyB: lone.onlyB, possibleRenames: lone.possibleRenames,
      flips: flips.flatMap { $0 },
      notes: notes.words)
  }

  private func taskRows(_ counts: [PairedCounts], _ pairings: [EpisodePairing])
    -> [TaskComparison]
  {
    let tests = isComparable ? tests(of: counts) : counts.map { _ in nil }
    let tested = tests.indices.filter { tests[$0] != nil }
    let adjusted = Holm.adjusted(tested.compactMap { tests[$0]?.pValue })
    var adjustedByRow: [Int: Double] = [:]
    for (place, row) in tested.enumerated() { adjustedByRow[row] = adjusted[place] }
    return counts.indices.map { row in
      let (task, count) = (common[row], counts[row])
      let value = adjustedByRow[row]
      return TaskComparison(
        task: task.key, keyPrefix: task.prefix, name: task.name, renamed: task.renamed,
        a: count.a.episodes, b: count.b.episodes,
        difference: count.difference, interval: isComparable ? count.interval(confidence) : nil,
        test: tests[row]?.test, pValue: tests[row].map { SixDigits.text($0.pValue) },
        adjusted: value.map { SixDigits.text($0) },
        change: count.change(p: value, alpha: alpha), pairs: count.pairs,
        pairedBy: count.pairs == nil ? nil : pairings[row].by?.rawValue,
        unpairedWhy: count.pairs == nil ? pairings[row].why : nil)
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
          pValue: SixDigits.text($0.pValue), isRejected: $0.pValue <= alpha)
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
}
