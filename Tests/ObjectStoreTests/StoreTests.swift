import ObjectStore
import Platform
import TestSupport
import Testing

struct StoreTests {
  @Test func `a store is found from a folder below it, and not from one beside it`() throws {
    let made = try StoreFolder()
    let below = made.folder.path + "/a/b"
    try FileSystem().makeDirectories(below)
    #expect(try ObjectStore.find(from: below, system: FileSystem()).path == made.path)
    let beside = TemporaryFolder()
    let error = try #require(throws: ObjectError.self) {
      try ObjectStore.find(from: beside.path, system: FileSystem())
    }
    #expect(error.kind == .noStore)
  }

  @Test func `a second store in one place is refused`() throws {
    let made = try StoreFolder()
    #expect(throws: ObjectError(.storeExists, place: made.path, message: "")) {
      try ObjectStore.create(
        at: made.path, system: FileSystem(), surroundings: fixedSurroundings)
    }
  }

  @Test func `a store that could not be made leaves nothing behind`() throws {
    for number in 1...60 {
      let folder = TemporaryFolder()
      let system = FileSystem { _, _, running in running == number ? .fail(28) : nil }
      let store = try? ObjectStore.create(
        at: folder.path + "/.wf", system: system, surroundings: fixedSurroundings)
      let names = try FileSystem().list(folder.path).compactMap(\.name)
      if store == nil { #expect(names.isEmpty || names == [".wf"], "operation \(number)") }
    }
  }

  @Test func `each store has its own id`() throws {
    let made = try StoreFolder()
    #expect(try made.store.storeID() == String(repeating: "07", count: 16))
  }

  @Test func `ids are found by their beginning, loose and packed`() throws {
    let made = try StoreFolder()
    let commit = try made.store.commit(["a": "0"], to: made.claim)
    let loose = try made.store.writeLoose(RawObject(kind: .blob, bytes: [9]))
    for id in [commit, loose] {
      #expect(try made.store.ids(startingWith: String(id.hex.prefix(8))) == [id])
      #expect(try made.store.ids(startingWith: id.hex) == [id])
    }
    #expect(try made.store.ids(startingWith: "0123456789") == [])
    #expect(throws: ObjectError.self) { try made.store.ids(startingWith: "ABCDEF12") }
    #expect(throws: ObjectError.self) { try made.store.ids(startingWith: "ab") }
  }

  @Test func `a pack that another process wrote is found`() throws {
    let made = try StoreFolder()
    _ = try made.store.commit(["a": "0"], to: made.claim)
    let id = try made.reopened().commit(["a": "1"], to: made.claim)
    #expect(try made.store.commit(id).parents.count == 1)
  }

  @Test func `the checked graph of many versions is hashed once`() throws {
    let made = try StoreFolder()
    var files = Dictionary(uniqueKeysWithValues: (0..<50).map { ("raw/f\($0)", "content \($0)") })
    let first = try made.store.commit(files, to: made.claim)
    files["raw/f0"] = "other"
    let second = try made.store.commit(files, to: made.claim)
    let memo = VerifiedObjects()
    let one = made.store.checkGraph(of: first, includingHistory: true, memo: memo)
    #expect(one.failure == nil)
    #expect(one.checked == 50 + 2 + 1)
    let two = made.store.checkGraph(of: second, includingHistory: true, memo: memo)
    #expect(two.failure == nil)
    #expect(two.checked == 1 + 2 + 1)
    let again = made.store.checkGraph(of: second, includingHistory: true, memo: memo)
    #expect(again.checked == 0)
    let alone = made.store.checkGraph(of: second, includingHistory: false, memo: VerifiedObjects())
    #expect(alone.checked == 53)
  }

  @Test func `a bad blob is named with the path that leads to it`() throws {
    let made = try StoreFolder()
    let commit = try made.store.commit(["raw/ab/cd": "content", "x": "y"], to: made.claim)
    let blob = ObjectID.of(.blob, Array("content".utf8))
    let pack = try #require(
      FileSystem().list(made.path + "/objects/pack").compactMap(\.name).first {
        $0.hasSuffix(".pack")
      })
    let bytes = try Fixtures.read(made.path + "/objects/pack/" + pack)
    for name in try FileSystem().list(made.path + "/objects/pack").compactMap(\.name) {
      try FileSystem().remove(made.path + "/objects/pack/" + name)
    }
    #expect(try made.git("unpack-objects", "-q", input: bytes).status == 0)
    try FileSystem().remove(made.path + "/objects/\(blob.hex.prefix(2))/\(blob.hex.dropFirst(2))")
    let store = try made.reopened()
    let failure = store.checkGraph(of: commit, includingHistory: true, memo: VerifiedObjects())
      .failure
    #expect(failure?.code == .objectMissing)
    #expect(failure?.object == blob)
    #expect(failure?.place == "\(commit):raw/ab/cd")
    let finding = store.fsck().findings.first
    #expect(finding?.reason == "object_missing")
    #expect(finding?.place == "\(made.claim):raw/ab/cd")
  }

  @Test func `a tree with too many folders inside each other is refused`() throws {
    let made = try StoreFolder()
    let batch = try made.store.beginBatch()
    var tree = try batch.add(try Tree([]))
    for _ in 0..<200 {
      tree = try batch.add(try Tree([TreeEntry(mode: .directory, name: "d", id: tree)]))
    }
    let commit = try batch.add(
      .commit,
      Commit.encode(tree: tree, parents: [], author: alice, committer: alice, message: "deep"))
    _ = try batch.finish()
    let report = made.store.checkGraph(of: commit, includingHistory: true, memo: VerifiedObjects())
    #expect(report.failure?.code == .treeTooDeep)
    #expect(throws: ObjectError.self) { try made.store.walkTree(tree) { _ in true } }
  }

  @Test func `entries are found by path, ancestors by history`() throws {
    let made = try StoreFolder()
    let first = try made.store.commit(["raw/ab/cd": "content", "x": "y"], to: made.claim)
    let second = try made.store.commit(["x": "z"], to: made.claim)
    let tree = try made.store.commit(first).tree
    #expect(
      try made.store.entry(at: "raw/ab/cd", in: tree)?.id
        == ObjectID.of(.blob, Array("content".utf8)))
    #expect(try made.store.entry(at: "raw/ab/ce", in: tree) == nil)
    #expect(try made.store.entry(at: "x/y", in: tree) == nil)
    #expect(try made.store.isAncestor(first, of: second))
    #expect(try !made.store.isAncestor(second, of: first))
    var paths: [String] = []
    try made.store.walkTree(tree) { step in
      paths.append(step.path)
      return true
    }
    #expect(paths == ["", "raw", "raw/ab", "raw/ab/cd", "x"])
  }

  @Test func `every reason word is snake case and stands once`() {
    let words = ObjectError.Code.allCases.map(\.rawValue)
    #expect(Set(words).count == words.count)
    #expect(words.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } })
  }
}
