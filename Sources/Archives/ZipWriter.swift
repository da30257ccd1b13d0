/// Writes a zip archive (APPNOTE 6.3) front to back, equal input giving equal bytes.
///
/// Every entry's sizes and checksum stand in its local header already (its content is asked for
/// twice), so no data descriptor is needed and the output may be a pipe. zip64 records are written
/// from 4 GiB, or 65,535 entries, on. Deflate where it shrinks, else stored.
public struct ZipWriter {
  public enum Method: UInt16, Sendable { case stored = 0, deflated = 8 }

  private struct Row {
    let name: [UInt8]
    let method: Method
    let checksum: UInt32
    let size: UInt64
    let packed: UInt64
    let offset: UInt64
  }

  private let sink: ArchiveSink
  private let time: UInt32
  private let forcesZip64: Bool
  private var rows: [Row] = []
  private var offset: UInt64 = 0

  /// - Parameters:
  ///   - modified: Unix seconds, for every entry; zip holds the years 1980 to 2107.
  ///   - forcesZip64: zip64 records for every entry, so that readers can be tried on small ones.
  public init(modified: Int64, forcesZip64: Bool = false, to sink: @escaping ArchiveSink) {
    self.sink = sink
    self.forcesZip64 = forcesZip64
    time = Self.dosTime(modified)
  }

  /// Adds a file of bytes at hand.
  public mutating func add(_ name: String, _ bytes: [UInt8]) throws {
    try add(ArchiveEntry(ArchiveFile(name: name, bytes: bytes)))
  }

  /// Adds a file of any size in constant memory, deflated where that is shorter.
  ///
  /// The content is packed once where it becomes short enough to be held, else once to measure it
  /// and once to write it.
  ///
  /// - Throws: `archive_headers_differ` where the content is not the same twice.
  public mutating func add(_ entry: ArchiveEntry) throws {
    var checksum = Checksum32()
    var (size, packed) = (0, 0)
    var held: [UInt8]? = []
    let stream = DeflateStream()
    func take(_ bytes: [UInt8]) {
      packed += bytes.count
      if packed <= Self.mostHeld { held? += bytes } else { held = nil }
    }
    try entry.content { piece in
      checksum.update(piece)
      size += piece.count
      Self.pieces(piece) { take(stream.append($0, isLast: false)) }
    }
    take(stream.append([], isLast: true))
    let method: Method = packed < size ? .deflated : .stored
    if method == .stored { packed = size }
    try begin(entry.name, method, checksum.value, size: size, packed: packed)
    if method == .deflated, let held { return try emit(held) }
    try write(entry, method, packed: packed)
  }

  /// Adds a file of any size in constant memory.
  public mutating func add(
    _ name: String, method: Method, _ content: @escaping ArchiveEntry.Content
  ) throws {
    var checksum = Checksum32()
    var (size, packed) = (0, 0)
    let measure = DeflateStream()
    try content { piece in
      checksum.update(piece)
      size += piece.count
      if method == .deflated { packed += measure.append(piece, isLast: false).count }
    }
    packed = method == .deflated ? packed + measure.append([], isLast: true).count : size
    try begin(name, method, checksum.value, size: size, packed: packed)
    try write(ArchiveEntry(name: name, size: size, content: content), method, packed: packed)
  }

  /// The content behind its header.
  private mutating func write(_ entry: ArchiveEntry, _ method: Method, packed: Int) throws {
    let start = offset
    var written: UInt64 = 0
    let sink = sink
    let stream = DeflateStream()
    func put(_ bytes: [UInt8]) throws {
      written += UInt64(bytes.count)
      if !bytes.isEmpty { try sink(bytes) }
    }
    try entry.content { piece in
      try Self.pieces(piece) { part in
        try put(method == .deflated ? stream.append(part, isLast: false) : part)
      }
    }
    if method == .deflated { try put(stream.append([], isLast: true)) }
    guard written == UInt64(packed) else {
      throw ArchiveError(.headersDiffer, entry.name, "the file changed while it was packed")
    }
    offset = start + written
  }

  /// Writes the directory at the end.
  public mutating func finish() throws {
    let start = offset
    for row in rows { try emit(directoryRow(row)) }
    let size = offset - start
    let isLong =
      forcesZip64 || rows.count >= 0xFFFF || start >= 0xFFFF_FFFF || size >= 0xFFFF_FFFF
    if isLong { try emit(longEnd(start: start, size: size)) }
    var end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
    for _ in 0..<2 { end.appendLittleEndian(isLong ? 0xFFFF : UInt16(rows.count)) }
    end.appendLittleEndian(isLong ? UInt32.max : UInt32(size))
    end.appendLittleEndian(isLong ? UInt32.max : UInt32(start))
    end.appendLittleEndian(UInt16(0))
    try emit(end)
  }

