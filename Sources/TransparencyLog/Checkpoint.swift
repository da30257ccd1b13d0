package import Signing

/// What a log signs: its name, the number of its entries and the root over them (C2SP
/// tlog-checkpoint).
public struct Checkpoint: Sendable, Equatable {
  public let origin: String
  public let size: Int64
  public let root: TreeHash
  /// Lines that others may add; ours has none, but what is signed is kept.
  public let extensions: [String]

  public init(origin: String, size: Int64, root: TreeHash) {
    self.origin = origin
    self.size = size
    self.root = root
    extensions = []
  }

  /// Reads the text of a note; says nothing about who signed it.
  ///
  /// Throws `checkpoint_invalid`.
  public init(text: String) throws(LogError) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // the text ends in a newline, so that the last line is empty
    guard lines.popLast() == "", lines.count >= 3, lines.allSatisfy({ !$0.isEmpty }) else {
      throw Self.malformed("a checkpoint has the lines origin, size and root")
    }
    guard let size = Decimal.parse(lines[1]) else {
      throw Self.malformed("the size of a checkpoint is no decimal number up to 2^63 − 1")
    }
    guard let root = TreeHash(base64: lines[2]) else {
      throw Self.malformed("the root of a checkpoint is not 32 bytes in base64")
    }
    guard size != 0 || root == .empty else {
      throw Self.malformed("the root of an empty log is another one")
    }
    origin = lines[0]
    self.size = size
    self.root = root
    extensions = Array(lines.dropFirst(3))
  }

  public var text: String {
    ([origin, String(size), root.base64] + extensions).joined(separator: "\n") + "\n"
  }

  private static func malformed(_ message: String) -> LogError {
    LogError(.checkpointInvalid, message)
  }
}

/// A checkpoint with its signatures, of which the log's own was checked.
public struct SignedCheckpoint: Sendable, Equatable {
  public let checkpoint: Checkpoint
  public let note: SignedNote

  /// Signs a checkpoint in the name of its origin.
  package init(_ checkpoint: Checkpoint, signer: Signer) throws(LogError) {
    var note = try SignedNote(text: checkpoint.text)
    try note.sign(as: checkpoint.origin, with: signer)
    self.checkpoint = checkpoint
    self.note = note
  }

  /// Checks a note by the known keys of logs, of which one must have signed.
  ///
  /// - Parameter origin: what the checkpoint must be called; nil: as the key that signed.
  /// - Throws: `checkpoint_invalid`, `log_key_unknown`, `log_replaced`, in this order.
  public init(
    _ note: SignedNote, keys: [VerifierKey], origin: String? = nil
  ) throws(LogError) {
    let signers = try note.verified(by: keys)
    checkpoint = try Checkpoint(text: note.text)
    self.note = note
    let isNamed =
      if let origin {
        checkpoint.origin == origin
      } else {
        signers.contains { $0.name == checkpoint.origin }
      }
    guard isNamed else {
      throw LogError(
        .logReplaced, "this is a checkpoint of another log than \(origin ?? signers[0].name)",
        place: checkpoint.origin)
    }
  }

  /// The bytes of a note, checked as above.
  public init(
    parsing bytes: [UInt8], keys: [VerifierKey], origin: String? = nil
  ) throws(LogError) {
    try self.init(try SignedNote(parsing: bytes), keys: keys, origin: origin)
  }

  public var bytes: [UInt8] { note.bytes }
}
