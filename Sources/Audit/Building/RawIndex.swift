internal import Evidence
internal import Platform

/// The raw evidence of a run by task and row.
struct RawIndex: Sendable {
  /// Per task of the run: row → hashed references of that row, by digest.
  private let byRow: [[Int: [LocatedReference]]]
  /// Whether any reference of an episode has a digest.
  let hasDigests: Bool

  init(_ raw: RawEvidence, _ run: SavedRun) {
    var byRow: [[Int: [LocatedReference]]] = []
    var hasDigests = false
    for (task, references) in zip(run.tasks, raw.media) {
      var rows: [Int: [LocatedReference]] = [:]
      for (media, located) in zip(task.media, references) {
        guard let row = media.row, located.reference.sha256 != nil else { continue }
        rows[row, default: []].append(located)
        hasDigests = true
      }
      byRow.append(rows)
    }
    self.byRow = byRow
    self.hasDigests = hasDigests
  }

  /// The digests of a row, each once, in byte order.
  func digests(task: Int?, row: Int?) -> [String] {
    guard let found = references(task: task, row: row) else { return [] }
    if found.count == 1 { return [found[0].reference.sha256 ?? ""] }
    let distinct = Set(found.compactMap(\.reference.sha256))
    return distinct.sorted { $0.precedes($1) }
  }

  /// Whether a row has a recording that was there when it was hashed.
  func hasRecording(task: Int?, row: Int?) -> Bool {
    references(task: task, row: row)?.contains {
      $0.state == .present && isRecording($0.reference)
    } ?? false
  }

  /// The digests of a row's videos and trajectories.
  func recordings(task: Int?, row: Int?) -> Set<String> {
    Set(
      references(task: task, row: row)?.filter { isRecording($0.reference) }
        .compactMap(\.reference.sha256) ?? [])
  }

  private func references(task: Int?, row: Int?) -> [LocatedReference]? {
    guard let task, let row, byRow.indices.contains(task) else { return nil }
    return byRow[task][row]
  }

  private func isRecording(_ reference: RawReference) -> Bool {
    reference.role == "rollout_video" || reference.role == "rollout_data"
  }
}
