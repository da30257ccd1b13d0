import Evidence
import History
import JSON
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

struct VerifyTests {
  private func verify(
    _ test: TestStore, recompute: Bool = false, expected: ObjectID? = nil
  ) throws -> [TargetReport] {
    var options = try test.options()
    options.recompute = recompute
    options.expected = expected
    return try StoreVerification(store: try test.reopened(), options: options).everyClaim()
  }

  @Test func `a committed package passes every check, and the checks come in order`() throws {
    let test = try TestStore()
    try test.commitExample()
    let report = try #require(try verify(test, recompute: true).first)
    #expect(report.ok, "\(report.checks.filter { $0.state == .fail })")
    #expect(report.checks.map(\.check) == VerifyCheck.allCases)
    #expect(report.checks.filter { $0.state == .skipped }.map(\.check) == [.attestation])
    #expect(report.displayedGrade == "C")
  }

  @Test func `a tip that went back is told from a good one`() throws {
    let test = try TestStore()
    let first = try test.commitExample()
    let second = try test.commitExample()
    #expect(try verify(test).allSatisfy { $0.ok })
    let moved = try test.git("update-ref", "refs/heads/claims/\(exampleSlug)", first.commit.hex)
    #expect(moved.status == 0)
    let report = try #require(try verify(test).first)
    #expect(report.firstFailure?.check == .history)
    #expect(report.firstFailure?.reason == "tip_rolled_back")
    #expect(report.firstFailure?.fault == .historyRewritten)
    // The memory is kept: asking again does not make it true.
    #expect(try verify(test).first?.firstFailure?.reason == "tip_rolled_back")
    _ = try test.git("update-ref", "refs/heads/claims/\(exampleSlug)", second.commit.hex)
    #expect(try verify(test).allSatisfy { $0.ok })
  }

  @Test func `a deleted claim is missed`() throws {
    let test = try TestStore()
    try test.commitExample()
    _ = try test.git("update-ref", "-d", "refs/heads/claims/\(exampleSlug)")
    let report = try #require(try verify(test).first)
    #expect(report.target == exampleSlug)
    #expect(report.firstFailure?.reason == "ref_deleted")
  }

  @Test func `putting back an old copy of the whole store is noticed by the user's own memory`()
    throws
  {
    let test = try TestStore()
    try test.commitExample()
    let copy = test.folder.path + "/old-copy"
    #expect(try run(["cp", "-a", test.gitDir, copy]).status == 0)
    try test.commitExample()
    #expect(try run(["rm", "-rf", test.gitDir]).status == 0)
    #expect(try run(["mv", copy, test.gitDir]).status == 0)
    #expect(try verify(test).first?.firstFailure?.reason == "store_rolled_back")
  }

  @Test func `a commit on top of a tip that went back is refused`() throws {
    let test = try TestStore()
    let first = try test.commitExample()
    try test.commitExample()
    _ = try test.git("update-ref", "refs/heads/claims/\(exampleSlug)", first.commit.hex)
    let store = try test.reopened()
    let error = #expect(throws: HistoryError.self) {
      try store.commit(
        CommitRequest(members: TestStore.example(), subject: nil, label: nil, unsigned: false))
    }
    #expect(error?.code == .tipRolledBack)
  }

  @Test func `an expected commit that is not in the history fails`() throws {
    let test = try TestStore()
    let first = try test.commitExample()
    let second = try test.commitExample()
    #expect(try verify(test, expected: first.commit).allSatisfy { $0.ok })
    #expect(try verify(test, expected: second.commit).allSatisfy { $0.ok })
    let other = try #require(ObjectID(hex: String(repeating: "ab", count: 32)))
    #expect(try verify(test, expected: other).first?.firstFailure?.reason == "tip_forked")
  }

  @Test func `a signer who is not trusted is told from one who is`() throws {
    let test = try TestStore()
    try test.commitExample()
    let options = VerifyOptions(trust: .empty, revocation: .empty)
    let report = try #require(
      try StoreVerification(store: test.store, options: options).everyClaim().first)
    #expect(report.firstFailure?.reason == "signer_not_trusted")
    #expect(report.firstFailure?.fault == .untrusted)
  }

  @Test func `a revoked key fails and a key that came later too`() throws {
    let test = try TestStore()
    try test.commitExample()
    let (key, _) = try test.store.user.publicKey()
    let revoked = VerifyOptions(
      trust: try test.store.user.trust.read(),
      revocation: RevocationList(parsing: Array((key.line() + "\n").utf8)))
    let report = try StoreVerification(store: test.store, options: revoked).everyClaim().first
    #expect(report?.firstFailure?.reason == "key_revoked")
    #expect(report?.firstFailure?.fault == .expired)
    let late = try AllowedSigners(
      parsing: Array("a@b valid-after=\"20990101Z\" \(key.line())\n".utf8), place: nil)
    let early = VerifyOptions(trust: late, revocation: .empty)
    let second = try StoreVerification(store: test.store, options: early).everyClaim().first
    #expect(second?.firstFailure?.reason == "key_not_yet_valid")
  }

  @Test func `a flipped byte in the pack fails the graph with the object and its path`() throws {
    let test = try TestStore()
    let done = try test.commitExample()
    // Loose objects make it plain which object a file holds.
    let packs = try run(["sh", "-c", "ls \(test.gitDir)/objects/pack/*.pack"]).out
    let pack = String(packs.split(separator: "\n").first ?? "")
    #expect(
      try run([
        "sh", "-c",
        "mv \(pack) /tmp/p-$$ && rm -f \(test.gitDir)/objects/pack/* && git --git-dir \(test.gitDir) unpack-objects -q < /tmp/p-$$; rm -f /tmp/p-$$",
      ]).status == 0)
    let blob = try test.git("rev-parse", "\(done.commit.hex):claim.json").out.prefix(64)
    let path = "\(test.gitDir)/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
    #expect(try run(["chmod", "u+w", path]).status == 0)
    var bytes = try Fixtures.read(path)
    bytes[bytes.count / 2] ^= 0x10
    try FileSystem().write(bytes, to: path)
    let report = try #require(try verify(test).first)
    #expect(report.firstFailure?.check == .graph)
    #expect(report.firstFailure?.object == String(blob))
    #expect(report.firstFailure?.path?.contains("claim.json") == true)
    try FileSystem().remove(path)
    let missing = try #require(try verify(test).first)
    #expect(missing.firstFailure?.reason == "object_missing")
    #expect(missing.firstFailure?.fault == .missing)
  }

  @Test func `changing any number of evidence.json is found by recompute`() throws {
    var members = try TestStore.example()
    var text = String(decoding: try members.bytes(.evidence), as: UTF8.self)
    text = text.replacing("\"support_min\":7", with: "\"support_min\":6")
    members.set(MemberName.evidence.rawValue, to: Array(text.utf8))
    let folder = TemporaryFolder()
    for name in members.names {
      try FileSystem().write(try members.bytes(name), to: folder.path + "/" + name)
    }
    var options = VerifyOptions(trust: .empty, revocation: .empty)
    options.recompute = true
    let report = try FileVerification(options: options, files: FileSystem())
      .report(path: folder.path)
    let recompute = try #require(report.checks.first { $0.check == .recompute })
    #expect(recompute.state == .fail)
    #expect(recompute.reason == "recompute_differs")
    #expect(recompute.path == "evidence.json /test/support_min")
  }
}
