import ObjectStore
import Platform
import TestSupport
import Testing

/// Many refs move together by one `packed-refs`, each compared as one alone would be.
struct ManyRefsTests {
  private let made: StoreFolder
  private let old: ObjectID
  private let new: ObjectID

  init() throws {
    made = try StoreFolder()
    old = try made.store.commit(["a": "0"], to: made.claim)
    new = try made.store.commit(["a": "1"], to: made.claim)
  }

  private static func name(_ number: Int) throws -> RefName {
    try #require(RefName("refs/remotes/origin/claims/c\(number)"))
  }

  /// Forty new refs, on a store where `loose` of them have a file and `packed` stand in packed-refs.
  private func updates(loose: Range<Int>, packed: Range<Int>) throws -> [RefUpdate] {
    for number in packed {
      try made.store.update([RefUpdate(try Self.name(number), from: nil, to: old)])
    }
    #expect(try made.git("pack-refs", "--all", "--prune").status == 0)
    for number in loose {
      let name = try Self.name(number)
      try made.store.update([RefUpdate(name, from: try made.store.ref(name), to: old)])
    }
    return try (0..<40).map { number in
      let isThere = loose.contains(number) || packed.contains(number)
      return RefUpdate(try Self.name(number), from: isThere ? old : nil, to: new)
    }
  }

  private func stock() throws -> [String] {
    let found = try made.git(
      "for-each-ref", "--format=%(refname) %(objectname)", "refs/remotes/")
    return found.out.split(separator: "\n").map(String.init)
  }

  @Test func `they move at a number of syncs that does not follow theirs`() throws {
    let updates = try updates(loose: 5..<8, packed: 7..<20)
    let system = FileSystem()
    let store = try made.reopened(system)
    let before = system.ledger.syncs
    try store.update(updates)
    // packed-refs, its folder, and the folder from which files went.
    #expect(system.ledger.syncs - before == 3)
    #expect(try stock() == updates.map { "\($0.name) \(new)" }.sorted())
    #expect(try store.refs("refs/remotes/").map(\.target) == Array(repeating: new, count: 40))
    let files = try FileSystem().listIfPresent(made.path + "/refs/remotes/origin/claims")
    #expect(files.isEmpty, "no file hides a packed ref, no lock is left")
    #expect(try store.ref(made.claim) == new)
    try made.expectSound()
  }

  @Test func `gc puts them into one file, and they go on from there`() throws {
    for number in 0..<40 {
      try made.store.update([RefUpdate(try Self.name(number), from: nil, to: old)])
    }
    let before = try stock()
    func files() throws -> Int {
      try FileSystem().listIfPresent(made.path + "/refs/remotes/origin/claims").count
    }
    #expect(try files() == 40)
    _ = try made.store.gc(GarbageOptions(isDryRun: true))
    #expect(try files() == 40)
    _ = try made.store.gc(GarbageOptions())
    #expect(try files() == 0)
    #expect(try stock() == before)
    #expect(try made.store.ref(made.claim) == new)
    try made.store.update([RefUpdate(try Self.name(3), from: old, to: new)])
    #expect(try made.store.ref(try Self.name(3)) == new)
    #expect(try made.reopened().refs("refs/remotes/").map(\.target).count { $0 == new } == 1)
    try made.expectSound()
  }

  @Test func `gc leaves refs that somebody is about to move`() throws {
    for number in 0..<20 {
      try made.store.update([RefUpdate(try Self.name(number), from: nil, to: old)])
    }
    let lock = try FileSystem().lock(made.path + "/" + Self.name(3).text)
    defer { lock.release() }
    _ = try made.store.gc(GarbageOptions())
    #expect(try stock().count == 20)
  }

  @Test func `some go away while others come`() throws {
    var updates = try updates(loose: 0..<5, packed: 3..<10)
    for number in 0..<10 {
      updates[number] = RefUpdate(updates[number].name, from: old, to: nil)
    }
    try made.store.update(updates)
    #expect(try stock() == updates.dropFirst(10).map { "\($0.name) \(new)" }.sorted())
    try made.expectSound()
  }

