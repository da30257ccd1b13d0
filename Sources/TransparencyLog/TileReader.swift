/// The hashes of a tree, read from its tiles.
///
/// The tiles are of a tree of exactly `size` leaves. What they say is worth nothing until the root
/// over them was compared with that of a signed checkpoint.
public struct TileReader {
  public let size: Int64
  private let bytes: (Tile) throws(LogError) -> [UInt8]?
  private var kept: [Tile: [TreeHash]] = [:]
  /// Nodes that were worked out, since neighbouring paths share most of theirs.
  private var nodes: [Node: TreeHash] = [:]

  private struct Node: Hashable {
    let height: Int
    let index: Int64
  }

  /// - Parameter bytes: the content of a tile, nil where there is none.
  public init(size: Int64, bytes: @escaping (Tile) throws(LogError) -> [UInt8]?) {
    self.size = size
    self.bytes = bytes
  }

  /// The hashes of the tile with this index of this level.
  mutating func hashes(level: Int, tile index: Int64) throws(LogError) -> [TreeHash] {
    guard let last = Tile.last(.hashes(level: level), of: size), index <= last.index else {
      throw LogError(.logTileMissing, "the tree has no such tile")
    }
    let tile = index == last.index ? last : Tile(.hashes(level: level), index: index)
    if let hashes = kept[tile] { return hashes }
    guard let content = try bytes(tile) else {
      throw LogError(.logTileMissing, "a tile of the log is missing", place: tile.path)
    }
    guard content.count == tile.width * TreeHash.byteCount else {
      throw LogError(.logTreeMismatch, "a tile of the log has another length", place: tile.path)
    }
    let hashes = stride(from: 0, to: content.count, by: TreeHash.byteCount).compactMap {
      TreeHash(content[$0..<$0 + TreeHash.byteCount])
    }
    kept[tile] = hashes
    return hashes
  }

  /// The node over the 2^height leaves that begin at index · 2^height, all of which are there.
  private mutating func node(height: Int, _ index: Int64) throws(LogError) -> TreeHash {
    if let known = nodes[Node(height: height, index: index)] { return known }
    let level = height / 8
    let span = Int64(1) << Int64(height % 8)
    let first = index * span
    let hashes = try hashes(level: level, tile: first / Int64(Tile.fullWidth))
    let start = Int(first % Int64(Tile.fullWidth))
    guard start + Int(span) <= hashes.count else {
      throw LogError(.logTileMissing, "the tree has no such node")
    }
    let hash = TreeHash.root(over: hashes[start..<start + Int(span)])
    nodes[Node(height: height, index: index)] = hash
    return hash
  }

  /// The hash over the leaves `start ..< end`, where start is a multiple of the power of two above.
  private mutating func root(_ start: Int64, _ end: Int64) throws(LogError) -> TreeHash {
    let count = end - start
    if count == 0 { return .empty }
    let height = count.trailingZeroBitCount
    if count == 1 << Int64(height), start % count == 0 {
      return try node(height: height, start >> Int64(height))
    }
    let middle = start + Int64(TreeHash.split(Int(count)))
    return .node(try root(start, middle), try root(middle, end))
  }

  /// The root over the first `count` leaves; all of them without a number.
  public mutating func root(_ count: Int64? = nil) throws(LogError) -> TreeHash {
    let count = count ?? size
    guard count >= 0, count <= size else {
      throw LogError(.logTileMissing, "the tree has fewer leaves than \(count)")
    }
    return try root(0, count)
  }

  /// The hash of one leaf.
  public mutating func leaf(_ index: Int64) throws(LogError) -> TreeHash {
    guard index >= 0, index < size else {
      throw LogError(.logTileMissing, "the tree has no leaf \(index)")
    }
    return try node(height: 0, index)
  }

  /// RFC 6962 §2.1.1: the path from a leaf to the root over the first `count` leaves.
  public mutating func inclusionPath(
    of index: Int64, in count: Int64? = nil
  ) throws(LogError) -> [TreeHash] {
    let count = count ?? size
    guard index >= 0, index < count, count <= size else {
      throw LogError(.logTileMissing, "the tree has no leaf \(index)")
    }
    var (start, end) = (Int64(0), count)
    var path: [TreeHash] = []
    while end - start > 1 {
      let middle = start + Int64(TreeHash.split(Int(end - start)))
      if index < middle {
        path.append(try root(middle, end))
        end = middle
      } else {
        path.append(try root(start, middle))
        start = middle
      }
    }
    return path.reversed()
  }

  /// RFC 6962 §2.1.2: what connects the first `old` leaves to the first `count`.
  ///
  /// Empty for equal sizes and from an empty tree, where there is nothing to show.
  public mutating func consistencyPath(
    from old: Int64, to count: Int64? = nil
  ) throws(LogError) -> [TreeHash] {
    let count = count ?? size
    guard old >= 0, old <= count, count <= size else {
      throw LogError(.logTileMissing, "the tree has fewer leaves than \(old)")
    }
    if old == 0 || old == count { return [] }
    var (start, end) = (Int64(0), count)
    var path: [TreeHash] = []
    var isOldRoot = true
    while end != old {
      let middle = start + Int64(TreeHash.split(Int(end - start)))
      if old <= middle {
        path.append(try root(middle, end))
        end = middle
      } else {
        path.append(try root(start, middle))
        start = middle
        isOldRoot = false
      }
    }
    if !isOldRoot { path.append(try root(start, end)) }
    return path.reversed()
  }
}
