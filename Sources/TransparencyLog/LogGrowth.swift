/// The files that change when entries are appended to a log.
///
/// C2SP tlog-tiles. Only the right edge is read and written: as many tiles as the tree has levels,
/// whatever its size.
public struct LogGrowth: Sendable {
  public struct File: Sendable {
    public let tile: Tile
    public let bytes: [UInt8]
  }

  /// Of the tree with the new entries.
  public let size: Int64
  public let root: TreeHash
  /// Tiles of hashes and of entries to write.
  public private(set) var written: [File] = []
  /// Partial tiles in whose place fuller ones have come.
  public private(set) var dropped: [Tile] = []

  /// Appends entries, one after the other.
  ///
  /// - Parameters:
  ///   - size: leaves before.
  ///   - bytes: the content of a tile of the log as it is; nil where there is none.
  /// - Throws: `log_tile_missing`, `log_tree_mismatch`, `log_entry_malformed` for entries over
  ///   65,535 bytes, and what `bytes` throws.
  public init(
    of size: Int64, by entries: [[UInt8]],
    bytes: @escaping (Tile) throws(LogError) -> [UInt8]?
  ) throws(LogError) {
    var growing = Growing(old: size, bytes: bytes)
    try growing.append(entries.map(EntryBundle.encode), as: .entries)
    var added = entries.map(TreeHash.leaf)
    var level = 0
    while !added.isEmpty, level * 8 < 63 {
      let full = try growing.append(
        added.map(\.bytes), as: .hashes(level: level), unit: TreeHash.byteCount)
      added = full.map { tile in
        .root(
          over: stride(from: 0, to: tile.count, by: TreeHash.byteCount).compactMap {
            TreeHash(tile[$0..<$0 + TreeHash.byteCount])
          })
      }
      level += 1
    }
    let (sum, overflow) = size.addingReportingOverflow(Int64(entries.count))
    guard !overflow else { throw LogError(.logTreeMismatch, "no log holds so many entries") }
    self.size = sum
    let now = Dictionary(growing.written.map { ($0.tile, $0.bytes) }) { _, last in last }
    var reader = TileReader(size: sum) { (tile) throws(LogError) in
      if let written = now[tile] { written } else { try bytes(tile) }
    }
    root = try reader.root()
    written = growing.written
    dropped = growing.dropped
  }
}

/// The right edge while entries are put to it.
private struct Growing {
  let old: Int64
  let bytes: (Tile) throws(LogError) -> [UInt8]?
  var written: [LogGrowth.File] = []
  var dropped: [Tile] = []

  /// Puts elements to the end of one row of tiles.
  ///
  /// - Parameter unit: bytes of an element where all have as many, to check what was there.
  /// - Returns: the tiles that became full.
  @discardableResult
  mutating func append(
    _ elements: [[UInt8]], as content: Tile.Content, unit: Int? = nil
  ) throws(LogError) -> [[UInt8]] {
    let last = Tile.last(content, of: old)
    var index = last?.index ?? 0
    var width = last?.width ?? 0
    var tile: [UInt8] = []
    if let last, width == Tile.fullWidth {
      index = last.index + 1
      width = 0
    } else if let last {
      guard let before = try bytes(last) else {
        throw LogError(.logTileMissing, "a tile of the log is missing", place: last.path)
      }
      let isWhole =
        if let unit { before.count == unit * width } else {
          (try? EntryBundle.decode(before, count: width)) != nil
        }
      guard isWhole else {
        throw LogError(.logTreeMismatch, "a tile of the log has another length", place: last.path)
      }
      tile = before
      dropped.append(last)
    }
    var full: [[UInt8]] = []
    for element in elements {
      tile += element
      width += 1
      guard width == Tile.fullWidth else { continue }
      written.append(LogGrowth.File(tile: Tile(content, index: index), bytes: tile))
      full.append(tile)
      (index, width, tile) = (index + 1, 0, [])
    }
    if width > 0 {
      written.append(LogGrowth.File(tile: Tile(content, index: index, width: width), bytes: tile))
    }
    return full
  }
}
