internal import Platform

/// Writes one pack and its index; nothing can be seen of them before `finish`.
///
/// Order: pack, sync, index, sync, rename pack, rename index, sync of `objects/pack`. An index
/// without its pack would be a damaged store, a pack without index is nothing but garbage.
/// A class because it owns files; what is not finished is removed by deinit.
final class PackWriter {
  /// One compressed object, ready to be appended.
  struct Entry: Sendable {
    let id: ObjectID
    /// Head and zlib stream.
    let count: Int
    let checksum: UInt32
  }

  private let system: FileSystem
  private let folder: String
  private let temporary: String
  private let temporaryIndex: String
  private let file: FileWriter
  private var isFinished = false
  private var rows: [(id: ObjectID, checksum: UInt32, offset: Int)] = []

  init(folder: String, system: FileSystem) throws(ObjectError) {
    self.system = system
    self.folder = folder
    // git's own gc removes old files of this name.
    let mark = Path.lastComponent(system.temporaryName(beside: "pack")).dropFirst()
    temporary = Path.join(folder, "tmp_pack_\(mark)")
    // Not `.idx` at the end: git takes every such file for an index.
    temporaryIndex = Path.join(folder, "tmp_idx_\(mark)")
    let path = temporary
    file = try wrapping { () throws(PlatformError) in try system.create(path, mode: 0o444) }
    try append(Self.head(count: 0))
  }

  deinit {
    if !isFinished {
      try? system.remove(temporary)
      try? system.remove(temporaryIndex)
    }
  }

  var count: Int { rows.count }
  /// Where each object lies.
  var offsets: [ObjectID: Int] {
    Dictionary(rows.map { ($0.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }
  /// Bytes so far, without the trailer.
  var byteCount: Int { file.byteCount }

  /// Appends objects whose bytes lie one after another in `bytes`.
  func append(_ entries: [Entry], _ bytes: [UInt8]) throws(ObjectError) {
    var offset = file.byteCount
    try append(bytes)
    for entry in entries {
      rows.append((entry.id, entry.checksum, offset))
      offset += entry.count
    }
  }

  /// Appends one object whose bytes lie in a mapped file.
  func append(_ entry: Entry, _ bytes: UnsafeRawBufferPointer) throws(ObjectError) {
    let file = file
    let offset = file.byteCount
    try wrapping { () throws(PlatformError) in try unsafe file.append(bytes) }
    rows.append((entry.id, entry.checksum, offset))
  }

  /// Compresses and appends one whole object.
  func append(_ object: RawObject, _ id: ObjectID, _ deflater: Deflater) throws(ObjectError) {
    var bytes: [UInt8] = []
    PackEntry.appendHead(object.kind, size: object.bytes.count, to: &bytes)
    deflater.append(object.bytes, to: &bytes)
    let sum = unsafe bytes.withRawBytes { raw in unsafe checksum32(raw) }
    try append([Entry(id: id, count: bytes.count, checksum: sum)], bytes)
  }

  /// Makes the pack part of the store; returns its path without ending.
  func finish(durably: Bool) throws(ObjectError) -> String {
    let stem = try publish(durably: durably)
    isFinished = true
    return stem
  }

  private func publish(durably: Bool) throws(ObjectError) -> String {
    let (system, file, temporary, temporaryIndex) = (system, file, temporary, temporaryIndex)
    let head = Self.head(count: rows.count)
    let checksum = try wrapping { () throws(PlatformError) in
      try file.overwrite(head, at: 0)
      let written = try system.map(temporary)
      return written.hash(0..<written.count)
    }
    let index = Self.index(rows, packChecksum: checksum)
    let stem = Path.join(folder, "pack-\(checksum.hex)")
    let folder = folder
    try wrapping { () throws(PlatformError) in
      try file.append(checksum.bytes)
      try file.finish(durably: durably)
      let indexFile = try system.create(temporaryIndex, mode: 0o444)
      try indexFile.append(index)
      try indexFile.finish(durably: durably)
      try system.rename(temporary, to: stem + ".pack")
      try system.rename(temporaryIndex, to: stem + ".idx")
      if durably { try system.syncDirectory(folder) }
    }
    return stem
  }

  /// The bytes of an idx file.
  static func index(
    _ unsorted: [(id: ObjectID, checksum: UInt32, offset: Int)], packChecksum: ObjectID
  ) -> [UInt8] {
    let rows = unsorted.sorted { $0.id < $1.id }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1100 + rows.count * 48)
    appendBigEndian32(0xFF74_4F63, to: &bytes)
    appendBigEndian32(2, to: &bytes)
    var counts = [UInt32](repeating: 0, count: 256)
    for row in rows { counts[Int(row.id.firstByte)] += 1 }
    var sum: UInt32 = 0
    for count in counts {
      sum += count
      appendBigEndian32(sum, to: &bytes)
    }
    for row in rows { row.id.append(to: &bytes) }
    for row in rows { appendBigEndian32(row.checksum, to: &bytes) }
    var large: [Int] = []
    for row in rows {
      if row.offset < 0x8000_0000 {
        appendBigEndian32(UInt32(row.offset), to: &bytes)
      } else {
        appendBigEndian32(0x8000_0000 | UInt32(large.count), to: &bytes)
        large.append(row.offset)
      }
    }
    for offset in large {
      appendBigEndian32(UInt32(truncatingIfNeeded: offset >> 32), to: &bytes)
      appendBigEndian32(UInt32(truncatingIfNeeded: offset), to: &bytes)
    }
    packChecksum.append(to: &bytes)
    var hash = ObjectHash()
    hash.update(bytes)
    hash.finish().append(to: &bytes)
    return bytes
  }

  private func append(_ bytes: [UInt8]) throws(ObjectError) {
    let file = file
    try wrapping { () throws(PlatformError) in try file.append(bytes) }
  }

  private static func head(count: Int) -> [UInt8] {
    var bytes = Array("PACK".utf8)
    appendBigEndian32(2, to: &bytes)
    appendBigEndian32(UInt32(truncatingIfNeeded: count), to: &bytes)
    return bytes
  }
}

func appendBigEndian32(_ value: UInt32, to bytes: inout [UInt8]) {
  for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
}
