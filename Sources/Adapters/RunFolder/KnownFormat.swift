internal import Evidence
internal import Platform

/// What the format's own reader says about a candidate; rows come from it where it accepts the file.
struct KnownFormat {
  enum Answer {
    case read(SavedRun)
    case refused(AdapterError)
  }

  static func ask(_ format: String, _ file: SourceFile) -> Answer {
    do throws(AdapterError) {
      // The order of the table decides, as for any input; its evidence goes into the run.
      let found = try detectFormat(of: file)
      return .read(
        try readSources(
          [file], as: try Formats.known(found.word), detectedBy: found.evidence,
          options: ReadOptions()))
    } catch {
      return .refused(error)
    }
  }

  /// The rows of a run in the terms of a probe.
  static func rows(of run: SavedRun) -> RawRows {
    var rows = RawRows()
    for task in run.tasks {
      let suite = task.suite.isEmpty ? -1 : rows.number(of: task.suite)
      let id = task.taskID.isEmpty ? -1 : rows.number(of: task.taskID)
      for place in 0..<task.count {
        var row = RawRow(suite: suite, task: id)
        row.episode = task.indexes?[place] ?? place
        row.outcome = outcome(task.outcomes[place])
        rows.rows.append(row)
      }
    }
    return rows
  }

  private static func outcome(_ letter: UInt8) -> RowOutcome {
    switch Outcome(letter: letter) {
    case .succeeded: .succeeded
    case .failed: .failed
    case .errored: .errored
    case .excluded: .excluded
    case .missing, nil: .pending
    }
  }
}

extension SourceFile {
  /// A file of a run folder, already copied into memory.
  init(copied: MappedFile, relativePath: String) {
    path = relativePath
    self.relativePath = relativePath
    mapped = copied
  }
}
