import ObjectStore
import Platform
import TestSupport
import Testing

/// The file in which last tips are remembered: lines are added, and what power loss leaves is read.
struct TipsTests {
  private let claim = RefName("refs/heads/claims/pick-place") ?? .head
  private var key: Tips.Key { Tips.Key(ref: claim) }

  private func id(_ number: Int) -> ObjectID { ObjectID.of(.blob, Array("\(number)".utf8)) }

  private func tip(_ number: Int) -> Tips.Tip {
    Tips.Tip(commit: id(number), count: number, seconds: Int64(number))
  }

  private func file(_ folder: TemporaryFolder, _ system: FileSystem = FileSystem()) -> TipsFile {
    TipsFile(path: folder.path + "/tips", system: system, isPrivate: true)
  }

  @Test func `tips and checkpoints are remembered, the last of each`() throws {
    let folder = TemporaryFolder()
    let file = file(folder)
    #expect(try file.read() == Tips())
    try file.update { tips in
      tips.tips[key] = tip(1)
      tips.tips[Tips.Key(source: "origin", ref: claim)] = tip(6)
      tips.checkpoints["wf-log.invalid/00"] = Tips.Checkpoint(
        size: 3, root: String(repeating: "ab", count: 32), seconds: 7)
    }
    try file.update { $0.tips[key] = tip(2) }
    var tips = try file.read()
    #expect(tips.tips[key] == tip(2))
    #expect(tips.tips.count == 2)
    #expect(tips.checkpoints["wf-log.invalid/00"]?.size == 3)
    #expect(try Tips.parse(tips.encoded) == tips)
    try file.update { $0.tips[key] = nil }
    tips = try file.read()
    #expect(tips.tips.count == 1)
    #expect(try FileSystem().status(file.path).mode == 0o600)
  }

  @Test func `a tip is noted without a sync, and the file is written anew now and then`() throws {
    let folder = TemporaryFolder()
    let system = FileSystem()
    let file = file(folder, system)
    var largest = 0
    for number in 1...700 {
      let before = system.ledger.syncs
      try file.update(syncing: number % 2 == 0) { $0.tips[key] = tip(number) }
      #expect(system.ledger.syncs - before <= (number % 2 == 0 ? 1 : 0))
      largest = max(largest, try system.status(file.path).size)
    }
    #expect(try file.read().tips == [key: tip(700)])
    #expect(largest < 300 * 140)
    #expect(system.ledger.syncs == 2)
  }

  @Test func `since when something is known is not forgotten, and costs nothing of the disk`()
    throws
  {
    let folder = TemporaryFolder()
    let system = FileSystem()
    let file = file(folder, system)
    for number in 1...400 { try file.update { $0.tips[key] = tip(number) } }
    let seen = Set(try file.sightings())
    #expect(seen == Set((1...400).map { Sighting(.commit(id($0)), seconds: Int64($0)) }))
    #expect(try file.read().tips == [key: tip(400)])
    #expect(system.ledger.syncs == 1)
    #expect(try system.status(file.path + ".past").mode == 0o600)
    // What was edited is no memory, and what was cut is passed over.
    var past = try system.read(file.path + ".past")
    try system.write(Array(past.dropLast(3)), to: file.path + ".past")
    #expect(try file.sightings().count == 399)
    past[40] ^= 1
    try system.write(past, to: file.path + ".past")
    #expect(throws: ObjectError.self) { try file.sightings() }
    // Others can read the store's own, which proves nothing and keeps no past.
    let shared = TipsFile(path: folder.path + "/shared", system: system, isPrivate: false)
    for number in 1...300 { try shared.update { $0.tips[key] = tip(number) } }
    #expect(!system.exists(shared.path + ".past"))
  }

