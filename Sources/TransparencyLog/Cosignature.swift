package import Signing

/// Whose word is asked for that a checkpoint is the one everybody sees.
public struct WitnessPolicy: Sendable {
  public let witnesses: [VerifierKey]
  /// How many of them have to have cosigned.
  public let quorum: Int

  /// Nobody is asked.
  public static let none = WitnessPolicy(witnesses: [], quorum: 0)

  public init(witnesses: [VerifierKey], quorum: Int) {
    self.witnesses = witnesses
    self.quorum = quorum
  }

  /// The witnesses that cosigned, in the order of the lines, each with its latest time.
  ///
  /// - Parameter now: Unix seconds; no witness can have seen what is signed later.
  /// - Throws: `cosignature_invalid` for any line of a known witness that does not hold, also where
  ///   there are enough others; `witness_quorum_missing`.
  public func cosigners(
    of note: SignedNote, now: Int64
  ) throws(LogError) -> [(witness: VerifierKey, time: Int64)] {
    var found: [(witness: VerifierKey, time: Int64)] = []
    for signature in note.signatures {
      guard let witness = witnesses.first(where: { $0.use == .cosignature && signature.isBy($0) })
      else { continue }
      let time = try Cosignature.time(of: signature.bytes, over: note.text, by: witness)
      guard time <= now else {
        throw LogError(
          .cosignatureInvalid, "the witness signed at a time that has not come", place: witness.name
        )
      }
      if let known = found.firstIndex(where: { $0.witness == witness }) {
        found[known].time = max(found[known].time, time)
      } else {
        found.append((witness, time))
      }
    }
    // one key under two names is one witness
    let count = Set(found.map(\.witness.key)).count
    guard count >= quorum else {
      throw LogError(
        .witnessQuorumMissing, "\(count) of the \(quorum) witnesses asked for have cosigned",
        hint: "wf witness cosign, run by a witness, adds its line")
    }
    return found
  }
}

/// A witness's signature over a checkpoint at a time (C2SP tlog-cosignature, type 0x04).
public enum Cosignature {
  private static func message(_ text: String, at time: Int64) -> [UInt8] {
    Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
  }

  /// The time of a cosignature that holds, in Unix seconds.
  ///
  /// Throws `cosignature_invalid`.
  static func time(
    of signature: [UInt8], over text: String, by witness: VerifierKey
  ) throws(LogError) -> Int64 {
    let invalid = LogError(
      .cosignatureInvalid, "the witness's signature does not fit this checkpoint",
      place: witness.name)
    guard signature.count == 72 else { throw invalid }
    let raw = signature.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let time = Int64(exactly: raw),
      Ed25519.verifies(Array(signature.dropFirst(8)), of: message(text, at: time), by: witness.key)
    else { throw invalid }
    return time
  }

  /// Puts a witness's line below a note.
  ///
  /// Only after the consistency with what the witness signed before was proven; see `Witness`.
  package static func add(
    to note: inout SignedNote, as name: String, at time: Int64, with signer: Signer
  ) throws(LogError) {
    let key = try signer.verifierKey(name: name, use: .cosignature)
    var value = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(time) >> UInt64(56 - 8 * $0)) }
    do throws(SigningError) {
      value += try signer.sign(message(note.text, at: time))
    } catch {
      throw LogError(error)
    }
    note.append(key, value)
  }
}
