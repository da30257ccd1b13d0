internal import Evidence

// The report in words: at most about 60 lines for a usual folder (IMPORT §8).
extension ImportReport {
  struct NextStep: Sendable {
    let reason: String
    let text: String
    let command: String?
  }

  var nextSteps: [NextStep] {
    reasons.map { reason in
      let step = ImportWording.step(reason)
      return NextStep(reason: reason.rawValue, text: step.text, command: step.command)
    }
  }

  /// Lines for a person; the first says what was decided.
  public var lines: [String] {
    var lines = [headline] + reasonLines
    lines += section("Found", inventoryLines)
    lines += section("Candidates", candidateLines)
    lines += section("Secrets", secretLines)
    lines += section("Left unread or worth a look", noteLines)
    lines += section("Grade to expect", gradeLines)
    lines += section("Next", stepLines)
    return lines.flatMap(Self.wrapped)
  }

  private func section(_ title: String, _ body: [String]) -> [String] {
    body.isEmpty ? [] : ["", title] + body.map { "  " + $0 }
  }

  private var headline: String {
    let first = reasons.first.map { "\(ImportWording.sentence($0)) (\($0.rawValue))" } ?? ""
    return switch decision {
    case .accept: "ACCEPTED: \(first)"
    case .reportOnly: "REPORT ONLY: no audit_input was written. \(first)"
    case .reject: "REJECTED: no audit_input was written. \(first)"
    }
  }

  private var reasonLines: [String] {
    var lines: [String] = []
    if let selected {
      lines.append("  \(selected.path)  \(Self.tally(selected.candidate))")
    } else if reasons.contains(.ambiguousCandidates) || reasons.contains(.conflictingOutcomes) {
      lines += candidates.prefix(6).map { "  \($0.path)  \(Self.tally($0.candidate))" }
      if candidates.count > 6 { lines.append("  … and \(candidates.count - 6) more") }
      lines.append(
        "Which one the claim is about has to be said, not guessed:  --candidate \(candidates.first?.path ?? "PATH")"
      )
    } else if let place = reasons.first.flatMap(place) {
      lines.append("  \(place)")
    }
    for reason in reasons.dropFirst() {
      let place = place(of: reason).map { "  \($0)" } ?? ""
      lines.append("Also: \(ImportWording.sentence(reason)) (\(reason.rawValue))\(place)")
    }
    if let hit { lines.append("Limit: \(hit.rawValue)") }
    return lines
  }

  /// The file that a reason is about, where it is about one.
  private func place(of reason: ImportReason) -> String? {
    switch reason {
    case .secretInCandidate: secrets.first { $0.isInCandidate }?.path
    case .secretInFolder: secrets.first?.path
    case .changedWhileReading: notes.first { $0.word == .changed }?.path
    case .candidateUnreadable:
      notes.first { [.symlinkNotFollowed, .lfsPointer, .unreadableFile].contains($0.word) }?.path
    default: best
    }
  }

  private static func tally(_ candidate: Candidate) -> String {
    "\(candidate.rows) episodes, \(candidate.counts.succeeded) succeeded"
  }

  // MARK: - Sections

  private var inventoryLines: [String] {
    MaterialGroup.allCases.compactMap { group in
      let rows = inventory.filter { $0.kind.group == group }
      guard !rows.isEmpty else { return nil }
      let kinds = rows.map { "\($0.files) \($0.kind.rawValue)" }.joined(separator: ", ")
      let bytes = rows.reduce(0) { ImportFindings.sum($0, $1.bytes) }
      return Self.padded(ImportWording.group(group), 26) + Self.padded(Self.size(bytes), 10) + kinds
    }
  }

  /// The gates in order, each held or not; one that was not reached has no mark.
  private static let gates: [(name: String, reasons: [ImportReason], stops: Bool)] = [
    ("parse", [.candidateMalformed], false),
    ("success", [.successNotBoolean, .successMissing, .numericScoreOnly], true),
    ("identity", [.identityMissing], true),
    ("unique", [.duplicateEpisodes], true),
    ("claim", [.claimNotGiven], true),
    ("contract", [.metricContractMissing, .metricContractMismatch], false),
    ("denominator", [.denominatorMissing], false),
    ("complete", [.partialEpisodes], false),
  ]

  private var candidateLines: [String] {
    var lines: [String] = []
    for row in candidates.prefix(6) {
      lines.append("\(row.path)  (\(row.candidate.format), \(Self.tally(row.candidate)))")
      var isReached = true
      let marks = Self.gates.map { gate -> String in
        guard isReached else { return "-\(gate.name)" }
        let fails = gate.reasons.contains { row.candidate.failed.contains($0) }
        if fails, gate.stops { isReached = false }
        return (fails ? "✗" : "✓") + gate.name
      }
      lines.append("  " + marks.joined(separator: " "))
      if let fault = row.candidate.fault { lines.append("  fault: \(fault)") }
    }
    if candidates.count > 6 { lines.append("… and \(candidates.count - 6) more") }
    return lines
  }

  private var secretLines: [String] {
    guard !secrets.isEmpty else { return [] }
    let kinds = secretsByKind.map { "\($0.count) \($0.kind)" }.joined(separator: ", ")
    var lines = [kinds]
    lines += secrets.prefix(8).map { row in
      let line = row.finding.line.map { ", line \($0)" } ?? ""
      return "\(row.finding.kind): \(row.path)\(line)"
    }
    if secrets.count > 8 { lines.append("… and \(secrets.count - 8) more") }
    return lines + ["Rotate them: they were on disk in clear."]
  }

  private var noteLines: [String] {
    var counts: [NoteWord: [NoteRow]] = [:]
    for note in notes { counts[note.word, default: []].append(note) }
    let words = NoteWord.allCases.filter { counts[$0] != nil }
    return words.prefix(12).map { word in
      let rows = counts[word] ?? []
      let example = rows.first.map { row in
        row.path + (row.detail.map { " (\($0.prefix(60)))" } ?? "")
      }
      return "\(word.rawValue): \(example ?? "")"
        + (rows.count > 1 ? " and \(rows.count - 1) more" : "")
    } + (words.count > 12 ? ["… and \(words.count - 12) more kinds"] : [])
  }

  private var gradeLines: [String] {
    guard let word = gradeHint.word else { return [] }
    let missing = gradeHint.missing.isEmpty ? "" : "; missing: "
    return ["\(word), at most\(missing)\(gradeHint.missing.prefix(8).joined(separator: ", "))"]
  }

  private var stepLines: [String] {
    nextSteps.prefix(4).map { step in
      step.text + (step.command.map { "  \($0)" } ?? "")
    }
  }

  // MARK: - Layout

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.unicodeScalars.count))
  }

  static func size(_ bytes: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = bytes
    var unit = 0
    while value >= 10_240, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return "\(value) \(units[unit])"
  }

  /// Breaks at spaces so that a line has at most 80 columns; a long path stays whole.
  private static func wrapped(_ line: String) -> [String] {
    guard line.unicodeScalars.count > 80 else { return [line] }
    let indent = String(line.prefix { $0 == " " })
    var lines: [String] = []
    var current = indent
    for word in line.split(separator: " ") {
      let isEmpty = current.allSatisfy { $0 == " " }
      if !isEmpty, current.unicodeScalars.count + 1 + word.unicodeScalars.count > 80 {
        lines.append(current)
        current = indent + "  " + word
      } else {
        current += (isEmpty ? "" : " ") + word
      }
    }
    return lines + [current]
  }
}
