import Glibc
import Platform
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

/// `gc`: one pack with deltas, pruning by age, and nothing that anybody needs.
struct GarbageTests {
  private func names(_ made: StoreFolder, _ ending: String) throws -> [String] {
    try FileSystem().list(made.path + "/objects/pack").compactMap(\.name)
      .filter { $0.hasSuffix(ending) }
  }

  /// Versions of a table in which one row in a hundred changes, and of small references.
  private func versions(_ made: StoreFolder, _ count: Int, rows: Int = 1500) throws -> [ObjectID] {
    var generator = SeededGenerator(seed: 3)
    var table = (0..<rows).map { "{\"episode\":\($0),\"success\":true,\"seed\":\($0 * 7919)}\n" }
    var system = FileSystem()
    system.syncsToDisk = false
    let store = try made.reopened(system)
    return try (0..<count).map { version in
      for row in 0..<rows where generator.next() % 100 == 0 {
        table[row] = "{\"episode\":\(row),\"success\":\(version % 2 == 0),\"seed\":\(version)}\n"
      }
      return try store.commit(
        ["audit_input.json": table.joined(), "raw/ab/\(version)": "reference \(version)\n"],
        to: made.claim, durably: false)
    }
  }

  @Test func `everything comes into one pack with deltas, which git takes as its own`() throws {
    let made = try StoreFolder()
    let tips = try versions(made, 56, rows: 700)
    _ = try made.store.writeLoose(RawObject(kind: .blob, bytes: Array("reference 3\n".utf8)))
    let before = try made.git("rev-list", "--objects", "--all", "--no-object-names").out
    let report = try made.reopened().gc(GarbageOptions())
    #expect(report.packsAfter == 1)
    #expect(try names(made, ".pack").count == 1)
    let deltas = try #require(report.deltas)
    #expect(deltas > 50)
    #expect(report.pruned == [])
    #expect(report.reachable == before.split(separator: "\n").count)
    try made.expectSound()

    let pack = made.path + "/objects/pack/" + (try #require(try names(made, ".pack").first))
    let listing = try made.git("verify-pack", "-v", pack)
    #expect(listing.status == 0, "\(listing.err)")
    let depths = listing.out.split(separator: "\n").compactMap { line -> Int? in
      let words = line.split(separator: " ")
      return words.count == 7 ? Int(words[5]) : nil
    }
    #expect(depths.count == deltas)
    #expect((depths.max() ?? 0) > 10)
    #expect((depths.max() ?? 99) <= 50)
    let copy = made.folder.path + "/copy.idx"
    #expect(try made.git("index-pack", "--strict", "-o", copy, pack).status == 0)
    #expect(try Fixtures.read(copy) == Fixtures.read(pack.dropLast(5) + ".idx"))

    let store = try made.reopened()
    let ids = before.split(separator: "\n").compactMap { ObjectID(hex: $0) }
    let objects = try store.objects(ids)
    #expect(zip(ids, objects).allSatisfy { ObjectID.of($1.kind, $1.bytes) == $0 })
    #expect(store.cache.size <= store.cache.limit)
    #expect(try store.ref(made.claim) == tips.last)
    // Again: the same pack, byte for byte.
    let names = try names(made, ".pack")
    #expect(try made.reopened().gc(GarbageOptions()).packsAfter == 1)
    #expect(try self.names(made, ".pack") == names)

    // git's own packing of the same objects is not a fifth smaller.
    let ours = try FileSystem().status(pack).size
    #expect(try made.git("repack", "-adfq", "--depth=50", "--window=50").status == 0)
    let theirs = try FileSystem().status(
      made.path + "/objects/pack/" + (try #require(try self.names(made, ".pack").first))
    ).size
    #expect(Double(ours) <= 1.2 * Double(theirs), "\(ours) bytes, git \(theirs)")
    // And on top of git's pack everything goes on.
    try made.reopened().commit(["a": "after git"], to: made.claim)
    #expect(try made.reopened().gc(GarbageOptions()).packsAfter == 1)
    try made.expectSound()
  }

  @Test func `unreachable objects go when they are old, with what nobody else needs`() throws {
    let made = try StoreFolder()
    try made.store.commit(["a": "kept"], to: made.claim)
    let batch = try made.store.beginBatch()
    let old = try batch.add(.blob, Array("old".utf8))
    _ = try batch.finish()
    let loose = try made.store.writeLoose(RawObject(kind: .blob, bytes: [1]))
    let young = try made.store.writeLoose(
      RawObject(
        kind: .tree, bytes: try Tree([TreeEntry(mode: .file, name: "x", id: loose)]).encoded))
    let system = FileSystem()
    let past = try system.status(made.path + "/HEAD").modified - 20 * 86_400
    for name in try system.list(made.path + "/objects/pack").compactMap(\.name) {
      try system.setModified(made.path + "/objects/pack/" + name, to: past)
    }
    try system.setModified(made.path + "/objects/" + LooseObject.path(loose), to: past)

    let dry = try made.reopened().gc(GarbageOptions(isDryRun: true))
    #expect(dry.pruned.map(\.id) == [old])
    #expect(dry.pruned[0].bytes > 3)
    #expect(dry.kept == 2)
    #expect(try made.reopened().contains(old))

    let report = try made.reopened().gc(GarbageOptions())
    #expect(report.pruned == dry.pruned)
    let store = try made.reopened()
    #expect(!store.contains(old))
    // The young tree needs the old blob.
    #expect(try store.blob(loose) == [1])
    #expect(try store.tree(young).entries.count == 1)
    #expect(try names(made, ".mtimes").count == 1)
    try made.expectSound()
    // Their times are kept, so a second run does not make them younger; git knows such packs.
    let again = try made.reopened().gc(GarbageOptions())
    #expect(again.kept == 2)
    let now = try system.status(
      made.path + "/objects/pack/" + (try #require(try names(made, ".mtimes").first)))
    #expect(now.size == 12 + 8 + 64)
    let none = try made.reopened().gc(GarbageOptions(grace: 0))
    #expect(Set(none.pruned.map(\.id)) == [loose, young])
    #expect(try names(made, ".mtimes") == [])
    #expect(try made.git("gc", "--prune=now", "-q").status == 0)
    try made.expectSound()
  }

  @Test func `what tips remember is kept though a ref was set back`() throws {
    let made = try StoreFolder()
    let first = try made.store.commit(["a": "1"], to: made.claim)
    let second = try made.store.commit(["a": "2"], to: made.claim)
    try made.store.tipsFile.update {
      $0.tips[Tips.Key(ref: made.claim)] = Tips.Tip(commit: second, count: 2, seconds: 1)
    }
    try made.store.update([RefUpdate(made.claim, from: second, to: first)])
    _ = try made.store.gc(GarbageOptions(grace: 0))
    #expect(try made.reopened().commit(second).parents == [first])
  }

  @Test func `nothing is removed when something reachable is missing or damaged`() throws {
    let made = try StoreFolder()
    try made.store.commit(["a": "1", "b": "2"], to: made.claim)
    let loose = try made.store.writeLoose(RawObject(kind: .blob, bytes: [9]))
    let name = try #require(try names(made, ".pack").first)
    let path = made.path + "/objects/pack/" + name
    var bytes = try Fixtures.read(path)
    bytes[40] ^= 0x55
    try FileSystem().write(bytes, to: path)
    #expect(throws: ObjectError.self) { try made.reopened().gc(GarbageOptions(grace: 0)) }
    #expect(try names(made, ".pack") == [name])
    #expect(try made.reopened().blob(loose) == [9])
  }

  @Test func `what git keeps beside the packs does not outlive them`() throws {
    let made = try StoreFolder()
    for number in 0..<4 {
      try made.store.commit(["a": "\(number)"], to: made.claim, durably: false)
      #expect(try made.git("multi-pack-index", "write").status == 0)
      #expect(try made.git("commit-graph", "write", "--reachable").status == 0)
    }
    try made.expectSound()
    let tip = try #require(try made.store.ref(made.claim))
    try made.store.update([RefUpdate(made.claim, from: tip, to: nil)])
    try made.store.commit(["a": "other"], to: made.claim, durably: false)
    #expect(try made.git("multi-pack-index", "write").status == 0)
    let report = try made.reopened().gc(GarbageOptions(grace: 0))
    #expect(report.pruned.contains { $0.id == tip })
    try made.expectSound()
  }

  @Test func `a gc that fails at any operation loses nothing`() throws {
    let model = try StoreFolder()
    _ = try versions(model, 4, rows: 100)
    _ = try model.store.writeLoose(RawObject(kind: .blob, bytes: [1]))
    let probe = FileSystem()
    func copied(_ folder: TemporaryFolder) throws -> String {
      let path = folder.path + "/.wf"
      #expect(try run(["cp", "-r", model.path, path]).status == 0)
      return path
    }
    let first = TemporaryFolder()
    _ = try ObjectStore.open(at: try copied(first), system: probe).gc(GarbageOptions(grace: 0))
    for number in stride(from: 1, through: probe.ledger.total, by: 4) {
      let folder = TemporaryFolder()
      let path = try copied(folder)
      let system = FileSystem { _, _, running in running >= number ? .fail(5) : nil }
      _ = try? ObjectStore.open(at: path, system: system).gc(GarbageOptions(grace: 0))
      #expect(ObjectStore.fsck(at: path, system: FileSystem()).findings == [], "at \(number)")
      let store = try ObjectStore.open(at: path, system: FileSystem())
      let tip = try #require(try store.ref(model.claim))
      let graph = store.checkGraph(of: tip, includingHistory: true, memo: VerifiedObjects())
      #expect(graph.failure == nil, "at \(number)")
      if number % 5 > 0 { continue }
      let stock = try git(["--git-dir", path, "fsck", "--strict", "--full", "--no-dangling"])
      #expect(stock.status == 0, "at \(number): \(stock.err)")
    }
  }

  /// The name of a temporary file that a holder of locks makes.
  private static func temporary(_ holder: LockHolder?) -> String {
    let system = holder.map { FileSystem(holder: $0) } ?? FileSystem()
    return String(Path.lastComponent(system.temporaryName(beside: "pack")).dropFirst())
  }

  @Test func `leftovers of dead processes go, those of living ones stay`() throws {
    let made = try StoreFolder()
    try made.store.commit(["a": "1"], to: made.claim)
    let system = FileSystem()
    let dead = "objects/pack/tmp_pack_" + Self.temporary(Machine.before)
    // Of another machine nothing is known, so only age counts; of a make without a mark too.
    let living = "objects/pack/tmp_pack_" + Self.temporary(nil)
    for path in [dead, living, "objects/pack/tmp_pack_Xy12", "wf/.a.tmp-1-2"] {
      try system.write([1, 2, 3], to: made.path + "/" + path)
    }
    let stale = try FileSystem(holder: Machine.before).lock(made.path + "/HEAD")
    defer { stale.release() }
    try system.write([1], to: made.path + "/packed-refs.lock")
    let held = try system.lock(made.path + "/\(made.claim)")
    defer { held.release() }
    let dry = try made.reopened().gc(GarbageOptions(isDryRun: true))
    #expect(dry.leftovers.map(\.path) == [dead, "HEAD.lock"])
    #expect(dry.leftovers.map(\.bytes).first == 3)
    #expect(system.exists(made.path + "/" + dead))
    _ = try made.reopened().gc(GarbageOptions())
    #expect(!system.exists(made.path + "/" + dead))
    #expect(system.exists(made.path + "/" + living))
    #expect(system.exists(made.path + "/wf/.a.tmp-1-2"))
    #expect(system.exists(made.path + "/packed-refs.lock"))
    let locks = try ["\(made.claim)", "HEAD"].map {
      try system.statusIfPresent(made.path + "/\($0).lock", followingLinks: false)?.kind
    }
    #expect(locks == [.symbolicLink, nil])
  }

  @Test func `a written commit without a ref yet is waited for, and a second gc is refused`() throws
  {
    let made = try StoreFolder()
    let writer = try made.reopened()
    let batch = try writer.beginBatch()
    let tree = try batch.addTree(["a": [1]])
    let commit = try batch.add(
      .commit,
      Commit.encode(tree: tree, parents: [], author: alice, committer: alice, message: "x"))
    let options = GarbageOptions(grace: 0, patience: 30)
    let error = try #require(throws: ObjectError.self) { try made.reopened().gc(options) }
    #expect(error.reason == "locked")
    _ = try batch.finish()
    #expect(throws: ObjectError.self) { try made.reopened().gc(options) }
    try writer.update([RefUpdate(made.claim, from: nil, to: commit)])
    _ = try made.reopened().gc(options)
    #expect(try made.reopened().commit(commit).tree == tree)
    let lock = try FileSystem().lock(made.path + "/wf/gc")
    defer { lock.release() }
    #expect(throws: ObjectError.self) { try made.reopened().gc(options) }
  }

  @Test func `commits, readers and gc without grace run side by side and lose nothing`() throws {
    let made = try StoreFolder()
    try made.store.commit(["a": "0"], to: made.claim, durably: false)
    let path = made.path
    let isDone = Atomic<Int>(0)
    let failures = Mutex<[String]>([])
    let commits = Mutex<[ObjectID]>([])
    let runs = Atomic<Int>(0)
    let writers = 2
    _ = concurrentMap(Array(0..<(writers + 2)), threads: writers + 2) { worker in
      do {
        var system = FileSystem()
        system.syncsToDisk = false
        if worker < writers {
          let ref = RefName("refs/heads/claims/c\(worker)") ?? .head
          defer { isDone.wrappingAdd(1, ordering: .sequentiallyConsistent) }
          for number in 0..<42 {
            // Every third version brings back old content, which gc may be about to prune.
            let store = try ObjectStore.open(at: path, system: system)
            let id = try store.commit(
              ["a": "\(number % 3) of \(worker)", "raw/x": "\(number)"], to: ref, durably: false)
            commits.withLock { $0.append(id) }
            if number % 5 == 4 { try store.update([RefUpdate(ref, from: id, to: nil)]) }
          }
        } else if worker == writers {
          while isDone.load(ordering: .sequentiallyConsistent) < writers {
            _ = try ObjectStore.open(at: path, system: system).gc(
              GarbageOptions(grace: 0, patience: 60_000))
            runs.wrappingAdd(1, ordering: .relaxed)
          }
        } else {
          // One store for the whole time: its list of packs grows old again and again.
          let store = try ObjectStore.open(at: path, system: system)
          while isDone.load(ordering: .sequentiallyConsistent) < writers {
            guard let tip = try store.ref(made.claim) else { continue }
            let report = store.checkGraph(of: tip, includingHistory: true, memo: VerifiedObjects())
            if let failure = report.failure { throw failure }
          }
        }
      } catch {
        failures.withLock { $0.append("worker \(worker): \(error)") }
      }
    }
    #expect(failures.withLock { $0 } == [])
    #expect(runs.load(ordering: .relaxed) > 2)
    try made.expectSound()
  }
}
