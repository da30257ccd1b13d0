internal import Platform

/// A `.tlog-proof` file: that one entry is in a log, to be checked without the log (C2SP tlog-proof).
public struct InclusionFile: Sendable, Equatable {
  private static let firstLine = "c2sp.org/tlog-proof@v1"
  public static let maximumBytes = SignedNote.maximumBytes + 65_536

  public let index: Int64
  /// The leaf's sibling first.
  public let path: [TreeHash]
  /// What stands in the file beside the proof; nobody signed it.
  public let extra: [UInt8]?
  /// The note of a checkpoint, not checked yet.
  public let checkpoint: [UInt8]

  public init(
    index: Int64, path: [TreeHash], extra: [UInt8]? = nil, checkpoint: SignedCheckpoint
  ) {
    self.index = index
    self.path = path
    self.extra = extra
    self.checkpoint = checkpoint.bytes
  }

  /// Reads a file; the checkpoint in it is not looked at.
  ///
  /// Throws `log_proof_malformed`.
  public init(parsing bytes: [UInt8]) throws(LogError) {
    guard bytes.count <= Self.maximumBytes else { throw Self.malformed("it is too long") }
    var rest = bytes[...]
    func line() throws(LogError) -> String {
      guard let end = rest.firstIndex(of: 0x0A),
        let text = String(validating: rest[..<end], as: UTF8.self)
      else { throw Self.malformed("it ends too early") }
      rest = rest[(end + 1)...]
      return text
    }
    guard try line() == Self.firstLine else {
      throw Self.malformed("its first line is not \(Self.firstLine)")
    }
    var next = try line()
    if next.hasPrefix("extra ") {
      guard let extra = Base64.decode(next.dropFirst(6)) else {
        throw Self.malformed("the line extra is not in base64")
      }
      self.extra = extra
      next = try line()
    } else {
      extra = nil
    }
    guard next.hasPrefix("index "), let index = Decimal.parse(next.dropFirst(6)) else {
      throw Self.malformed("it has no line with the index")
    }
    self.index = index
    var path: [TreeHash] = []
    while true {
      let text = try line()
      if text.isEmpty { break }
      guard path.count < MerkleProof.maximumHashes, let hash = TreeHash(base64: text) else {
        throw Self.malformed("a line of the path is not 32 bytes in base64, or there are too many")
      }
      path.append(hash)
    }
    self.path = path
    checkpoint = Array(rest)
  }

  public var bytes: [UInt8] {
    var lines = [Self.firstLine]
    if let extra { lines.append("extra " + Base64.encode(extra)) }
    lines.append("index \(index)")
    lines += path.map(\.base64)
    return Array((lines.joined(separator: "\n") + "\n\n").utf8) + checkpoint
  }

  private static func malformed(_ fault: String) -> LogError {
    LogError(.logProofMalformed, "this is no proof file: \(fault)")
  }

  /// What a file that holds showed.
  public struct Shown: Sendable {
    public let checkpoint: Checkpoint
    public let cosigners: [(witness: VerifierKey, time: Int64)]
  }

  /// Checks the checkpoint, its witnesses and the path, in this order.
  ///
  /// - Parameters:
  ///   - entry: the bytes of the entry; its hash is made here and never taken from others.
  ///   - keys: known keys of logs.
  ///   - now: Unix seconds, for the times of witnesses.
  /// - Throws: `checkpoint_invalid`, `log_key_unknown`, `log_replaced`, `cosignature_invalid`,
  ///   `witness_quorum_missing`, `inclusion_proof_invalid`.
  public func verify(
    entry: [UInt8], keys: [VerifierKey], origin: String? = nil, policy: WitnessPolicy = .none,
    now: Int64
  ) throws(LogError) -> Shown {
    let signed = try SignedCheckpoint(parsing: checkpoint, keys: keys, origin: origin)
    let cosigners = try policy.cosigners(of: signed.note, now: now)
    let known = signed.checkpoint
    guard
      MerkleProof.includes(.leaf(entry), at: index, in: known.size, root: known.root, path: path)
    else {
      throw LogError(
        .inclusionProofInvalid, "the entry is not in the log at index \(index)",
        place: known.origin)
    }
    return Shown(checkpoint: known, cosigners: cosigners)
  }
}
