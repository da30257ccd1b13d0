import Evidence
import JSON
import Platform
import Sharing
import Signing
import TestSupport
import Testing

/// The real programs: `wf`, and `wf-net` beside it.
struct PublishCommandTests {
  private let program: Program
  private let slug = "examplevla-libero-spatial-two-tasks"
  private let runID = "0a1b2c3d-0000-4000-8000-00000000000b"
  private let key = "wfx_" + String(repeating: "c4N9ry", count: 5)

  init() throws { try self.init(email: "ana@lab.example") }

  /// - Parameter email: of the author of the committed version; nil: what wf writes by itself.
  private init(email: String?) throws {
    program = try Program.prepared()
    if let email {
      try FileSystem().write(
        Array("author.email = \(email)\n".utf8), to: program.folder.path + "/config/settings")
    }
    let committed = try program("commit", try program.examplePackage())
    try #require(committed.status == 0, "\(committed.err)")
    let line = try Fixtures.read(program.folder.path + "/config/key.pub")
    let publicKey = try SSHPublicKey.parse(line: String(decoding: line, as: UTF8.self)).key
    let signers: JSONValue = [
      "schema": "wf.trusted_signers/1",
      "signers": [
        [
          "label": "Evaluation team", "public_key": .string(publicKey.line()),
          "fingerprint": .string(publicKey.fingerprint), "valid_after": nil, "valid_before": nil,
        ]
      ],
    ]
    try write(signers, "signers.json")
    try approve()
  }

  private func write(_ value: JSONValue, _ name: String) throws {
    try FileSystem().write(
      try CanonicalJSON.bytes(value) + [0x0A], to: program.work + "/" + name)
  }

  /// An approval of the committed version; the program's clock stands at 1780000000.
  private func approve(_ changes: [String: JSONValue] = [:]) throws {
    var object = try #require(try JSONValue.parse(try approvalBytes()).object)
    for (field, seconds) in [
      ("redaction_reviewed_at", -200), ("approved_at", -100), ("expires_at", 20 * 86_400),
    ] as [(String, Int64)] {
      object[field] = .string(UTCTime(seconds: 1_780_000_000 + seconds).rfc3339)
    }
    object["password_required"] = false
    for (field, value) in changes { object[field] = value }
    try write(.object(object), "approval.json")
  }

  private func publish(
    _ extra: String..., server: SmallShareServer? = nil, env: [String: String]? = nil
  ) throws -> Finished {
    var arguments = [
      "publish", slug, "--approval", "approval.json", "--trusted-signer-config", "signers.json",
    ]
    if let server { arguments += ["--server", server.address] }
    return try program(
      arguments: arguments + extra, env: env ?? ["WF_API_KEY": key])
  }

  private func upload(_ server: SmallShareServer, _ extra: String...) throws -> Finished {
    var arguments = [
      "publish", slug, "--approval", "approval.json", "--trusted-signer-config", "signers.json",
      "--server", server.address, "--cloud-run-id", runID, "--confirm-public-share-upload",
      "--json",
    ]
    arguments += extra
    return try program(arguments: arguments, env: ["WF_API_KEY": key])
  }

