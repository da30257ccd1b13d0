import Attestation
import Evidence
import ObjectStore
import Platform
import Signing

/// The check `attestation`: an envelope that lies beside a package, or was given with it.
struct AttestationCheck {
  let options: AttestationOptions

  /// - Parameters:
  ///   - members: of the package, without files of signatures.
  ///   - beside: the envelope that lies beside them.
  ///   - commit: the commit of which they are shown to be members.
  /// - Returns: the row, and the fingerprint of the key whose envelope holds.
  func result(
    of members: PackageMembers, beside: [UInt8]?, commit: Commit?
  ) -> (row: CheckResult, attester: String?) {
    guard let trusted = options.trusted else { return (Self.unchecked(beside != nil), nil) }
    do {
      guard let bytes = options.envelope ?? beside else {
        throw AttestationError(
          .unsigned, "there is no \(Envelope.fileName) beside the members",
          place: Envelope.fileName)
      }
      let package = try AttestedPackage(
        members,
        version: commit.map {
          AttestedPackage.Version($0, id: ObjectID.of(.commit, $0.encoded))
        })
      let found = try Envelope(parsing: bytes).verify(
        by: trusted, of: package, now: options.now, time: options.time)
      let time = UTCTime(seconds: found.statement.created).rfc3339
      return (
        CheckResult(
          .attestation, .pass,
          detail: "\(found.label) (\(found.key.fingerprint)) attests this package of \(time), "
            + "time source: \(found.timeSource.rawValue)"),
        found.key.fingerprint
      )
    } catch let failure as any Failure {
      return (
        CheckResult(
          .attestation, .fail, reason: failure.reason, detail: failure.message,
          path: failure.place, fault: CheckResult.Fault(failure.kind)), nil
      )
    } catch {
      return (
        CheckResult(
          .attestation, .fail, reason: AttestationError.Code.bytesChanged.rawValue,
          detail: "\(error)", fault: .bytesChanged), nil
      )
    }
  }

  private static func unchecked(_ isThere: Bool) -> CheckResult {
    isThere
      ? CheckResult(
        .attestation, .skipped, reason: "not_requested",
        detail:
          "\(Envelope.fileName) was not checked; --trusted-signer-config says whom to believe",
        path: Envelope.fileName)
      : CheckResult(
        .attestation, .skipped, reason: CheckResult.noAttestation,
        detail: "there is no \(Envelope.fileName) beside the members")
  }
}

extension CheckResult {
  /// The word of the check `attestation` where there is no envelope and none is asked for.
  public static let noAttestation = "no_attestation"
}
