import ObjectStore
public import Platform
public import Signing
public import TransparencyLog

/// Somebody who looks at other people's logs and signs that each continues what it showed before.
///
/// What was signed is kept in the user's folder, one file for each log, and is on disk before a
/// signature leaves: a witness that forgets would sign both sides of a fork.
public struct Witness: Sendable {
  private let user: KeyFolder
  private let files: FileSystem
  private let signer: Signer
  private let now: Int64
  /// By which others check the cosignatures.
  public let key: VerifierKey

  /// - Parameter name: under which the witness signs; nil: made from its key.
  public init(
    user: KeyFolder, files: FileSystem, surroundings: Surroundings, name: String? = nil
  ) throws {
    self.user = user
    self.files = files
    now = surroundings.now()
    signer = try user.witnessSigner(randomBytes: surroundings.randomBytes)
    let bytes = signer.publicKey.ed25519 ?? []
    let plain = try VerifierKey(name: "witness", use: .cosignature, key: bytes)
    key = try VerifierKey(
      name: name ?? "wf-witness.invalid/" + plain.hex16, use: .cosignature, key: bytes)
  }

  /// A checkpoint that was cosigned.
  public struct Cosigned: Sendable {
    /// With the log's line and the witness's.
    public let note: SignedNote
    public let checkpoint: Checkpoint
    /// What the witness had signed before; nil at first contact.
    public let before: Checkpoint?
  }

  /// Cosigns the newest checkpoint of the logs of a store, each after its own proof.
  ///
  /// - Parameter keys: of the logs; which to believe is not said by the store.
  /// - Throws: `log_key_unknown`, and what checking a log throws; then nothing was signed for it, and
  ///   of a fork both checkpoints are kept in the witness's folder.
  public func cosign(_ store: EvidenceStore, keys: [VerifierKey]) throws -> [Cosigned] {
    let logs = try store.tipLogs().filter { log in
      keys.contains { log.ref.text == TipLog.prefix + $0.hex16 }
    }
    guard !logs.isEmpty else {
      throw LogError(
        .logKeyUnknown, "there is no log here whose key was given", place: store.objects.path,
        hint: "ask the log's owner for its key: wf log-check prints it; give it with --vkey")
    }
    return try logs.map { try cosign(try store.check($0, keys: keys)) }
  }

  private func cosign(_ log: CheckedLog) throws -> Cosigned {
    let path = Path.join(user.path, "witness/\(log.key.hex16)")
    _ = try files.makeDirectories(Path.parent(path), mode: 0o700)
    let lock = try files.lock(path, waiting: 10_000)
    defer { lock.release() }
    var before: Checkpoint?
    if let bytes = try files.readIfPresent(path, limit: SignedNote.maximumBytes) {
      before = try log.continues(
        try SignedNote(parsing: bytes), titled: "Cosigned before", keepingForkFor: user,
        files: files)
    }
    var note = try SignedNote(text: log.signed.note.text)
    try note.copyLines(of: log.key, from: log.signed.note)
    try Cosignature.add(to: &note, as: key.name, at: now, with: signer)
    try files.write(note.bytes, to: path, .durable, mode: 0o600)
    return Cosigned(note: note, checkpoint: log.checkpoint, before: before)
  }
}
