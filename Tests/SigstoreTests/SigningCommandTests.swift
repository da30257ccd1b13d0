import JSON
import Platform
import TestSupport
import Testing

@testable import Sigstore

/// `wf attest --fulcio --rekor` over http with services of our own.
struct SigningCommandTests {
  private let program: Program
  private let made: MadeServices
  private let server: AnsweringServer
  private let package: String
  private let files = FileSystem()
  private var target: String { program.work + "/\(package)/signature.sigstore.json" }
  private let now = ["SOURCE_DATE_EPOCH": String(MadeSigstore.now)]

  init() throws {
    program = try Program.prepared()
    made = MadeServices(sigstore: try MadeSigstore())
    server = try made.server()
    package = try program.examplePackage()
    try made.writeFiles(for: program)
  }

  private func write(_ text: String, _ name: String) throws {
    try files.write(Array(text.utf8), to: program.work + "/" + name, mode: 0o600)
  }

  private func attest(_ more: String..., env: [String: String] = [:]) throws -> Finished {
    try program(
      arguments: ["attest", package, "--json", "--rekor", server.address()] + more,
      env: now.merging(env) { $1 })
  }

  @Test(arguments: [
    (["--rekor-version", "1"], "time source: log"),
    (["--rekor-version", "2", "--timestamp-authority", "/stamp"], "time source: timestamp"),
  ])
  func `a bundle is made, kept, and holds for a reader`(options: [String], source: String) throws {
    let options = options.map { $0 == "/stamp" ? server.address($0) : $0 }
    let done = try program(
      arguments: [
        "attest", package, "--fulcio", server.address("/"), "--rekor", server.address(),
        "--identity-token", "token", "--sigstore-policy-config", "policy.json",
      ] + options, env: now)
    #expect(done.status == 0, "\(done.out)\(done.err)")
    #expect(done.out.contains(source), "\(done.out)")
    #expect(!done.out.contains(MadeServices.name))
    let verified = try program(
      "verify", package, "--sigstore-policy-config", "policy.json", "--json", env: now)
    let rows = try JSONValue.parse(verified.outBytes)["targets"]?.array?.first?["checks"]?.array
    let row = rows?.first { $0["check"] == "sigstore" }
    #expect(row?["state"] == "pass", "\(verified.out)")
    let stranger = try program(
      "verify", package, "--sigstore-policy-config", "other.json", "--json", env: now)
    #expect(stranger.out.contains("identity_mismatch"), "\(stranger.out)")
  }

  /// What an external signer made of the statement comes in where a reader would accept it, and only there.
  @Test func `a bundle of another client is taken in if it holds, and exported`() throws {
    let made = try attest(
      "--fulcio", server.address(), "--identity-token", "token", "--sigstore-policy-config",
      "policy.json", "--output", "bundle.json")
    #expect(made.status == 0, "\(made.out)")
    func take(_ policy: String?) throws -> Finished {
      try program(
        arguments: ["attest", package, "--bundle", "bundle.json", "--json"]
          + (policy.map { ["--sigstore-policy-config", $0] } ?? []), env: now)
    }
    #expect(try Program.reason(try take("other.json")) == "identity_mismatch")
    #expect(try take(nil).status == 64)
    #expect(!files.exists(target))
    #expect(try take("policy.json").status == 0)
    #expect(try Fixtures.read(target) == Fixtures.read(program.work + "/bundle.json"))
    try files.remove(target)
    #expect(try program("commit", package).status == 0)
    func export(_ policy: String) throws -> Finished {
      try program(
        "export", "examplevla-libero-spatial-two-tasks", "--public", "--format", "tar", "--output",
        "\(policy).tar", "--bundle", "bundle.json", "--sigstore-policy-config", policy, "--json",
        env: now)
    }
    #expect(try Program.reason(try export("other.json")) == "identity_mismatch")
    #expect(!files.exists(program.work + "/other.json.tar"))
    #expect(try export("policy.json").status == 0)
    let verified = try program(
      "verify", "policy.json.tar", "--sigstore-policy-config", "policy.json", "--json", env: now)
    let rows = try JSONValue.parse(verified.outBytes)["targets"]?.array?.first?["checks"]?.array
    #expect(rows?.first { $0["check"] == "sigstore" }?["state"] == "pass", "\(verified.out)")
  }

