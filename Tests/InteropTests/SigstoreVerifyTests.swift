import JSON
import Platform
import TestSupport
import Testing

/// `wf verify --sigstore-policy-config` on the made package, whose bundles are those of the table.
struct SigstoreVerifyTests {
  private static let made = Fixtures.path("signing/sigstore-made/made")
  /// After every time of the bundles.
  private static let now = ["SOURCE_DATE_EPOCH": "1796083200"]

  private let program: Program
  private let files = FileSystem()

  init() throws { program = try Program.prepared() }

  /// The made package in the working folder, with a bundle beside its members.
  private func package(_ bundle: String?) throws -> String {
    let folder = program.work + "/package"
    _ = try files.makeDirectories(folder)
    let source = Fixtures.path("signing/sigstore-made/package")
    for entry in try files.list(source) {
      guard let name = entry.name else { continue }
      try files.write(try Fixtures.read(source + "/" + name), to: folder + "/" + name)
    }
    if let bundle {
      try files.write(
        try Fixtures.read("\(Self.made)/\(bundle).sigstore.json"),
        to: folder + "/signature.sigstore.json")
    }
    return folder
  }

  private func row(_ bundle: String?, policy: String) throws -> JSONValue? {
    let finished = try program(
      "verify", try package(bundle), "--json", "--sigstore-policy-config",
      "\(Self.made)/\(policy).policy.json", env: Self.now)
    let report = try JSONValue.parse(finished.outBytes)
    let rows = report["targets"]?.array?.first?["checks"]?.array ?? []
    #expect(rows.last?["check"]?.string == "sigstore")
    // A bundle beside the members is no member.
    #expect(rows.contains { $0["check"] == "shape" && $0["state"] == "pass" })
    return rows.last
  }

  @Test func `a bundle that holds names issuer, class, time and log index`() throws {
    let row = try row("package-good", policy: "package-good")
    #expect(row?["state"] == "pass")
    let detail = row?["detail"]?.string ?? ""
    for part in [
      "a workflow of https://login.made.example", "2026-06-01T12:03:00Z", "time source: log",
      "log index 1000021",
    ] {
      #expect(detail.contains(part), "\(detail)")
    }
  }

  @Test(arguments: [
    ("package-pattern-not-anchored", "identity_mismatch"),
    ("package-timestamp-required", "timestamp_missing"),
    ("package-verdict-contradicts", "predicate_contradicts"),
    ("package-file-signature", "bundle_unsupported"),
    ("package-type-other", "payload_type_wrong"),
  ])
  func `a bundle that does not hold fails with its word`(name: String, word: String) throws {
    let row = try row(name, policy: name)
    #expect(row?["state"] == "fail" && row?["reason"]?.string == word)
  }

  @Test func `a package without a bundle fails where one is demanded`() throws {
    #expect(try row(nil, policy: "package-good")?["reason"] == "unsigned")
  }

  @Test func `a policy that cannot be read is the caller's fault, and names the file`() throws {
    let folder = try package("package-good")
    let finished = try program(
      "verify", folder, "--sigstore-policy-config",
      "\(Self.made)/package-no-identity.policy.json", env: Self.now)
    #expect(finished.status == 4)
    #expect(finished.err.contains("package-no-identity.policy.json, identities"))
    #expect(finished.err.contains("[policy_malformed]"))
  }

  @Test func `without a policy there is no row, and the bundle is still no member`() throws {
    let report = try JSONValue.parse(
      try program("verify", try package("package-good"), "--json", env: Self.now).outBytes)
    let rows = report["targets"]?.array?.first?["checks"]?.array ?? []
    #expect(!rows.contains { $0["check"] == "sigstore" })
    #expect(rows.contains { $0["check"] == "shape" && $0["state"] == "pass" })
  }

  /// What an external signer made of the statement comes in only where a reader would accept it.
  @Test(
    arguments: [
      ("package-good", "package-good", 0, nil),
      ("package-pattern-not-anchored", "package-pattern-not-anchored", 23, "identity_mismatch"),
      ("package-verdict-contradicts", "package-verdict-contradicts", 20, "predicate_contradicts"),
      ("package-good", nil, 64, "option_invalid"),
    ] as [(String, String?, Int32, String?)])
  func `a bundle is taken in if it holds`(
    name: String, policy: String?, status: Int32, word: String?
  ) throws {
    let folder = try package(nil)
    let source = "\(Self.made)/\(name).sigstore.json"
    let options = policy.map { ["--sigstore-policy-config", "\(Self.made)/\($0).policy.json"] } ?? []
    let done = try program(
      arguments: ["attest", folder, "--bundle", source, "--json"] + options, env: Self.now)
    #expect(done.status == status, "\(done.out)\(done.err)")
    #expect(try Program.reason(done) == word)
    let target = folder + "/signature.sigstore.json"
    #expect(files.exists(target) == (status == 0))
    if status == 0 {
      #expect(try Fixtures.read(target) == Fixtures.read(source))
      let verified = try program(
        arguments: ["verify", folder, "--json"] + options, env: Self.now)
      #expect(verified.out.contains(#""check":"sigstore""#), "\(verified.out)")
    }
  }

  @Test func `a bundle about another package is not exported`() throws {
    let own = try program.examplePackage()
    #expect(try program("commit", own).status == 0)
    let done = try program(
      "export", "examplevla-libero-spatial-two-tasks", "--public", "--format", "tar", "--output",
      "out.tar", "--bundle", "\(Self.made)/package-good.sigstore.json", "--sigstore-policy-config",
      "\(Self.made)/package-good.policy.json", "--json", env: Self.now)
    #expect(done.status == 20, "\(done.out)")
    #expect(!files.exists(program.work + "/out.tar"))
  }
}
