internal import Platform
internal import TransparencyLog

/// An entry of a transparency log as a bundle carries it.
struct LogEntry: Sendable {
  /// The index over all shards in Rekor v1, the only one in v2.
  let logIndex: Int64
  let keyID: [UInt8]
  /// `kind` and `version` as the bundle names them; the body decides.
  let kindVersion: LogEntryKind
  /// Unix seconds; 0 in Rekor v2.
  let integratedTime: Int64
  /// The signed entry timestamp.
  let promise: [UInt8]?
  let proof: InclusionProof?
  let canonicalizedBody: [UInt8]

  /// The time of a promise that holds.
  ///
  /// The log signed canonical JSON of body, time, log id and index (RFC 8785 by construction: four
  /// names in order, base64, hex and plain integers).
  func time(by promise: [UInt8], logs: [LogKey]) throws(SigstoreError) -> ProvenTime {
    let time = Moment(seconds: integratedTime)
    let log = try log(of: logs, at: [time])
    let signed =
      "{\"body\":\"\(Base64.encode(canonicalizedBody))\",\"integratedTime\":\(integratedTime),"
      + "\"logID\":\"\(Hex.encode(keyID))\",\"logIndex\":\(logIndex)}"
    guard integratedTime > 0, log.key.verifies(promise, of: Array(signed.utf8)) else {
      throw SigstoreError(.logPromiseInvalid, "the log's promise does not hold for this entry")
    }
    return ProvenTime(time: time, source: .log, operatorName: log.operatorName)
  }

  /// The log that the entry names, if it was in use at all these times.
  func log(of logs: [LogKey], at times: [Moment]) throws(SigstoreError) -> LogKey {
    let named = logs.filter { $0.keyID == keyID }
    if named.isEmpty {
      throw SigstoreError(
        .logUntrusted, "the trusted root does not know the entry's log", place: Hex.encode(keyID))
    }
    guard let log = named.first(where: { times.allSatisfy($0.validFor.contains) }) else {
      throw SigstoreError(
        .logUntrusted, "the trusted root does not trust this log at the entry's time",
        place: named.first?.baseURL)
    }
    return log
  }
}

/// A Merkle audit path, with the copies of size and root that Rekor v1 sends along.
struct InclusionProof: Sendable {
  /// The index within the shard.
  let logIndex: Int64
  let treeSize: Int64
  let rootHash: [UInt8]
  let hashes: [[UInt8]]
  /// The signed note.
  let checkpoint: String?

  /// The root that the path leads to (RFC 9162 §2.1.3.2); nil where it cannot be of that size.
  static func root(
    leaf entry: [UInt8], index: Int64, size: Int64, path: [[UInt8]]
  ) -> [UInt8]? {
    let hashes = path.compactMap { TreeHash($0) }
    guard hashes.count == path.count else { return nil }
    return MerkleProof.root(above: .leaf(entry), at: index, in: size, path: hashes)?.bytes
  }
}
