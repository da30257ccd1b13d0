import Evidence
import History
import JSON
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

struct CommitTests {
  @Test func `stock git agrees with a committed package`() throws {
    let test = try TestStore()
    let done = try test.commitExample(label: "first")
    #expect(done.version == 1)
    #expect(done.slug == exampleSlug)
    let fsck = try test.git("fsck", "--strict", "--full")
    #expect(fsck.status == 0)
    #expect(fsck.err.isEmpty, "git says: \(fsck.err)")
    let commit = try test.git("verify-commit", done.commit.hex)
    #expect(commit.status == 0)
    #expect(commit.err.contains("Good \"git\" signature"))
    let tag = try test.git("verify-tag", "\(exampleSlug)/first")
    #expect(tag.status == 0)
    #expect(try test.git("rev-parse", "HEAD").out == done.commit.hex + "\n")
    #expect(try test.git("rev-parse", "HEAD^{tree}").out == done.tree.hex + "\n")
  }

  @Test func `git cat-file gives back every member and every reference`() throws {
    let test = try TestStore()
    let done = try test.commitExample()
    let members = try TestStore.example()
    for name in members.names {
      let shown = try test.git("cat-file", "blob", "\(done.commit.hex):\(name)")
      #expect(shown.outBytes == (try members.bytes(name)), "\(name)")
    }
    let list = try test.git("ls-tree", "-r", "--name-only", done.commit.hex, "raw/")
    #expect(list.out.split(separator: "\n").count == 7)
    #expect(list.out.contains("raw/salt"))
  }

  @Test func `the message says what was found, in trailers`() throws {
    let test = try TestStore()
    let done = try test.commitExample()
    let link = try test.store.link(done.commit)
    let message = try #require(link.message)
    let manifest = Digest.text(of: try TestStore.example().bytes(.artifactManifest))
    #expect(
      message
        == CommitMessage(
          subject: "example-org/example-vla: inconclusive, 4 of 6 counted attempts succeeded",
          kind: .package, claim: exampleSlug, claimSubject: "example-org/example-vla",
          verdict: "inconclusive", grade: "C", manifest: manifest))
    #expect(link.commit.author.name == "wf signer")
    #expect(link.commit.author.email.hasSuffix("@keys.invalid"))
    #expect(link.commit.author.zone == "+0000")
  }

  @Test func `equal inputs, time and key give the same commit id`() throws {
    let first = try TestStore().commitExample()
    let second = try TestStore().commitExample()
    #expect(first.commit == second.commit)
    #expect(try TestStore(seconds: 1_780_000_001).commitExample().commit != first.commit)
  }

  @Test func `a second version follows the first and takes the next number`() throws {
    let test = try TestStore()
    let first = try test.commitExample()
    let second = try test.commitExample()
    #expect(second.version == 2)
    #expect(try test.store.link(second.commit).commit.parents == [first.commit])
    #expect(second.objectsWritten == 1)
    let log = try test.store.log(of: exampleSlug, options: try test.options())
    #expect(log.map(\.version) == [2, 1])
    #expect(log.map(\.signature) == [.good, .good])
  }

  @Test func `a commit needs at most eight syncs, whatever it holds`() throws {
    let test = try TestStore()
    let before = test.files.ledger.syncs
    try test.commitExample()
    #expect(test.files.ledger.syncs - before <= 8)
    // A label is a ref more, and a claim's first one makes a folder, whose name has to last as well.
    let again = test.files.ledger.syncs
    try test.commitExample(label: "with-a-tag")
    #expect(test.files.ledger.syncs - again <= 8)
  }

  @Test func `an unsigned commit is possible and says so`() throws {
    let test = try TestStore()
    let done = try test.commitExample(unsigned: true)
    #expect(done.signedBy == nil)
    let report = try StoreVerification(store: test.store, options: try test.options())
      .report(target: exampleSlug, version: ResolvedVersion(commit: done.commit, slug: exampleSlug))
    #expect(report.firstFailure?.reason == "unsigned")
    #expect(report.firstFailure?.fault == .unsigned)
  }

  @Test func `a package with an edited member is refused and nothing is stored`() throws {
    let test = try TestStore()
    var members = try TestStore.example()
    var bytes = try members.bytes(.evidence)
    bytes[100] ^= 1
    members.set(MemberName.evidence.rawValue, to: bytes)
    let error = #expect(throws: HistoryError.self) {
      try test.store.commit(
        CommitRequest(members: members, subject: nil, label: nil, unsigned: false))
    }
    #expect(error?.code == .packageInvalid)
    #expect(try test.store.slugs().isEmpty)
    #expect(try test.git("count-objects").out.hasPrefix("0 objects"))
  }

  @Test(arguments: ["registration", "v1", ".x", "a..b", "a.lock", "", "a b", "x/y"])
  func `a label that could be mistaken is refused`(label: String) throws {
    let test = try TestStore()
    let error = #expect(throws: HistoryError.self) { try test.commitExample(label: label) }
    #expect(error?.code == .labelInvalid)
  }

  @Test func `a label never moves`() throws {
    let test = try TestStore()
    let first = try test.commitExample(label: "ckpt-1")
    let error = #expect(throws: HistoryError.self) { try test.commitExample(label: "ckpt-1") }
    #expect(error?.code == .labelTaken)
    #expect(try test.store.resolve(.label(slug: exampleSlug, "ckpt-1")).commit == first.commit)
  }
}
