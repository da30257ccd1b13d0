public import ObjectStore
import Platform
public import TransparencyLog

extension EvidenceStore {
  /// The logs of the store whose keys are known, then those fetched from remotes, each checked whole and
  /// held against what was seen.
  ///
  /// - Parameter keys: known besides those in the user's `log_keys`.
  /// - Throws: the words of SIGNING.md §8; `log_key_unknown` where there is a log and no key fits.
  public func checkedLogs(keys: [VerifierKey]) throws -> [CheckedLog] {
    let found = try KnownLogs(
      store: self, remembered: try TipMemory(store: self).snapshot(), keys: keys)
    if found.logs.isEmpty, found.fetched.isEmpty, let stranger = found.strangers.first {
      throw LogError(
        .logKeyUnknown, "the key of this log is not known here", place: stranger,
        hint: "compare the key with its owner and give it with --vkey")
    }
    return found.logs + found.fetched.map(\.log)
  }

  /// The proof that the entry whose `new` is this commit is in one of these logs.
  ///
  /// The entry itself stands in the file's `extra` line: its hash is what the proof is about, so
  /// that it need not be believed.
  ///
  /// - Throws: `tip_not_logged` where no log has such an entry.
  public func inclusionFile(of commit: ObjectID, in logs: [CheckedLog]) throws -> InclusionFile {
    for log in logs {
      guard let index = log.entries.lastIndex(where: { $0.new == commit.hex }) else { continue }
      var reader = log.log.reader(log.checkpoint)
      return InclusionFile(
        index: Int64(index), path: try reader.inclusionPath(of: Int64(index)),
        extra: log.entries[index].bytes, checkpoint: log.signed)
    }
    throw HistoryError(
      .tipNotLogged, place: commit.hex, "no known log of this store has an entry for this commit",
      hint: "the claim's next commit is appended; wf log-check without a version shows the logs")
  }
}

extension CheckedLog {
  /// Whether this log continues what a note says that somebody saw of it.
  ///
  /// - Returns: the checkpoint of the note.
  /// - Throws: `checkpoint_invalid`, `log_key_unknown`, `log_replaced`, `log_rollback`, `log_fork`.
  public func continues(_ note: SignedNote) throws(LogError) -> Checkpoint {
    let seen = try SignedCheckpoint(note, keys: [key]).checkpoint
    let now = checkpoint
    var reader = log.reader(now)
    let path = seen.size <= now.size ? try reader.consistencyPath(from: seen.size) : []
    try CheckpointComparison.check(remembered: seen, shown: now, path: path)
    return seen
  }
}