  @Test func `a dry run lists every file and the whole page data, and asks nobody`() throws {
    let server = try SmallShareServer()
    let done = try publish("--dry-run", "--json", server: server)
    try #require(done.status == 0, "\(done.out)")
    let plan = try JSONValue.parse(done.outBytes)
    let names = (plan["files"]?.array ?? []).compactMap { $0["name"]?.string }
    #expect(names == (SharedName.members + [.envelope]).map(\.rawValue))
    #expect(plan["dto"]?["display_id"]?.string == "WF-6ZQBYP9S")
    #expect(plan["dto"]?["result"]?["grade"]?["letter"]?.string == "C")
    #expect(
      plan["dto"]?["verification"]?["signer"]?.string?.hasPrefix("Evaluation team SHA256:") == true)
    #expect(server.requests.isEmpty)
    let text = try publish("--dry-run", server: server)
    #expect(text.out.contains("claim.json") && text.out.contains("nothing was sent"))
    #expect(try run(["bash", "-c", "ls /tmp/wf-publish* 2>/dev/null | wc -l"]).out == "0\n")
  }

  @Test func `what is refused is refused before any connection`() throws {
    let server = try SmallShareServer()
    let confirmed = ["--cloud-run-id", runID, "--confirm-public-share-upload"]
    func expect(_ extra: [String], _ status: Int32, _ reason: String) throws {
      var arguments = [
        "publish", slug, "--server", server.address, "--json",
      ]
      arguments += extra
      let done = try program(arguments: arguments, env: ["WF_API_KEY": key])
      #expect(done.status == status, "\(reason): \(done.out)")
      #expect(try Program.reason(done) == reason)
    }
    let approval = ["--approval", "approval.json"]
    let signers = ["--trusted-signer-config", "signers.json"]
    try expect(approval + signers + ["--cloud-run-id", runID], 4, "confirmation_missing")
    try expect(signers + confirmed, 64, "option_invalid")
    try expect(approval + confirmed, 64, "option_invalid")
    try expect(approval + signers, 64, "option_invalid")
    try expect(
      approval + signers + confirmed + ["--evidence-package-artifact-id", runID], 64,
      "option_invalid")
    try expect(
      approval + signers + confirmed + ["--sigstore-policy-config", "signers.json"], 64,
      "option_invalid")
    try expect(
      approval + signers + ["--cloud-run-id", "run-17", "--confirm-public-share-upload"], 64,
      "option_invalid")
    try expect(approval + signers + confirmed + ["--expires", "30d"], 4, "expiry_refused")
    try expect(approval + signers + confirmed + ["--expires", "x"], 64, "option_invalid")
    try approve(["password_required": true])
    try expect(approval + signers + confirmed, 4, "password_missing")
    try approve(["customer_consent": "not_given"])
    try expect(approval + signers + confirmed, 4, "consent_missing")
    let package: JSONValue = [
      "package_id": "pkg_26CK8653DPXCVNBV3Y6ZQBYP9S",
      "manifest_digest": .string("sha256:" + String(repeating: "0", count: 64)),
    ]
    try approve(["package": package])
    try expect(approval + signers + confirmed, 4, "approval_mismatch")
    try approve(["include_commit_proof": true])
    try expect(approval + signers + confirmed, 4, "commit_identity_personal")
    try approve()
    try write(["schema": "wf.trusted_signers/1", "signers": []], "nobody.json")
    try expect(
      approval + ["--trusted-signer-config", "nobody.json"] + confirmed, 23, "signer_not_listed")
    #expect(server.requests.isEmpty)
  }

  @Test func `an upload gives a link, and the same again costs nothing and gives the same`() throws
  {
    let server = try SmallShareServer()
    let first = try upload(server, "--save-link", "link.txt")
    try #require(first.status == 0, "\(first.out)")
    let answer = try JSONValue.parse(first.outBytes)
    #expect(answer["schema"]?.string == "wf.publish/1")
    #expect((answer["bytes_sent"]?.int ?? 0) > 15_000)
    #expect(answer["display_id"]?.string == "WF-6ZQBYP9S")
    let url = try #require(answer["url"]?.string)
    #expect(url.hasPrefix(server.address + "/r/wfs_"))
    let link = program.work + "/link.txt"
    #expect(try Fixtures.read(link) == Array((url + "\n").utf8))
    #expect(try FileSystem().status(link).mode & 0o777 == 0o600)
    #expect(server.lines.count { $0.hasPrefix("PUT") } == 8)
    let again = try upload(server)
    #expect(try JSONValue.parse(again.outBytes)["url"]?.string == url)
    #expect(try JSONValue.parse(again.outBytes)["bytes_sent"]?.int == 0)
    #expect(server.lines.count { $0.hasPrefix("PUT") } == 8)
    // One that was ended or renewed since is of no use to anybody.
    try FileSystem().write(Array("dead".utf8), to: server.folder.path + "/mode")
    let renewed = try JSONValue.parse(try upload(server).outBytes)["url"]?.string
    #expect(renewed != nil && renewed != url)
    // Nothing but the routes of publishing was asked for, and the link was written nowhere else.
    #expect(!server.lines.contains { $0.contains("reliability") })
    let kept = try run(["grep", "-rl", "wfs_", program.folder.path])
    #expect(kept.out == link + "\n")
  }

  @Test func `a cut connection is a failure of the network, and the next run sends the rest`()
    throws
  {
    let server = try SmallShareServer()
    try server.set(.cut)
    let cut = try upload(server)
    #expect(cut.status == 30, "\(cut.out)")
    try server.set(.good)
    let rest = try upload(server)
    #expect(rest.status == 0, "\(rest.out)")
    let stored = server.requests.filter { $0["line"]?.string?.hasPrefix("PUT") == true }
    // The first member arrived in the first run and is not sent again.
    #expect(stored.count { $0["line"]?.string?.hasSuffix("/claim.json") == true } == 1)
  }

  @Test func `what the server says has exit 31 and its word`() throws {
    let server = try SmallShareServer()
    try server.set(.refuse)
    let refused = try upload(server)
    #expect(refused.status == 31)
    #expect(try Program.reason(refused) == "signer_not_listed")
    try server.set(.redirect)
    let moved = try upload(server)
    #expect(moved.status == 31)
    #expect(try Program.reason(moved) == "redirect_refused")
    let port = try freePort()
    let nobody = try program(
      "share", "list", "--server", "http://127.0.0.1:\(port)", "--json", env: ["WF_API_KEY": key])
    #expect(nobody.status == 30)
    let plain = try program(
      "share", "list", "--server", "http://share.example.org", "--json", env: ["WF_API_KEY": key])
    #expect(plain.status == 64)
  }

  @Test func `the key comes from the environment or a file of one's own, never from elsewhere`()
    throws
  {
    let server = try SmallShareServer()
    let files = FileSystem()
    func list(_ extra: String..., env: [String: String] = ["WF_API_KEY": ""]) throws -> Finished {
      var arguments = ["share", "list", "--server", server.address, "--json"]
      arguments += extra
      return try program(arguments: arguments, env: env)
    }
    let none = try list()
    #expect(none.status == 12)
    let path = program.work + "/key"
    try files.write(Array((key + "\n").utf8), to: path)
    try files.changeMode(path, to: 0o644)
    let exposed = try list("--api-key-file", "key")
    #expect(exposed.status == 4)
    #expect(try Program.reason(exposed) == "api_key_exposed")
    try files.changeMode(path, to: 0o600)
    let good = try list("--api-key-file", "key")
    #expect(good.status == 0)
    #expect(server.requests.compactMap { $0["key"]?.string } == ["Bearer " + key])
    #expect(!good.out.contains("\u{1B}") && good.out.contains("shr_1"))
    let bad = try list(env: ["WF_API_KEY": "secret-of-mine"])
    #expect(bad.status == 12 && !bad.out.contains("secret-of-mine"))
  }

  @Test func `links are listed, renewed and ended`() throws {
    let server = try SmallShareServer()
    let env = ["WF_API_KEY": key]
    let rotated = try program(
      "share", "rotate", "shr_1", "--server", server.address, "--json", env: env)
    #expect(
      try JSONValue.parse(rotated.outBytes)["url"]?.string
        == server.address + "/r/wfs_" + String(repeating: "r", count: 43))
    let revoked = try program(
      "share", "revoke", "shr_1", "--reason", "over", "--server", server.address, env: env)
    #expect(revoked.status == 0 && revoked.out.contains("Ended shr_1"))
    let id = try program("share", "run", "my-run-17", "--server", server.address, env: env)
    #expect(id.out == runID + "\n")
    let odd = try program(
      "share", "show", "../x", "--server", server.address, "--json", env: env)
    #expect(odd.status == 64)
    let unknown = try program(
      "share", "show", "shr_9", "--server", server.address, "--json", env: env)
    #expect(unknown.status == 31)
    #expect(try Program.reason(unknown) == "not_found")
    #expect(server.lines.last == "GET /api/shares/shr_9")
  }

  @Test func `reliability metadata is off, then given with consent, and withdrawn`() throws {
    let server = try SmallShareServer()
    let env = ["WF_API_KEY": key]
    func reliability(_ words: String...) throws -> Finished {
      try program(arguments: ["reliability"] + words + ["--json"], env: env)
    }
    let off = try reliability("status")
    #expect(try JSONValue.parse(off.outBytes)["enabled"]?.bool == false)
    #expect(
      try Program.reason(try reliability("export", "--output", "x.json")) == "reliability_off")
    let unread = try reliability("enable", "--server", server.address)
    #expect(try Program.reason(unread) == "consent_text_not_shown")
    #expect(server.requests.isEmpty)
    let on = try reliability("enable", "--server", server.address, "--consent-text-shown")
    #expect(on.status == 0, "\(on.out)")
    let path = program.folder.path + "/config/reliability"
    #expect(try FileSystem().status(path).mode & 0o777 == 0o600)
    // Enabled, and nobody there to ask: nothing is given.
    _ = try upload(server)
    #expect(server.lines.count { $0.contains("reliability") } == 1)
    let given = try upload(server, "--give-reliability-record")
    #expect(given.status == 0)
    #expect(server.lines.count { $0.contains("reliability") } == 2)
    let status = try JSONValue.parse(try reliability("status").outBytes)
    let ids = (status["records"]?.array ?? []).compactMap(\.string)
    #expect(ids.count == 1)
    let exported = try reliability("export", "--output", "held.json")
    #expect(exported.status == 0, "\(exported.out)")
    let held = try JSONValue.parse(try Fixtures.read(program.work + "/held.json"))
    #expect(held["records"]?.array?.first?["record_id"]?.string == ids.first)
    #expect(held["records"]?.array?.first?["verdict"]?.string == "inconclusive")
    let gone = try reliability("withdraw", "--all")
    #expect(try JSONValue.parse(gone.outBytes)["deleted"]?.int == 1)
    #expect(!FileSystem().exists(path))
    _ = try upload(server)
    #expect(server.lines.count { $0.contains("reliability") } == 4)
  }

  @Test func `a draft is written once, and is no approval yet`() throws {
    let draft = try program("publish", slug, "--write-approval", "draft.json", "--json")
    #expect(draft.status == 0, "\(draft.out)")
    let again = try program("publish", slug, "--write-approval", "draft.json", "--json")
    #expect(try Program.reason(again) == "output_exists")
    let early = try program(
      "publish", slug, "--approval", "draft.json", "--trusted-signer-config", "signers.json",
      "--dry-run", "--json")
    #expect(early.status == 4)
    #expect(try Program.reason(early) == "approval_incomplete")
  }

  @Test func `a proof goes along where it is approved and names nobody`() throws {
    // A key of one's own without an address: the default of wf init.
    let quiet = try PublishCommandTests(email: nil)
    try quiet.approve(["include_commit_proof": true])
    let done = try quiet.publish("--dry-run", "--json")
    try #require(done.status == 0, "\(done.out)")
    let plan = try JSONValue.parse(done.outBytes)
    let names = (plan["files"]?.array ?? []).compactMap { $0["name"]?.string }
    #expect(names.contains("proof/commit") && names.contains("proof/tree"))
    let checks = plan["dto"]?["verification"]?["checks"]?.array ?? []
    #expect(checks.first { $0["check"]?.string == "history" }?["state"]?.string == "pass")
    try quiet.approve()
    let without = try JSONValue.parse(try quiet.publish("--dry-run", "--json").outBytes)
    #expect(without["withheld"]?.array?.contains("proof/commit") == true)
  }
}
