internal import Platform
public import Signing

/// Which time the windows of trusted signers are held against (SIGNING.md §9).
public enum TimeDemand: Sendable, Equatable {
  /// The statement's own time of creation, which is the signer's word.
  case claimed
  /// A time that somebody else proves, in Unix seconds; without one the present, and then the
  /// claimed time has to lie inside of the window too.
  case proven(Int64?)
}

/// What a good envelope shows.
public struct Attestation: Sendable, Equatable {
  /// Where the time comes from that decided.
  public enum TimeSource: String, Sendable {
    case claimed, proven, now
  }

  public let statement: EvidenceStatement
  /// Of the row that vouches for the signer.
  public let label: String
  public let key: SSHPublicKey
  public let timeSource: TimeSource
}

extension Envelope {
  /// Checks an envelope over a package in the order of SIGNING.md §6.
  ///
  /// - Parameters:
  ///   - now: Unix seconds.
  ///   - time: what the windows of the signers are held against.
  ///
  /// Throws the words of SIGNING.md §6.
  public func verify(
    by trusted: TrustedSigners, of package: AttestedPackage, now: Int64,
    time: TimeDemand = .claimed
  ) throws(AttestationError) -> Attestation {
    try checkPayloadType()
    let rows = try signers(among: trusted)
    let statement = try EvidenceStatement(parsing: payload)
    let signer = try Self.signer(of: statement, among: rows, now: now, time: time)
    try statement.check(against: package, now: now)
    let source: Attestation.TimeSource =
      switch time {
      case .claimed: .claimed
      case .proven(let moment): moment == nil ? .now : .proven
      }
    return Attestation(
      statement: statement, label: signer.label, key: signer.key, timeSource: source)
  }

  /// Whether this holds an in-toto statement at all, and signatures.
  ///
  /// Throws `payload_type_wrong`, `unsigned`.
  public func checkPayloadType() throws(AttestationError) {
    guard sameBytes(payloadType, Self.inTotoType) else {
      throw AttestationError(.payloadTypeWrong, "expected \(Self.inTotoType) as payloadType")
    }
    guard !signatures.isEmpty else {
      throw AttestationError(.unsigned, "the envelope has no signature")
    }
  }

  /// The rows whose key made one of the signatures and is not revoked.
  ///
  /// What the payload says is not looked at: it may be believed only when this gives some.
  private func signers(
    among trusted: TrustedSigners
  ) throws(AttestationError) -> [TrustedSigners.Signer] {
    let message = signedBytes
    var holding: [SSHPublicKey: Bool] = [:]
    for key in trusted.signers.map(\.key) where holding[key] == nil {
      holding[key] = signatures.contains { key.verifies($0.bytes, of: message) }
    }
    let rows = trusted.signers.filter { holding[$0.key] == true }
    let current = rows.filter { !trusted.revoked.contains($0.key.fingerprint) }
    if !current.isEmpty { return current }
    if let row = rows.first {
      throw AttestationError(
        .signerRevoked, "the key of \(row.label) is revoked", place: row.key.fingerprint)
    }
    // a hint that names a listed key says at least whose signature was meant to be here
    let named = Set(signatures.compactMap(\.keyID))
    if let row = trusted.signers.first(where: { named.contains($0.key.fingerprint) }) {
      throw AttestationError(
        .bytesChanged,
        "no signature of \(row.label) fits the payload: one or the other was changed",
        place: row.key.fingerprint)
    }
    throw AttestationError(.signerNotListed, "no listed key made any of the signatures")
  }

  /// The first row in whose scope and window the statement is, else the failure that got furthest.
  private static func signer(
    of statement: EvidenceStatement, among rows: [TrustedSigners.Signer], now: Int64,
    time: TimeDemand
  ) throws(AttestationError) -> TrustedSigners.Signer {
    var outside: AttestationError?
    for row in rows where row.covers(statement.claim) {
      let times =
        switch time {
        case .claimed: [statement.created]
        case .proven(let moment?): [moment]
        case .proven(nil): [statement.created, now]
        }
      guard let code = times.lazy.compactMap({ row.failure(at: $0) }).first else { return row }
      outside =
        outside
        ?? AttestationError(
          code, "\(row.label) may not sign at that time", place: row.key.fingerprint)
    }
    throw outside
      ?? AttestationError(
        .signerNotAllowed, "no signer may sign for the claim \(statement.claim)",
        place: rows.first?.key.fingerprint)
  }
}
