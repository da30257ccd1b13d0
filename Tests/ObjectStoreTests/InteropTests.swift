import ObjectStore
import Platform
import TestSupport
import Testing

/// Stock git is the judge of what we write, and writes what we read.
struct InteropTests {
  private func files(_ count: Int, seed: UInt64, changed: Int = 0) -> [String: String] {
    var generator = SeededGenerator(seed: seed)
    var result: [String: String] = [:]
    for index in 0..<count {
      let word = index < changed ? generator.next() : UInt64(index)
      let text = (0..<20).map { "line \($0) of file \(index), \(word)\n" }.joined()
      result["raw/\(index % 7)/file-\(index)"] = text
    }
    return result
  }

  @Test func `a new store is an empty repository to git`() throws {
    let made = try StoreFolder()
    #expect(
      try made.git("rev-parse", "--is-bare-repository", "--show-object-format").out
        == "true\nsha256\n")
    try made.expectSound()
  }

  @Test func `ids are those of git hash-object`() throws {
    let made = try StoreFolder()
    for text in ["", "hello\n", String(repeating: "x", count: 100_000)] {
      let stock = try made.git("hash-object", "--stdin", input: Array(text.utf8))
      #expect(stock.out == ObjectID.of(.blob, Array(text.utf8)).hex + "\n")
    }
  }

  @Test func `git reads what we commit`() throws {
    let made = try StoreFolder()
    let first = try made.store.commit(
      ["claim.json": "{}\n", "raw/ab/cd": "x", "a.b": "1", "a/b": "2", "é": "3"], to: made.claim)
    let second = try made.store.commit(["claim.json": "{ }\n"], to: made.claim, message: "two")
    try made.expectSound()
    #expect(try made.git("log", "--format=%H %s").out == "\(second) two\n\(first) a version\n")
    #expect(try made.git("cat-file", "-p", "\(first):raw/ab/cd").out == "x")
    #expect(try made.git("symbolic-ref", "HEAD").out == "refs/heads/claims/pick-place\n")
    let pretty = try made.git("cat-file", "-p", "\(second)").out
    #expect(pretty.contains("author alice lab <alice@lab.example> 1767225600 +0000\n"))
    #expect(try made.git("count-objects", "-v").out.contains("count: 0\n"))
  }

  @Test func `git verifies and indexes our packs to the same bytes`() throws {
    let made = try StoreFolder()
    try made.store.commit(files(300, seed: 1), to: made.claim)
    let folder = made.path + "/objects/pack"
    let names = try FileSystem().list(folder).compactMap(\.name)
    let pack = try #require(names.first { $0.hasSuffix(".pack") })
    let idx = try #require(names.first { $0.hasSuffix(".idx") })
    #expect(try made.git("verify-pack", "-v", folder + "/" + pack).status == 0)
    let copy = made.folder.path + "/copy.idx"
    let stock = try made.git("index-pack", "--strict", "-o", copy, folder + "/" + pack)
    #expect(stock.status == 0, "\(stock.err)")
    #expect(try Fixtures.read(copy) == Fixtures.read(folder + "/" + idx))
  }

  @Test(arguments: [false, true])
  func `every object is read after git packs with deltas`(usesIDs: Bool) throws {
    let made = try StoreFolder()
    var commits: [ObjectID] = []
    for round in 0..<4 {
      commits.append(
        try made.store.commit(files(200, seed: UInt64(round), changed: 10 * round), to: made.claim))
    }
    let before = try made.git("rev-list", "--objects", "--all", "--no-object-names").out
    let format = usesIDs ? "false" : "true"
    let repack = try made.git(
      "-c", "repack.useDeltaBaseOffset=\(format)", "repack", "-adfq", "--depth=50", "--window=50")
    #expect(repack.status == 0, "\(repack.err)")
    #expect(try made.git("pack-refs", "--all").status == 0)
    let idx = try #require(
      FileSystem().list(made.path + "/objects/pack").compactMap(\.name).first {
        $0.hasSuffix(".idx")
      })
    let listing = try made.git("verify-pack", "-v", made.path + "/objects/pack/" + idx).out
    #expect(listing.contains("chain length = 2"), "git wrote no deltas")
    let store = try made.reopened()
    let ids = before.split(separator: "\n").compactMap { ObjectID(hex: $0) }
    #expect(ids.count >= 300)
    let objects = try store.objects(ids)
    #expect(zip(ids, objects).allSatisfy { ObjectID.of($1.kind, $1.bytes) == $0 })
    #expect(try store.ref(made.claim) == commits.last)
    try made.expectSound()
    // The next commit finds most of its objects in git's pack.
    let batch = try store.beginBatch()
    _ = try batch.addTree(files(200, seed: 3, changed: 30).mapValues { Array($0.utf8) })
    #expect(try batch.finish().written == 0)
    try store.commit(["x": "y"], to: made.claim)
    try made.expectSound()
  }

  @Test func `loose objects of git are read, and ours by git`() throws {
    let made = try StoreFolder()
    let body = Array("loose\n".utf8)
    let stock = try made.git("hash-object", "-w", "--stdin", input: body)
    let id = try #require(ObjectID(hex: stock.out.dropLast()))
    #expect(try made.store.blob(id) == body)
    let ours = try made.store.writeLoose(RawObject(kind: .blob, bytes: Array("ours\n".utf8)))
    #expect(try made.git("cat-file", "blob", ours.hex).out == "ours\n")
    try made.expectSound()
  }

  @Test func `data that does not shrink is stored, in blocks git reads`() throws {
    let made = try StoreFolder()
    var generator = SeededGenerator(seed: 9)
    let noise = (0..<300_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    let batch = try made.store.beginBatch()
    let id = try batch.add(.blob, noise)
    let summary = try batch.finish()
    #expect(summary.packed < noise.count + 100)
    #expect(try made.store.blob(id) == noise)
    #expect(try made.git("cat-file", "blob", id.hex).outBytes == noise)
  }

  @Test func `git's own gc leaves a store we can read and add to`() throws {
    let made = try StoreFolder()
    let first = try made.store.commit(files(50, seed: 1), to: made.claim)
    #expect(try made.git("gc", "-q", "--prune=now").status == 0)
    #expect(try made.store.commit(first).parents == [])
    try made.store.commit(files(50, seed: 2, changed: 5), to: made.claim)
    try made.expectSound()
  }
}
