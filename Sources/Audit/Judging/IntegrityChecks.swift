internal import Evidence

/// All checks I01…I24 over one audit input (STATISTICS §8).
struct IntegrityChecks: Sendable {
  let facts: AuditFacts
  private let observations: [String: Observation]

  init(_ facts: AuditFacts) {
    self.facts = facts
    observations = Dictionary(
      facts.input.observations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Every row, in order.
  func results() -> [IntegrityResult] {
    Rules.integrity.map { IntegrityResult($0, finding(for: $0.id)) }
  }

  /// What is seen here; a failure that was seen when the run was read is never overruled.
  private func finding(for id: String) -> Finding {
    let observed = observations[id].map(Self.finding)
    guard let own = recomputed(id) else { return observed ?? .notApplicable }
    if let observed, observed.state == .fail || own.state == .notApplicable { return observed }
    return own
  }

  /// The checks that audit_input.json alone decides; nil for those of SCHEMAS §5.2.
  private func recomputed(_ id: String) -> Finding? {
    switch id {
    case "I01": SourceTotals(facts).recount
    case "I02": SourceTotals(facts).grim
    case "I03": duplicateEpisodes
    case "I05": duplicateOutcomeBlocks
    case "I06": seedReuse
    case "I07": indexGaps
    case "I08": tailTruncation
    case "I09": orderRuns
    case "I10": drift
    case "I11": facts.rules >= .v2 ? repeatsWithoutPolicy : nil
    case "I13": unequalCounts
    case "I14": missingTasks
    case "I15": unknownTasks
    case "I16": unexplainedExclusions
    case "I20": facts.totals.attempted > 0 ? .pass("0", expected: "0") : .notApplicable
    case "I21": identityConflict
    case "I24": protocolMismatch
    default: nil
    }
  }

  /// A check of the reader, with the severity that its wording stands for.
  private static func finding(_ seen: Observation) -> Finding {
    var finding = Finding(
      state: seen.state, observed: seen.observed, expected: seen.expected, at: seen.at)
    guard seen.state == .fail else { return finding }
    let text = seen.observed ?? ""
    switch seen.id {
    case "I01" where text.contains("."): finding.severity = .serious  // a rate, not a count
    case "I18" where text.contains("success"): finding.severity = .serious
    case "I19" where !isOverOnePercent(text): finding.severity = .serious
    case "I21" where text.contains("digest"): finding.severity = .fatal
    case "I22" where text.hasPrefix("reported"):
      // A freeze after the run forbids grade A and says nothing about the episodes.
      (finding.severity, finding.cap) = (.warn, "B")
    default: break
    }
    return finding
  }

  /// Whether "A of B …" has A over one hundredth of B; true when the text is another.
  private static func isOverOnePercent(_ text: String) -> Bool {
    let words = text.split(separator: " ")
    guard words.count >= 3, words[1] == "of", let part = Int(words[0]), let whole = Int(words[2])
    else { return true }
    return part.multipliedReportingOverflow(by: 100).partialValue > whole
  }

  /// The key of an episode by its row in a task.
  func key(_ task: AuditedTask, row: Int) -> String? {
    task.episodes.index(ofRow: row).map { key(task, index: $0) }
  }

  func key(_ task: AuditedTask, index: Int) -> String {
    EpisodeKey.text(suite: task.suite, taskID: task.taskID, index: index)
  }

  /// In-protocol tasks with their tallies.
  var planned: [(task: AuditedTask, tally: OutcomeTally)] {
    facts.tasks.map { (facts.input.tasks[$0.position], $0.outcomes) }
  }
}
