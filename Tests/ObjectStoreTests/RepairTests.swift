import Platform
import TestSupport
import Testing

@testable import ObjectStore

/// One kind of damage to a store of one pack, and what a repair makes of it.
struct Damage: Sendable, CustomTestStringConvertible {
  let name: String
  /// The reason of the first finding before the repair.
  let reason: String
  let repairs: [RepairAction.Kind]
  /// Whether the store is whole afterwards without another place to take from.
  let isMended: Bool
  /// Changes a pack and its index; nil takes the file away.
  let change: @Sendable ([UInt8], [UInt8]) -> (pack: [UInt8]?, index: [UInt8]?)

  var testDescription: String { name }

  static let salvaged: [RepairAction.Kind] = [.objectsSalvaged, .quarantined, .quarantined]

  static let table: [Damage] = [
    Damage(
      name: "index lost", reason: "ref_target_missing", repairs: [.indexRebuilt], isMended: true
    ) {
      pack, _ in (pack, nil)
    },
    Damage(
      name: "index cut", reason: "idx_malformed", repairs: [.quarantined, .indexRebuilt],
      isMended: true
    ) { pack, index in (pack, Array(index.prefix(1500))) },
    Damage(
      name: "index of zeros", reason: "idx_malformed", repairs: [.quarantined, .indexRebuilt],
      isMended: true
    ) { pack, index in (pack, [UInt8](repeating: 0, count: index.count)) },
    Damage(
      name: "index with one bit turned", reason: "idx_malformed",
      repairs: [.quarantined, .indexRebuilt], isMended: true
    ) { pack, index in
      var index = index
      index[1100] ^= 4
      return (pack, index)
    },
    Damage(
      name: "wrong trailer", reason: "pack_checksum_mismatch", repairs: salvaged, isMended: true
    ) { pack, index in
      var pack = pack
      pack[pack.count - 1] ^= 1
      return (pack, index)
    },
    Damage(
      name: "one object damaged", reason: "pack_checksum_mismatch", repairs: salvaged,
      isMended: false
    ) { pack, index in
      var pack = pack
      pack[pack.count / 2] ^= 0x40
      return (pack, index)
    },
    Damage(
      name: "pack cut in the middle", reason: "idx_offset_out_of_range", repairs: salvaged,
      isMended: false
    ) { pack, index in (Array(pack.prefix(pack.count / 2)), index) },
    Damage(
      name: "pack and index both damaged", reason: "idx_malformed", repairs: salvaged,
      isMended: false
    ) { pack, index in
      (Array(pack.prefix(pack.count * 2 / 3)), Array(index.prefix(900)))
    },
    Damage(
      name: "absurd size of the first object", reason: "pack_checksum_mismatch",
      repairs: salvaged, isMended: false
    ) { pack, index in
      var pack = pack
      // Eight more digits of size in place of the stream.
      for at in 12..<20 { pack[at] |= 0x80 }
      return (pack, index)
    },
    Damage(name: "pack lost", reason: "pack_malformed", repairs: [.quarantined], isMended: false) {
      _, index in (nil, index)
    },
    Damage(
      name: "pack of another kind", reason: "pack_malformed",
      repairs: [.quarantined, .quarantined], isMended: false
    ) {
      _, index in (Array("not a pack at all".utf8), index)
    },
  ]
}

struct RepairTests {
  private let system = FileSystem()

  private func made() throws -> StoreFolder {
    let made = try StoreFolder()
    let text = (0..<300).map { "row \($0) of a table\n" }.joined()
    for number in 0..<5 {
      try made.store.commit(
        ["a": text + "\(number)", "raw/ab/\(number)": "reference \(number)"], to: made.claim,
        durably: false)
    }
    _ = try made.store.gc(GarbageOptions())
    return made
  }

