import Evidence
import Glibc
import History
import JSON
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing

/// What somebody can do to a history with stock git: each has its own word, and exit code 25.
struct TamperTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// Shell lines; `$A` `$B` are refs of two claims, `$V1` `$V2` the versions of A.
    let line: String
    let reason: String
    var testDescription: String { name }
  }

  /// `ours P…` makes a signed commit of A's tree and message with the given parents.
  static let cases = [
    Case(name: "moved back", line: "git update-ref $A $V1", reason: "tip_rolled_back"),
    Case(
      name: "fork", line: "git update-ref $A $(ours -p $V1)", reason: "tip_forked"),
    Case(name: "deleted", line: "git update-ref -d $A", reason: "ref_deleted"),
    Case(
      name: "another claim's tip", line: "git update-ref $A $B", reason: "tip_of_other_claim"),
    Case(
      name: "merge", line: "git update-ref $A $(ours -p $V2 -p $B)", reason: "parents_many"),
    Case(
      name: "merge of another claim first", line: "git update-ref $A $(ours -p $B -p $V2)",
      reason: "parents_many"),
    Case(
      name: "no parent", line: "git update-ref $A $(ours)", reason: "history_unrelated"),
    Case(
      name: "on top of another claim", line: "git update-ref $A $(ours -p $B)",
      reason: "parent_of_other_claim"),
    Case(
      name: "a foreign commit in between",
      line: "F=$(echo hello | git commit-tree -S $T -p $V2); git update-ref $A $(ours -p $F)",
      reason: "parent_of_other_claim"),
    Case(
      name: "an old copy of the store", line: "rm -rf $GIT_DIR; cp -a $OLD $GIT_DIR",
      reason: "store_rolled_back"),
    Case(
      name: "a copy from before the claim", line: "rm -rf $GIT_DIR; cp -a $EMPTY $GIT_DIR",
      reason: "store_rolled_back"),
    Case(
      name: "moved back, the store's memory with it",
      line: "git update-ref $A $V1; cp $OLD/wf/tips $GIT_DIR/wf/tips",
      reason: "store_rolled_back"),
  ]

  /// A store with two claims, one with two versions, and copies of its earlier states.
  private struct Scene {
    let test: TestStore
    let first: ObjectID
    let second: ObjectID
    let other: ObjectID
    var claim: String { "refs/heads/claims/\(exampleSlug)" }

    init() throws {
      test = try TestStore()
      other = try test.store.register(Self.otherClaim()).commit
      try Self.copy(test, "empty")
      first = try test.commitExample().commit
      try Self.copy(test, "old")
      second = try test.commitExample().commit
    }

    private static func copy(_ test: TestStore, _ name: String) throws {
      try #require(try run(["cp", "-a", test.gitDir, test.folder.path + "/" + name]).status == 0)
    }

    static func otherClaim() throws -> RegistrationRequest {
      let members = try TestStore.example()
      var claim = try JSONValue.parse(try members.bytes(.claim))
      var object = try #require(claim.object)
      object["slug"] = "another-claim"
      claim = .object(object)
      return RegistrationRequest(
        claim: try CanonicalJSON.bytes(claim) + [10],
        evaluationProtocol: try members.bytes(.evaluationProtocol), unsigned: false)
    }

    func shell(_ line: String) throws -> Finished {
      let start = """
        ours() { git cat-file commit $V2 | sed -e '1,/^$/d' | git commit-tree -S $T "$@"; }
        T=$(git rev-parse $V2^{tree})
        set -e

        """
      return try run(
        ["bash", "-c", start + line],
        env: [
          "GIT_DIR": test.gitDir, "A": claim, "B": other.hex, "V1": first.hex, "V2": second.hex,
          "OLD": test.folder.path + "/old", "EMPTY": test.folder.path + "/empty",
          "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
          "GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "gpg.format", "GIT_CONFIG_VALUE_0": "ssh",
          "GIT_CONFIG_KEY_1": "user.signingkey",
          "GIT_CONFIG_VALUE_1": test.folder.path + "/config/key",
          "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@lab.example", "GIT_COMMITTER_NAME": "a",
          "GIT_COMMITTER_EMAIL": "a@lab.example", "GIT_COMMITTER_DATE": "1780000000 +0000",
          "GIT_AUTHOR_DATE": "1780000000 +0000",
        ])
    }

    func report() throws -> TargetReport? {
      try StoreVerification(store: try test.reopened(), options: try test.options()).everyClaim()
        .first { $0.target == exampleSlug }
    }
  }

  @Test(arguments: cases, ["", "git pack-refs --all; ", "; git pack-refs --all"])
  func `each tamper has its word`(_ tamper: Case, _ packing: String) throws {
    let scene = try Scene()
    #expect(try scene.report()?.ok == true)
    let line = packing.hasPrefix(";") ? tamper.line + packing : packing + tamper.line
    let done = try scene.shell(line)
    try #require(done.status == 0, "\(done.err)")
    let report = try #require(try scene.report())
    let history = try #require(report.checks.first { $0.check == .history })
    #expect(history.reason == tamper.reason, "\(history.detail)")
    #expect(report.firstFailure?.check == .history, "\(report.checks)")
    #expect(report.firstFailure?.fault == .historyRewritten)
    #expect(try scene.report()?.firstFailure?.reason == tamper.reason, "asked a second time")
    // And nothing is put on top of it.
    let store = try scene.test.reopened()
    let error = #expect(throws: HistoryError.self) {
      try store.commit(
        CommitRequest(members: TestStore.example(), subject: nil, label: nil, unsigned: false))
    }
    #expect(error?.reason == tamper.reason)
    #expect(error?.kind == .historyRewritten)
  }

  @Test(arguments: [0, 2, 9]) func `a changed history can be taken on purpose, by its present tip`(
    _ index: Int
  ) throws {
    let scene = try Scene()
    _ = try scene.shell(Self.cases[index].line)
    let store = try scene.test.reopened()
    let ref = try #require(RefName(scene.claim))
    let tip = try store.objects.ref(ref)
    let moved = #expect(throws: HistoryError.self) {
      try store.acceptHistory(
        of: exampleSlug, at: String(scene.second.hex.prefix(12)), who: "me", why: "no")
    }
    #expect(moved?.code == .tipMoved)
    let taken = try store.acceptHistory(
      of: exampleSlug, at: tip.map { String($0.hex.prefix(12)) }, who: "me", why: "on\npurpose")
    #expect(taken.before == scene.second)
    #expect(taken.after == tip)
    #expect(try scene.report()?.ok ?? (tip == nil))
    let line = String(
      decoding: try Fixtures.read(store.objects.path + "/wf/accepted"), as: UTF8.self)
    #expect(
      line
        == "accepted \(ref) \(scene.second) \(tip?.hex ?? "none") 1780000000 me on purpose\n")
    try scene.test.commitExample()
    #expect(try scene.report()?.ok == true)
  }

  @Test func `a memory that cannot be read or written is a note, not a failure`() throws {
    let test = try TestStore()
    try test.commitExample()
    let memory = test.folder.path + "/config/tips"
    for (number, word) in [(EACCES, "permission_denied"), (EROFS, "read_only")] {
      let files = FileSystem { what, path, _ in
        guard path.hasPrefix(memory) else { return nil }
        if number == EACCES { return .fail(number) }
        return [.lock, .create, .write, .makeDirectory].contains(what) ? .fail(number) : nil
      }
      let store = EvidenceStore(
        objects: try ObjectStore.open(at: test.gitDir, system: files), user: test.store.user,
        surroundings: test.store.surroundings)
      let verification = StoreVerification(store: store, options: try test.options())
      let done = try store.commit(
        CommitRequest(members: TestStore.example(), subject: nil, label: nil, unsigned: false))
      let report = try #require(try verification.everyClaim().first)
      #expect(report.ok)
      #expect(report.commit == done.commit.hex)
      let history = try #require(report.checks.first { $0.check == .history })
      #expect(history.detail.contains(word), "\(history.detail)")
    }
    // Once it can be written, it is.
    #expect(try test.store.objects.storeID() != nil)
    #expect(
      try StoreVerification(store: try test.reopened(), options: test.options()).everyClaim()
        .allSatisfy { $0.ok && !$0.checks.contains { $0.detail.contains("your own") } })
  }

  @Test func `a copy of the store on another machine is read, and has a memory of its own`() throws
  {
    let scene = try Scene()
    let other = TemporaryFolder()
    #expect(try run(["cp", "-a", scene.test.gitDir, other.path + "/.wf"]).status == 0)
    #expect(try run(["rm", "-rf", other.path + "/.wf/wf"]).status == 0)
    let user = KeyFolder(path: other.path + "/config")
    let store = EvidenceStore(
      objects: try ObjectStore.open(at: other.path + "/.wf", system: FileSystem()), user: user,
      surroundings: scene.test.store.surroundings)
    let options = try scene.test.options()
    #expect(try StoreVerification(store: store, options: options).everyClaim().allSatisfy { $0.ok })
    let id = try #require(try store.objects.storeID())
    #expect(FileSystem().exists(other.path + "/config/tips/" + id))
    let back = try git(
      ["--git-dir", other.path + "/.wf", "update-ref", scene.claim, scene.first.hex])
    #expect(back.status == 0)
    let report = try StoreVerification(store: store, options: options).everyClaim()
      .first { $0.target == exampleSlug }
    #expect(report?.firstFailure?.reason == "tip_rolled_back")
  }

  @Test func `a damaged memory is an error that says what to do, and can be put aside`() throws {
    let scene = try Scene()
    let file = scene.test.gitDir + "/wf/tips"
    var bytes = try Fixtures.read(file)
    bytes[30] ^= 1
    try FileSystem().write(bytes, to: file)
    let error = #expect(throws: ObjectError.self) { try scene.report() }
    #expect(error?.code == .tipsMalformed)
    #expect(error?.hint?.contains("accept-history") == true)
    _ = try scene.test.store.acceptHistory(
      of: exampleSlug, at: scene.second.hex, who: "me", why: "bit rot")
    #expect(try scene.report()?.ok == true)
  }
}
