import History
import ObjectStore
import TestSupport
import Testing

struct LineChunksTests {
  private func lines(_ count: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    for index in 0..<count {
      bytes += Array("{\"row\":\(index),\"x\":\"".utf8)
      let size = Int(generator.next() % 400)
      for _ in 0..<size { bytes.append(0x61 + UInt8(generator.next() % 26)) }
      bytes += Array("\"}\n".utf8)
    }
    return bytes
  }

  private func ranges(_ bytes: [UInt8]) -> [Range<Int>] {
    bytes.withUnsafeBytes { LineChunks.ranges(of: $0) }
  }

  @Test func `chunks join to the same bytes, end at lines and keep their sizes`() {
    let bytes = lines(60_000, seed: 1)
    let ranges = ranges(bytes)
    #expect(ranges.flatMap { bytes[$0] } == bytes)
    #expect(ranges.dropLast().allSatisfy { bytes[$0.upperBound - 1] == 0x0A })
    #expect(ranges.dropLast().allSatisfy { (256 << 10...4 << 20).contains($0.count) })
    let average = bytes.count / ranges.count
    #expect((512 << 10...2 << 20).contains(average), "\(average)")
  }

  @Test func `a changed line changes few chunks`() {
    let old = lines(60_000, seed: 2)
    var new = old
    let row = Array("{\"row\":30000,\"x\":\"inserted\"}\n".utf8)
    let middle = (new[(new.count / 2)...].firstIndex(of: 0x0A) ?? 0) + 1
    new.insert(contentsOf: row, at: middle)
    let before = Set(ranges(old).map { Array(old[$0]) })
    let after = ranges(new).map { Array(new[$0]) }
    #expect(after.filter { !before.contains($0) }.count <= 2)
  }

  @Test func `a member over the limit is a tree of chunks in the store and comes back whole`()
    throws
  {
    let bytes = lines(45_000, seed: 3)
    #expect(bytes.count > LineChunks.threshold)
    var memory = ObjectMemory()
    let id = try PackageTree(
      members: [("episode_results.jsonl", bytes)], rawBlobs: []
    ).write(to: &memory)
    let root = try Tree.parse(memory.objects[id]?.bytes ?? [], id: id)
    let entry = try #require(root["episode_results.jsonl"])
    #expect(entry.mode == .directory)
    let chunks = try Tree.parse(memory.objects[entry.id]?.bytes ?? [], id: entry.id)
    #expect(chunks.entries.first?.name == "00000000.jsonl")
    #expect(chunks.entries.flatMap { memory.objects[$0.id]?.bytes ?? [] } == bytes)
  }

  @Test func `no text at all has no chunks, and a line longer than the maximum stays whole`() {
    #expect(ranges([]).isEmpty)
    let long = [UInt8](repeating: 0x61, count: 5 << 20) + [0x0A]
    #expect(ranges(long) == [0..<long.count])
    #expect(ranges(long + long).count == 2)
  }
}