  private func file(_ made: StoreFolder, _ ending: String) throws -> String {
    made.path + "/objects/pack/"
      + (try #require(
        system.list(made.path + "/objects/pack").compactMap(\.name).first { $0.hasSuffix(ending) }))
  }

  private func copy(_ made: StoreFolder) throws -> (folder: TemporaryFolder, path: String) {
    let folder = TemporaryFolder()
    try #require(try run(["cp", "-r", made.path, folder.path + "/.wf"]).status == 0)
    return (folder, folder.path + "/.wf")
  }

  @Test func `each kind of damage is named, located and survived`() throws {
    let made = try made()
    let good = try copy(made)
    let (pack, index) = (try file(made, ".pack"), try file(made, ".idx"))
    let (packBytes, indexBytes) = (try Fixtures.read(pack), try Fixtures.read(index))
    for damage in Damage.table {
      let name = damage.name
      let bad = try copy(made)
      let places = [pack, index].map { bad.path + $0.dropFirst(made.path.utf8.count) }
      let changed = damage.change(packBytes, indexBytes)
      for (place, bytes) in zip(places, [changed.pack, changed.index]) {
        if let bytes { try system.write(bytes, to: place) } else { try system.remove(place) }
      }
      let before = ObjectStore.fsck(at: bad.path, system: system)
      #expect(
        before.findings.first?.reason == damage.reason, "\(name): \(before.findings.prefix(3))")
      #expect(before.findings.allSatisfy { $0.error.code != .system }, "\(name)")

      let after = try ObjectStore.repair(at: bad.path, system: system, from: nil)
      #expect(after.repairs.map(\.kind) == damage.repairs, "\(name): \(after.repairs)")
      #expect(after.isSound == damage.isMended, "\(name): \(after.findings.prefix(3))")
      // Nothing is deleted: what was damaged lies in quarantine as it was.
      if damage.repairs.contains(.quarantined) {
        let kept = try system.list(bad.path + "/wf/quarantine").compactMap(\.name)
        #expect(kept.count == damage.repairs.count { $0 == .quarantined }, "\(name)")
      }
      let source = ObjectSource(try ObjectStore.open(at: good.path, system: system))
      let restored = try ObjectStore.repair(at: bad.path, system: system, from: source)
      #expect(restored.findings == [], "\(name)")
      #expect(
        restored.repairs.map(\.kind) == (damage.isMended ? [] : [.objectsRestored]), "\(name)")
      let stock = try git(["--git-dir", bad.path, "fsck", "--strict", "--full", "--no-dangling"])
      #expect(stock.status == 0, "\(name): \(stock.err)")
    }
  }

  @Test func `a bad object says in which file, at which offset and by which path`() throws {
    let made = try made()
    let pack = try file(made, ".pack")
    let store = try made.reopened()
    let blob = ObjectID.of(.blob, Array("reference 2".utf8))
    guard case .packed(let found, let position)? = try store.location(of: blob) else {
      Issue.record("the blob is not packed")
      return
    }
    let offset = try found.offset(at: position)
    var bytes = try Fixtures.read(pack)
    bytes[offset + 6] ^= 0xFF
    try system.write(bytes, to: pack)
    let finding = try #require(try made.reopened().fsck().findings.first { $0.object == blob })
    #expect(finding.offset == offset)
    #expect(finding.file == "objects/pack/" + Path.lastComponent(pack))
    #expect(finding.place == "\(made.claim)~2:raw/ab/2")
  }

  @Test func `a damaged loose object comes back from git's copy, a lying source gives nothing`()
    throws
  {
    let made = try StoreFolder()
    try made.store.commit(["a": "1"], to: made.claim)
    let clone = made.folder.path + "/clone.git"
    try #require(try git(["clone", "-q", "--bare", "--no-local", made.path, clone]).status == 0)
    // As loose objects.
    let pack = try Fixtures.read(try file(made, ".pack"))
    for name in try system.list(made.path + "/objects/pack").compactMap(\.name) {
      try system.remove(made.path + "/objects/pack/" + name)
    }
    try #require(try made.git("unpack-objects", "-q", input: pack).status == 0)
    let blob = ObjectID.of(.blob, [49])
    try system.write([1, 2, 3], to: made.path + "/objects/" + LooseObject.path(blob))
    let liar = ObjectSource(name: "liar") { _ in RawObject(kind: .blob, bytes: [50]) }
    let still = try ObjectStore.repair(at: made.path, system: system, from: liar)
    #expect(still.findings.map(\.reason) == ["object_missing"])
    #expect(still.repairs.map(\.kind) == [.quarantined])
    let source = ObjectSource(try ObjectStore.open(at: clone, system: system))
    let report = try ObjectStore.repair(at: made.path, system: system, from: source)
    #expect(report.isSound)
    #expect(report.repairs == [RepairAction(kind: .objectsRestored, place: clone, count: 1)])
    try made.expectSound()
  }

  @Test func `an index made anew is git's own, also with deltas by id`() throws {
    let made = try made()
    for setting in ["true", "false"] {
      try #require(
        try made.git("-c", "repack.useDeltaBaseOffset=\(setting)", "repack", "-adfq").status == 0)
      let index = try file(made, ".idx")
      let bytes = try Fixtures.read(index)
      try system.remove(index)
      let report = try ObjectStore.repair(at: made.path, system: system, from: nil)
      #expect(report.isSound)
      #expect(try Fixtures.read(index) == bytes)
    }
  }
}
