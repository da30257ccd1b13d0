import Audit
import Evidence
import JSON
import TestSupport
import Testing

struct RuleSetTests {
  /// Compared once, over 400 inputs, with what the version before rules 2 wrote.
  ///
  /// Of an e-value ten digits count: beyond 2⁵³ the last of its printed ones are no digits of the
  /// number, and `verify --recompute` compares it relatively.
  @Test func `rules 1 give the bytes that they always gave`() throws {
    var inputs = RandomInputs(seed: 1)
    var bytes: [UInt8] = []
    for _ in 0..<24 {
      let example = try inputs.example()
      do {
        bytes += try CanonicalJSON.bytes(shortened(try example.evidence(rules: .v1)))
        bytes += Array(try example.text(rules: .v1).utf8)
      } catch let error as AuditError {
        bytes += Array(error.reason.utf8)
      }
    }
    #expect(bytes.count > 100_000)
    #expect(
      Digest.text(of: bytes)
        == "sha256:aba10480bf75812f7eb9a5935d61fe8bf4208c1afd67d58215d572f79d22227a")
  }

  private func shortened(_ evidence: JSONValue) -> JSONValue {
    guard var members = evidence.object, var stopping = evidence["stopping"]?.object else {
      return evidence
    }
    for key in ["e_above", "e_below"] {
      guard let text = stopping[key]?.string, text.utf8.count > 17 else { continue }
      stopping[key] = .string(String(text.prefix(10)))
    }
    members["stopping"] = .object(stopping)
    return .object(members)
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
        "\n- Everything was observed in simulation. [sim_only] (info)\n"))
  }
}
