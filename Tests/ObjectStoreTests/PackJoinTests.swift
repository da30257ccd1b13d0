import ObjectStore
import Platform
import TestSupport
import Testing

struct PackJoinTests {
  private func packs(_ made: StoreFolder) throws -> Int {
    try FileSystem().list(made.path + "/objects/pack").compactMap(\.name)
      .filter { $0.hasSuffix(".pack") }.count
  }

  @Test func `a hundred commits leave a handful of packs and every object`() throws {
    let made = try StoreFolder()
    var most = 0
    var tips: [ObjectID] = []
    for number in 0..<100 {
      tips.append(
        try made.store.commit(
          ["a": "version \(number)", "raw/x": "x \(number % 7)"], to: made.claim, durably: false))
      most = max(most, try packs(made))
    }
    #expect(most <= 25)
    let memo = VerifiedObjects()
    for tip in tips {
      #expect(made.store.checkGraph(of: tip, includingHistory: false, memo: memo).failure == nil)
    }
    try made.expectSound()
    let names = try FileSystem().list(made.path + "/objects/pack").compactMap(\.name)
    #expect(names.count == 2 * (try packs(made)), "\(names)")
    for name in names where name.hasSuffix(".idx") {
      #expect(try made.git("verify-pack", made.path + "/objects/pack/" + name).status == 0)
    }
  }

  @Test func `a commit that joins packs costs no more syncs, and another store still reads`() throws
  {
    let made = try StoreFolder()
    var first: ObjectID?
    for number in 0..<24 {
      let id = try made.store.commit(["a": "\(number)"], to: made.claim, durably: false)
      first = first ?? id
    }
    let reader = try made.reopened()
    let old = try #require(first)
    #expect(try reader.commit(old).parents == [])
    let system = FileSystem()
    try made.reopened(system).commit(["a": "last"], to: made.claim)
    #expect(system.ledger.syncs == 5)
    #expect(try packs(made) < 5)
    #expect(try reader.commit(old).parents == [])
    #expect(try reader.tree(reader.commit(old).tree).entries.count == 1)
    try made.expectSound()
  }

  @Test func `a crash while packs are joined loses nothing`() throws {
    let model = try StoreFolder()
    for number in 0..<24 {
      try model.store.commit(["a": "\(number)"], to: model.claim, durably: false)
    }
    let probe = FileSystem()
    let copy = TemporaryFolder()
    #expect(try run(["cp", "-r", model.path, copy.path + "/.wf"]).status == 0)
    try ObjectStore.open(at: copy.path + "/.wf", system: probe).commit(
      ["a": "last"], to: model.claim)
    let total = probe.ledger.total
    for number in stride(from: 1, through: total, by: 7) {
      let copy = TemporaryFolder()
      let path = copy.path + "/.wf"
      #expect(try run(["cp", "-r", model.path, path]).status == 0)
      let system = FileSystem { _, _, running in running >= number ? .fail(5) : nil }
      _ = try? ObjectStore.open(at: path, system: system).commit(["a": "last"], to: model.claim)
      #expect(ObjectStore.fsck(at: path, system: FileSystem()).findings == [], "at \(number)")
      let stock = try git(["--git-dir", path, "fsck", "--strict", "--full", "--no-dangling"])
      #expect(stock.status == 0, "at \(number): \(stock.err)")
      let log = try git(["--git-dir", path, "rev-list", "--count", model.claim.text]).out
      #expect(log == "24\n" || log == "25\n", "at \(number)")
    }
  }

  @Test func `packs with deltas and kept packs stay as they are`() throws {
    let made = try StoreFolder()
    let text = (0..<200).map { "line \($0)\n" }.joined()
    for number in 0..<6 {
      try made.store.commit(["a": text + "\(number)"], to: made.claim, durably: false)
    }
    #expect(try made.git("repack", "-adfq").status == 0)
    let ofGit = try FileSystem().list(made.path + "/objects/pack").compactMap(\.name)
    let store = try made.reopened()
    for number in 0..<60 {
      try store.commit(["a": "\(number)"], to: made.claim, durably: false)
    }
    let now = try FileSystem().list(made.path + "/objects/pack").compactMap(\.name)
    #expect(ofGit.allSatisfy { now.contains($0) })
    try made.expectSound()
  }
}
