internal import Evidence
internal import JSON

/// How many episodes have a counterpart where not all do.
struct OverlapSizes: Sendable {
  private(set) var a = 0
  private(set) var b = 0
  private(set) var common = 0

  init(_ tasks: [(EpisodePairing, PairedCounts)]) {
    for (pairing, counts) in tasks {
      a += counts.a.n
      b += counts.b.n
      switch pairing.proof {
      case .proven: common += pairing.pairs.count
      case .partial(_, _, let count): common += count
      case .none: continue
      }
    }
  }
}

/// What to know when reading a comparison, as machine words in a fixed order.
struct ComparisonNotes {
  let a: AuditedVersion
  let b: AuditedVersion
  let isComparable: Bool
  let overall: OverallComparison?
  let tasks: [TaskComparison]
  /// Whether a common task counted nothing on a side.
  let hasEmptyTask: Bool
  /// Of a pairing that is proven in part only.
  let sizes: OverlapSizes?
  /// Whether some flipped episodes are matched by their number.
  let hasLooseFlips: Bool

  var words: [String] {
    var notes: [String] = []
    if let sizes { notes.append("pairing_partial: \(sizes.common) of \(sizes.a) and \(sizes.b)") }
    if isComparable { notes += tested }
    if hasEmptyTask { notes.append("task_without_episodes") }
    if hasLooseFlips { notes.append("flips_by_index") }
    return notes + circumstances
  }

  private var tested: [String] {
    var notes: [String] = []
    let isFixed = [a, b].allSatisfy { $0.evidence["stopping"]?["state"]?.string == "fixed" }
    if !isFixed { notes.append("fixed_n_assumed") }
    if (tasks.map(\.test) + [overall?.test]).contains("fisher") {
      notes.append("fisher_above_5000")
    }
    if overall?.test == "cochran_mantel_haenszel" { notes.append("tested_within_tasks") }
    if overall?.homogeneity?.isRejected == true { notes.append("change_differs_between_tasks") }
    return notes
  }

  /// What else differs, so that nobody reads the change as that of the model alone.
  private var circumstances: [String] {
    let same: [(String, Bool)] = [
      ("claims_differ", a.claim.id == b.claim.id),
      ("protocols_differ", a.protocol.freezeDigest == b.protocol.freezeDigest),
      ("thresholds_differ", claimField("threshold")),
      ("confidences_differ", claimField("confidence")),
      ("rule_tables_differ", a.evidence["rules"] == b.evidence["rules"]),
      (
        "action_chunk_unknown",
        ComparisonGate.statesActionChunk(a) || ComparisonGate.statesActionChunk(b)
      ),
    ]
    return same.filter { !$0.1 }.map(\.0)
  }

  /// Whether both claims say the same number, however it is spelled.
  private func claimField(_ name: String) -> Bool {
    let (one, other) = (
      a.evidence["claim"]?[name]?.string, b.evidence["claim"]?[name]?.string
    )
    guard let left = one.flatMap(RateClaim.decimal), let right = other.flatMap(RateClaim.decimal)
    else { return one == other }
    return left == right
  }
}
