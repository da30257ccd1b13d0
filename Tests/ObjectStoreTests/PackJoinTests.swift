import Platform
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

struct PackJoinTests {
  private func packs(_ made: StoreFolder) throws -> Int {
    try FileSystem().list(made.path + "/objects/pack").compactMap(\.name)
      .filter { $0.hasSuffix(".pack") }.count
  }

  /// About 1.4 kB that do not shrink further: four such commits are of one class.
  private func noise(_ seed: Int) -> String {
    var generator = SeededGenerator(seed: UInt64(seed))
    return (0..<150).map { _ in String(generator.next(), radix: 16) }.joined()
  }

  private func bytes(_ path: String, _ ending: String) throws -> Int {
    try FileSystem().list(path + "/objects/pack").compactMap(\.name).filter { $0.hasSuffix(ending) }
      .reduce(0) { try $0 + FileSystem().status(path + "/objects/pack/" + $1).size }
  }

  @Test func `a thousand commits leave few packs, little copying, and every object`() throws {
    let made = try StoreFolder()
    let written = Mutex(0)
    var system = FileSystem { operation, path, _ in
      // The pack is mapped for its checksum once it is whole.
      if operation == .map, path.contains("tmp_pack_"),
        let size = try? FileSystem().status(path).size
      {
        written.withLock { $0 += size }
      }
      return nil
    }
    system.syncsToDisk = false
    let store = try made.reopened(system)
    var most = 0
    var tips: [ObjectID] = []
    for number in 1...1000 {
      tips.append(
        try store.commit(
          ["a": "version \(number)", "raw/x": "x \(number % 7)"], to: made.claim, durably: false))
      if number % 10 > 0 { continue }
      let packs = try packs(made)
      most = max(most, packs)
      // Three of a class, classes four times as large: 3 · (log₄ n + 1).
      let bits = Int.bitWidth - number.leadingZeroBitCount
      #expect(packs <= 3 * (bits / 2 + 1), "\(number) commits")
    }
    #expect(most > 4)
    let live = try bytes(made.path, ".pack")
    let total = written.withLock { $0 }
    #expect(total > 2 * live)
    #expect(total < 7 * live, "\(total) bytes written for \(live)")
    let memo = VerifiedObjects()
    let reader = try made.reopened()
    for tip in tips {
      #expect(reader.checkGraph(of: tip, includingHistory: false, memo: memo).failure == nil)
    }
    try made.expectSound()
    let names = try FileSystem().list(made.path + "/objects/pack").compactMap(\.name)
    #expect(names.count == 2 * (try packs(made)), "\(names)")
    for name in names where name.hasSuffix(".idx") {
      #expect(try made.git("verify-pack", made.path + "/objects/pack/" + name).status == 0)
    }
  }

  @Test(arguments: [
    (sizes: [], new: 100, run: 0), (sizes: [100, 100], new: 100, run: 0),
    (sizes: [100, 100, 100], new: 100, run: 3),
    // What is smaller goes with it; what is larger stays.
    (sizes: [10, 100, 100, 100, 5000], new: 100, run: 4),
    // The sum may be the fourth of the next class.
    (sizes: [100, 100, 100, 300, 300, 300, 5000], new: 100, run: 6),
    (sizes: [100, 100, 100], new: 5000, run: 0),
    (sizes: [9000, 9000, 9000], new: 9000, run: 0),
  ])
  func `the fourth pack of a class takes in its class and all below`(
    _ row: (sizes: [Int], new: Int, run: Int)
  ) {
    #expect(PackTiers.run(row.sizes, new: row.new, limit: 20_000) == row.run)
  }

  @Test func `a commit that joins packs costs no more syncs, and another store still reads`() throws
  {
    let made = try StoreFolder()
    var first: ObjectID?
    for number in 0..<3 {
      let id = try made.store.commit(["a": noise(number)], to: made.claim, durably: false)
      first = first ?? id
    }
    #expect(try packs(made) == 3)
    let reader = try made.reopened()
    let old = try #require(first)
    #expect(try reader.commit(old).parents == [])
    let system = FileSystem()
    try made.reopened(system).commit(["a": noise(99)], to: made.claim)
    #expect(system.ledger.syncs == 5)
    #expect(try packs(made) == 1)
    #expect(try reader.commit(old).parents == [])
    #expect(try reader.tree(reader.commit(old).tree).entries.count == 1)
    try made.expectSound()
  }

