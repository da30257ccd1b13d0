/// What is to be done with a run folder, and why (IMPORT §3.2 and §4): a pure function of what was seen.
public struct ImportDecision: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case accept
    case reportOnly = "report_only"
    case reject
  }

  public let kind: Kind
  /// In the order of the table; `accepted` alone when it was.
  public let reasons: [ImportReason]
  /// Kinds of material that are there, in byte order.
  public let signals: [String]
  /// The candidate that was taken, and by whose choice.
  let selected: (candidate: Candidate, chosenBy: String)?
  /// The candidate that the reasons are about.
  let best: Candidate?
  let notes: [ImportNote]
}

/// Everything that a decision depends on.
struct ImportFindings {
  var isEmpty = false
  var hit: RunFolderLimits.Hit?
  /// By path.
  var candidates: [Candidate] = []
  /// The path that a person chose.
  var chosen: [UInt8]?
  var hasSecretElsewhere = false
  /// A row candidate changed between two looks.
  var hasChanged = false
  var hasUnreadableResult = false
  /// A file that should hold results holds no JSON.
  var hasMalformedResult = false
  var hasAggregate = false
  var namesSomething = false
  var filesByGroup: [MaterialGroup: Int] = [:]
  var bytesByGroup: [MaterialGroup: Int] = [:]

  func decide() -> ImportDecision {
    if isEmpty { return decision([.emptyFolder]) }
    if hit != nil { return decision([.limitsExceeded]) }
    var reasons: Set<ImportReason> = []
    var notes: [ImportNote] = []
    addFaultsOfReading(&reasons)
    let choice = choose(&reasons, &notes)
    if let best = choice.best, choice.selected == nil { reasons.formUnion(best.failed) }
    if candidates.isEmpty { addMaterial(&reasons) }
    if reasons.isEmpty, choice.selected != nil { reasons = [.accepted] }
    return decision(
      ImportReason.allCases.filter(reasons.contains), selected: choice.selected,
      best: choice.best, notes: notes)
  }

  private func addFaultsOfReading(_ reasons: inout Set<ImportReason>) {
    if candidates.contains(where: \.hasSecret) {
      reasons.insert(.secretInCandidate)
    } else if hasSecretElsewhere {
      reasons.insert(.secretInFolder)
    }
    if hasChanged { reasons.insert(.changedWhileReading) }
    let hasEligible = candidates.contains { $0.isEligible }
    if hasUnreadableResult, !hasEligible { reasons.insert(.candidateUnreadable) }
    if hasMalformedResult, candidates.isEmpty { reasons.insert(.candidateMalformed) }
  }

  // MARK: - Candidates

  private func choose(
    _ reasons: inout Set<ImportReason>, _ notes: inout [ImportNote]
  ) -> (selected: (Candidate, String)?, best: Candidate?) {
    if let chosen, let candidate = candidates.first(where: { $0.path == chosen }) {
      // Whoever chooses answers for it; that the others disagree stays in the report.
      if conflict(with: candidate) { notes.append(ImportNote(.conflictingOutcomes, chosen)) }
      return (candidate.isEligible ? (candidate, "operator") : nil, candidate)
    }
    let eligible = candidates.filter(\.isEligible)
    guard let first = eligible.first else { return (nil, candidates.min(by: Self.isBetter)) }
    guard eligible.allSatisfy({ $0.normalizedDigest == first.normalizedDigest }) else {
      reasons.insert(.ambiguousCandidates)
      return (nil, nil)
    }
    if eligible.count > 1 {
      notes += eligible.dropFirst().map { ImportNote(.identicalCandidates, $0.path) }
    }
    if conflict(with: first) { reasons.insert(.conflictingOutcomes) }
    return ((first, eligible.count > 1 ? "identical" : "only"), first)
  }

  private func conflict(with candidate: Candidate) -> Bool {
    candidates.contains { $0.path != candidate.path && candidate.cells.conflicts(with: $0.cells) }
  }

  /// Fewest failures, then most rows, then the smallest path.
  private static func isBetter(_ a: Candidate, _ b: Candidate) -> Bool {
    if a.failed.count != b.failed.count { return a.failed.count < b.failed.count }
    if a.rows != b.rows { return a.rows > b.rows }
    return a.path.lexicographicallyPrecedes(b.path)
  }

  // MARK: - Material

  private func has(_ group: MaterialGroup) -> Bool { filesByGroup[group, default: 0] > 0 }

  private func addMaterial(_ reasons: inout Set<ImportReason>) {
    if hasAggregate { reasons.insert(.aggregateOnly) }
    if has(.csv) { reasons.insert(.csvOnly) }
    if !hasAggregate, !has(.csv), has(.archive) { reasons.insert(.archiveOnly) }
    let hasSignal = has(.tracker) || has(.simulator) || has(.dataset)
    let all = bytesByGroup.values.reduce(0, Self.sum)
    if !hasAggregate, !has(.csv), !has(.archive), !hasSignal, has(.binary),
      bytesByGroup[.binary, default: 0] >= all - all / 2
    {
      reasons.insert(.binaryDominated)
    }
    if reasons.contains(where: { $0.decision == .reject }) { return }
    if has(.tracker) { reasons.insert(.trackerSummary) }
    if has(.simulator) { reasons.insert(.simulatorSignal) }
    if has(.dataset) { reasons.insert(.datasetSignal) }
    if !reasons.isEmpty { return }
    reasons.insert(namesSomething ? .namesOnly : .narrativeEvidence)
  }

  static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflows) = a.addingReportingOverflow(b)
    return overflows ? .max : sum
  }

  // MARK: - The decision

  private func decision(
    _ all: [ImportReason], selected: (Candidate, String)? = nil, best: Candidate? = nil,
    notes: [ImportNote] = []
  ) -> ImportDecision {
    let rejecting = all.filter { $0.decision == .reject }
    let reasons = rejecting.isEmpty ? all : rejecting
    let kind: ImportDecision.Kind =
      !rejecting.isEmpty ? .reject : reasons == [.accepted] ? .accept : .reportOnly
    return ImportDecision(
      kind: kind, reasons: reasons, signals: signals(reasons),
      selected: kind == .accept ? selected.map { (candidate: $0.0, chosenBy: $0.1) } : nil,
      best: best, notes: notes)
  }

  private func signals(_ reasons: [ImportReason]) -> [String] {
    if hit != nil { return [] }
    var signals: [ImportReason] = []
    if has(.tracker) { signals.append(.trackerSummary) }
    if has(.simulator) { signals.append(.simulatorSignal) }
    if has(.dataset) { signals.append(.datasetSignal) }
    if has(.narrative) { signals.append(.narrativeEvidence) }
    // Names are a signal only where they are all there is.
    if reasons == [.namesOnly] { signals.append(.namesOnly) }
    return signals.map(\.rawValue).sorted()
  }
}
