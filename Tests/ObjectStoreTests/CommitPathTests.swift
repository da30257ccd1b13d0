import ObjectStore
import Platform
import Synchronization
import TestSupport
import Testing

/// Between "bytes complete" and "ref moved": syncs, order, crashes, locks.
struct CommitPathTests {
  private let many = Dictionary(
    uniqueKeysWithValues: (0..<500).map { ("raw/\($0 % 16)/f\($0)", "content \($0)") })

  @Test func `a commit of many objects costs six syncs, a change of HEAD one more`() throws {
    let made = try StoreFolder()
    let system = FileSystem()
    let store = try made.reopened(system)
    try store.commit(many, to: made.claim)
    #expect(system.ledger.syncs == 6)
    try store.commit(["x": "y"], to: made.claim)
    #expect(system.ledger.syncs == 11)
    try made.expectSound()
  }

  @Test func `two refs in one folder share the sync of the folder`() throws {
    let made = try StoreFolder()
    let system = FileSystem()
    let store = try made.reopened(system)
    let commit = try store.commit(["x": "y"], to: made.claim)
    let before = system.ledger.syncs
    let other = try #require(RefName("refs/heads/claims/other"))
    let log = try #require(RefName("refs/wf/log/00"))
    try store.update([
      RefUpdate(other, from: nil, to: commit), RefUpdate(log, from: nil, to: commit),
    ])
    #expect(system.ledger.syncs - before == 4)
  }

  @Test func `objects that are there are not written again`() throws {
    let made = try StoreFolder()
    try made.store.commit(many, to: made.claim)
    let batch = try made.store.beginBatch()
    _ = try batch.addTree(many.mapValues { Array($0.utf8) })
    _ = try batch.add(.blob, [1, 2, 3])
    _ = try batch.add(.blob, [1, 2, 3])
    let summary = try batch.finish()
    #expect(summary.written == 1)
    #expect(summary.present == 500 + 16 + 2 + 1)
  }

  @Test func `nothing can be seen of a batch that is not finished`() throws {
    let made = try StoreFolder()
    do {
      let batch = try made.store.beginBatch()
      _ = try batch.add(.blob, Array(repeating: 1, count: 20_000_000))
      #expect(try FileSystem().list(made.path + "/objects/pack").count == 1)
    }
    #expect(try FileSystem().list(made.path + "/objects/pack").isEmpty)
  }

