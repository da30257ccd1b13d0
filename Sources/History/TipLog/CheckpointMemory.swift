import ObjectStore
import Platform
import Signing
import TransparencyLog

/// What this machine saw of logs: the size and root beside the memory of tips, and the signed note, so
/// that a fork can be shown to others.
struct CheckpointMemory {
  let store: EvidenceStore
  /// `.` for the store's own logs, else the remote from which they were fetched.
  var source = "."

  /// - Throws: `log_rollback`, `log_fork`; of a fork both checkpoints are kept in a file.
  func compare(_ seen: Checkpoint, with log: CheckedLog) throws(LogError) {
    let now = log.checkpoint
    var reader = log.log.reader(now)
    let path = seen.size <= now.size ? try reader.consistencyPath(from: seen.size) : []
    try keepingFork(seen, shown: log.signed, key: log.key) { () throws(LogError) in
      try CheckpointComparison.check(remembered: seen, shown: now, path: path)
    }
  }

  /// Makes a comparison; of a fork both checkpoints are kept in a file.
  func keepingFork(
    _ seen: Checkpoint, shown: SignedCheckpoint, key: VerifierKey,
    _ compare: () throws(LogError) -> Void
  ) throws(LogError) {
    let evidence = ForkEvidence(user: store.user, files: store.files)
    try evidence.keeping(
      ForkEvidence.Side(title: "Remembered", checkpoint: seen, bytes: remembered(seen, key)),
      shown: shown, hex16: key.hex16, compare)
  }

  /// Remembers a log that was checked and continues what was seen.
  func remember(_ log: CheckedLog, _ remembered: TipMemory.Snapshot) {
    let now = log.checkpoint
    let key = TipMemory.checkpointKey(now.origin, source: source)
    if remembered.here.checkpoints[key]?.size != now.size
      || remembered.there.checkpoints[key]?.size != now.size
    {
      TipMemory(store: store, source: source).rememberIfPossible([:], log: now, syncs: 3)
    }
    keepNote(log.signed, key: log.key)
  }

  /// Keeps the signed note; without it the evidence of a fork has the remembered side without
  /// signature, so that a failure here stops nothing.
  func keepNote(_ signed: SignedCheckpoint, key: VerifierKey) {
    guard let path = try? notePath(key.hex16) else { return }
    if let old = try? store.files.readIfPresent(path, limit: SignedNote.maximumBytes),
      old == signed.bytes
    {
      return
    }
    _ = try? store.files.makeDirectories(Path.parent(path), mode: 0o700)
    try? store.files.write(signed.bytes, to: path, .atomic, mode: 0o600)
  }

  private func notePath(_ hex16: String) throws -> String {
    let id = try store.objects.storeID() ?? "no-id"
    let log = source == "." ? hex16 : "\(source)-\(hex16)"
    return Path.join(store.user.path, "checkpoints/\(id)-\(log)")
  }

  /// The note of what was seen, or its text where the note is not there any more.
  private func remembered(_ seen: Checkpoint, _ key: VerifierKey) -> [UInt8] {
    guard let path = try? notePath(key.hex16),
      let bytes = try? store.files.readIfPresent(path, limit: SignedNote.maximumBytes),
      let signed = try? SignedCheckpoint(parsing: bytes, keys: [key]), signed.checkpoint == seen
    else { return Array(seen.text.utf8) }
    return bytes
  }
}
