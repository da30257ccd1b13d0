import Evidence
import JSON

extension Mutation {
  private static let long = JSONValue.string(String(repeating: "x", count: 2001))

  /// Faults of single members, SCHEMAS §15.
  static let schemas: [Mutation] = [
    schema(.claim, "/id", nil, .fieldMissing),
    schema(.claim, "/id", "clm_01JD8Q4M2N000000000000000", .idInvalid),
    schema(.claim, "/id", "prt_01JD8Q4M2N0000000000000001", .idInvalid),
    schema(.claim, "/id", "clm_01JD8Q4M2N000000000000000I", .idInvalid),
    schema(.claim, "/slug", "Upper", .slugInvalid),
    schema(.claim, "/slug", "-x", .slugInvalid),
    schema(.claim, "/claim_text", long, .textTooLong),
    schema(.claim, "/claim_text", "a\u{7}b", .controlCharacter),
    schema(.claim, "/claim_text", "e\u{301}", .notCanonical),
    schema(.claim, "/claim_text", 7, .fieldType),
    schema(.claim, "/created_at", "2026-11-20 09:00:00", .timeInvalid),
    schema(.claim, "/created_at", "2026-02-30T09:00:00Z", .timeInvalid),
    schema(.claim, "/subject/checkpoint_uri", "file:///home/x/ckpt", .uriScheme),
    schema(.claim, "/subject/checkpoint_uri", "local:/home/x/ckpt", .uriScheme),
    schema(
      .claim, "/subject/checkpoint_uri", "https://user:pass@example.org/x", .secretInPublicField),
    schema(.claim, "/subject/checkpoint_uri", "https://user@example.org/x", .uriCredentials),
    schema(.claim, "/subject/checkpoint_uri", "https://example.org/x?token=1", .uriCredentials),
    schema(.claim, "/subject/type", "robot", .fieldRange),
    schema(.claim, "/metric/threshold", "1.2", .fieldRange),
    schema(.claim, "/metric/threshold", 1, .fieldType),
    schema(.claim, "/metric/confidence", "1", .fieldRange),
    schema(.claim, "/metric/kind", "about", .fieldRange),
    schema(.claim, "/metric/aggregate", "mean", .fieldRange),
    schema(
      .claim, "/capability", "hf_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789", .secretInPublicField),
    schema(.claim, "/schema_version", "worldflux.claim.v1", .schemaUnknown),
    schema(.evaluationProtocol, "/grade_planned", "E", .fieldRange),
    schema(.evaluationProtocol, "/frozen/axes/0/axis", "weather", .fieldRange),
    schema(.evaluationProtocol, "/frozen/episode_indexes", [[0, 1], [2, 2]], .rangeNotMaximal),
    schema(.evaluationProtocol, "/frozen/episode_indexes", [[0, 1], [1, 2]], .duplicateEpisode),
    schema(.evaluationProtocol, "/frozen/episode_indexes", [[2, 0]], .fieldRange),
    schema(.evaluationProtocol, "/frozen/tasks/1/task_id", "0", .duplicateTask),
    schema(
      .evaluationProtocol, "/frozen/seeds/values/0", .number(JSONNumber(9_007_199_254_740_992)),
      .seedOutOfRange),
    schema(.evaluationProtocol, "/frozen/seeds/kind", "range", .fieldMissing),
    schema(.evaluationProtocol, "/frozen/probe_registry_digest", "sha256:00", .digestInvalid),
    schema(.evaluationProtocol, "/frozen/denominator_policy/policy", "best_case", .fieldRange),
    schema(.auditInput, "/tasks/0/episodes/outcomes", "SSQ", .outcomeLetter),
    schema(.auditInput, "/tasks/0/episodes/outcomes", "SS", .lengthMismatch),
    schema(.auditInput, "/tasks/0/episodes/seeds", [1000, 1001], .lengthMismatch),
    schema(.auditInput, "/tasks/0/episodes/count", 4, .lengthMismatch),
    schema(.auditInput, "/tasks/0/episodes/indexes", [[0, 0], [1, 2]], .rangeNotMaximal),
    schema(.auditInput, "/tasks/0/episodes/indexes", [[0, 2], [2, 3]], .duplicateEpisode),
    schema(.auditInput, "/tasks/1/task_id", "0", .duplicateTask),
    schema(.auditInput, "/tasks/1/episodes/reasons", ["0": "simulator_error"], .fieldRange),
    schema(
      .auditInput, "/tasks/0/episodes/seeds/0", .number(JSONNumber(9_007_199_254_740_993)),
      .seedOutOfRange),
    schema(.auditInput, "/model/id", "/home/somebody/checkpoints/best", .secretInPublicField),
    schema(.auditInput, "/model/identity", "sworn", .fieldRange),
    schema(.auditInput, "/observations/0/id", "I25", .fieldRange),
    schema(.auditInput, "/source_aggregates/note", "x", .fieldRange),
    schema(.auditInput, "/counts/planned", "6", .fieldType),
    schema(.auditInput, "/counts/failed", -1, .fieldRange),
    schema(.evidence, "/primary/rate", "0.66667", .fieldRange),
    schema(.evidence, "/verdict", "proven", .fieldRange),
    schema(.evidence, "/integrity/0/state", "maybe", .fieldRange),
    schema(.evidence, "/tasks/0/wilson/lower", 0, .fieldType),
    schema(.evidence, "/rules", "wf-rules/", .fieldRange),
    schema(.evidence, "/recommendation", nil, .fieldMissing),
    schema(.auditProvenance, "/run_ref", "hmac-sha256:00", .digestInvalid),
    schema(.auditProvenance, "/inputs/0/size_bucket", "small", .fieldRange),
    schema(.auditProvenance, "/imported", nil, .fieldMissing),
    schema(.rawEvidenceManifest, "/salt", "00", .digestInvalid),
    schema(.rawEvidenceManifest, "/references/0/uri", "run:../x.mp4", .uriScheme),
    schema(.rawEvidenceManifest, "/references/0/uri", "file:/x", .uriScheme),
    schema(.rawEvidenceManifest, "/references/0/uri", "https://u@example.org/x", .uriCredentials),
    schema(.rawEvidenceManifest, "/references/0/state", "missing", .fieldRange),
    schema(.rawEvidenceManifest, "/references/0/original_name", "a/b.mp4", .fieldRange),
    schema(.rawEvidenceManifest, "/references/0/role", "movie", .fieldRange),
    schema(.rawEvidenceManifest, "/totals/references", 5, .countMismatch),
    schema(.rawEvidenceManifest, "/totals/bytes", 271, .countMismatch),
    schema(.rawEvidenceManifest, "/totals/by_state/present", 5, .countMismatch),
    schema(.episodeResults, "/0/record", nil, .fieldMissing),
    schema(.episodeResults, "/1/success", nil, .fieldMissing),
    schema(.episodeResults, "/1/success", false, .fieldRange),
    schema(.episodeResults, "/1/sum_reward", "high", .fieldRange),
    schema(.episodeResults, "/1/record", "header", .fieldRange),
    schema(
      .episodeResults, "/5/error/message", .string(String(repeating: "x", count: 501)),
      .textTooLong),
    schema(.failureEvidenceIndex, "/1/label", "bad_luck", .fieldRange),
    schema(.failureEvidenceIndex, "/1/label_source", "guess", .fieldRange),
    schema(.failureEvidenceIndex, "/1/outcome", "succeeded", .fieldRange),
    schema(.failureReplayManifest, "/1/replayable", "yes", .fieldRange),
    schema(.failureReplayManifest, "/1/input_hashes/checkpoint", "sha1:00", .digestInvalid),
  ]

