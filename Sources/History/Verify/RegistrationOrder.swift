import Audit
import Evidence
import JSON
import ObjectStore
import Platform

/// Whether a registration can be shown to come before the run (SCHEMAS §5.1).
struct RegistrationOrder {
  let registration: ChainLink
  let members: PackageMembers

  /// By the challenge, which trusts no clock; else by the run's recorded start.
  func isProven() throws -> Bool {
    let input = try AuditInput.decode(try members.bytes(.auditInput))
    let plan = try EvaluationProtocol.decode(try members.bytes(.evaluationProtocol))
    let seed = challengeSeed(registrationCommit: registration.id.bytes)
    if seedsProveOrder(input: input, protocol: plan, firstSeed: seed) { return true }
    guard let start = try startedAt() ?? input.reportedAt,
      let time = UTCTime(anyRFC3339: start)
    else { return false }
    return registration.commit.committer.seconds < time.seconds
  }

  private func startedAt() throws -> String? {
    guard let bytes = try? members.bytes(.rawEvidenceManifest) else { return nil }
    return try JSONValue.parse(bytes)["source_run"]?["started_at"]?.string
  }
}
