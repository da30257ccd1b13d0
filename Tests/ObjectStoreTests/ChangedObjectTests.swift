import Platform
import TestSupport
import Testing

@testable import ObjectStore

/// Objects that a batch keeps as changes of objects in the store.
struct ChangedObjectTests {
  /// Lines of evidence, about 300 kB; each `version` changes other ones, one in a hundred.
  private static func chunk(_ number: Int, version: Int) -> [UInt8] {
    var content = SeededGenerator(seed: UInt64(number))
    var lines: [String] = []
    for row in 0..<2500 {
      let word = String(content.next(), radix: 16)
      let changes = (1...max(1, version)).last { version > 0 && (row + 37 * $0) % 100 == number }
      lines.append(
        #"{"episode_key":"lab/\#(number)/\#(row)","outcome":"\#(changes ?? 0)","ref":"\#(word)","seed":\#(row * 7919),"steps":280}"#
      )
    }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  private static func packed(_ made: StoreFolder) throws -> (packs: Int, bytes: Int) {
    let folder = made.path + "/objects/pack/"
    let packs = try FileSystem().list(folder).compactMap(\.name).filter { $0.hasSuffix(".pack") }
    return (packs.count, try packs.reduce(0) { try $0 + FileSystem().status(folder + $1).size })
  }

  /// Commits four chunks, each told to be a change of the one in `bases`.
  private static func commit(
    _ version: Int, on bases: [ObjectID?], to made: StoreFolder, rest: [UInt8] = []
  ) throws -> [ObjectID] {
    let store = try made.reopened()
    let batch = try store.beginBatch()
    let bodies = (0..<4).map { RawObject(kind: .blob, bytes: chunk($0, version: version)) }
    let ids = try batch.add(bodies, changedFrom: bases)
    var entries = ids.enumerated().map { TreeEntry(mode: .file, name: "c\($0)", id: $1) }
    if !rest.isEmpty {
      entries.append(TreeEntry(mode: .file, name: "rest", id: try batch.add(.blob, rest)))
    }
    let old = try store.ref(made.claim)
    let commit = try batch.add(
      .commit,
      Commit.encode(
        tree: try batch.add(try Tree(entries)), parents: old.map { [$0] } ?? [], author: alice,
        committer: alice, message: "v\(version)\n"))
    _ = try batch.finish()
    try store.update([RefUpdate(made.claim, from: old, to: commit)], head: made.claim)
    let again = try made.reopened()
    for (id, body) in zip(ids, bodies) { #expect(try again.blob(id) == body.bytes) }
    return ids
  }

  @Test func `versions that differ in one line of a hundred take a twentieth of the bytes`() throws
  {
    let made = try StoreFolder()
    var ids = try Self.commit(0, on: [], to: made)
    let first = try Self.packed(made).bytes
    let second = try Self.commit(1, on: ids, to: made)
    let grown = try Self.packed(made)
    #expect(grown.bytes - first <= first / 20, "\(grown.bytes) after \(first)")
    #expect(grown.packs == 1)
    #expect(zip(ids, second).allSatisfy { $0 != $1 })
    for (new, old) in zip(second, ids) {
      #expect(try made.reopened().storedDelta(of: new)?.base == old)
    }
    ids = second
    for version in 2...30 { ids = try Self.commit(version, on: ids, to: made) }
    try made.expectSound()
    // Chains are not deeper than a reader should have to follow.
    let listing = try #require(
      try FileSystem().list(made.path + "/objects/pack").compactMap(\.name)
        .filter { $0.hasSuffix(".idx") }.map { made.path + "/objects/pack/" + $0 } as [String]?)
    let chains = try git(["verify-pack", "--object-format=sha256", "-v"] + listing)
    #expect(chains.status == 0, "\(chains.err)")
    let deepest = chains.out.split(separator: "\n").compactMap { line in
      line.hasPrefix("chain length = ")
        ? Int(line.dropFirst(15).prefix { $0 != ":" }) : nil
    }.max()
    #expect(deepest == ChangedObject.deepest)
  }

  @Test func `a pack is not copied for deltas that save little of it, or that git is to keep`()
    throws
  {
    let made = try StoreFolder()
    var generator = SeededGenerator(seed: 5)
    let rest = (0..<(1 << 20)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    let first = try Self.commit(0, on: [], to: made, rest: rest + rest.reversed())
    let second = try Self.commit(1, on: first, to: made)
    #expect(try Self.packed(made).packs == 2)
    #expect(try made.reopened().storedDelta(of: second[0]) == nil)
    try made.expectSound()

    let kept = try StoreFolder()
    let old = try Self.commit(0, on: [], to: kept)
    let pack = try #require(try kept.reopened().packs().first)
    try FileSystem().write([], to: pack.stem + ".keep")
    _ = try Self.commit(1, on: old, to: kept)
    #expect(try Self.packed(kept).packs == 2)
    try kept.expectSound()
  }

  @Test func `gc takes over deltas whose bases stay, and finds the others anew`() throws {
    let made = try StoreFolder()
    var ids = try Self.commit(0, on: [], to: made)
    for version in 1...3 { ids = try Self.commit(version, on: ids, to: made) }
    let first = try made.reopened().gc(GarbageOptions())
    // The newest is whole now and the older ones are changes of it: none of these was there before.
    #expect(first.deltas ?? 0 >= 12)
    let second = try made.reopened().gc(GarbageOptions())
    #expect(second.reusedDeltas == second.deltas)
    #expect(second.deltas == first.deltas)
    #expect(second.bytesAfter == first.bytesAfter)
    _ = try Self.commit(4, on: ids, to: made)
    let third = try made.reopened().gc(GarbageOptions())
    #expect(third.reusedDeltas ?? 0 >= 8)
    #expect(third.deltas ?? 0 > third.reusedDeltas ?? 0)
    try made.expectSound()
  }
}