  @Test func `what power loss leaves of the newest lines is passed over, the older ones stay`()
    throws
  {
    let folder = TemporaryFolder()
    let file = file(folder)
    for number in 1...3 { try file.update { $0.tips[key] = tip(number) } }
    let bytes = try FileSystem().read(file.path)
    let lines = bytes.split(separator: 10)
    let kept = lines[0...2].reduce(0) { $0 + $1.count + 1 }
    for end in kept...bytes.count {
      for zeros in [0, 5] {
        let torn = Array(bytes[..<end]) + [UInt8](repeating: 0, count: zeros)
        try FileSystem().write(torn, to: file.path)
        // A line is whole also without its end, if nothing follows it.
        let isWhole = end >= bytes.count - 1 && (zeros == 0 || end == bytes.count)
        #expect(try file.read().tips == [key: tip(isWhole ? 3 : 2)], "\(end) \(zeros)")
        try file.update { $0.tips[key] = tip(9) }
        #expect(try file.read().tips == [key: tip(9)], "\(end) \(zeros)")
      }
    }
    for start in 0..<10 {
      #expect(try Tips.parse(Array(bytes[..<start])) == Tips())
      try FileSystem().write([UInt8](repeating: 0, count: start), to: file.path)
      #expect(try file.read() == Tips())
      try file.update { $0.tips[key] = tip(9) }
      #expect(try file.read().tips == [key: tip(9)])
    }
  }

  @Test func `any other change of the file is damage, and can be put aside on purpose`() throws {
    let folder = TemporaryFolder()
    let file = file(folder)
    for number in 1...3 { try file.update { $0.tips[key] = tip(number) } }
    let bytes = try FileSystem().read(file.path)
    var tolerated = 0
    for index in bytes.indices {
      var bad = bytes
      bad[index] ^= 1
      do throws(ObjectError) {
        let tips = try Tips.parse(bad)
        // The last line without its end is one that was cut.
        #expect(tips.tips == [key: tip(2)] || tips.tips == [key: tip(3)], "\(index)")
        tolerated += 1
      } catch {
        #expect(error.code == .tipsMalformed)
      }
    }
    #expect(tolerated <= 1)
    var bad = bytes
    bad[20] ^= 1
    try FileSystem().write(bad, to: file.path)
    #expect(throws: ObjectError.self) { try file.update { $0.tips[key] = tip(9) } }
    #expect(try FileSystem().read(file.path) == bad)
    try file.update(replacingDamaged: true) { $0.tips[key] = tip(9) }
    #expect(try file.read().tips == [key: tip(9)])
  }

  @Test func `a file of the first form is read, and takes the new one at the next write`() throws {
    let folder = TemporaryFolder()
    let file = file(folder)
    let text = "wf-tips 1\ntip . \(claim) \(id(4)) 4 4\nend\n"
    for cut in 10..<text.utf8.count {
      #expect(throws: ObjectError.self) { try Tips.parse(Array(text.utf8.prefix(cut))) }
    }
    try FileSystem().write(Array(text.utf8), to: file.path)
    #expect(try file.read().tips == [key: tip(4)])
    try file.update(syncing: false) { $0.tips[key] = tip(5) }
    #expect(try file.read().tips == [key: tip(4)], "that would cost a sync")
    try file.update { $0.tips[key] = tip(5) }
    #expect(try file.read().tips == [key: tip(5)])
    #expect(try FileSystem().read(file.path).starts(with: Array("wf-tips 2\n".utf8)))
  }

  @Test
  func `power loss at any instant of many updates leaves an older memory, never a damaged one`()
    throws
  {
    let folder = TemporaryFolder()
    try FileSystem().write([], to: folder.path + "/other")
    let run = try RecordedRun(root: folder.path) { observer in
      let file = file(folder, FileSystem(observer: observer, holder: Machine.before))
      for number in 1...12 { try file.update { $0.tips[key] = tip(number) } }
    }
    for remains in run.remains(chances: 8) {
      let after = TemporaryFolder()
      try remains.state.write(to: after.path)
      let file = self.file(after, FileSystem(holder: Machine.after))
      let found = try file.read().tips[key]?.count ?? 0
      #expect((0...12).contains(found))
      try file.update { $0.tips[key] = tip(20) }
      #expect(try file.read().tips == [key: tip(20)])
    }
    #expect(run.faults == [])
  }
}
