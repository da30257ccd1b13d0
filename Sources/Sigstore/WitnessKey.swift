internal import Crypto
internal import Platform

/// The key of a witness that cosigns checkpoints (C2SP tlog-cosignature, Ed25519).
struct WitnessKey: Sendable {
  let name: String
  let keyID: [UInt8]
  let publicKey: [UInt8]

  private static let type: UInt8 = 4

  /// `NAME+HEX8+BASE64(0x04 ‖ key)`; nil for other texts and types.
  init?(vkey: String) {
    let parts = vkey.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, !parts[0].contains(where: \.isWhitespace),
      let keyID = Hex.decode(parts[1]), let material = Base64.decode(parts[2]),
      material.count == 33, material[0] == Self.type,
      keyID == Array(sha256(Array(parts[0].utf8) + [10] + material).prefix(4))
    else { return nil }
    name = String(parts[0])
    self.keyID = keyID
    publicKey = Array(material.dropFirst())
  }

  /// The time at which the witness says that it saw the checkpoint; nil where the line does not hold.
  func time(of line: Checkpoint.Line, over text: [UInt8]) -> Moment? {
    guard line.signature.count == 72,
      let key = try? Curve25519.Signing.PublicKey(
        rawRepresentation: publicKey)
    else { return nil }
    let value = line.signature.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let time = Int64(exactly: value) else { return nil }
    let signed = Array("cosignature/v1\ntime \(time)\n".utf8) + text
    guard key.isValidSignature(line.signature.dropFirst(8), for: signed) else { return nil }
    return Moment(seconds: time)
  }
}

extension Checkpoint {
  /// Counts the witnesses of the policy that cosigned; others are passed over.
  ///
  /// - Throws: `cosignature_invalid` where a line of a known witness does not hold or is of the
  ///   future, `witness_quorum_missing` where too few cosigned.
  func checkCosignatures(
    by witnesses: [WitnessKey], quorum: Int, now: Int64
  ) throws(SigstoreError) {
    var count = 0
    for witness in witnesses {
      let own = lines.filter { $0.name == witness.name && $0.keyID == witness.keyID }
      for line in own {
        guard let time = witness.time(of: line, over: text), time <= Moment(seconds: now) else {
          throw SigstoreError(
            .cosignatureInvalid, "a witness's cosignature does not hold", place: witness.name)
        }
      }
      if !own.isEmpty { count += 1 }
    }
    guard count >= quorum else {
      throw SigstoreError(
        .witnessQuorumMissing, "\(count) of \(quorum) witnesses cosigned the checkpoint")
    }
  }
}
