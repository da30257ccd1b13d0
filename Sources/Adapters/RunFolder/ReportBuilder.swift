internal import Evidence
internal import JSON
internal import Platform

/// Makes the report: the one place where paths and details of the folder become text, each through
/// one redactor, in one order, so that equal values have equal numbers.
struct ReportBuilder {
  let importer: RunFolderImporter
  let decision: ImportDecision
  private var redactor: Redactor
  private var counts = RedactionCounts()

  init(importer: RunFolderImporter, decision: ImportDecision) {
    self.importer = importer
    self.decision = decision
    redactor = Redactor(runFolder: importer.rootPath)
  }

  func report() -> ImportReport {
    var builder = self
    return builder.build()
  }

  private mutating func build() -> ImportReport {
    let walk = importer.walk
    var report = ImportReport()
    report.reportID = importer.surroundings.reportID
    report.toolVersion = importer.surroundings.toolVersion
    report.root = ImportReport.Root(
      display: root(), entries: walk.entries, files: walk.files.count, bytes: walk.bytes,
      isComplete: importer.findings.hit == nil)
    report.decision = decision.kind
    report.reasons = decision.reasons
    report.signals = decision.signals
    report.claim = claim()
    // A name that a note gives away may stand in the name of a file that is shown before it.
    for note in importer.notes { note.detail.map { redactor.learn(from: $0) } }
    if importer.findings.hit == nil { addCandidates(&report) }
    if !importer.looks.isEmpty || !importer.nameFindings.isEmpty { addFiles(&report) }
    report.notes = notes()
    report.redactions = counts
    report.limits = importer.options.limits
    report.hit = importer.findings.hit
    report.questions = decision.reasons.compactMap(ImportWording.question)
    return report
  }

  /// The folder's own path comes first; its owner's name is not to appear later either.
  private mutating func root() -> String {
    let (text, found) = redactor.redact(importer.rootPath)
    if text != "<path:1>" {
      counts.path += 1
      return redactor.hide(importer.rootPath, as: .path)
    }
    counts += found
    return text
  }

  private func claim() -> JSONValue {
    guard let claim = importer.context.claim, let plan = importer.context.plan else { return nil }
    return [
      "id": .string(claim.id), "slug": .string(claim.slug), "protocol_id": .string(plan.id),
      "freeze_digest": .string(plan.freezeDigest),
    ]
  }

  private mutating func addCandidates(_ report: inout ImportReport) {
    for candidate in importer.findings.candidates {
      let path = show(candidate.path)
      report.candidates.append(ImportReport.CandidateRow(path: path, candidate: candidate))
      if candidate.path == decision.best?.path { report.best = path }
      if let selected = decision.selected, selected.candidate.path == candidate.path {
        report.selected = (path, candidate, selected.chosenBy)
      }
    }
  }

  private mutating func addFiles(_ report: inout ImportReport) {
    var places: [MaterialKind: Int] = [:]
    for (file, look) in zip(importer.walk.files, importer.looks) {
      let isTracker = look.kind.group == .tracker
      let place = places[look.kind] ?? report.inventory.count
      if place == report.inventory.count {
        places[look.kind] = place
        report.inventory.append(ImportReport.InventoryRow(kind: look.kind))
      }
      report.inventory[place].files += 1
      report.inventory[place].bytes = ImportFindings.sum(
        report.inventory[place].bytes, file.status.size)
      if report.inventory[place].examples.count < 3 {
        report.inventory[place].examples.append(show(file.path, isTracker: isTracker))
      }
      for finding in look.findings {
        report.secrets.append(
          ImportReport.SecretRow(
            path: show(file.path, isTracker: isTracker), finding: finding,
            isInCandidate: look.candidate != nil))
      }
    }
    for (path, finding) in importer.nameFindings {
      report.secrets.append(
        ImportReport.SecretRow(path: show(path), finding: finding, isInCandidate: false))
    }
    let order = MaterialGroup.allCases
    report.inventory.sort { one, other in
      let (a, b) = (order.firstIndex(of: one.kind.group), order.firstIndex(of: other.kind.group))
      return a == b ? one.kind.rawValue < other.kind.rawValue : (a ?? 0) < (b ?? 0)
    }
  }

  /// By word and path; the folder's own order is not the order in which threads found them.
  private mutating func notes() -> [ImportReport.NoteRow] {
    let all = (importer.notes + decision.notes).enumerated().sorted { one, other in
      if one.element.word != other.element.word {
        return one.element.word.rawValue < other.element.word.rawValue
      }
      if one.element.path != other.element.path {
        return one.element.path.lexicographicallyPrecedes(other.element.path)
      }
      return one.offset < other.offset
    }
    var rows: [ImportReport.NoteRow] = []
    for (_, note) in all {
      let path = show(note.path, isTracker: true)
      var detail = note.detail
      if let text = detail {
        let redacted = redactor.redact(text)
        counts += redacted.counts
        detail = redacted.text
      }
      let row = ImportReport.NoteRow(word: note.word, path: path, detail: detail)
      if rows.last != row { rows.append(row) }
    }
    return rows
  }

  private mutating func show(_ path: [UInt8], isTracker: Bool = false) -> String {
    let redacted = redactor.redact(path: Self.text(path), isTracker: isTracker)
    counts += redacted.counts
    return redacted.text
  }

  /// Bytes that are no UTF-8 as `%XX`.
  static func text(_ path: [UInt8]) -> String {
    if let text = String(validating: path, as: UTF8.self) { return text }
    var text = ""
    var rest = path[...]
    while let first = rest.first {
      let length = (1...4).first {
        $0 <= rest.count && String(validating: rest.prefix($0), as: UTF8.self) != nil
      }
      if let length, let piece = String(validating: rest.prefix(length), as: UTF8.self) {
        text += piece
        rest = rest.dropFirst(length)
      } else {
        text += "%" + Hex.encode([first]).uppercased()
        rest = rest.dropFirst()
      }
    }
    return text
  }
}
