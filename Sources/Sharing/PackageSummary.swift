internal import Audit
internal import Evidence
internal import History
internal import JSON
internal import Platform

/// The sources of the allowlist, made of a verified package.
struct PackageSummary {
  let packageID: String
  /// The fields of `ShareFields.package`.
  let shown: JSONObject

  init(members: SharedMembers, verified: Verification.Result, now: Int64) {
    packageID = members.evidence["package_id"]?.string ?? ""
    let tasks = members.evidence["tasks"]?.array ?? []
    let failed = (members.evidence["integrity"]?.array ?? []).filter {
      $0["state"]?.string == Observation.State.fail.rawValue
    }
    let found: JSONValue = [
      "subject_id": Self.subject(members.claim),
      "metric": members.claim["metric"]?["name"]
        ?? members.plan["metric_contract"]?["name"] ?? .null,
      "grade": Self.grade(members.evidence, verified), "failed_checks": .array(failed),
      "tasks_total": .number(JSONNumber(Int64(tasks.count))),
      "verification": Self.verification(members, verified, now),
      "members": .array(Self.members(members)),
    ]
    let source: JSONValue = [
      "claim": members.claim, "protocol": members.plan, "evidence": members.evidence,
      "provenance": members.provenance, "manifest": members.manifest, "found": found,
    ]
    shown = ShareFields.package.allowed(in: source)
  }

  /// A model that lies on somebody's disk is named by no name of theirs.
  private static func subject(_ claim: JSONValue) -> JSONValue {
    claim["subject"]?["type"]?.string == "local_model"
      ? "local model" : claim["subject"]?["id"] ?? .null
  }

  /// The letter of evidence.json, lowered by what nothing here proves (SCHEMAS §5.1).
  private static func grade(_ evidence: JSONValue, _ verified: Verification.Result) -> JSONValue {
    let report = verified.report
    // A history says something only where the commit is vouched for: by its signature, or by the
    // signed statement that names it.
    let isBound =
      report.commit != nil && (report.signer != nil || verified.statedCommit == report.commit)
    let isIndependent =
      report.signer.map { signer in
        report.attester.map { $0 != signer.fingerprint } ?? false
      } ?? false
    let shown = displayedGrade(
      evidence: evidence,
      history: HistoryFacts(
        isRegisteredBeforeRun: isBound && report.registrationOrder?.isProven == true,
        isSigned: true, hasIndependentSigner: isIndependent))
    return [
      "letter": .string(shown.letter.rawValue),
      "caps": .array(
        shown.caps.map { ["word": .string($0.word), "cap": .string($0.cap.rawValue)] }),
    ]
  }

  private static func verification(
    _ members: SharedMembers, _ verified: Verification.Result, _ now: Int64
  ) -> JSONValue {
    let rows = VerifiedShare.checkWords.map { word -> JSONValue in
      // The signature that counts here is the one beside the members, which has been demanded.
      let row = verified.report.checks.first { $0.check.rawValue == word }
      let state = word == "signature" ? .pass : row?.state ?? .skipped
      return ["check": .string(word), "state": .string(state.rawValue)]
    }
    return [
      "state": .string(VerifiedShare.state),
      "backend": .string((verified.fingerprint == nil ? Backend.sigstore : .selfSign).rawValue),
      "signer": .string(verified.signer), "manifest_digest": .string(members.manifestDigest),
      "verified_at": .string(UTCTime(seconds: now).rfc3339), "checks": .array(rows),
    ]
  }

  /// As artifact_manifest.json lists them, which itself comes last.
  private static func members(_ members: SharedMembers) -> [JSONValue] {
    let own: JSONValue = [
      "name": .string(SharedName.artifactManifest.rawValue),
      "size": .number(JSONNumber(Int64(members.sizes[.artifactManifest] ?? 0))),
      "digest": .string(members.manifestDigest),
    ]
    let listed = (members.manifest["members"]?.array ?? []).filter { row in
      row["name"]?.string.flatMap(MemberName.init(rawValue:))?.isPublic == true
    }
    return listed + [own]
  }
}
