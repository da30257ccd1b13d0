public import ObjectStore
import Platform
import Signing
public import TransparencyLog

/// A log of tips that lies in a store: the ref, and what its newest commit holds.
public struct TipLog: Sendable {
  static let prefix = "refs/wf/log/"
  /// The name of the file with the signed note.
  static let checkpointFile = "checkpoint"

  public let ref: RefName
  /// The newest commit of the ref.
  public let head: ObjectID
  let files: TipLogFiles

  init(ref: RefName, head: ObjectID, in objects: ObjectStore) throws(ObjectError) {
    self.ref = ref
    self.head = head
    files = TipLogFiles(tree: try objects.commit(head).tree, objects: objects)
  }

  /// The note with its signatures, not checked.
  ///
  /// Throws `checkpoint_invalid` where there is none.
  public func note() throws(LogError) -> SignedNote {
    let bytes: [UInt8]?
    do throws(ObjectError) {
      bytes = try files.bytes([Self.checkpointFile])
    } catch {
      throw LogError(error)
    }
    guard let bytes else {
      throw LogError(.checkpointInvalid, "the log has no checkpoint", place: ref.text)
    }
    return try SignedNote(parsing: bytes)
  }

  /// A reader of the hashes below a checkpoint of this log.
  public func reader(_ checkpoint: Checkpoint) -> TileReader {
    let files = files
    return TileReader(size: checkpoint.size) { (tile) throws(LogError) in try files.tile(tile) }
  }
}

extension EvidenceStore {
  /// All logs of tips that lie in the store, in order of their refs.
  public func tipLogs() throws(ObjectError) -> [TipLog] {
    try objects.refs(TipLog.prefix).map { (row) throws(ObjectError) in
      try TipLog(ref: row.name, head: row.target, in: objects)
    }
  }

  /// The keys of logs that are known here: that of the user's own log in this store, and the lines of
  /// `log_keys` in the user's folder.
  ///
  /// Throws `log_key_malformed` with the line.
  public func knownLogKeys() throws -> [VerifierKey] {
    let path = Path.join(user.path, "log_keys")
    let bytes = try files.readIfPresent(path, limit: 1 << 20) ?? []
    let others = try String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .compactMap { number, line -> VerifierKey? in
        if line.isEmpty || line.hasPrefix("#") { return nil }
        do throws(LogError) {
          return try VerifierKey(parsing: String(line))
        } catch {
          throw LogError(error.code, error.message, place: "\(path), line \(number + 1)")
        }
      }
    return try [ownLogKey()].compactMap { $0 } + others
  }

  /// The key of the log that this user keeps in this store; nil where there can be none yet.
  func ownLogKey() throws -> VerifierKey? {
    guard let id = try objects.storeID(), files.exists(user.logKeyPath) else { return nil }
    // one that cannot be read signs nothing and is of no log
    guard
      let signer = try? user.logSigner(store: id, randomBytes: surroundings.randomBytes),
      let key = signer.publicKey.ed25519
    else { return nil }
    return try VerifierKey(name: VerifierKey.defaultName(of: key), use: .note, key: key)
  }
}
