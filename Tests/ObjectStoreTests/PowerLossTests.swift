import ObjectStore
import Platform
import TestSupport
import Testing

/// Power lost at every instant of what changes a store: it is whole, with the old tip or the new one.
struct PowerLossTests {
  private let claim = RefName("refs/heads/claims/pick-place") ?? .head

  private func open(_ folder: String, _ observer: FileSystem.Observer? = nil) throws -> ObjectStore
  {
    try ObjectStore.open(
      at: folder + "/.wf", system: FileSystem(observer: observer, holder: Machine.before))
  }

  /// Checks every state; git looks at `sample` of them.
  ///
  /// - Parameter tips: what the claim may point at; the last of them once everything was done.
  private func check(
    _ run: RecordedRun, tips: [ObjectID?], sample: Int = 40,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let all = run.remains()
    #expect(run.faults == [], sourceLocation: sourceLocation)
    var seen: Set<ObjectID?> = []
    let stride = max(1, all.count / sample)
    for (index, remains) in all.enumerated() {
      let folder = TemporaryFolder()
      try remains.state.write(to: folder.path)
      let path = folder.path + "/.wf"
      let system = FileSystem(holder: Machine.after)
      let what: Comment = "after \(remains.after) of \(run.changes.count), state \(index)"
      let store = try #require(
        try? ObjectStore.open(at: path, system: system), what, sourceLocation: sourceLocation)
      let tip = try store.ref(claim)
      seen.insert(tip)
      #expect(tips.contains(tip), what, sourceLocation: sourceLocation)
      if remains.isLast { #expect(tip == tips.last, what, sourceLocation: sourceLocation) }
      #expect(store.fsck().findings == [], what, sourceLocation: sourceLocation)
      if index % stride == 0 {
        let stock = try git(["--git-dir", path, "fsck", "--strict", "--full", "--no-dangling"])
        #expect(
          stock.status == 0 && isSilent(stock), "\(what): \(stock.out)\(stock.err)",
          sourceLocation: sourceLocation)
      }
      let next = try store.commit(["a": "next", "new": "\(index)"], to: claim)
      let reopened = try ObjectStore.open(at: path, system: FileSystem(holder: Machine.after))
      #expect(try reopened.ref(claim) == next, what, sourceLocation: sourceLocation)
      if index % stride == 0 {
        #expect(reopened.fsck().findings == [], what, sourceLocation: sourceLocation)
      }
    }
    #expect(seen == Set(tips), "every outcome was among them", sourceLocation: sourceLocation)
  }

  /// Notices say that there are no refs yet.
  private func isSilent(_ git: Finished) -> Bool {
    git.err.split(separator: "\n").allSatisfy { $0.hasPrefix("notice: ") }
  }

  @Test func `init: there is a whole store or none`() throws {
    let folder = TemporaryFolder()
    let run = try RecordedRun(root: folder.path) { observer in
      _ = try ObjectStore.create(
        at: folder.path + "/.wf", system: FileSystem(observer: observer),
        surroundings: fixedSurroundings)
    }
    let all = run.remains()
    #expect(run.faults == [])
    var whole = 0
    for remains in all {
      let after = TemporaryFolder()
      try remains.state.write(to: after.path)
      let path = after.path + "/.wf"
      if FileSystem().exists(path) {
        whole += 1
      } else {
        #expect(!remains.isLast)
        _ = try ObjectStore.create(at: path, system: FileSystem(), surroundings: fixedSurroundings)
      }
      let store = try ObjectStore.open(at: path, system: FileSystem())
      try store.commit(["a": "1"], to: claim)
      #expect(store.fsck().findings == [], "after \(remains.after)")
    }
    #expect(whole > 0)
    #expect(whole < all.count)
  }

  @Test(arguments: [0, 1]) func `a commit`(_ earlier: Int) throws {
    let made = try StoreFolder()
    let old = earlier == 1 ? try made.store.commit(["a": "0"], to: claim) : nil
    var new: ObjectID?
    let run = try RecordedRun(root: made.folder.path) { observer in
      new = try open(made.folder.path, observer).commit(["a": "1", "b/c": "2"], to: claim)
    }
    try check(run, tips: [old, new])
  }

  @Test func `a commit to another claim, which moves HEAD, with a tag`() throws {
    let made = try StoreFolder()
    let other = try #require(RefName("refs/heads/claims/other"))
    let old = try made.store.commit(["a": "0"], to: claim)
    try made.store.commit(["o": "0"], to: other)
    var new: ObjectID?
    let run = try RecordedRun(root: made.folder.path) { observer in
      let store = try open(made.folder.path, observer)
      let batch = try store.beginBatch()
      let tree = try batch.addTree(["a": [1]])
      let body = Commit.encode(
        tree: tree, parents: [old], author: alice, committer: alice, message: "a version\n")
      let commit = try batch.add(.commit, body)
      _ = try batch.finish()
      let tag = try #require(RefName.tag("pick-place", "first"))
      try store.update(
        [RefUpdate(claim, from: old, to: commit), RefUpdate(tag, from: nil, to: commit)],
        head: claim)
      new = commit
    }
    try check(run, tips: [old, new])
  }

  @Test func `a commit that joins packs`() throws {
    let made = try StoreFolder()
    var old: ObjectID?
    for number in 0..<100 {
      var new: ObjectID?
      let run = try RecordedRun(root: made.folder.path) { observer in
        new = try open(made.folder.path, observer).commit(["a": "\(number)"], to: claim)
      }
      let joins = run.changes.filter {
        if case .removed(let path) = $0 { return path.hasSuffix(".idx") }
        return false
      }
      if joins.count >= 2 {
        try check(run, tips: [old, new])
        return
      }
      old = new
    }
    Issue.record("no commit joined packs")
  }

  @Test func `gc: every version stays, whatever is lost`() throws {
    let made = try StoreFolder()
    var tip: ObjectID?
    for number in 0..<6 {
      tip = try made.store.commit(["a": "\(number)", "b/c": "kept"], to: claim)
    }
    _ = try made.store.writeLoose(RawObject(kind: .blob, bytes: [9]))
    let run = try RecordedRun(root: made.folder.path) { observer in
      let report = try open(made.folder.path, observer).gc(GarbageOptions(grace: 0))
      #expect(report.pruned.count == 1)
    }
    #expect(
      run.changes.contains {
        if case .removed(let path) = $0 { return path.hasSuffix(".idx") }
        return false
      })
    try check(run, tips: [tip])
  }

  @Test func `a ref that is deleted, packed and loose`() throws {
    let made = try StoreFolder()
    let old = try made.store.commit(["a": "0"], to: claim)
    #expect(try made.git("pack-refs", "--all").status == 0)
    let run = try RecordedRun(root: made.folder.path) { observer in
      try open(made.folder.path, observer).update([RefUpdate(claim, from: old, to: nil)])
    }
    try check(run, tips: [old, nil])
  }
}