  /// Fails the N-th operation and all after it, as a killed process would, for every N.
  @Test(arguments: [0, 1])
  func `after a crash at any operation the ref is old or new and git finds nothing wrong`(
    _ earlier: Int
  ) throws {
    let probe = FileSystem()
    let model = try StoreFolder()
    if earlier == 1 { try model.store.commit(["a": "0"], to: model.claim) }
    try model.reopened(probe).commit(["a": "1", "b/c": "2"], to: model.claim)
    let total = probe.ledger.total
    #expect(total > 20)
    var outcomes: Set<String> = []
    for number in 1...total {
      let made = try StoreFolder()
      let old = earlier == 1 ? try made.store.commit(["a": "0"], to: made.claim) : nil
      let system = FileSystem(
        hook: { _, _, running in running >= number ? .fail(5) : nil }, holder: Machine.before)
      let new = try? made.reopened(system).commit(["a": "1", "b/c": "2"], to: made.claim)
      let after = try made.reopened().ref(made.claim)
      outcomes.insert(after == old ? "old" : "new")
      if let new { #expect(after == new, "operation \(number)") }
      if after != old, let after {
        #expect(try made.reopened().commit(after).parents == (old.map { [$0] } ?? []))
      }
      try made.expectSound()
      // A dead process's locks do not stay in the way.
      let next = try made.reopened().commit(["a": "3"], to: made.claim)
      #expect(try made.reopened().ref(made.claim) == next, "operation \(number)")
    }
    #expect(outcomes == ["old", "new"])
  }

  @Test(arguments: [28, 5, 122])
  func `a full or failing disk leaves the old tip and no temporary file`(_ errno: Int32) throws {
    for operation in [FileSystem.Operation.write, .syncFile, .syncDirectory, .create, .rename] {
      for nth in 1...4 {
        let made = try StoreFolder()
        let old = try made.store.commit(["a": "0"], to: made.claim)
        let count = Mutex(0)
        let system = FileSystem { what, _, _ in
          guard what == operation else { return nil }
          let number = count.withLock { count in
            count += 1
            return count
          }
          return number == nth ? .cut(bytes: 3, errno) : nil
        }
        let store = try made.reopened(system)
        let new = try? store.commit(["a": "1"], to: made.claim)
        if new == nil {
          let tip = try made.reopened().ref(made.claim)
          // Only the sync after the rename can fail with the ref moved already.
          if operation != .syncDirectory && operation != .rename {
            #expect(tip == old, "\(operation) \(nth)")
          }
        }
        let left = try run(["find", made.path, "-name", "*tmp*"]).out
        #expect(left == "", "\(operation) \(nth)")
        try made.expectSound()
      }
    }
  }

  @Test func `a ref that moved meanwhile is refused`() throws {
    let made = try StoreFolder()
    let first = try made.store.commit(["a": "0"], to: made.claim)
    let second = try made.store.commit(["a": "1"], to: made.claim)
    let expected = ObjectError(.refMoved, place: made.claim.text, message: "")
    #expect(throws: expected) {
      try made.store.update([RefUpdate(made.claim, from: first, to: first)])
    }
    #expect(throws: expected) {
      try made.store.update([RefUpdate(made.claim, from: nil, to: first)])
    }
    #expect(try made.store.ref(made.claim) == second)
  }

  @Test func `of several refs none moves when one has moved`() throws {
    let made = try StoreFolder()
    let first = try made.store.commit(["a": "0"], to: made.claim)
    let other = try #require(RefName("refs/heads/claims/other"))
    #expect(throws: ObjectError.self) {
      try made.store.update([
        RefUpdate(other, from: nil, to: first), RefUpdate(made.claim, from: nil, to: first),
      ])
    }
    #expect(try made.store.ref(other) == nil)
  }

  @Test func `a ref is not put where one is in the way`() throws {
    let made = try StoreFolder()
    let tip = try made.store.commit(["a": "0"], to: made.claim)
    let below = try #require(RefName(made.claim.text + "/x"))
    let conflict = ObjectError(.refConflict, place: below.text, message: "")
    #expect(throws: conflict) { try made.store.update([RefUpdate(below, from: nil, to: tip)]) }
    #expect(try made.git("pack-refs", "--all", "--prune").status == 0)
    #expect(throws: conflict) { try made.store.update([RefUpdate(below, from: nil, to: tip)]) }
    let above = try #require(RefName("refs/heads/claims"))
    #expect(throws: ObjectError(.refConflict, place: above.text, message: "")) {
      try made.store.update([RefUpdate(above, from: nil, to: tip)])
    }
    try made.expectSound()
  }

  @Test func `a ref goes away also where it is packed`() throws {
    let made = try StoreFolder()
    let tip = try made.store.commit(["a": "0"], to: made.claim)
    let other = try #require(RefName("refs/heads/claims/other"))
    try made.store.update([RefUpdate(other, from: nil, to: tip)])
    #expect(try made.git("pack-refs", "--all", "--prune").status == 0)
    #expect(try made.store.refs().map(\.name) == [other, made.claim])
    try made.store.update([RefUpdate(other, from: tip, to: nil)])
    #expect(try made.store.refs().map(\.name) == [made.claim])
    try made.expectSound()
  }

  @Test func `a lock of stock git is waited for and respected`() throws {
    let made = try StoreFolder()
    let tip = try made.store.commit(["a": "0"], to: made.claim)
    try FileSystem().write([], to: made.path + "/" + made.claim.text + ".lock")
    let error = try #require(throws: ObjectError.self) {
      try made.store.update([RefUpdate(made.claim, from: tip, to: tip)], waiting: 20)
    }
    #expect(error.kind == .locked)
    #expect(error.reason == "locked")
    let stock = try made.git("update-ref", made.claim.text, tip.hex, tip.hex)
    #expect(stock.status != 0)
  }

  @Test func `two writers on one claim: one wins, the other is told`() throws {
    let made = try StoreFolder()
    let old = try made.store.commit(["a": "0"], to: made.claim)
    let path = made.path
    let claim = made.claim
    let outcomes = concurrentMap(Array(0..<8), threads: 4) { number -> String in
      do throws(ObjectError) {
        let store = try ObjectStore.open(at: path, system: FileSystem())
        let batch = try store.beginBatch()
        let tree = try batch.add(try Tree([]))
        let body = Commit.encode(
          tree: tree, parents: [old], author: alice, committer: alice, message: "n \(number)")
        let commit = try batch.add(.commit, body)
        _ = try batch.finish()
        try store.update([RefUpdate(claim, from: old, to: commit)])
        return "won"
      } catch {
        return error.reason
      }
    }
    #expect(outcomes.filter { $0 == "won" }.count == 1)
    #expect(outcomes.filter { $0 == "ref_moved" }.count == 7)
    try made.expectSound()
  }
}
