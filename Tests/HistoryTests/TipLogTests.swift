import Evidence
import History
import ObjectStore
import Platform
import Signing
import TestSupport
import Testing
import TransparencyLog

/// The log of tips in a store: appended by commits, checked by verify, between copies of a store.
struct TipLogTests {
  private static let claim = "refs/heads/claims/" + exampleSlug

  private func log(_ test: TestStore) throws -> CheckedLog {
    try #require(try test.reopened().checkedLogs(keys: []).first)
  }

  private func verified(_ test: TestStore) throws -> [TargetReport] {
    try StoreVerification(store: test.reopened(), options: test.options()).everyClaim()
  }

  private func check(_ test: TestStore) throws -> CheckResult {
    try #require(try verified(test).first?.checks.first { $0.check == .log })
  }

  /// A copy of the store with its user's folder, in `other`.
  private func copy(of test: TestStore) throws -> EvidenceStore {
    try shell("mkdir other; cp -R .wf config other", test)
    return EvidenceStore(
      objects: try ObjectStore.open(
        at: test.folder.path + "/other/.wf", system: FileSystem()),
      user: KeyFolder(path: test.folder.path + "/other/config"),
      surroundings: test.store.surroundings)
  }

  private func shell(_ line: String, _ test: TestStore) throws {
    let done = try run(["bash", "-ec", "cd \(test.folder.path); export GIT_DIR=.wf; \(line)"])
    try #require(done.status == 0, "\(line): \(done.err)")
  }

  private func register(_ test: TestStore) throws -> CommittedVersion {
    let members = try TestStore.example()
    return try test.store.register(
      RegistrationRequest(
        claim: members.bytes(.claim), evaluationProtocol: members.bytes(.evaluationProtocol),
        unsigned: false))
  }

  /// What this machine saw of tips and logs goes, so that only the log itself can tell.
  private func forget(_ test: TestStore) throws {
    try shell("rm -rf .wf/wf/tips config/tips config/checkpoints", test)
  }

  private func logRef(_ test: TestStore) throws -> String { try log(test).log.ref.text }

