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
