internal import Audit
internal import Evidence

/// The table of everything that a share may show (SHARING §5): one line a field, and nothing else.
///
/// A source is `claim`, `protocol`, `evidence`, `provenance` or `manifest`, a member of that name;
/// `found`, what the gate has worked out; `approval`, the record; or `share`, the row and the clock.
enum ShareFields {
  static let schema = "wf.share_dto/1"

  /// What is known when a share is served.
  static let share: [AllowedField] = [
    AllowedField("schema", from: "share.schema", .word([schema])),
    AllowedField(
      "share", from: "",
      .object([
        AllowedField("state", from: "share.state", .word([ShareState.active.rawValue])),
        AllowedField("expires_at", from: "share.expires_at", .time),
        AllowedField("expires_in", from: "share.expires_in", .word(ExpiresIn.words)),
        AllowedField("password_protected", from: "share.password_protected", .flag),
        AllowedField("package_bytes", from: "share.package_bytes", .word(words(PackageBytes.self))),
      ])),
    AllowedField(
      "approval",
      .object([
        AllowedField("reviewer_label", .text(80)),
        AllowedField("audience", .word(words(ApprovalRecord.Audience.self))),
        AllowedField("approver", .text(80)),
        AllowedField("revocation_owner", .text(80)),
        AllowedField(
          "retention_policy",
          .object([
            AllowedField("word", .word(["delete_on_expiry", "keep_days", "keep_until_revoked"])),
            AllowedField("days", .integer),
          ])),
      ])),
  ]

  /// What the verified package says.
  static let package: [AllowedField] = [
    AllowedField("display_id", from: "evidence.display_id", .text(11)),
    AllowedField(
      "claim", from: "",
      .object([
        AllowedField("text", from: "claim.claim_text", .text(2000)),
        AllowedField("capability", from: "claim.capability", .text(200)),
        AllowedField("subject_id", from: "found.subject_id", .text(200)),
        AllowedField("slug", from: "claim.slug", .slug),
        AllowedField(
          "baseline", from: "claim.baseline",
          .object([
            AllowedField("id", .text(200)), AllowedField("metric", .text(200)),
            AllowedField("value", .decimal),
          ])),
      ])),
    AllowedField(
      "protocol", from: "",
      .object([
        AllowedField("frozen_at", from: "protocol.frozen_at", .time),
        AllowedField(
          "denominator_policy", from: "protocol.frozen.denominator_policy.policy",
          .word(Vocabulary.countingPolicies)),
        AllowedField(
          "stopping", from: "protocol.frozen.denominator_policy.stopping",
          .word(["fixed", "sequential"])),
        AllowedField("freeze_digest", from: "protocol.freeze_digest", .digest),
        AllowedField("grade_planned", from: "protocol.grade_planned", .word(letters)),
      ])),
    AllowedField("result", from: "", .object(result)),
    AllowedField(
      "integrity", from: "found.failed_checks",
      .list(
        24,
        .object([
          AllowedField("id", .word(Vocabulary.checkIDs)),
          AllowedField("severity", .word(["fatal", "serious", "warn", "note"])),
          AllowedField("cap", .word(letters)), AllowedField("observed", .text(200)),
        ]))),
    AllowedField("tasks", from: "evidence.tasks", .list(500, .object(task))),
    AllowedField("tasks_total", from: "found.tasks_total", .integer),
    AllowedField("scope", from: "evidence.scope", .object(scope)),
    AllowedField(
      "recommendation", from: "evidence.recommendation",
      .object([
        AllowedField(
          "word",
          .word(["rely_within_scope", "collect_more_evidence", "do_not_rely", "repair_input"])),
        AllowedField("text", .text(500)),
      ])),
    AllowedField("verification", from: "found.verification", .object(verification)),
    AllowedField("deployment_summary", from: "evidence.deployment_summary", .object(deployment)),
    AllowedField(
      "missing_evidence", from: "evidence.missing_evidence",
      .list(
        32,
        .object([
          AllowedField("label", .word(Vocabulary.missingLabels)),
          AllowedField("severity", .word(["major", "minor", "info"])),
        ]))),
    AllowedField(
      "next_falsification_axes", from: "evidence.next_axes",
      .list(
        3,
        .object([
          AllowedField("rank", .integer), AllowedField("axis", .word(Vocabulary.axes)),
          AllowedField("missing", .word(Vocabulary.gaps)), AllowedField("episodes", .integer),
        ]))),
    AllowedField("artifacts", from: "manifest.artifacts", .list(32, .object(artifact))),
    AllowedField(
      "wording", from: "provenance.wording", .list(8, .word(AuditProvenance.wordings))),
    AllowedField(
      "members", from: "found.members",
      .list(
        7,
        .object([
          AllowedField("name", .word(SharedName.members.map(\.rawValue))),
          AllowedField("size", .integer), AllowedField("digest", .digest),
        ]))),
  ]

  private static let letters = words(Grade.self)
  private static let verdicts = ["supported", "refuted", "inconclusive", "not_auditable"]
  private static let bounds = AllowedForm.object([
    AllowedField("lower", .decimal), AllowedField("upper", .decimal),
  ])

