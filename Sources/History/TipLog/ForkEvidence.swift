import Platform
import Signing
public import TransparencyLog

/// Two checkpoints of one log of which neither continues the other, in a file of the user's own folder,
/// so that they can be shown to others.
struct ForkEvidence {
  let user: KeyFolder
  let files: FileSystem

  /// One side of a fork.
  struct Side {
    /// Where it comes from: `Remembered`, `Given`.
    let title: String
    let checkpoint: Checkpoint
    /// The note with its signatures, or the text alone where no more is known.
    let bytes: [UInt8]
  }

  /// Makes a comparison; where it finds a fork, both sides are kept and the error says where.
  ///
  /// - Throws: what `compare` throws.
  func keeping<R>(
    _ seen: Side, shown: SignedCheckpoint, hex16: String, _ compare: () throws(LogError) -> R
  ) throws(LogError) -> R {
    do throws(LogError) {
      return try compare()
    } catch {
      guard error.code == .logFork else { throw error }
      let kept: String
      do {
        let path = try keep(seen, shown, hex16)
        kept = "both checkpoints are in \(path)"
      } catch let failure as any Failure {
        // A fork is a fork, also on a full disk.
        kept = "the two checkpoints could not be kept (\(failure.reason))"
      } catch {
        kept = "the two checkpoints could not be kept (\(error))"
      }
      throw LogError(
        .logFork, "\(error.message); \(kept)", place: error.place,
        hint: "ask others which of the two they have, and show them both")
    }
  }

  /// - Returns: the path of a file with both notes, one below the other.
  private func keep(_ seen: Side, _ shown: SignedCheckpoint, _ hex16: String) throws -> String {
    let sides = [seen.checkpoint, shown.checkpoint].map { "\($0.size)-\($0.root.hex.prefix(8))" }
    let path = Path.join(user.path, "forks/\(hex16)-\(sides[0])-\(sides[1])")
    let head = "Two checkpoints of one log, of which neither continues the other.\n"
    let text =
      Array("\(head)\n\(seen.title):\n\n".utf8) + seen.bytes + Array("\nShown:\n\n".utf8)
      + shown.bytes
    _ = try files.makeDirectories(Path.parent(path), mode: 0o700)
    try files.write(text, to: path, .atomic, mode: 0o600)
    return path
  }
}

extension CheckedLog {
  /// As `continues`; of a fork both checkpoints are kept in the user's folder.
  func continues(
    _ note: SignedNote, titled title: String = "Given", keepingForkFor user: KeyFolder,
    files: FileSystem
  ) throws(LogError) -> Checkpoint {
    // A note that cannot be read as a checkpoint is refused below, with its own word.
    let seen = (try? Checkpoint(text: note.text)) ?? checkpoint
    return try ForkEvidence(user: user, files: files).keeping(
      ForkEvidence.Side(title: title, checkpoint: seen, bytes: note.bytes), shown: signed,
      hex16: key.hex16
    ) { () throws(LogError) in try continues(note) }
  }

  /// As above, for the user of a store; nil: nothing is kept.
  func continues(
    _ note: SignedNote, keepingForkFor store: EvidenceStore?
  ) throws(LogError) -> Checkpoint {
    guard let store else { return try continues(note) }
    return try continues(note, keepingForkFor: store.user, files: store.files)
  }
}

extension EvidenceStore {
  /// Whether a log of this store continues what a note says that somebody saw of it.
  ///
  /// - Returns: the checkpoint of the note.
  /// - Throws: as `CheckedLog.continues`; of a fork both checkpoints are kept in the user's folder.
  public func compare(_ note: SignedNote, with log: CheckedLog) throws(LogError) -> Checkpoint {
    try log.continues(note, keepingForkFor: self)
  }
}
