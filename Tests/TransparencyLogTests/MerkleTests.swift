import Platform
import TestSupport
import Testing
import TransparencyLog

/// Trees over made entries, against RFC 6962's own definitions.
struct MerkleTests {
  /// A log in memory that grew in the given steps.
  struct Log {
    var size: Int64 = 0
    var files: [String: [UInt8]] = [:]
    var lastWritten = 0

    mutating func append(_ entries: [[UInt8]]) throws {
      let now = files
      let growth = try LogGrowth(of: size, by: entries) { now[$0.path] }
      for tile in growth.dropped { files[tile.path] = nil }
      for file in growth.written { files[file.tile.path] = file.bytes }
      lastWritten = growth.written.count
      size = growth.size
      var reader = reader
      #expect(try reader.root() == growth.root)
    }

    var reader: TileReader {
      let files = files
      return TileReader(size: size) { files[$0.path] }
    }
  }

  private static func entry(_ index: Int) -> [UInt8] { Array("entry \(index)\n".utf8) }

  private static func log(_ size: Int, step: Int = 61) throws -> Log {
    var log = Log()
    for start in stride(from: 0, to: size, by: step) {
      try log.append((start..<min(start + step, size)).map(entry))
    }
    return log
  }

  @Test func `every leaf of every size to 300 is proven, and no other in its place`() throws {
    let leaves = (0..<300).map { TreeHash.leaf(Self.entry($0)) }
    var reader = try Self.log(300).reader
    for size in 1...Int64(300) {
      let root = TreeHash.root(over: leaves[..<Int(size)])
      #expect(try reader.root(size) == root)
      for index in 0..<size {
        let path = try reader.inclusionPath(of: index, in: size)
        let leaf = leaves[Int(index)]
        let holds = MerkleProof.includes(leaf, at: index, in: size, root: root, path: path)
        let other = leaves[Int(index + 1) % 300]
        let lies =
          MerkleProof.includes(other, at: index, in: size, root: root, path: path)
          || size > 1
            && MerkleProof.includes(leaf, at: (index + 1) % size, in: size, root: root, path: path)
          || MerkleProof.includes(leaf, at: index, in: size, root: root, path: path + [leaf])
          || !path.isEmpty
            && MerkleProof.includes(
              leaf, at: index, in: size, root: root, path: Array(path.dropLast()))
        if !holds || lies { Issue.record("leaf \(index) of \(size)") }
      }
    }
  }

  @Test func `every size to 300 continues every smaller one, and no other root does`() throws {
    let leaves = (0..<300).map { TreeHash.leaf(Self.entry($0)) }
    let roots = (0...300).map { TreeHash.root(over: leaves[..<$0]) }
    var reader = try Self.log(300).reader
    for new in 0...Int64(300) {
      for old in 0...new {
        let path = try reader.consistencyPath(from: old, to: new)
        let (before, after) = (roots[Int(old)], roots[Int(new)])
        let holds = MerkleProof.connects(old, root: before, to: new, root: after, path: path)
        let wrong = TreeHash.leaf([])
        let lies =
          MerkleProof.connects(old, root: wrong, to: new, root: after, path: path)
          || old > 0 && MerkleProof.connects(old, root: before, to: new, root: wrong, path: path)
          || MerkleProof.connects(old, root: before, to: new, root: after, path: path + [wrong])
        if !holds || lies { Issue.record("\(old) to \(new)") }
      }
    }
  }

  /// The largest has a tile of level 2.
  @Test(arguments: [1_000...3_000, 9_000...11_000, 65_536...66_000])
  func `large trees of random size, grown in random steps`(sizes: ClosedRange<Int>) throws {
    var random = SeededGenerator(seed: 0x7109)
    let size = Int.random(in: sizes, using: &random)
    let log = try Self.log(size, step: Int.random(in: 900...9000, using: &random))
    let leaves = (0..<size).map { TreeHash.leaf(Self.entry($0)) }
    var reader = log.reader
    let root = TreeHash.root(over: leaves)
    #expect(try reader.root() == root, "size \(size)")
    #expect(
      Set(log.files.keys.filter { !$0.hasPrefix("tile/entries") })
        == Set(Tile.all(of: Int64(size)).map(\.path)))
    for _ in 0..<4 {
      let index = Int64.random(in: 0..<Int64(size), using: &random)
      let path = try reader.inclusionPath(of: index)
      #expect(
        MerkleProof.includes(
          leaves[Int(index)], at: index, in: Int64(size), root: root, path: path))
      let old = Int64.random(in: 1...Int64(size), using: &random)
      let proof = try reader.consistencyPath(from: old)
      #expect(
        MerkleProof.connects(
          old, root: .root(over: leaves[..<Int(old)]), to: Int64(size), root: root, path: proof))
    }
  }

  @Test func `an append writes the right edge only, however large the log is`() throws {
    var log = try Self.log(2000, step: 500)
    for index in 0..<600 {
      try log.append([Self.entry(2000 + index)])
      // entries, level 0, and above it one tile for each that became full
      #expect(log.lastWritten <= 4)
    }
  }

  @Test func `a tile that is missing, cut or changed is told`() throws {
    let log = try Self.log(1000)
    for (path, bytes) in log.files where !path.hasPrefix("tile/entries") {
      func root(_ changed: [UInt8]?) throws -> TreeHash {
        var reader = TileReader(size: 1000) { $0.path == path ? changed : log.files[$0.path] }
        // the tile of level 1 stands for full ones below, which only a whole check reads
        _ = try (0..<1000).map { try reader.leaf($0) }
        return try reader.root()
      }
      #expect(throws: LogError(.logTileMissing, "", place: path)) { try root(nil) }
      #expect(throws: LogError(.logTreeMismatch, "", place: path)) { try root(bytes.dropLast()) }
    }
  }

  @Test func `an empty tree has the hash of nothing`() throws {
    #expect(
      TreeHash.empty.hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    var reader = Log().reader
    #expect(try reader.root() == .empty)
    #expect(throws: LogError(.logTileMissing, "")) { try reader.leaf(0) }
  }
}
