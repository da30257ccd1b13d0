internal import Platform

/// The file `.mtimes` beside a pack of unreachable objects: when each was last wanted.
///
/// gitformat-pack(5), "Cruft packs": magic, version, hash, one Unix time per object in the order of
/// the index, checksum of the pack, checksum of this file. git leaves such packs alone and prunes by
/// these times; so do we.
enum CruftTimes {
  private static var magic: UInt32 { 0x4D54_4D45 }
  private static var headSize: Int { 12 }

  static func path(_ pack: Pack) -> String { pack.stem + ".mtimes" }

  /// Unix seconds by row of the index; nil where there is no such file or it is not of this pack.
  static func read(_ pack: Pack, _ system: FileSystem) -> [Int64]? {
    guard let bytes = (try? system.readIfPresent(path(pack), limit: 1 << 30)) ?? nil,
      bytes.count == headSize + pack.index.count * 4 + 64
    else { return nil }
    return unsafe bytes.withRawBytes { raw in
      let head = unsafe (bigEndian32(raw, 0), bigEndian32(raw, 4), bigEndian32(raw, 8))
      guard head == (magic, 1, 2),
        unsafe ObjectID(loading: raw, at: bytes.count - 64) == pack.index.packChecksum
      else { return nil }
      return (0..<pack.index.count).map { Int64(unsafe bigEndian32(raw, headSize + $0 * 4)) }
    }
  }

  static func encode(_ pack: Pack, _ time: (ObjectID) -> Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    for word in [magic, 1, 2] { appendBigEndian32(word, to: &bytes) }
    for row in 0..<pack.index.count {
      appendBigEndian32(UInt32(clamping: time(pack.index.id(row))), to: &bytes)
    }
    pack.index.packChecksum.append(to: &bytes)
    var hash = ObjectHash()
    hash.update(bytes)
    hash.finish().append(to: &bytes)
    return bytes
  }
}