  @Test func `every commit is an entry that continues the one before`() throws {
    let test = try TestStore()
    let ids =
      [try register(test).commit, try test.commitExample().commit]
      + [try test.commitExample(label: "x").commit]
    let log = try log(test)
    #expect(log.entries.map(\.new) == ids.map(\.hex))
    #expect(log.entries.map(\.old) == [nil, ids[0].hex, ids[1].hex])
    #expect(log.entries.allSatisfy { $0.ref == Self.claim })
    #expect(log.checkpoint.origin == log.key.name && log.checkpoint.size == 3)
    #expect(try check(test).state == .pass && check(test).reason == nil)
    let stock = try test.git("fsck", "--strict", "--full")
    #expect(stock.status == 0 && stock.err == "", "\(stock.err)")
    let parents = try test.git("rev-list", "--count", log.log.ref.text)
    #expect(parents.out == "3\n")
    for id in ids {
      let file = try test.store.inclusionFile(of: id, in: [log])
      #expect(throws: Never.self) {
        try InclusionFile(parsing: file.bytes).verify(
          entry: file.extra ?? [], keys: [log.key], now: 0)
      }
    }
  }

  @Test func `an append adds few objects, the same for the thirtieth as for the third`() throws {
    let test = try TestStore()
    var counts: [Int] = []
    for number in 0..<30 {
      try test.commitExample()
      guard number == 2 || number == 29 else { continue }
      let ref = try logRef(test)
      let added = try test.git("rev-list", "--objects", ref, "^\(ref)~1").out
      counts.append(added.split(separator: "\n").count)
    }
    // commit, root, tile, 0 and 000.p, entries and 000.p, three blobs
    #expect(counts == [10, 10])
  }

  @Test func `a store without log begins one with the tips that it has`() throws {
    let test = try TestStore()
    let old = try test.commitExample().commit
    try shell("git update-ref -d \(try logRef(test))", test)
    try forget(test)
    #expect(try check(test).reason == "no_log")
    let new = try test.commitExample().commit
    #expect(try log(test).entries.map(\.new) == [old.hex, new.hex])
    #expect(try check(test).state == .pass)
  }

  @Test func `a commit that the log missed is a warning until the next one`() throws {
    let test = try TestStore()
    let first = try test.commitExample().commit
    let ref = try logRef(test)
    let head = try log(test).log.head
    try test.commitExample()
    try shell("git update-ref \(ref) \(head)", test)
    try forget(test)
    let found = try check(test)
    #expect(found.state == .pass && found.reason == "tip_not_logged")
    let third = try test.commitExample().commit
    #expect(try log(test).entries.map(\.new) == [first.hex, third.hex])
    #expect(try check(test).reason == nil)
  }

  @Test func `a log that goes back is refused by verify and by commit`() throws {
    let test = try TestStore()
    try test.commitExample()
    let head = try log(test).log.head
    try test.commitExample()
    try shell("git update-ref \(try logRef(test)) \(head)", test)
    let found = try check(test)
    #expect(found.reason == "log_rollback" && found.fault == .historyRewritten)
    let error = #expect(throws: LogError.self) { try test.commitExample() }
    #expect(error?.code == .logRollback)
  }

  @Test func `a tip that goes back, parts or goes is told by the log alone`() throws {
    let test = try TestStore()
    let first = try test.commitExample().commit
    let second = try test.commitExample().commit
    for (line, word) in [
      ("git update-ref \(Self.claim) \(first)", "tip_rolled_back"),
      (
        "git update-ref \(Self.claim) $(git cat-file commit \(second) | sed 's/^parent.*/parent \(first)/; s/version/variant/; s/attempts/tries/' | git hash-object -t commit -w --stdin)",
        "tip_forked"
      ),
    ] {
      try shell(line, test)
      try forget(test)
      let found = try check(test)
      #expect(found.reason == word && found.fault == .historyRewritten)
      #expect(found.path == Self.claim)
      try shell("git update-ref \(Self.claim) \(second)", test)
    }
    try shell("git update-ref -d \(Self.claim)", test)
    try forget(test)
    let report = try #require(try verified(test).first)
    #expect(report.target == exampleSlug && report.firstFailure?.reason == "ref_deleted")
  }

  /// Changes of the log's tree by somebody without the key.
  static let edits: [(String, String)] = [
    ("git rm -q --cached tile/0/000.p/2", "log_tile_missing"),
    ("git rm -q --cached tile/entries/000.p/2", "log_tile_missing"),
    ("put tile/0/000.p/2 | tr '\\000-\\377' '\\001-\\377\\000'", "log_tree_mismatch"),
    ("put tile/entries/000.p/2 | sed 's/\"old\":null/\"old\":1234/'", "log_tree_mismatch"),
    ("put tile/entries/000.p/2 | head -c 20", "log_tree_mismatch"),
    ("put checkpoint | sed '2s/2/3/'", "checkpoint_invalid"),
    ("put checkpoint | sed 's/ wf-log/ xx-log/'", "log_key_unknown"),
    ("put checkpoint | head -n 3", "checkpoint_invalid"),
    ("git rm -q --cached checkpoint", "checkpoint_invalid"),
  ]

  @Test(arguments: edits)
  func `a log that was edited says what is wrong with it`(edit: String, word: String) throws {
    let test = try TestStore()
    try test.commitExample()
    try test.commitExample()
    let ref = try logRef(test)
    let change =
      edit.hasPrefix("put ")
      ? "F=$(echo '\(edit)' | cut -d' ' -f2); \(edit.replacing("put ", with: "git show \(ref):")) > new; git update-index --add --cacheinfo 100644,$(git hash-object -w new),$F"
      : edit
    try shell(
      "export GIT_INDEX_FILE=$PWD/index; git read-tree \(ref); \(change); git update-ref \(ref) $(git -c user.name=x -c user.email=x@x commit-tree -p \(ref) -m x $(git write-tree))",
      test)
    let found = try check(test)
    #expect(found.reason == word, "\(edit): \(found.detail)")
    #expect(found.state == .fail)
  }

  @Test func `a log that is gone, or another in its place, is told`() throws {
    let test = try TestStore()
    try test.commitExample()
    let ref = try logRef(test)
    let head = try log(test).log.head
    try shell("git update-ref -d \(ref)", test)
    #expect(try check(test).reason == "log_rollback")
    try shell("git update-ref refs/wf/log/0123456789abcdef \(head)", test)
    #expect(try check(test).reason == "log_replaced")
  }

  /// Two copies of a store and of its owner's folder: the owner signs two histories.
  @Test func `two copies that go on apart are a fork, and both checkpoints are kept`() throws {
    let test = try TestStore()
    try test.commitExample()
    let there = try copy(of: test)
    _ = try test.commitExample()
    _ = try there.commit(
      CommitRequest(members: TestStore.example(), subject: "Another", label: nil, unsigned: false))
    let ours = try log(test)
    let theirs = try #require(try there.checkedLogs(keys: []).first)
    #expect(ours.key == theirs.key && ours.checkpoint.size == theirs.checkpoint.size)

    // each is whole by itself; side by side neither continues the other
    for (one, other) in [(ours, theirs), (theirs, ours)] {
      #expect(throws: LogError(.logFork, "", place: ours.key.name)) {
        try one.continues(other.signed.note)
      }
    }
    // a larger tree does not hide it
    _ = try there.commit(
      CommitRequest(members: TestStore.example(), subject: "More", label: nil, unsigned: false))
    let grown = try #require(try there.checkedLogs(keys: []).first)
    #expect(throws: LogError(.logFork, "", place: ours.key.name)) {
      try grown.continues(ours.signed.note)
    }

    // the store changes under whoever saw ours: his own memory tells him
    try shell("rm -rf .wf; cp -R other/.wf .", test)
    let found = try check(test)
    #expect(found.reason == "log_fork" && found.fault == .historyRewritten)
    let kept = try run(["bash", "-c", "cat \(test.folder.path)/config/forks/*"]).out
    for log in [ours, grown] {
      let note = String(decoding: log.signed.bytes, as: UTF8.self)
      #expect(kept.contains(note))
    }
    #expect(found.detail.contains("/config/forks/"))
  }

  @Test func `a commit onto the other side of a fork is refused, and both sides are kept`()
    throws
  {
    let test = try TestStore()
    try test.commitExample()
    let there = try copy(of: test)
    try test.commitExample()
    let ours = try log(test)
    _ = try there.commit(
      CommitRequest(members: TestStore.example(), subject: "Another", label: nil, unsigned: false))
    let theirs = try #require(try there.checkedLogs(keys: []).first)
    // Only the log is exchanged, so that nothing but it can say what happened.
    let ref = "refs/wf/log/\(ours.key.hex16)"
    try shell(
      "git --git-dir .wf fetch -q other/.wf +\(ref):refs/other/log "
        + "&& git --git-dir .wf update-ref \(ref) refs/other/log", test)
    let before = try test.git("for-each-ref").out
    let error = #expect(throws: LogError.self) { try test.commitExample() }
    #expect(error?.code == .logFork)
    #expect(error?.message.contains("/config/forks/") == true)
    let kept = try run(["bash", "-c", "cat \(test.folder.path)/config/forks/*"]).out
    for log in [ours, theirs] {
      #expect(kept.contains(String(decoding: log.signed.bytes, as: UTF8.self)))
    }
    #expect(try test.git("for-each-ref").out == before)
  }

  @Test func `a copy that was put back is a rollback, and what was seen is not forgotten`() throws {
    let test = try TestStore()
    try test.commitExample()
    try shell("cp -R .wf old", test)
    let seen = try {
      try test.commitExample()
      return try log(test).signed
    }()
    try shell("rm -rf .wf; mv old .wf", test)
    for _ in 0..<2 { #expect(try check(test).reason == "log_rollback") }
    // also for somebody who has nothing but the note of what he saw
    try forget(test)
    let now = try log(test)
    #expect(throws: LogError(.logRollback, "", place: now.key.name)) {
      try now.continues(seen.note)
    }
  }

  @Test func `what comes in is not appended, and the next commit covers it`() throws {
    let test = try TestStore()
    let first = try test.commitExample().commit
    let bundles = ["first", "second"].map { test.folder.path + "/" + $0 + ".bundle" }
    _ = try test.store.export(
      first, as: .bundle, to: bundles[0], isPublic: false, replacing: false)
    _ = try ObjectStore.create(
      at: test.folder.path + "/there", system: FileSystem(),
      surroundings: Surroundings(
        now: { 0 }, randomBytes: { [UInt8](repeating: 9, count: $0) }, environment: [:]))
    let there = EvidenceStore(
      objects: try ObjectStore.open(at: test.folder.path + "/there", system: FileSystem()),
      user: test.store.user, surroundings: test.store.surroundings)
    _ = try there.importBundle(bundles[0], options: test.options())
    // A bundle of one claim brings no log, and taking it in makes none.
    #expect(try there.tipLogs().isEmpty)
    let second = try there.commit(
      CommitRequest(members: TestStore.example(), subject: nil, label: nil, unsigned: false)
    ).commit
    _ = try there.export(
      second, as: .bundle, to: bundles[1], isPublic: false, replacing: false)
    let before = try log(test).log.head
    _ = try test.store.importBundle(bundles[1], options: test.options())
    #expect(try log(test).log.head == before && test.reopened().tipLogs().count == 1)
    let found = try check(test)
    #expect(found.state == .pass && found.reason == "tip_not_logged")
    let third = try test.commitExample().commit
    #expect(try log(test).entries.map(\.new) == [first.hex, third.hex])
    #expect(try log(test).entries.last?.old == first.hex)
    #expect(try check(test).reason == nil)
  }

  @Test func `each store has a log of its own, though the user is one`() throws {
    let test = try TestStore()
    try test.commitExample()
    _ = try ObjectStore.create(
      at: test.folder.path + "/second", system: FileSystem(),
      surroundings: Surroundings(
        now: { 0 }, randomBytes: { [UInt8](repeating: 9, count: $0) }, environment: [:]))
    let second = EvidenceStore(
      objects: try ObjectStore.open(at: test.folder.path + "/second", system: FileSystem()),
      user: test.store.user, surroundings: test.store.surroundings)
    _ = try second.commit(
      CommitRequest(members: TestStore.example(), subject: nil, label: nil, unsigned: false))
    let other = try #require(try second.checkedLogs(keys: []).first)
    #expect(try log(test).key != other.key)
    #expect(try log(test).checkpoint.size == 1 && other.checkpoint.size == 1)
  }
}