  @Test func `none moves where one was moved by another, has a lock, or excludes a ref`() throws {
    let updates = try updates(loose: 5..<8, packed: 8..<12)
    let before = try made.git("for-each-ref").out
    func refused(_ updates: [RefUpdate], _ reason: String) throws {
      let error = try #require(throws: ObjectError.self) {
        try made.store.update(updates, waiting: 20)
      }
      #expect(error.reason == reason)
      #expect(try made.git("for-each-ref").out == before)
    }
    for number in [5, 8, 30] {
      var wrong = updates
      wrong[number] = RefUpdate(updates[number].name, from: new, to: new)
      try refused(wrong, "ref_moved")
    }
    let above = try #require(RefName("refs/remotes/origin/claims"))
    try refused(updates + [RefUpdate(above, from: nil, to: new)], "ref_conflict")
    for file in [updates[20].name.text, "packed-refs"] {
      let lock = try FileSystem().lock(made.path + "/" + file)
      try refused(updates, "locked")
      lock.release()
    }
    try made.store.update(updates)
    try made.expectSound()
  }

  @Test func `HEAD moves with them, and git still sees what a tag leads to`() throws {
    let updates = try updates(loose: 0..<0, packed: 0..<0)
    let other = try #require(RefName("refs/heads/claims/other"))
    #expect(
      try made.git(
        "-c", "user.name=a", "-c", "user.email=a@b", "tag", "-a", "-m", "m", "old/tag", new.hex
      ).status == 0)
    let first = try #require(RefName("refs/tags/old/tag"))
    let tag = try #require(try made.store.ref(first))
    let second = try #require(RefName("refs/tags/new/tag"))
    try made.store.update(
      updates + [
        RefUpdate(other, from: nil, to: new), RefUpdate(second, from: nil, to: tag),
      ], head: other)
    #expect(try made.store.head() == other)
    let shown = try made.git("show-ref", "-d", "--tags").out
    #expect(shown.contains("\(new) refs/tags/new/tag^{}"))
    #expect(shown.contains("\(new) refs/tags/old/tag^{}"))
  }

  @Test func `a bad ref elsewhere is not in their way`() throws {
    let updates = try updates(loose: 0..<3, packed: 3..<5)
    _ = try FileSystem().makeDirectories(made.path + "/refs/heads/claims")
    try FileSystem().write(Array("nonsense\n".utf8), to: made.path + "/refs/heads/claims/bad")
    try FileSystem().write([10], to: made.path + "/refs/heads/claims/bad name")
    try made.store.update(updates)
    let names = updates.map(\.name)
    #expect(
      try made.store.targets(of: names) == Dictionary(uniqueKeysWithValues: names.map { ($0, new) })
    )
    #expect(try made.store.refs("refs/remotes/").count == 40)
    #expect(throws: ObjectError.self) { try made.store.refs() }
  }

  @Test func `power lost at any instant: each is old or new, and new once all was done`() throws {
    let updates = try updates(loose: 5..<8, packed: 7..<12)
    let gone = try #require(RefName("refs/remotes/origin/claims/c5"))
    let all = updates.map { $0.name == gone ? RefUpdate(gone, from: old, to: nil) : $0 }
    let run = try RecordedRun(root: made.folder.path) { observer in
      let store = try made.reopened(FileSystem(observer: observer, holder: Machine.before))
      try store.update(all)
    }
    let remains = run.remains()
    #expect(run.faults == [])
    var mixed = 0
    for (index, remains) in remains.enumerated() {
      let folder = TemporaryFolder()
      try remains.state.write(to: folder.path)
      let store = try ObjectStore.open(
        at: folder.path + "/.wf", system: FileSystem(holder: Machine.after))
      let targets = try store.targets(of: all.map(\.name))
      let what: Comment = "after \(remains.after) of \(run.changes.count), state \(index)"
      for update in all {
        let target = targets[update.name]
        #expect(target == update.old || target == update.new, what)
        if remains.isLast { #expect(target == update.new, what) }
      }
      if Set(all.map { targets[$0.name] == $0.new }).count == 2 { mixed += 1 }
      #expect(store.fsck().findings == [], what)
      try store.update(all.map { RefUpdate($0.name, from: targets[$0.name], to: new) })
    }
    #expect(remains.count > 50)
    #expect(mixed > 0, "files that hide the packed refs go last")
  }
}
