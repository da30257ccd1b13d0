@testable import ObjectStore

/// A parser of foreign bytes with what must hold for any bytes that it is given.
public struct ParserTarget: Sendable {
  public let name: String
  /// Words of the format, for mutations.
  public let words: [String]
  /// Honest and hostile inputs to begin with, from the folder `Fixtures`.
  public let seeds: @Sendable (_ fixtures: String) -> [[UInt8]]
  /// Makes the check, which answers whether everything held; nil where it has no place for files.
  public let check: @Sendable () -> (([UInt8]) -> Bool)?

  public static let all: [ParserTarget] = [
    ParserTarget(
      name: "json", words: jsonWords, seeds: { Seeds($0).files(below: "json") },
      check: { isJSONReadSoundly }),
    ParserTarget(
      name: "formats", words: formatWords, seeds: { Seeds($0).files(below: "formats") },
      check: { FormatsChecks().map { checks in { checks.isSound($0) } } }),
    ParserTarget(
      name: "tree", words: ["100644 ", "40000 ", ".git", "..", "\0", "/", "é"],
      seeds: { Seeds($0).objects(.tree) }, check: { isTreeReadSoundly }),
    ParserTarget(
      name: "commit",
      words: [
        "tree ", "parent ", "author ", "committer ", "gpgsig-sha256 ", "gpgsig ", "\n", "\n\n",
        "\n ", " +0000\n", "-----BEGIN SSH SIGNATURE-----\n", "object ", "type commit\n", "tag ",
        "tagger ",
      ], seeds: { Seeds($0).objects(.commit) + Seeds($0).objects(.tag) },
      check: { isCommitReadSoundly }),
    ParserTarget(
      name: "pack", words: ["PACK", "\0\0\0\u{2}", "\u{78}\u{1}"],
      seeds: { Seeds($0).gitFiles(".pack") },
      check: { PackChecks().map { checks in { checks.isUnpackedSoundly($0) } } }),
    ParserTarget(
      name: "idx", words: ["PACK", "\u{7F}tOc"], seeds: { Seeds($0).packsWithIndex() },
      check: { PackChecks().map { checks in { checks.isLookedUpSoundly($0) } } }),
    ParserTarget(
      name: "delta", words: [], seeds: { _ in deltaSeeds }, check: { isDeltaAppliedSoundly }),
    ParserTarget(
      name: "refs",
      words: [
        "ref: ", "refs/heads/claims/", "refs/tags/",
        "# pack-refs with: peeled fully-peeled sorted \n", "^", "\n", "..", ".lock", "@{",
        "[core]\n",
        "objectformat = sha256\n", "tip . ", "wf-tips 1\n",
      ], seeds: { Seeds($0).refFiles() }, check: { areRefsReadSoundly }),
    ParserTarget(
      name: "sshsig",
      words: [
        "-----BEGIN SSH SIGNATURE-----\n", "-----END SSH SIGNATURE-----", "U1NIU0lH",
        "ssh-ed25519 ",
        "namespaces=\"git\" ", "valid-after=", "cert-authority ",
      ], seeds: { Seeds($0).files(below: "signing") }, check: { isSignatureReadSoundly }),
    ParserTarget(
      name: "archive",
      words: ["PK\u{3}\u{4}", "PK\u{1}\u{2}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "ustar\0", "../"],
      seeds: { Seeds($0).archives() }, check: { isArchiveReadSoundly }),
    ParserTarget(
      name: "bundle",
      words: [
        "# v3 git bundle\n", "@object-format=sha256\n", "@filter=", "-", "HEAD\n", "\n\n", "PACK",
        "refs/heads/claims/",
      ], seeds: { Seeds($0).bundles() },
      check: { PackChecks().map { checks in { checks.isBundleReadSoundly($0) } } }),
    ParserTarget(
      name: "log",
      words: [
        "\n\n\u{2014} ", "\u{2014} ", " ", "\n", "+", "=", "c2sp.org/tlog-proof@v1\n", "index ",
        "extra ", "tile/", "entries/", "x001/", "000", ".p/", "null", "\"old\":",
        "9223372036854775807", "wf.log_entry/1",
      ],
      seeds: { fixtures in
        ["notes", "checkpoints", "cosigned", "proofs"].flatMap {
          Seeds(fixtures).files(below: "signing/tlog/" + $0)
        } + logSeeds
      }, check: { isLogReadSoundly }),
    ParserTarget(
      name: "dsse",
      words: [
        "\"payload\":\"\"", "\"payloadType\":\"application/vnd.in-toto+json\"",
        "\"signatures\":[", "{\"keyid\":\"SHA256:", "\"sig\":\"", "\"_type\":\"", "\"subject\":[",
        "\"digest\":{\"sha256\":\"", "\"predicateType\":\"", "\"predicate\":{", "\"created\":\"",
        "\"schema\":\"wf.trusted_signers/1\"", "\"signers\":[", "\"revoked\":[", "\"scopes\":[",
        "\"public_key\":\"ssh-ed25519 ", "\"valid_after\":null", "==\"", "*",
      ], seeds: { AttestationSeeds($0).all },
      check: { AttestationChecks().map { checks in { checks.isReadSoundly($0) } } }),
    ParserTarget(
      name: "sigstore",
      words: [
        "\"certificate\":", "\"x509CertificateChain\":", "\"publicKey\":{},", "\"validFor\":{}",
        "application/vnd.dev.sigstore.bundle+json;version=0.1", "\"subject_pattern\":\"a*\",",
        "{", "}", "[", "]", ",", ":", "null", "\"\"", "AAAA",
      ], seeds: { Seeds($0).files(below: "signing/sigstore-made/made") },
      check: { isSigstoreFileReadSoundly }),
    ParserTarget(
      name: "der",
      words: ["\u{30}\u{0}", "\u{31}\u{0}", "\u{2}\u{1}\u{0}", "\u{4}\u{0}", "\u{5}\u{0}"],
      seeds: { Seeds($0).derSeeds() }, check: { isDERReadSoundly }),
    ParserTarget(
      name: "checkpoint",
      words: ["\u{2014} ", "\n\n", "\n", " - ", "(", ")", "|", "*", "+", "?", "[^", "]", "\\"],
      seeds: { Seeds($0).checkpointSeeds() }, check: { isCheckpointReadSoundly }),
    ParserTarget(
      name: "talk",
      words: [
        "0000", "0004", "fff0", "ERR ", "version 1\n", "shallow ", "capabilities^{}", ".have",
        "^{}\n",
        "\0report-status", "object-format=sha256", "unpack ok\n", "ok refs/heads/",
        "ng refs/heads/ ",
      ], seeds: { _ in talkSeeds }, check: { isTalkReadSoundly }),
    ParserTarget(
      name: "upload",
      words: ["ustar\000", "ustar  \0", "claim.json", "proof/commit", "\0", "0", "5"],
      seeds: { RequestSeeds(fixtures: $0).uploads }, check: { isUploadReadSoundly }),
    ParserTarget(
      name: "request",
      words: [
        "/r/wfs_", "/api/", "%2f", "%2e", "%00", "%25", "..", "//", "\\", "?", "\ncookie: ",
        "__Host-wf-u-0a1b2c3d=", "; ", "\nauthorization: Bearer ", "\nx-forwarded-for: ", ", ",
        "127.0.0.1", "::1", "::ffff:", "/64", "sha-256=:", ":", "\ncontent-length: ", "-1",
      ], seeds: { RequestSeeds(fixtures: $0).requests }, check: { isRequestReadSoundly }),
    ParserTarget(
      name: "form", words: ["password=", "&", "=", "+", "%20", "%", "%ff", "%00", "é"],
      seeds: { RequestSeeds(fixtures: $0).forms }, check: { isFormReadSoundly }),
    ParserTarget(
      name: "body",
      words: [
        "{", "}", "[", "]", ",", ":", "null", "true", "1e9", "\"name\":\"claim.json\"",
        "\"size\":", "\"digest\":\"sha256:", "\"members\":", "\"manifest_digest\":",
        "\"expires_at\":\"2026-12-08T12:00:00Z\"", "\"approver_key\":\"SHA256:",
        "\"retention_policy\":{\"word\":\"keep_days\",\"days\":30}", "\"package_bytes\":\"served\"",
        "\"record_id\":\"rel_", "\"verdict\":\"other\"", "wf.verified_share/1", "/home/a",
        "a@b.example", "https://", "\u{202E}",
      ], seeds: { RequestSeeds(fixtures: $0).bodies }, check: { isBodyReadSoundly }),
  ]

  private static let jsonWords = [
    "{", "}", "[", "]", ",", ":", "\"", "\"\":", "\\u", "\\ud83d", "\\ude00", "true", "false",
    "null", "NaN", "-Infinity", "1e308", "e309", "1.7976931348623158e308", "-0", "\u{FEFF}", "é",
    "😀",
    "\\n", "\"a\":1,", "[[[[[[[[", "0.000000000000000000000000000001", "12345678901234567890",
  ]

  private static let formatWords = [
    "\n", "\r", "{", "}", "[", "]", ",", ":", "null", "true", "\"x\"", "NaN", "1e400", "-1",
    "9007199254740993", "\"per_task\":", "\"tasks\":", "\"benchmark\":", "\"evaluations\":",
    "\"schema\":\"worldflux.bridge/1\",", "\"outcome\":\"succeeded\",", "\"success\":true,",
    "\"media\":[],", "\"governance\":{", "\"generated\":{", "INFO:root:", "Task: a\n",
    "Starting episode 1...\n", "Success: True\n", "# episodes completed so far: 1\n",
    "# successes: 1 (", "Current task success rate: 1.0\n", "Caught exception: x\n",
    "results:  ('a/b', [True, False], {})\n", "success rate:  0.5\n", "\u{1B}[A",
    ",success,duration,video_filename\n", "0,0.01,3,v\n", "\u{FEFF}",
  ]

  /// A byte with the length of a base, the base, and a delta on it.
  private static let deltaSeeds: [[UInt8]] = [
    // Copies all of a base of eight, and adds three bytes.
    [8] + Array("evidence".utf8) + [8, 11, 0x90, 8, 3] + Array("abc".utf8),
    // Adds only.
    [0, 0, 2, 2, 65, 66],
    // Copies twice from inside.
    [8] + Array("evidence".utf8) + [8, 6, 0x91, 2, 3, 0x91, 0, 3],
    // A length in two bytes, which nothing fulfils.
    [8] + Array("evidence".utf8) + [8, 0x80, 1, 0x90, 8],
  ]
}