  private static let zeroDigest = JSONValue.string(
    "sha256:" + String(repeating: "0", count: 64))

  /// Faults of artifact_manifest.json itself.
  static let manifests: [Mutation] = [
    manifest("/members/2/digest", zeroDigest, .manifest, .digestMismatch, named: .claim),
    manifest("/members/2/size", 951, .manifest, .digestMismatch, named: .claim),
    manifest("/members/2/privacy", "private", .schema, .fieldRange),
    manifest("/members/3/privacy", "public", .schema, .fieldRange),
    manifest("/members/3/salted", false, .schema, .fieldRange),
    manifest("/members/2/media_type", "text/plain", .schema, .fieldRange),
    manifest("/members/2/name", "claim2.json", .schema, .fieldRange),
    manifest("/members/0/name", "zzz.json", .schema, .fieldRange),
    manifest("/members/2", nil, .manifest, .memberMissing),
    manifest("/artifacts/0/type", "video", .schema, .fieldRange),
    manifest("/artifacts/0/display_name", "results-final.json", .schema, .fieldRange),
    manifest("/artifacts/0/size_bucket", "65_bytes", .schema, .fieldRange),
    manifest("/complete", nil, .schema, .fieldMissing),
  ]

  private static let otherID = JSONValue.string("pkg_00000000000000000000000000")

