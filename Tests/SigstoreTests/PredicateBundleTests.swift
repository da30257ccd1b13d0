import JSON
import Platform
import TestSupport
import Testing

@testable import Sigstore

/// Bundles over the statements for other programs: made and taken in, and never believed by us.
struct PredicateBundleTests {
  private let program: Program
  private let made: MadeServices
  private let server: AnsweringServer
  private let package: String
  private let files = FileSystem()
  private let now = ["SOURCE_DATE_EPOCH": String(MadeSigstore.now)]

  init() throws {
    program = try Program.prepared()
    made = MadeServices(sigstore: try MadeSigstore())
    server = try made.server()
    package = try program.examplePackage()
    try made.writeFiles(for: program)
  }

  private func attest(_ predicate: String, _ more: String...) throws -> Finished {
    try program(
      arguments: ["attest", package, "--predicate", predicate, "--json"] + more, env: now)
  }

  private func make(_ predicate: String, second: Bool = false) throws -> Finished {
    try program(
      arguments: [
        "attest", package, "--predicate", predicate, "--fulcio", server.address(), "--rekor",
        server.address(), "--identity-token", "token", "--sigstore-policy-config", "policy.json",
        "--force",
      ]
        + (second
          ? ["--rekor-version", "2", "--timestamp-authority", server.address("/stamp")] : []),
      env: now)
  }

  private func sigstoreRow() throws -> JSONValue? {
    let done = try program(
      "verify", package, "--sigstore-policy-config", "policy.json", "--json", env: now)
    let rows = try JSONValue.parse(done.outBytes)["targets"]?.array?.first?["checks"]?.array
    return rows?.first { $0["check"] == "sigstore" }
  }

  @Test(arguments: ["test-result", "model-signing"], [false, true])
  func `a bundle is made under its own name, which verify does not count`(
    predicate: String, second: Bool
  ) throws {
    let done = try make(predicate, second: second)
    #expect(done.status == 0, "\(done.out)\(done.err)")
    let path = program.work + "/\(package)/\(predicate).sigstore.json"
    #expect(
      done.out.hasPrefix(
        "Wrote a \(predicate) bundle about \(package): \(package)/\(predicate).sigstore.json\n"))
    #expect(done.out.contains("of https://login.example that the policy accepts"))
    #expect(try program("verify", package, env: now).status == 0)
    #expect(try sigstoreRow()?["reason"] == "unsigned")
    try files.write(
      try Fixtures.read(path), to: program.work + "/\(package)/signature.sigstore.json")
    let row = try sigstoreRow()
    #expect(row?["state"] == "fail" && row?["reason"] == "statement_unsupported")
  }

  @Test func `a bundle is taken in only where it says what we would, by whom the policy names`()
    throws
  {
    for predicate in ["test-result", "model-signing", "evidence-package"] {
      #expect(try make(predicate).status == 0)
      let name = predicate == "evidence-package" ? "signature" : predicate
      try files.write(
        try Fixtures.read(program.work + "/\(package)/\(name).sigstore.json"),
        to: program.work + "/\(predicate).bundle")
      try files.remove(program.work + "/\(package)/\(name).sigstore.json")
    }
    func take(_ predicate: String, _ bundle: String, _ policy: String = "policy") throws -> Finished
    {
      try attest(
        predicate, "--bundle", bundle + ".bundle", "--sigstore-policy-config", policy + ".json")
    }
    for predicate in ["test-result", "model-signing"] {
      for other in ["test-result", "model-signing", "evidence-package"] where other != predicate {
        let done = try take(predicate, other)
        #expect(try Program.reason(done) == "statement_unsupported", "\(done.out)")
      }
      #expect(
        try Program.reason(try take(predicate, predicate, "other")) == "identity_mismatch")
      #expect(
        try Program.reason(try take("evidence-package", predicate)) == "statement_unsupported")
      let path = program.work + "/\(package)/\(predicate).sigstore.json"
      #expect(!files.exists(path))
      #expect(try take(predicate, predicate).status == 0)
      #expect(try Fixtures.read(path) == Fixtures.read(program.work + "/\(predicate).bundle"))
      try files.remove(path)
    }
    // The public part is another set of files, and so has other subjects.
    let exported = try program.shell(
      "$WF commit \(package) >/dev/null && $WF export examplevla-libero-spatial-two-tasks --public "
        + "--output public >/dev/null")
    #expect(exported.status == 0, "\(exported.err)")
    for predicate in ["test-result", "model-signing"] {
      let done = try program(
        "attest", "public", "--predicate", predicate, "--bundle", "\(predicate).bundle",
        "--sigstore-policy-config", "policy.json", "--json", env: now)
      #expect(
        try done.status == 20 && Program.reason(done) == "subject_mismatch", "\(done.out)")
    }
  }

  /// OpenSSF's own tool, with the services' trusted root in the form that it reads.
  @Test(.enabled(if: PythonLibraries.areThere), arguments: [false, true])
  func `model_signing verifies the folder by the bundle, and refuses a changed one`(
    second: Bool
  ) throws {
    let done = try make("model-signing", second: second)
    #expect(done.status == 0, "\(done.out)\(done.err)")
    var root = try #require(made.sigstore.trustedRoot.object)
    root["mediaType"] = "application/vnd.dev.sigstore.trustedroot+json;version=0.1"
    let config: JSONValue = [
      "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
      "trustedRoot": .object(root),
      "signingConfig": ["mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json"],
    ]
    try files.write(CanonicalJSON.bytes(config), to: program.work + "/trust.json")
    func verify(_ identity: String = MadeServices.name) throws -> Finished {
      try run(
        [
          PythonLibraries.python, "-m", "model_signing", "verify", "sigstore", package,
          "--signature", "\(package)/model-signing.sigstore.json", "--trust_config", "trust.json",
          "--identity", identity, "--identity_provider", "https://login.example",
        ], in: program.work)
    }
    let good = try verify()
    #expect(good.status == 0 && good.out.contains("Verification succeeded"), "\(good.err)")
    #expect(try verify("https://other.example").status == 1)
    #expect(try program.shell("printf ' ' >> \(package)/claim.json").status == 0)
    let changed = try verify()
    #expect(changed.status == 1)
    #expect(changed.err.contains("Hash mismatch for") && changed.err.contains("claim.json"))
  }
}
