import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// `wf attest --predicate` and `wf export --format intoto --predicate`: files, exits and documents.
struct PredicateCommandTests {
  private let program: Program
  private let slug = "examplevla-libero-spatial-two-tasks"

  init() throws {
    program = try Program.withCommittedExample(
      then: "$WF key show --trusted-signer-config >signers.json")
  }

  private func payload(_ path: String) throws -> JSONValue {
    let envelope = try JSONValue.parse(try Fixtures.read(program.work + "/" + path))
    let text = try #require(envelope["payload"]?.string)
    return try JSONValue.parse(try #require(Base64.decode(text)))
  }

  @Test func `files lie beside the members under names of their own, and verify counts none`()
    throws
  {
    let before = try program("verify", "pkg", "--json")
    for predicate in ["test-result", "model-signing"] {
      let signed = try program("attest", "pkg", "--predicate", predicate)
      #expect(signed.status == 0, "\(signed.err)")
      #expect(
        signed.out.hasPrefix(
          "Wrote a signed \(predicate) statement about pkg: pkg/\(predicate).dsse.json\n"))
      #expect(signed.err.contains("wf verify does not count this file"))
      let bare = try program("attest", "pkg", "--predicate", predicate, "--statement-only")
      #expect(bare.status == 0, "\(bare.err)")
      #expect(!bare.out.contains("signed  "))
      let statement = try JSONValue.parse(
        try Fixtures.read(program.work + "/pkg/\(predicate).statement.json"))
      #expect(try payload("pkg/\(predicate).dsse.json") == statement)
      let again = try program("attest", "pkg", "--predicate", predicate, "--json")
      #expect(try again.status == 4 && Program.reason(again) == "output_exists")
    }
    #expect(access(program.work + "/pkg/signature.dsse.json", F_OK) != 0)
    #expect(try program("verify", "pkg", "--json").out == before.out)
    let demanded = try program(
      "verify", "pkg", "--trusted-signer-config", "signers.json", "--json")
    #expect(demanded.status == 22, "\(demanded.out)")
  }

  @Test(arguments: ["test-result", "model-signing"])
  func `as an envelope to believe it is unsupported, and the next step says what is`(
    predicate: String
  ) throws {
    #expect(try program("attest", slug, "--predicate", predicate).status == 0)
    let done = try program(
      "verify", slug, "--trusted-signer-config", "signers.json", "--envelope",
      "\(predicate).dsse.json")
    #expect(done.status == 20)
    #expect(done.out.contains("[statement_unsupported]"))
    #expect(done.err.contains("wf attest without --predicate"), "\(done.err)")
  }

  @Test func `without the option every byte is what it was with it named`() throws {
    let plain = try program("attest", slug, "--output", "a.json")
    let named = try program(
      "attest", slug, "--predicate", "evidence-package", "--output", "b.json")
    #expect(plain.status == 0 && named.status == 0, "\(plain.err)\(named.err)")
    #expect(named.out == plain.out.replacing("a.json", with: "b.json"))
    #expect(plain.out.hasPrefix("Wrote a signed statement about \(slug): a.json\n"))
    #expect(named.err == plain.err && plain.err.isEmpty)
    #expect(try Fixtures.read(program.work + "/a.json") == Fixtures.read(program.work + "/b.json"))
    #expect(try payload("a.json")["predicateType"] == "https://worldflux.dev/evidence-package/v0")
  }

