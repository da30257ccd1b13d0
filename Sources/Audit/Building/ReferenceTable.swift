internal import Evidence
internal import Platform

/// The rows of raw_evidence_manifest.json: the files that were read and those the run names.
struct ReferenceTable {
  private(set) var rows: [LocatedReference] = []
  private var places: [Identity: Int] = [:]

  private struct Identity: Hashable {
    var sha256: String?
    var role: String
    var uri: String
  }

  /// - Parameter redactions: counts what was taken out of file names.
  init(
    run: SavedRun, raw: RawEvidence, matched: MatchedRun, redactor: inout Redactor,
    redactions: inout RedactionCounts
  ) {
    for input in run.inputs {
      add(
        LocatedReference(
          reference: Self.reference(input, &redactor, &redactions), state: .present))
    }
    var names: [Int: MatchedTask] = [:]
    for task in matched.tasks {
      if let source = task.source, names[source] == nil { names[source] = task }
    }
    for (place, (task, located)) in zip(run.tasks, raw.media).enumerated() {
      for (media, row) in zip(task.media, located) {
        var row = row
        row.reference.episodeKeys = Self.keys(media, of: task, names[place])
        add(row)
      }
    }
    for other in raw.others { add(other) }
    for place in rows.indices {
      let uri = rows[place].reference.uri
      if uri.hasPrefix("run:") {
        rows[place].reference.export = raw.exports[String(uri.dropFirst(4))]
      }
      rows[place].reference.episodeKeys.sort { $0.precedes($1) }
    }
  }

  /// A file that several episodes name is one row with all their keys.
  private mutating func add(_ located: LocatedReference) {
    let reference = located.reference
    let identity = Identity(
      sha256: reference.sha256, role: reference.role, uri: reference.uri)
    guard let place = places[identity] else {
      places[identity] = rows.count
      rows.append(located)
      return
    }
    let known = Set(rows[place].reference.episodeKeys)
    rows[place].reference.episodeKeys += reference.episodeKeys.filter { !known.contains($0) }
  }

  /// The episode that a row's medium belongs to; none for a medium of a whole task.
  private static func keys(
    _ media: MediaReference, of saved: SavedTask, _ matched: MatchedTask?
  ) -> [String] {
    guard let row = media.row, saved.outcomes.indices.contains(row), let matched else { return [] }
    return [
      matched.key(
        index: saved.indexes?[row] ?? row, attempt: matched.attempt(of: row, in: saved))
    ]
  }

  private static func reference(
    _ input: InputFile, _ redactor: inout Redactor, _ redactions: inout RedactionCounts
  ) -> RawReference {
    let name = Path.lastComponent(input.relativePath)
    let (clean, found) = redactor.redact(name)
    redactions += found
    let isRelative =
      !input.relativePath.isEmpty && !input.relativePath.hasPrefix("/")
      && !input.relativePath.split(separator: "/").contains("..")
      && !input.relativePath.contains("\\") && !Redactor.findsSecret(input.relativePath)
    return RawReference(
      role: input.role, mediaType: input.mediaType, size: input.size, sha256: input.digest,
      originalName: TextRules.cut(clean, to: 200), nameRedacted: found.total > 0,
      uri: isRelative
        ? "run:" + input.relativePath
        : "redacted:" + Digest.text(of: Array(input.relativePath.utf8)),
      episodeKeys: [])
  }
}
