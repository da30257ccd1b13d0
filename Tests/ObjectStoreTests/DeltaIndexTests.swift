import TestSupport
import Testing

@testable import ObjectStore

struct DeltaIndexTests {
  private func text(_ rows: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<rows).flatMap {
      Array("{\"episode\":\($0),\"success\":\(generator.next() % 2 == 0),\"steps\":280}\n".utf8)
    }
  }

  private func check(_ base: [UInt8], _ target: [UInt8], atMost limit: Int) throws {
    let delta = try #require(DeltaIndex(base).delta(to: target, limit: 2 * target.count + 1000))
    #expect(try Delta.apply(delta, to: base, limit: target.count, place: "") == target)
    #expect(delta.count <= limit, "\(delta.count) bytes")
    #expect(DeltaIndex(base).delta(to: target, limit: delta.count) == delta)
    #expect(DeltaIndex(base).delta(to: target, limit: delta.count - 1) == nil)
  }

  @Test func `small changes of a long text make short deltas`() throws {
    let base = text(20_000, seed: 1)
    try check(base, base, atMost: 150)
    var changed = base
    for index in stride(from: 5000, to: base.count, by: 50_000) { changed[index] ^= 1 }
    try check(base, changed, atMost: 800)
    // Inserted, taken out, moved.
    var moved = Array(base[300_000...]) + Array(base[..<300_000])
    moved.removeSubrange(1000..<1777)
    moved.insert(contentsOf: Array("something new".utf8), at: 40_000)
    try check(base, moved, atMost: 300)
  }

  @Test func `one row in a hundred changed costs a few bytes each`() throws {
    let base = text(20_000, seed: 1)
    var generator = SeededGenerator(seed: 4)
    var rows = base.split(separator: 10, omittingEmptySubsequences: true).map(Array.init)
    var flips = 0
    for index in rows.indices where generator.next() % 100 == 0 {
      let old = String(decoding: rows[index], as: UTF8.self)
      let new =
        old.contains("true")
        ? old.replacing("true", with: "false")
        : old.replacing("false", with: "true")
      rows[index] = Array(new.utf8)
      flips += 1
    }
    let target: [UInt8] = rows.flatMap { (row: [UInt8]) -> [UInt8] in row + [10] }
    try check(base, target, atMost: flips * 20 + 200)
  }

  @Test func `edges: nothing, less than a block, noise, runs of one byte`() throws {
    var generator = SeededGenerator(seed: 2)
    let noise = (0..<5000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    for base in [
      [], [1], Array("fifteen bytes!!".utf8), noise, [UInt8](repeating: 7, count: 70_000),
    ] {
      for target in [
        [], [1], Array("sixteen bytes!!!".utf8), noise, Array(noise.reversed()),
        [UInt8](repeating: 7, count: 200_000),
      ] {
        try check(base, target, atMost: target.count + target.count / 127 + 12)
      }
    }
  }
}