  @Test func `the answer names the predicate and what it says`() throws {
    let result = try JSONValue.parse(
      try program("attest", slug, "--predicate", "test-result", "--json").outBytes)
    #expect(result["schema"] == "wf.attest/1" && result["predicate"] == "test-result")
    #expect(result["output"] == "test-result.dsse.json" && result["result"] == "WARNED")
    #expect(result["subjects"]?.array?.count == 11 && result["root_digest"] == nil)
    let model = try JSONValue.parse(
      try program("attest", slug, "--predicate", "model-signing", "--json").outBytes)
    let statement = try payload("model-signing.dsse.json")
    let root = statement["subject"]?.array?.first?["digest"]?["sha256"]?.string ?? ""
    #expect(model["predicate"] == "model-signing" && model["result"] == nil)
    #expect(model["root_digest"]?.string == "sha256:" + root)
    #expect(
      model["subjects"]?.array
        == statement["predicate"]?["resources"]?.array?.map { $0["name"] ?? .null })
    let ours = try JSONValue.parse(try program("attest", slug, "--json").outBytes)
    #expect(ours["predicate"] == "evidence-package" && ours["result"] == nil)
  }

  @Test func `an export is the file that attest writes`() throws {
    for predicate in ["evidence-package", "test-result", "model-signing"] {
      let attested = try program(
        "attest", slug, "--predicate", predicate, "--output", "\(predicate).a")
      #expect(attested.status == 0, "\(attested.err)")
      let done = try program(
        "export", slug, "--format", "intoto", "--predicate", predicate, "--output",
        "\(predicate).e", "--json")
      #expect(try JSONValue.parse(done.outBytes)["predicate"]?.string == predicate, "\(done.out)")
      #expect(
        try Fixtures.read(program.work + "/\(predicate).a")
          == Fixtures.read(program.work + "/\(predicate).e"))
    }
    let folder = try program("export", slug, "--output", "out", "--json")
    #expect(try JSONValue.parse(folder.outBytes)["predicate"] == nil)
    let wrong = try program(
      "export", slug, "--attest", "--predicate", "test-result", "--output", "out2", "--json")
    #expect(wrong.status == 64 && access(program.work + "/out2", F_OK) != 0)
  }

  @Test(arguments: [
    "test_result", "", "Test-Result", "https://in-toto.io/attestation/test-result/v0.1",
  ])
  func `another word is a mistake in the command`(word: String) throws {
    for line in ["attest \(slug)", "export \(slug) --format intoto --output x.json"] {
      let done = try program(
        arguments: line.split(separator: " ").map(String.init) + ["--predicate", word, "--json"])
      #expect(try done.status == 64 && Program.reason(done) == "option_invalid", "\(done.out)")
      #expect(done.out.contains("evidence-package, test-result, model-signing"))
    }
  }

  /// A threshold of 0 can't be read as a claim, so that nothing is tested.
  @Test(arguments: [
    ("0.8", "PASSED", "supported"), ("0.9", "WARNED", "inconclusive"),
    ("0.95", "FAILED", "refuted"), ("0", nil, "not_auditable"),
  ])
  func `an audit's verdict decides the result, and without a test there is none`(
    threshold: String, result: String?, verdict: String
  ) throws {
    let run = Fixtures.path("demo/v1/eval_info.json")
    let made = try program.shell(
      """
      $WF claim create --template lerobot-libero --output claim --set slug=a-claim \
        --set metric.threshold=\(threshold) >/dev/null
      $WF audit lerobot \(run) --claim-package claim --output audited >/dev/null
      $WF commit audited
      """)
    #expect(made.status == 0, "\(made.err)")
    for target in ["audited", "a-claim"] {
      let done = try program(
        "attest", target, "--predicate", "test-result", "--output", "\(target).json", "--json")
      if let result {
        #expect(done.status == 0, "\(done.out)")
        let statement = try payload("\(target).json")
        #expect(statement["predicate"]?["result"]?.string == result)
        #expect(try JSONValue.parse(done.outBytes)["verdict"]?.string == verdict)
      } else {
        #expect(try done.status == 4 && Program.reason(done) == "verdict_without_test")
        #expect(done.out.contains(verdict))
        #expect(access(program.work + "/\(target).json", F_OK) != 0)
      }
    }
    for predicate in ["evidence-package", "model-signing"] {
      #expect(try program("attest", "audited", "--predicate", predicate).status == 0)
    }
  }
}