  @Test func `packs on disk are never replaced by one that is not`() throws {
    let made = try StoreFolder()
    for number in 0..<3 { try made.store.commit(["a": noise(number)], to: made.claim) }
    let events = Mutex<[FileSystem.Operation]>([])
    let system = FileSystem { operation, path, _ in
      if path.contains("objects/pack") { events.withLock { $0.append(operation) } }
      return nil
    }
    // Not durable itself, but it takes in what was.
    try made.reopened(system).commit(["a": noise(99)], to: made.claim, durably: false)
    let order = events.withLock { $0 }.filter {
      [.syncFile, .syncDirectory, .rename, .unlink].contains($0)
    }
    let removed = try #require(order.firstIndex(of: .unlink))
    #expect(order[..<removed] == [.syncFile, .syncFile, .rename, .rename, .syncDirectory])
    #expect(!order[removed...].contains(.rename))
  }

  @Test func `a crash while packs are joined loses nothing`() throws {
    let model = try StoreFolder()
    for number in 0..<3 {
      try model.store.commit(["a": noise(number)], to: model.claim, durably: false)
    }
    let probe = FileSystem()
    let copy = TemporaryFolder()
    #expect(try run(["cp", "-r", model.path, copy.path + "/.wf"]).status == 0)
    try ObjectStore.open(at: copy.path + "/.wf", system: probe).commit(
      ["a": noise(99)], to: model.claim)
    let total = probe.ledger.total
    for number in stride(from: 1, through: total, by: 3) {
      let copy = TemporaryFolder()
      let path = copy.path + "/.wf"
      #expect(try run(["cp", "-r", model.path, path]).status == 0)
      let system = FileSystem { _, _, running in running >= number ? .fail(5) : nil }
      _ = try? ObjectStore.open(at: path, system: system).commit(["a": noise(99)], to: model.claim)
      #expect(ObjectStore.fsck(at: path, system: FileSystem()).findings == [], "at \(number)")
      let stock = try git(["--git-dir", path, "fsck", "--strict", "--full", "--no-dangling"])
      #expect(stock.status == 0, "at \(number): \(stock.err)")
      let log = try git(["--git-dir", path, "rev-list", "--count", model.claim.text]).out
      #expect(log == "3\n" || log == "4\n", "at \(number)")
    }
  }

  @Test func `packs with deltas are joined too, kept packs stay as they are`() throws {
    let made = try StoreFolder()
    let text = (0..<200).map { "line \($0)\n" }.joined()
    for number in 0..<6 {
      try made.store.commit(["a": text + "\(number)"], to: made.claim, durably: false)
    }
    #expect(try made.git("repack", "-adfq").status == 0)
    let ofGit = try FileSystem().list(made.path + "/objects/pack").compactMap(\.name)
    let stem = try #require(ofGit.first { $0.hasSuffix(".pack") }).dropLast(5)
    try FileSystem().write([], to: made.path + "/objects/pack/\(stem).keep")
    let store = try made.reopened()
    for number in 0..<20 {
      try store.commit(["a": "\(number)"], to: made.claim, durably: false)
    }
    var now = try FileSystem().list(made.path + "/objects/pack").compactMap(\.name)
    #expect(ofGit.allSatisfy { now.contains($0) })
    try FileSystem().remove(made.path + "/objects/pack/\(stem).keep")
    for number in 0..<60 {
      try store.commit(["b": "\(number)"], to: made.claim, durably: false)
    }
    now = try FileSystem().list(made.path + "/objects/pack").compactMap(\.name)
    #expect(!now.contains("\(stem).pack"))
    try made.expectSound()
    var deltas = 0
    for name in now where name.hasSuffix(".idx") {
      let listing = try made.git("verify-pack", "-v", made.path + "/objects/pack/" + name)
      #expect(listing.status == 0)
      deltas += listing.out.split(separator: "\n").count { $0.hasPrefix("chain length") }
    }
    #expect(deltas > 0)
  }
}