  private mutating func begin(
    _ name: String, _ method: Method, _ checksum: UInt32, size: Int, packed: Int
  ) throws {
    if EntryNames.objection(name) != nil {
      throw ArchiveError(.nameForbidden, name, "this name cannot be that of an entry")
    }
    let row = Row(
      name: Array(name.utf8), method: method, checksum: checksum, size: UInt64(size),
      packed: UInt64(packed), offset: offset)
    rows.append(row)
    let isLong = forcesZip64 || size >= 0xFFFF_FFFF || packed >= 0xFFFF_FFFF
    var header: [UInt8] = [0x50, 0x4B, 3, 4]
    appendCommon(row, version: isLong ? 45 : 20, to: &header)
    header.appendLittleEndian(isLong ? UInt32.max : UInt32(packed))
    header.appendLittleEndian(isLong ? UInt32.max : UInt32(size))
    header.appendLittleEndian(UInt16(row.name.count))
    header.appendLittleEndian(UInt16(isLong ? 20 : 0))
    header += row.name
    if isLong {
      header.appendLittleEndian(UInt16(1))
      header.appendLittleEndian(UInt16(16))
      header.appendLittleEndian(row.size)
      header.appendLittleEndian(row.packed)
    }
    try emit(header)
  }

  /// Version, flags, method, time and checksum, which local header and directory share.
  private func appendCommon(_ row: Row, version: UInt16, to bytes: inout [UInt8]) {
    bytes.appendLittleEndian(version)
    // Flag 11: the name is UTF-8.
    bytes.appendLittleEndian(UInt16(row.name.allSatisfy { $0 < 0x80 } ? 0 : 1 << 11))
    bytes.appendLittleEndian(row.method.rawValue)
    bytes.appendLittleEndian(time)
    bytes.appendLittleEndian(row.checksum)
  }

  private func directoryRow(_ row: Row) -> [UInt8] {
    var long: [UInt8] = []
    func short(_ value: UInt64) -> UInt32 {
      guard forcesZip64 || value >= 0xFFFF_FFFF else { return UInt32(value) }
      long.appendLittleEndian(value)
      return .max
    }
    let size = short(row.size)
    let packed = short(row.packed)
    let place = short(row.offset)
    var bytes: [UInt8] = [0x50, 0x4B, 1, 2]
    // Made by version 4.5 on Unix, so that the mode below is one.
    bytes.appendLittleEndian(UInt16(3 << 8 | 45))
    appendCommon(row, version: long.isEmpty ? 20 : 45, to: &bytes)
    bytes.appendLittleEndian(packed)
    bytes.appendLittleEndian(size)
    bytes.appendLittleEndian(UInt16(row.name.count))
    bytes.appendLittleEndian(UInt16(long.isEmpty ? 0 : long.count + 4))
    for _ in 0..<3 { bytes.appendLittleEndian(UInt16(0)) }
    bytes.appendLittleEndian(UInt32(0o100644) << 16)
    bytes.appendLittleEndian(place)
    bytes += row.name
    if !long.isEmpty {
      bytes.appendLittleEndian(UInt16(1))
      bytes.appendLittleEndian(UInt16(long.count))
      bytes += long
    }
    return bytes
  }

  /// zip64 end of central directory record, and its locator: APPNOTE 4.3.14, 4.3.15.
  private func longEnd(start: UInt64, size: UInt64) -> [UInt8] {
    var bytes: [UInt8] = [0x50, 0x4B, 6, 6]
    bytes.appendLittleEndian(UInt64(44))
    bytes.appendLittleEndian(UInt16(3 << 8 | 45))
    bytes.appendLittleEndian(UInt16(45))
    bytes.appendLittleEndian(UInt64(0))
    for _ in 0..<2 { bytes.appendLittleEndian(UInt64(rows.count)) }
    bytes.appendLittleEndian(size)
    bytes.appendLittleEndian(start)
    bytes += [0x50, 0x4B, 6, 7]
    bytes.appendLittleEndian(UInt32(0))
    bytes.appendLittleEndian(start + size)
    bytes.appendLittleEndian(UInt32(1))
    return bytes
  }

  private mutating func emit(_ bytes: [UInt8]) throws {
    if !bytes.isEmpty { try sink(bytes) }
    offset += UInt64(bytes.count)
  }

  /// Deflated bytes of one file that are kept between measuring and writing.
  private static var mostHeld: Int { 4 << 20 }

  private static func pieces(_ bytes: [UInt8], _ body: ([UInt8]) throws -> Void) rethrows {
    if bytes.count <= 1 << 24 { return try body(bytes) }
    for start in stride(from: 0, to: bytes.count, by: 1 << 24) {
      try body(Array(bytes[start..<min(start + 1 << 24, bytes.count)]))
    }
  }
}
