import ObjectStore
import Platform
import Signing
import TransparencyLog

/// What this machine saw of logs: the size and root beside the memory of tips, and the signed note, so
/// that a fork can be shown to others.
struct CheckpointMemory {
  let store: EvidenceStore

  /// - Throws: `log_rollback`, `log_fork`; of a fork both checkpoints are kept in a file.
  func compare(_ seen: Checkpoint, with log: CheckedLog) throws {
    let now = log.checkpoint
    var reader = log.log.reader(now)
    let path = seen.size <= now.size ? try reader.consistencyPath(from: seen.size) : []
    do throws(LogError) {
      try CheckpointComparison.check(remembered: seen, shown: now, path: path)
    } catch {
      guard error.code == .logFork else { throw error }
      let file = try keepEvidence(seen, log)
      throw LogError(
        .logFork, error.message + "; both checkpoints are in \(file)", place: error.place,
        hint: "ask others which of the two they have, and show them this file")
    }
  }

  /// Remembers a log that was checked and continues what was seen.
  func remember(_ log: CheckedLog, _ remembered: TipMemory.Snapshot) {
    let now = log.checkpoint
    if remembered.here.checkpoints[now.origin]?.size != now.size
      || remembered.there.checkpoints[now.origin]?.size != now.size
    {
      TipMemory(store: store).rememberIfPossible([:], log: now, syncs: 3)
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
    return Path.join(store.user.path, "checkpoints/\(id)-\(hex16)")
  }

  /// - Returns: the path of a file with both notes, one below the other.
  private func keepEvidence(_ seen: Checkpoint, _ log: CheckedLog) throws -> String {
    let path = Path.join(
      store.user.path, "forks/\(log.key.hex16)-\(seen.size)-\(log.checkpoint.size)")
    var remembered = Array(seen.text.utf8)
    if let bytes = try store.files.readIfPresent(
      try notePath(log.key.hex16), limit: SignedNote.maximumBytes),
      let signed = try? SignedCheckpoint(parsing: bytes, keys: [log.key]),
      signed.checkpoint == seen
    {
      remembered = bytes
    }
    let head = "Two checkpoints of one log, of which neither continues the other.\n"
    let text =
      Array("\(head)\nRemembered:\n\n".utf8) + remembered + Array("\nShown:\n\n".utf8)
      + log.signed.bytes
    _ = try store.files.makeDirectories(Path.parent(path), mode: 0o700)
    try store.files.write(text, to: path, .atomic, mode: 0o600)
    return path
  }
}
