import Evidence
import History
import JSON
import ObjectStore
import Platform
import TestSupport
import Testing

struct RegistrationTests {
  private func request(changing field: String? = nil) throws -> RegistrationRequest {
    let members = try TestStore.example()
    var claim = try JSONValue.parse(try members.bytes(.claim))
    if field == "claim_text", var object = claim.object {
      object["claim_text"] = "ExampleVLA succeeds in at least 80 % of attempts on two LIBERO tasks."
      claim = .object(object)
    }
    return RegistrationRequest(
      claim: try CanonicalJSON.bytes(claim) + [10],
      evaluationProtocol: try members.bytes(.evaluationProtocol), unsigned: false)
  }

  @Test func `a registration is a commit of claim and protocol only`() throws {
    let test = try TestStore()
    let done = try test.store.register(try request())
    #expect(done.version == 0)
    let tree = try test.store.objects.tree(done.tree)
    #expect(tree.entries.map(\.name) == ["claim.json", "protocol.json"])
    #expect(try test.git("fsck", "--strict").status == 0)
    #expect(try test.git("verify-commit", "HEAD").status == 0)
    let package = try test.commitExample()
    #expect(package.version == 1)
    let found = try test.store.resolve(.registration(slug: exampleSlug))
    #expect(found.commit == done.commit)
  }

  @Test func `a package that follows another claim is refused with the fields`() throws {
    let test = try TestStore()
    _ = try test.store.register(try request(changing: "claim_text"))
    let error = #expect(throws: HistoryError.self) { try test.commitExample() }
    #expect(error?.code == .registrationDiffers)
    #expect(error?.place == "claim.json")
    #expect(error?.message.contains("claim_text") == true)
  }

  @Test func `a claim with versions cannot be registered afterwards`() throws {
    let test = try TestStore()
    try test.commitExample()
    let error = #expect(throws: HistoryError.self) { try test.store.register(try request()) }
    #expect(error?.code == .claimExists)
  }

  @Test func `a registration verifies by itself`() throws {
    let test = try TestStore()
    let done = try test.store.register(try request())
    let report = try StoreVerification(store: test.store, options: try test.options())
      .report(target: "r", version: ResolvedVersion(commit: done.commit, slug: exampleSlug))
    #expect(report.ok, "\(report.checks)")
    #expect(report.checks.map(\.check) == VerifyCheck.allCases)
  }
}
