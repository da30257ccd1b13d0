import Audit
import Evidence
import JSON
import ObjectStore
import Platform

/// The checks that need nothing but a package: shape, manifest, schema, cross, raw, recompute.
struct PackageChecks {
  let members: PackageMembers
  let scope: PackageScope
  /// nil where there is none to compare.
  let raw: RawTree?
  /// Rows found right in other packages; nil where there is one alone.
  var known: CheckedRows?

  /// In the order of the list, one result per check.
  func results(recompute: Bool) -> [CheckResult] {
    let findings = checkPackage(members, scope: scope, raw: raw ?? .amongMembers, known: known)
    var results: [CheckResult] = []
    for check in [VerifyCheck.shape, .manifest, .schema, .cross, .raw] {
      guard let kind = CheckFinding.Check(rawValue: check.rawValue) else { continue }
      let found = findings.filter { $0.check == kind }
      if let first = found.first {
        results.append(failed(check, first, more: found.count - 1))
      } else if check == .raw, raw == nil {
        results.append(
          CheckResult(
            .raw, .skipped, reason: "not_present",
            detail: scope == .full
              ? "no raw/ tree lies beside the members" : "raw references are withheld"))
      } else {
        results.append(CheckResult(check, .pass, detail: passedDetail(check)))
      }
    }
    results.append(recompute ? recomputed() : skippedRecompute)
    return results
  }

  private var skippedRecompute: CheckResult {
    CheckResult(
      .recompute, .skipped, reason: "not_requested", detail: "ask for it with --recompute")
  }

  private func passedDetail(_ check: VerifyCheck) -> String {
    switch check {
    case .shape:
      scope == .full ? "exactly the members of a package" : "exactly the seven public members"
    case .manifest: "sizes and digests of all members are those of the manifest"
    case .schema: "all members are valid"
    case .cross where scope == .publicSubset:
      "checks 1, 6, 7 and 9 agree; the others need what is withheld"
    case .cross: "counts, references, keys and digests agree over the members"
    default: "references equal the manifest"
    }
  }

  private func failed(_ check: VerifyCheck, _ finding: CheckFinding, more: Int) -> CheckResult {
    var detail = finding.detail
    if let other = finding.otherPlace { detail += "; against \(other)" }
    if more > 0 { detail += " (and \(more) more)" }
    return CheckResult(
      check, .fail, reason: finding.reason, detail: detail, path: "\(finding.place)",
      fault: finding.code == .memberMissing ? .missing : .bytesChanged)
  }

  private func recomputed() -> CheckResult {
    do {
      let difference = try Recomputation(members: members).firstDifference()
      guard let difference else {
        return CheckResult(
          .recompute, .pass,
          detail: "evidence.json and evidence.md follow from claim, protocol and audit input")
      }
      return CheckResult(
        .recompute, .fail, reason: "recompute_differs", detail: difference.detail,
        path: difference.place, fault: .bytesChanged)
    } catch let failure as any Failure {
      return CheckResult(
        .recompute, .fail, reason: failure.reason,
        detail: failure.message + (failure.hint.map { "; " + $0 } ?? ""), path: failure.place,
        fault: failure.reason == AuditError.Code.rulesUnknown.rawValue
          ? .invalidInput : .bytesChanged)
    } catch {
      return CheckResult(
        .recompute, .fail, reason: "recompute_differs", detail: "\(error)", fault: .bytesChanged)
    }
  }
}