  private static let result: [AllowedField] = [
    AllowedField("metric", from: "found.metric", .text(200)),
    AllowedField(
      "kind", from: "evidence.claim.kind",
      .word(["at_least", "at_most", "better_than", "equals_reported"])),
    AllowedField("threshold", from: "evidence.claim.threshold", .decimal),
    AllowedField("confidence", from: "evidence.claim.confidence", .decimal),
    AllowedField(
      "aggregate", from: "evidence.claim.aggregate", .word(["micro", "macro", "each_task"])),
    AllowedField("margin", from: "evidence.claim.margin", .decimal),
    AllowedField(
      "counts", from: "evidence.counts",
      .object(
        ["planned", "attempted", "succeeded", "failed", "errored", "excluded", "missing"].map {
          AllowedField($0, .integer)
        })),
    AllowedField(
      "primary", from: "evidence.primary",
      .object([AllowedField("policy", .word(Vocabulary.countingPolicies))] + counted)),
    AllowedField("intervals", from: "evidence.intervals", .object(intervals), givesReason: true),
    AllowedField(
      "policies", from: "evidence.policies",
      .object(
        Vocabulary.countingPolicies.map {
          AllowedField(
            $0, .object(counted + [AllowedField("verdict", .word(verdicts))]), givesReason: true)
        })),
    AllowedField("band", from: "evidence.band", .object(band)),
    AllowedField("verdict", from: "evidence.verdict", .word(verdicts)),
    AllowedField(
      "reasons", from: "evidence.reasons", .list(100, .word(Vocabulary.verdictReasons))),
    AllowedField(
      "grade", from: "found.grade",
      .object([
        AllowedField("letter", .word(letters)),
        AllowedField(
          "caps",
          .list(
            100,
            .object([
              AllowedField("word", .word(Vocabulary.capWords)),
              AllowedField("cap", .word(letters)),
            ]))),
      ])),
  ]

  private static let counted: [AllowedField] = [
    AllowedField("k", .integer), AllowedField("n", .integer),
    AllowedField("rate", .decimal, givesReason: true),
  ]

  private static let intervals: [AllowedField] = [
    AllowedField(
      "clopper_pearson",
      .object([
        AllowedField("one_sided", bounds, givesReason: true), AllowedField("two_sided", bounds),
      ]), givesReason: true),
    AllowedField("wilson", bounds, givesReason: true),
    AllowedField("confidence_sequence", bounds, givesReason: true),
    AllowedField(
      "macro",
      .object([
        AllowedField("square_and_add", bounds),
        AllowedField(
          "bootstrap",
          .object([
            AllowedField("seed", .decimal), AllowedField("replicates", .integer),
            AllowedField("limits", bounds),
          ]), givesReason: true),
      ]), givesReason: true),
  ]

  private static let band: [AllowedField] = [
    AllowedField("unresolved", .integer), AllowedField("n", .integer),
    AllowedField("worst", .decimal, givesReason: true),
    AllowedField("best", .decimal, givesReason: true),
    AllowedField("flips", .flag, givesReason: true),
    AllowedField("successes_needed", .integer, givesReason: true),
    AllowedField("successes_still_refuted", .integer, givesReason: true),
  ]

  private static let task: [AllowedField] =
    [AllowedField("task", .text(400)), AllowedField("name", .text(200))] + counted + [
      AllowedField("wilson", bounds, givesReason: true),
      AllowedField("verdict", .word(verdicts), givesReason: true),
    ]

  private static let scope: [AllowedField] = [
    AllowedField("benchmark", .text(200)), AllowedField("benchmark_version", .text(200)),
    AllowedField("suites", .list(500, .text(200))), AllowedField("tasks", .integer),
    AllowedField("episodes_per_task", .integer), AllowedField("robot_embodiment", .text(200)),
    AllowedField("simulator", .text(200)), AllowedField("camera_distribution", .text(200)),
    AllowedField(
      "excludes", .list(8, .word(["other_tasks", "other_embodiments", "real_robot"]))),
  ]

  private static let verification: [AllowedField] = [
    AllowedField("state", .word([VerifiedShare.state])),
    AllowedField("backend", .word(words(Backend.self))), AllowedField("signer", .text(200)),
    AllowedField("manifest_digest", .digest), AllowedField("verified_at", .time),
    AllowedField(
      "checks",
      .list(
        VerifiedShare.checkWords.count,
        .object([
          AllowedField("check", .word(VerifiedShare.checkWords)),
          AllowedField("state", .word(["pass", "skipped"])),
        ]))),
  ]

  private static let deployment: [AllowedField] = [
    AllowedField("setting", .word(["world_model", "real_robot", "simulation", "unknown"])),
    AllowedField("embodiment_class", .text(200)), AllowedField("robot_embodiment", .text(200)),
    AllowedField("simulator", .text(200)), AllowedField("benchmark", .text(200)),
    AllowedField("camera_topology", .text(200)), AllowedField("control_mode", .text(200)),
    AllowedField("statement", .word(["not_a_deployment_decision"])),
  ]

  private static let artifact: [AllowedField] = [
    AllowedField("display_name", .word(artifactNames.map(\.displayName))),
    AllowedField("type", .word(artifactNames.map(\.type))),
    AllowedField("size_bucket", .word(SizeBucket.words)),
    AllowedField("state", .word(["changed", "missing", "referenced", "hashed"])),
  ]
  private static let artifactNames = RawReference.roles.compactMap(ArtifactGroup.naming)

  private static func words<Word: RawRepresentable & CaseIterable>(
    _ type: Word.Type
  ) -> [String] where Word.RawValue == String { type.allCases.map(\.rawValue) }
}

/// How far off the end of a share is, coarsely.
package enum ExpiresIn {
  static let words = ["under_1_day", "1_to_7_days", "7_to_30_days", "over_30_days"]

  /// - Parameter seconds: until the end.
  package static func word(_ seconds: Int64) -> String {
    switch seconds {
    case ..<86_400: words[0]
    case ..<(7 * 86_400): words[1]
    case ...(30 * 86_400): words[2]
    default: words[3]
    }
  }
}
