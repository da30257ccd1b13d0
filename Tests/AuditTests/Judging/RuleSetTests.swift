import Audit
import Evidence
import JSON
import TestSupport
import Testing

struct RuleSetTests {
  /// Compared once, over 400 inputs, with what the version before rules 2 wrote.
  @Test func `rules 1 give the bytes that they always gave`() throws {
    var inputs = RandomInputs(seed: 1)
    var bytes: [UInt8] = []
    for _ in 0..<24 {
      let example = try inputs.example()
      do {
        bytes += try CanonicalJSON.bytes(try example.evidence(rules: .v1))
        bytes += Array(try example.text(rules: .v1).utf8)
      } catch let error as AuditError {
        bytes += Array(error.reason.utf8)
      }
    }
    #expect(bytes.count > 100_000)
    #expect(
      Digest.text(of: bytes)
        == "sha256:568836343a430890fa70780fcab9be2ea1e6f392399079dfff119a2caae16801")
  }

  @Test func `new evidence is made under the newest rules and says so`() throws {
    #expect(RuleSet.current == RuleSet.allCases.max())
    #expect(try JudgingExample().evidence()["rules"]?.string == "wf-rules/2")
    #expect(try JudgingExample().evidence(rules: .v1)["rules"]?.string == "wf-rules/1")
  }

  @Test(arguments: RuleSet.allCases)
  func `rules are found by their name`(rules: RuleSet) throws {
    #expect(try RuleSet(name: rules.name) == rules)
  }

  @Test(arguments: ["wf-rules/99", "wf-rules/0", "wf-rules/02", "wf-rules/2 ", "", "2"])
  func `rules of another name are unknown, and nothing is worded by them`(name: String) throws {
    let unknown = AuditError(.rulesUnknown, place: "evidence.json /rules", message: "")
    #expect(throws: unknown) { try RuleSet(name: name) }
    let example = try JudgingExample()
    var evidence = try #require(try example.evidence().object)
    evidence["rules"] = .string(name)
    let error = #expect(throws: AuditError.self) {
      try evidenceText(
        evidence: .object(evidence), claimDigest: example.digests.claim,
        auditInputDigest: example.digests.auditInput)
    }
    #expect(error?.reason == "rules_unknown")
    #expect(error?.hint?.contains("newer wf") == true)
  }

  @Test func `the text follows the name that evidence carries`() throws {
    let example = try JudgingExample()
    #expect(try example.text(rules: .v1).contains("\n- sim_only (info)\n"))
    #expect(
      try example.text(rules: .v2).contains(
        "\n- Everything was observed in simulation. [sim_only, info]\n"))
  }
}