  /// Disagreements between members that are fine by themselves, SCHEMAS §14.
  static let crosses: [Mutation] = [
    cross(1, .auditInput, "/counts/succeeded", 5, .countMismatch, other: .auditInput),
    cross(1, .auditInput, "/counts/planned", 7, .countMismatch, other: .auditInput),
    cross(1, .evidence, "/counts/failed", 2, .countMismatch, other: .auditInput),
    cross(1, .evidence, "/counts/planned", nil, .countMismatch, other: .auditInput).as(.null),
    cross(
      2, .episodeResults, "/1/seed", 7, .countMismatch, other: .auditInput),
    cross(2, .episodeResults, "/1/task_id", "1", .idInvalid, other: .episodeResults),
    cross(2, .episodeResults, "/1/episode_key", "libero_spatial/9/0", .countMismatch),
    cross(2, .episodeResults, "/1/episode_key", "libero_spatial/0/0#2", .idInvalid),
    cross(2, .episodeResults, "/1", nil, .countMismatch, other: .auditInput),
    cross(3, .episodeResults, "/1/raw/0", zeroDigest, .digestMismatch, other: .rawEvidenceManifest),
    cross(
      3, .failureEvidenceIndex, "/1/raw/0", zeroDigest, .digestMismatch,
      other: .rawEvidenceManifest),
    cross(4, .failureEvidenceIndex, "/2", nil, .countMismatch, other: .auditInput),
    cross(4, .failureEvidenceIndex, "/1/episode_key", "libero_spatial/0/1", .countMismatch),
    cross(4, .failureEvidenceIndex, "/1/outcome", "errored", .countMismatch),
    cross(4, .failureEvidenceIndex, "/1/seed", nil, .countMismatch).as(.null),
    cross(
      4, .failureEvidenceIndex, "/1/failure_key", "flr_00000000000000000000000000", .idInvalid,
      isLate: true),
    cross(5, .failureReplayManifest, "/3", nil, .countMismatch, other: .auditInput),
    cross(5, .failureReplayManifest, "/3/episode_key", "libero_spatial/0/7", .countMismatch),
    cross(5, .failureReplayManifest, "/3/episode_key", "libero_spatial/0/0", .duplicateEpisode),
    cross(5, .failureReplayManifest, "/3/seed", 1, .countMismatch),
    cross(
      6, .evaluationProtocol, "/claim_id", "clm_01JD8Q4M2N0000000000000009", .idInvalid,
      other: .claim),
    cross(
      6, .auditInput, "/claim_id", "clm_01JD8Q4M2N0000000000000009", .idInvalid, other: .claim),
    cross(
      6, .auditInput, "/protocol_id", "prt_01JD8Q4M2N0000000000000009", .idInvalid,
      other: .evaluationProtocol),
    cross(6, .evidence, "/package_id", otherID, .idInvalid, isLate: true),
    cross(6, .evidence, "/display_id", "WF-00000000", .idInvalid, isLate: true),
    cross(6, .evidence, "/claim/text", "Another sentence.", .fieldRange, other: .claim),
    cross(6, .auditProvenance, "/package_id", otherID, .idInvalid, isLate: true),
    cross(6, .rawEvidenceManifest, "/package_id", otherID, .idInvalid, isLate: true),
    cross(6, .episodeResults, "/0/package_id", otherID, .idInvalid, isLate: true),
    cross(6, .failureReplayManifest, "/0/audit_input", zeroDigest, .digestMismatch, isLate: true),
    cross(6, .artifactManifest, "/package_id", otherID, .idInvalid, isLate: true),
    cross(
      6, .artifactManifest, "/schema_version", "worldflux.artifact_manifest.v0_other",
      .schemaUnknown, isLate: true),
    cross(
      7, .auditProvenance, "/digests/protocol_freeze", zeroDigest, .freezeMismatch,
      other: .evaluationProtocol, isLate: true),
    cross(
      7, .evidence, "/protocol/freeze_digest", zeroDigest, .freezeMismatch,
      other: .evaluationProtocol, isLate: true),
    cross(
      8, .episodeResults, "/0/salt", "00000000000000000000000000000000", .saltMismatch,
      other: .rawEvidenceManifest),
    cross(
      8, .failureEvidenceIndex, "/0/salt", "00000000000000000000000000000000", .saltMismatch,
      other: .rawEvidenceManifest),
    cross(
      8, .auditProvenance, "/run_ref", nil, .digestMismatch, other: .rawEvidenceManifest
    ).as(.null),
    cross(
      8, .rawEvidenceManifest, "/source_run/client_run_id", "run-b", .digestMismatch,
      named: .auditProvenance, other: .rawEvidenceManifest),
    cross(
      8, .auditProvenance, "/inputs/0/keyed_digest",
      "hmac-sha256:00000000000000000000000000000000", .digestMismatch, other: .rawEvidenceManifest),
    cross(
      8, .auditProvenance, "/inputs/0/size_bucket", "1_to_10_mib", .fieldRange,
      other: .rawEvidenceManifest),
    cross(
      9, .auditProvenance, "/digests/evidence", zeroDigest, .digestMismatch,
      other: .evidence, isLate: true),
    cross(
      9, .auditProvenance, "/digests/claim", zeroDigest, .digestMismatch,
      other: .claim, isLate: true),
    cross(10, .episodeResults, "/0/rows", 7, .rowsMismatch, other: .episodeResults),
    cross(10, .failureReplayManifest, "/0/rows", 0, .rowsMismatch, other: .failureReplayManifest),
    cross(
      11, .auditInput, "/raw_coverage/with_raw", 6, .countMismatch, other: .rawEvidenceManifest),
    cross(
      11, .auditInput, "/raw_coverage/failed_episodes", 2, .countMismatch, other: .episodeResults),
    cross(11, .auditInput, "/observations/0/state", "fail", .countMismatch, other: .episodeResults),
    cross(
      11, .auditInput, "/observations/0/observed", "4 distinct of 5", .countMismatch,
      other: .episodeResults),
    cross(
      11, .auditInput, "/observations/3/observed", "1 of 1 failures below horizon", .countMismatch,
      other: .episodeResults),
    cross(11, .auditInput, "/observations/2/state", "pass", .countMismatch, other: .episodeResults),
    cross(
      11, .episodeResults, "/3/steps", 12, .countMismatch, named: .auditInput,
      other: .episodeResults),
    cross(
      11, .rawEvidenceManifest, "/references/0/role", "log", .countMismatch, named: .auditInput),
  ]

  /// The same change with another value; a removed field and null are two things.
  private func `as`(_ value: JSONValue) -> Mutation {
    Mutation(
      member: member, pointer: pointer, value: value, check: check, number: number, code: code,
      named: named, other: other, isLate: isLate)
  }
}
