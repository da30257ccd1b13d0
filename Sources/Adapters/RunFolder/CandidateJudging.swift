internal import Evidence
internal import JSON
internal import Platform

/// Makes a candidate of the rows of a file: the format's own reader where there is one, then the gates.
struct CandidateJudging {
  let context: CandidateContext
  let file: WalkedFile

  struct Judged {
    var candidate: Candidate
    var kind: MaterialKind
    var notes: [ImportNote]
  }

  func judge(
    _ probe: RowProbe, digest: String, opened: ForeignFile, contract: RowContract?
  ) throws(PlatformError) -> Judged {
    var probe = probe
    var fault = probe.fault.map { "\($0.word), \($0.place)" }
    var generation: String?
    var isPartial = false
    var isMalformed = probe.fault != nil
    if probe.isKnownFormat, !isMalformed {
      let source = SourceFile(
        copied: try opened.copy(), relativePath: String(decoding: file.path, as: UTF8.self))
      switch KnownFormat.ask(probe.format, source) {
      case .read(let run):
        probe.rows = KnownFormat.rows(of: run)
        generation = run.format.generation
        isPartial = run.notes.partial != nil
      case .refused(let error):
        fault = error.reason
        // These two are gates of their own, with words of their own.
        isMalformed = ![.successNotBoolean, .duplicateEpisode, .duplicateTask].contains(error.code)
      }
    }
    var gates = CandidateGates(context)
    gates.judge(
      probe, contract: probe.contract ?? contract, isPartial: isPartial, isMalformed: isMalformed)
    let candidate = Candidate(
      path: file.path, kind: kind(probe.format), format: probe.format, generation: generation,
      failed: gates.failed, rows: probe.rows.rows.count, counts: Candidate.Counts(probe.rows),
      cells: gates.cells, normalizedDigest: gates.cells.digest, digest: digest,
      status: opened.status, fault: fault)
    return Judged(
      candidate: candidate, kind: candidate.kind,
      notes: gates.notes.map { ImportNote($0.0, file.path, $0.1) })
  }

  private func kind(_ format: String) -> MaterialKind {
    switch format {
    case "lerobot": .lerobotResults
    case "lbm_eval": .lbmEvalResults
    case "vla-eval": .vlaEvalResults
    case RowProbe.generic: .genericRows
    default: .bridge
    }
  }
}

extension RowContract {
  /// From a contract file: the contract itself, or an object that holds it.
  init?(fileBytes bytes: [UInt8]) {
    guard let value = try? JSONValue.parse(bytes, options: JSONOptions(allowByteOrderMark: true))
    else { return nil }
    if let inner = value["metric_contract"] {
      self.init(inner)
    } else {
      self.init(value)
    }
  }
}
