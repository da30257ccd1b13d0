import Audit
import Evidence
import History
import JSON
import Platform
import Signing
import TestSupport
import Testing

/// `verify --recompute` derives a package under the rules that it names.
struct RecomputeRulesTests {
  /// The example package with evidence.json and evidence.md of these rules.
  private func package(_ rules: RuleSet) throws -> PackageMembers {
    var members = try TestStore.example()
    let (claim, plan, input) = (
      try members.bytes(.claim), try members.bytes(.evaluationProtocol),
      try members.bytes(.auditInput)
    )
    let digests = InputDigests(
      claim: Digest.text(of: claim), protocol: Digest.text(of: plan),
      auditInput: Digest.text(of: input))
    let evidence = try judge(
      claim: try Claim.decode(claim), protocol: try EvaluationProtocol.decode(plan),
      input: try AuditInput.decode(input), digests: digests, rules: rules)
    members.set(
      MemberName.evidence.rawValue, to: try CanonicalJSON.bytes(evidence) + [0x0A])
    members.set(
      MemberName.evidenceText.rawValue,
      to: try evidenceText(
        evidence: evidence, claimDigest: digests.claim, auditInputDigest: digests.auditInput))
    return members
  }

  private func renamed(_ members: PackageMembers, to rules: String) throws -> PackageMembers {
    var members = members
    let value = try JSONValue.parse(try members.bytes(.evidence))
    var evidence = try #require(value.object)
    evidence["rules"] = .string(rules)
    members.set(
      MemberName.evidence.rawValue, to: try CanonicalJSON.bytes(.object(evidence)) + [0x0A])
    return members
  }

  private func recompute(_ members: PackageMembers) throws -> CheckResult {
    let folder = TemporaryFolder()
    for name in members.names {
      try FileSystem().write(try members.bytes(name), to: folder.path + "/" + name)
    }
    var options = VerifyOptions(trust: .empty, revocation: .empty)
    options.recompute = true
    let report = try FileVerification(options: options, files: FileSystem())
      .report(path: folder.path)
    return try #require(report.checks.first { $0.check == .recompute })
  }

  @Test(arguments: RuleSet.allCases)
  func `a package of any rules follows from its inputs`(rules: RuleSet) throws {
    let result = try recompute(try package(rules))
    #expect(result.state == .pass, "\(result.detail)")
  }

  @Test func `the packaged example is one of rules 1`() throws {
    #expect(try recompute(try TestStore.example()).state == .pass)
    #expect(
      try package(.v1).bytes(.evidence) == (try TestStore.example().bytes(.evidence)))
  }

  @Test(arguments: [(RuleSet.v2, "wf-rules/1"), (.v1, "wf-rules/2")])
  func `a package does not pass under other rules than its own`(made: RuleSet, named: String)
    throws
  {
    let result = try recompute(try renamed(try package(made), to: named))
    #expect(result.state == .fail)
    #expect(result.reason == "recompute_differs")
  }

  @Test(arguments: ["wf-rules/99", "wf-rules/3"])
  func `a package of later rules is not derived, and says what would`(name: String) throws {
    let result = try recompute(try renamed(try package(.v2), to: name))
    #expect(result.state == .fail)
    #expect(result.reason == "rules_unknown")
    #expect(result.detail.contains("newer wf"))
    #expect(result.fault == .invalidInput)
  }

  @Test func `the text of other rules is found`() throws {
    var members = try package(.v2)
    members.set(
      MemberName.evidenceText.rawValue, to: try package(.v1).bytes(.evidenceText))
    let result = try recompute(members)
    #expect(result.reason == "recompute_differs")
    #expect(result.path?.hasPrefix("evidence.md, line ") == true)
  }
}
