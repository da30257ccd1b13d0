import Audit
import History
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

struct CoSignatureTests {
  /// The same store in the hands of somebody with another key, which the first one trusts too.
  private func colleague(
    of test: TestStore, named principal: String, seed: UInt8, seconds: Int64 = 1_780_000_000
  ) throws -> EvidenceStore {
    let surroundings = Surroundings(
      now: { seconds }, randomBytes: { (0..<$0).map { UInt8(truncatingIfNeeded: $0) &+ seed } },
      environment: [:])
    let user = KeyFolder(path: "\(test.folder.path)/\(principal)")
    let made = try user.generateKey(
      principal: principal, randomBytes: surroundings.randomBytes, now: seconds)
    try test.store.user.trust.add(
      TrustFile.Entry(principal: principal, key: made.key, validAfter: seconds - 10))
    return EvidenceStore(
      objects: try ObjectStore.open(at: test.gitDir, system: FileSystem()), user: user,
      surroundings: surroundings)
  }

  private func report(_ test: TestStore, policy: String) throws -> TargetReport {
    var options = try test.options()
    options.policy = try SigningPolicy(parsing: Array(policy.utf8))
    let reports = try StoreVerification(store: try test.reopened(), options: options).everyClaim()
    return try #require(reports.first)
  }

  private func policy(
    _ principals: [String], threshold: Int = 1, claims: String = "*", clock: String = "claimed"
  ) -> String {
    let names = principals.map { "\"\($0)\"" }.joined(separator: ",")
    return
      #"{"schema":"wf.signing_policy/1","clock":"\#(clock)","rules":[{"claims":["\#(claims)"],"#
      + #""principals":[\#(names)],"threshold":\#(threshold)}]}"#
  }

  private func author(_ test: TestStore) throws -> String {
    try #require(try test.store.user.trust.read().lines.first).principals.text
  }

  @Test func `a policy of two is met once somebody else has co-signed`() throws {
    let test = try TestStore()
    let version = try test.commitExample()
    let author = try author(test)
    let asked = policy([author, "bob@lab.example"], threshold: 2)
    #expect(try report(test, policy: asked).firstFailure?.reason == "threshold_not_reached")
    let bob = try colleague(of: test, named: "bob@lab.example", seed: 77)
    let done = try bob.coSign(version.commit)
    #expect(done.isNew && done.coSignatures == 1)
    let report = try report(test, policy: asked)
    #expect(report.ok, "\(report.firstFailure.map { "\($0)" } ?? "")")
    let signature = try #require(report.checks.first { $0.check == .signature })
    #expect(signature.detail.contains("bob@lab.example"))
    // The commit is what it was, and stock git still finds the store good.
    #expect(try test.store.tip(of: exampleSlug) == version.commit)
    #expect(try test.git("fsck", "--strict").status == 0)
    #expect(try bob.coSign(version.commit).isNew == false)
  }

  @Test func `a key made after the version co-signs it, by the co-signer's own date`() throws {
    let test = try TestStore()
    let version = try test.commitExample()
    let late = try colleague(
      of: test, named: "late@lab.example", seed: 78, seconds: 1_780_500_000)
    _ = try late.coSign(version.commit)
    let asked = policy([try author(test), "late@lab.example"], threshold: 2)
    #expect(try report(test, policy: asked).ok)
  }

  /// principals, claims, clock, reason.
  static let refusals: [([String], String, String, String)] = [
    (["bob@lab.example"], "*", "claimed", "signer_not_allowed"),
    (["AUTHOR"], "other-*", "claimed", "claim_not_in_policy"),
  ]

  @Test(arguments: refusals)
  func `each refusal of a policy has its own word`(
    _ row: (principals: [String], claims: String, clock: String, reason: String)
  ) throws {
    let test = try TestStore()
    try test.commitExample()
    let author = try author(test)
    let names = row.principals.map { $0 == "AUTHOR" ? author : $0 }
    let report = try report(test, policy: policy(names, claims: row.claims, clock: row.clock))
    #expect(report.firstFailure?.check == .signature)
    #expect(report.firstFailure?.reason == row.reason)
  }

  @Test func `the clock of a policy may be the log's, and without a log nothing is proven`() throws
  {
    let test = try TestStore()
    let version = try test.commitExample()
    let asked = policy([try author(test)], clock: "log")
    let signature = try #require(
      try report(test, policy: asked).checks.first { $0.check == .signature })
    #expect(signature.state == .pass)
    #expect(signature.detail.contains("by the log of tips"))
    // Somebody takes the log away, and all memory of it.
    for ref in try test.store.objects.refs("refs/wf/log/") {
      _ = try test.git("update-ref", "-d", ref.name.text)
    }
    let paths = ["\(test.gitDir)/wf/tips", "\(test.store.user.path)/tips"]
    #expect(try run(["rm", "-rf"] + paths).status == 0)
    let without = try report(test, policy: asked)
    #expect(without.commit == version.commit.hex)
    #expect(without.firstFailure?.reason == "proven_time_missing")
  }

  @Test func `a co-signature lifts the cap of an independent signer, in verify and in the log`()
    throws
  {
    let test = try TestStore()
    let version = try test.commitExample()
    let bob = try colleague(of: test, named: "bob@lab.example", seed: 77)
    func caps() throws -> [String] {
      let reports = try StoreVerification(
        store: try test.reopened(), options: try test.options()
      ).everyClaim()
      return try #require(reports.first).gradeCaps.map(\.word)
    }
    #expect(try caps().contains("independent_signer"))
    _ = try bob.coSign(version.commit)
    #expect(try !caps().contains("independent_signer"))
    let entry = try #require(
      try test.reopened().log(of: exampleSlug, options: try test.options()).first)
    #expect(entry.grade == "C")
  }

  @Test func `the author cannot co-sign, nor can anybody what is unsigned`() throws {
    let test = try TestStore()
    let version = try test.commitExample()
    #expect(throws: HistoryError(.coSignatureRefused, place: version.commit.hex, "")) {
      try test.store.coSign(version.commit)
    }
    let unsigned = try TestStore()
    let plain = try unsigned.commitExample(unsigned: true)
    let bob = try colleague(of: unsigned, named: "bob@lab.example", seed: 77)
    #expect(throws: HistoryError(.coSignatureRefused, place: plain.commit.hex, "")) {
      try bob.coSign(plain.commit)
    }
  }

  @Test func `gc keeps co-signatures`() throws {
    let test = try TestStore()
    let version = try test.commitExample()
    let bob = try colleague(of: test, named: "bob@lab.example", seed: 77)
    _ = try bob.coSign(version.commit)
    _ = try test.git("gc", "--prune=now")
    let asked = policy([try author(test), "bob@lab.example"], threshold: 2)
    #expect(try report(test, policy: asked).ok)
  }
}