  /// The key of a commit is revoked; a time stamp over a statement that names the commit dates it.
  @Test(arguments: [
    (["--rekor-version", "2", "--timestamp-authority", "/stamp"], "timestamp"),
    (["--rekor-version", "1"], "log"),
  ])
  func `a bundle shows that a commit is older than the revocation of its key`(
    options: [String], source: String
  ) throws {
    let slug = "examplevla-libero-spatial-two-tasks"
    #expect(try program("commit", package).status == 0)
    let options = options.map { $0 == "/stamp" ? server.address($0) : $0 }
    // The statement is dated as the commit is, by the clock of tests, which is later than the made times.
    let late = ["SOURCE_DATE_EPOCH": "1780000000"]
    func bundle(of target: String, _ name: String) throws {
      let made = try program(
        arguments: [
          "attest", target, "--fulcio", server.address(), "--rekor", server.address(),
          "--identity-token", "token", "--sigstore-policy-config", "policy.json", "--output", name,
        ] + options, env: late)
      #expect(made.status == 0, "\(made.out)\(made.err)")
    }
    try bundle(of: slug, "named.json")
    try bundle(of: package, "unnamed.json")
    func row(
      _ bundle: String, before moment: String, policy: String? = "policy.json"
    ) throws -> JSONValue? {
      let made = try program.shell(
        """
        set -e; cut -d' ' -f1,2 ../config/key.pub > revoked; rm -rf out ../config/tips
        $WF export \(slug) --public --output out >/dev/null; cp \(bundle) out/signature.sigstore.json
        rm -rf ../config/tips
        """)
      #expect(made.status == 0, "\(made.err)")
      let done = try program(
        arguments: [
          "verify", "out", "--json", "--revoked", "revoked", "--signed-before-revocation", moment,
        ] + (policy.map { ["--sigstore-policy-config", $0] } ?? []), env: late)
      let target = try JSONValue.parse(done.outBytes)["targets"]?.array?.first
      let check = target?["checks"]?.array?.first { $0["check"] == "signature" }
      return [
        "reason": check?["reason"] ?? .null, "source": target?["time_source"] ?? .null,
        "time": target?["time"] ?? .null,
      ]
    }
    let entry = UTCTime(seconds: MadeSigstore.entryTime)
    let after = UTCTime(seconds: MadeSigstore.entryTime + 1).rfc3339
    #expect(
      try row("named.json", before: after)
        == [
          "reason": "revoked_later", "source": .string(source), "time": .string(entry.rfc3339),
        ])
    let none: JSONValue = ["reason": "revoked_age_unproven", "source": .null, "time": .null]
    #expect(try row("named.json", before: entry.rfc3339)?["reason"] == "revoked_before_proof")
    // A statement that names no commit, a bundle that the policy refuses, and no policy.
    #expect(try row("unnamed.json", before: after) == none)
    #expect(try row("named.json", before: after, policy: "other.json") == none)
    #expect(try row("named.json", before: after, policy: nil) == none)
  }

  @Test
  func `a package with a bundle passes the gate of publishing under its policy, and no other`()
    throws
  {
    let slug = "examplevla-libero-spatial-two-tasks"
    let made = try attest(
      "--fulcio", server.address(), "--identity-token", "token", "--sigstore-policy-config",
      "policy.json", "--output", "bundle.json")
    #expect(made.status == 0, "\(made.out)")
    #expect(try program("commit", package).status == 0)
    // By the usual clock of tests, at which the user's own key is good.
    let draft = try program("publish", slug, "--write-approval", "draft.json")
    #expect(draft.status == 0, "\(draft.err)")
    var record = try #require(
      try JSONValue.parse(Fixtures.read(program.work + "/draft.json")).object)
    for (field, answer) in [
      ("reviewer_label", "Reviewers"), ("audience", "customer"), ("approver", "Lead"),
      ("revocation_owner", "Team"), ("purpose", "pilot"), ("customer_consent", "given"),
      ("redaction_reviewed_at", UTCTime(seconds: MadeSigstore.now - 20).rfc3339),
      ("approved_at", UTCTime(seconds: MadeSigstore.now - 10).rfc3339),
      ("expires_at", UTCTime(seconds: MadeSigstore.now + 86_400).rfc3339),
    ] {
      record[field] = .string(answer)
    }
    record["password_required"] = false
    try files.write(CanonicalJSON.bytes(.object(record)), to: program.work + "/approval.json")
    func dryRun(_ policy: String) throws -> Finished {
      try program(
        "publish", slug, "--approval", "approval.json", "--sigstore-policy-config", policy,
        "--signature", "bundle.json", "--dry-run", "--json", env: now)
    }
    let plan = try dryRun("policy.json")
    #expect(plan.status == 0, "\(plan.out)\(plan.err)")
    #expect(plan.out.contains("signature.sigstore.json"), "\(plan.out)")
    let dto = try JSONValue.parse(plan.outBytes)["dto"]
    #expect(dto?["verification"]?["backend"] == "sigstore", "\(plan.out)")
    #expect(dto?["verification"]?["signer"]?.string?.contains("https://login.example") == true)
    let stranger = try dryRun("other.json")
    #expect(try Program.reason(stranger) == "identity_mismatch", "\(stranger.out)")
  }

  @Test func `what does not hold for the policy is not kept`() throws {
    let done = try attest(
      "--fulcio", server.address(), "--identity-token", "token", "--sigstore-policy-config",
      "other.json")
    #expect(done.status == 23)
    #expect(try Program.reason(done) == "identity_mismatch", "\(done.out)")
    #expect(!files.exists(target))
  }

  /// Options after those of the log, exit code and word; each before anything is sent.
  @Test(
    arguments: [
      (["--sigstore-policy-config", "policy.json"], 64, "option_invalid"),
      (["--fulcio", "http://127.0.0.1:1", "--identity-token", "token"], 64, "option_invalid"),
      (
        ["--fulcio", "http://127.0.0.1:1", "--sigstore-policy-config", "policy.json"], 4,
        "identity_token_missing"
      ),
      (
        [
          "--fulcio", "http://127.0.0.1:1", "--sigstore-policy-config", "policy.json",
          "--identity-token", "policy.json",
        ],
        4, "identity_token_malformed"
      ),
      (
        [
          "--fulcio", "http://127.0.0.1:1", "--sigstore-policy-config", "policy.json",
          "--identity-token", "open",
        ],
        4, "identity_token_exposed"
      ),
      (
        [
          "--fulcio", "http://127.0.0.1:1", "--sigstore-policy-config", "policy.json",
          "--identity-token", "token", "--rekor-version", "2",
        ],
        21, "timestamp_missing"
      ),
    ] as [([String], Int32, String)])
  func `what cannot come to an end is refused before it begins`(
    options: [String], status: Int32, word: String
  ) throws {
    try write(try MadeServices.token(), "open")
    try files.changeMode(program.work + "/open", to: 0o644)
    let done = try program(
      arguments: ["attest", package, "--json", "--rekor", server.address()] + options, env: now)
    #expect(done.status == status, "\(done.out)\(done.err)")
    #expect(try Program.reason(done) == word, "\(done.out)")
    #expect(server.paths.isEmpty)
    #expect(!files.exists(target))
  }

  @Test func `a service that is not there, or says no, changes nothing, and the token is not told`()
    throws
  {
    let token = try MadeServices.token(["sub": "somebody"])
    let refused = try attest(
      "--fulcio", server.address(), "--sigstore-policy-config", "policy.json",
      env: ["WF_IDENTITY_TOKEN": token])
    #expect(refused.status == 31)
    #expect(try Program.reason(refused) == "service_refused", "\(refused.out)")
    #expect(!(refused.out + refused.err).contains(token))
    let absent = try attest(
      "--fulcio", "http://127.0.0.1:\(try freePort())", "--identity-token", "token",
      "--sigstore-policy-config", "policy.json")
    #expect(absent.status == 30, "\(absent.out)")
    let open = try attest(
      "--fulcio", "http://192.0.2.1/", "--identity-token", "token", "--sigstore-policy-config",
      "policy.json")
    #expect(try Program.reason(open) == "address_not_allowed", "\(open.out)")
    #expect(!files.exists(target))
  }
}
