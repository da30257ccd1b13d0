/// What a zip archive's directory says of one entry (APPNOTE 4.3.12).
struct ZipRow {
  let name: [UInt8]
  let flags: UInt16
  let method: UInt16
  let checksum: UInt32
  let packed: Int
  let size: Int
  /// Where the local header begins.
  let offset: Int
  let isFolder: Bool

  var hasDescriptor: Bool { flags & 8 != 0 }
  var shown: String { String(decoding: name.prefix(200), as: UTF8.self) }
}

/// The directory at the end of a zip archive, read strictly.
///
/// There is one way to read an accepted archive: the directory lies right before the end record, the
/// end record ends the file, and 32-bit and 64-bit fields never disagree.
struct ZipDirectory {
  let rows: [ZipRow]
  /// Where the directory begins.
  let start: Int

  private static var endSize: Int { 22 }

  init(_ data: ArchiveData, limits: ArchiveLimits) throws(ArchiveError) {
    let end = try Self.end(data)
    guard end.count <= limits.entries else {
      throw ArchiveError(
        .tooMany, "archive", "there are more than \(limits.entries) entries in it")
    }
    start = end.start
    let bytes = data.bytes(end.start..<end.start + end.size)
    var rows: [ZipRow] = []
    var at = 0
    for _ in 0..<end.count { rows.append(try Self.row(bytes, &at)) }
    guard at == bytes.count else {
      throw Self.malformed("directory", "it has another length than its entries")
    }
    self.rows = rows
  }

  static func malformed(_ place: String, _ why: String) -> ArchiveError {
    ArchiveError(.malformed, place, why)
  }

  // MARK: - End record

  private static func end(
    _ data: ArchiveData
  ) throws(ArchiveError) -> (start: Int, size: Int, count: Int) {
    let place = data.count - endSize
    let end = data.bytes(max(place, 0)..<data.count)
    guard place >= 0, end.starts(with: [0x50, 0x4B, 5, 6]) else {
      // The record may still be there with a comment or more behind it, which is no plain archive.
      let tail = data.bytes(max(0, data.count - 66_000)..<data.count)
      let isThere = tail.indices.dropLast(3).contains {
        tail[$0] == 0x50 && tail[$0...].starts(with: [0x50, 0x4B, 5, 6])
      }
      throw isThere
        ? ArchiveError(.trailingData, "archive", "something follows the end record, or a comment")
        : ArchiveError(.truncated, "archive", "there is no end record")
    }
    guard end.littleEndian16(at: 20) == 0 else {
      throw ArchiveError(.truncated, "archive", "the comment of the archive is cut off")
    }
    let short = (
      disk: end.littleEndian16(at: 4), startDisk: end.littleEndian16(at: 6),
      here: end.littleEndian16(at: 8), count: end.littleEndian16(at: 10),
      size: end.littleEndian32(at: 12), start: end.littleEndian32(at: 16)
    )
    var values = (start: Int(short.start), size: Int(short.size), count: Int(short.count))
    var limit = place
    let locator = data.bytes(max(0, place - 20)..<place)
    if locator.count == 20, locator.starts(with: [0x50, 0x4B, 6, 7]) {
      let long = try longEnd(data, locator, at: place - 20)
      guard short.count == .max || values.count == long.count,
        short.size == .max || values.size == long.size,
        short.start == .max || values.start == long.start
      else {
        throw ArchiveError(.headersDiffer, "archive", "its two end records say different things")
      }
      values = (long.start, long.size, long.count)
      limit = long.place
    } else if short.count == .max || short.size == .max || short.start == .max {
      throw malformed("archive", "the end record promises a longer one, which is not there")
    }
    guard short.disk == 0 || short.disk == .max, short.startDisk == 0 || short.startDisk == .max,
      short.here == short.count
    else { throw malformed("archive", "it is one part of several") }
    guard values.start <= limit, values.size == limit - values.start else {
      throw malformed("archive", "the directory does not lie right before the end record")
    }
    // A row has 46 bytes at least; a larger count is a lie.
    guard values.count <= values.size / 46 else {
      throw malformed("directory", "it counts more entries than it can hold")
    }
    return values
  }

  private static func longEnd(
    _ data: ArchiveData, _ locator: [UInt8], at end: Int
  ) throws(ArchiveError) -> (start: Int, size: Int, count: Int, place: Int) {
    guard let place = Int(exactly: locator.littleEndian64(at: 8)), place >= 0, place == end - 56,
      locator.littleEndian32(at: 4) == 0, locator.littleEndian32(at: 16) <= 1
    else { throw malformed("archive", "the zip64 end record is not where it should be") }
    let record = data.bytes(place..<end)
    guard record.count == 56, record.starts(with: [0x50, 0x4B, 6, 6]),
      record.littleEndian64(at: 4) == 44, record.littleEndian32(at: 16) == 0,
      record.littleEndian32(at: 20) == 0,
      record.littleEndian64(at: 24) == record.littleEndian64(at: 32),
      let count = Int(exactly: record.littleEndian64(at: 32)),
      let size = Int(exactly: record.littleEndian64(at: 40)),
      let start = Int(exactly: record.littleEndian64(at: 48))
    else { throw malformed("archive", "the zip64 end record is not one of version 1") }
    return (start, size, count, place)
  }

  // MARK: - Rows

  private static func row(_ bytes: [UInt8], _ at: inout Int) throws(ArchiveError) -> ZipRow {
    guard bytes.count - at >= 46, bytes[at...].starts(with: [0x50, 0x4B, 1, 2]) else {
      throw malformed("directory, byte \(at)", "expected an entry here")
    }
    let start = at
    func short(_ place: Int) -> UInt16 { bytes.littleEndian16(at: start + place) }
    func long(_ place: Int) -> UInt32 { bytes.littleEndian32(at: start + place) }
    let (nameSize, extraSize, noteSize) = (Int(short(28)), Int(short(30)), Int(short(32)))
    guard bytes.count - at - 46 >= nameSize + extraSize + noteSize else {
      throw malformed("directory, byte \(at)", "an entry is cut off")
    }
    let name = Array(bytes[(at + 46)..<(at + 46 + nameSize)])
    let extraStart = at + 46 + nameSize
    let extra = Array(bytes[extraStart..<extraStart + extraSize])
    at = extraStart + extraSize + noteSize
    let shown = String(decoding: name.prefix(200), as: UTF8.self)
    try checkForm(flags: short(8), method: short(10), name: name, shown)
    guard short(34) == 0 || short(34) == .max else {
      throw malformed(shown, "the entry lies in another part of the archive")
    }
    let isFolder = try isFolder(name, madeBy: short(4), attributes: long(38), shown)
    let wide = try ZipExtra(extra, shown).long(
      size: long(24), packed: long(20), offset: long(42), shown)
    return ZipRow(
      name: name, flags: short(8), method: short(10), checksum: long(16), packed: wide.packed,
      size: wide.size, offset: wide.offset, isFolder: isFolder)
  }

  /// Flags and method that may stand in a header.
  private static func checkForm(
    flags: UInt16, method: UInt16, name: [UInt8], _ shown: String
  ) throws(ArchiveError) {
    // 0, 6 and 13: encrypted, strongly, with masked headers.
    if flags & (1 | 1 << 6 | 1 << 13) != 0 {
      throw ArchiveError(.encrypted, shown, "the entry is encrypted")
    }
    // 1 and 2: how hard the packer tried; 3: a data descriptor follows; 11: UTF-8.
    if flags & ~(1 << 1 | 1 << 2 | 1 << 3 | 1 << 11) != 0 {
      throw ArchiveError(.methodUnknown, shown, "the entry has flags that are not known")
    }
    if method != 0 && method != 8 {
      throw ArchiveError(.methodUnknown, shown, "the entry is packed by method \(method)")
    }
    if flags & 1 << 11 == 0, !name.allSatisfy({ $0 < 0x80 }) {
      throw ArchiveError(.nameForbidden, shown, "the entry's name is in no known encoding")
    }
  }

  private static func isFolder(
    _ name: [UInt8], madeBy: UInt16, attributes: UInt32, _ shown: String
  ) throws(ArchiveError) -> Bool {
    let isFolder = name.last == 0x2F
    // Made on Unix or macOS: the upper half is a file's mode.
    guard madeBy >> 8 == 3 || madeBy >> 8 == 19 else { return isFolder }
    let form = attributes >> 16 & 0xF000
    guard form == 0 || form == (isFolder ? 0x4000 : 0x8000) else {
      throw ArchiveError(.entryType, shown, "expected regular files and folders only")
    }
    return isFolder
  }
}

/// The extra field of a header (APPNOTE 4.5).
struct ZipExtra {
  private let wide: [UInt8]?

  init(_ bytes: [UInt8], _ shown: String) throws(ArchiveError) {
    var wide: [UInt8]?
    var at = 0
    while at < bytes.count {
      guard bytes.count - at >= 4, bytes.count - at - 4 >= Int(bytes.littleEndian16(at: at + 2))
      else { throw ZipDirectory.malformed(shown, "the extra field of the entry is cut off") }
      let size = Int(bytes.littleEndian16(at: at + 2))
      switch bytes.littleEndian16(at: at) {
      case 1:
        if wide != nil { throw ZipDirectory.malformed(shown, "there are two zip64 fields") }
        wide = Array(bytes[(at + 4)..<(at + 4 + size)])
      case 0x7075:
        throw ArchiveError(.extensionRefused, shown, "an extra field gives the entry another name")
      case 0x9901, 0x0017:
        throw ArchiveError(.encrypted, shown, "the entry is encrypted")
      default: break
      }
      at += 4 + size
    }
    self.wide = wide
  }

  /// The fields with those of zip64 in place of the saturated ones.
  ///
  /// - Throws: `archive_malformed` where the zip64 field does not hold exactly what is saturated.
  func long(
    size: UInt32, packed: UInt32, offset: UInt32?, _ shown: String
  ) throws(ArchiveError) -> (size: Int, packed: Int, offset: Int) {
    var at = 0
    var isExact = true
    func next(_ value: UInt32) -> Int {
      guard value == .max else { return Int(value) }
      guard let wide, wide.count - at >= 8, let long = Int(exactly: wide.littleEndian64(at: at))
      else {
        isExact = false
        return 0
      }
      at += 8
      return long
    }
    let result = (next(size), next(packed), next(offset ?? 0))
    guard isExact, wide.map({ $0.count == at }) ?? true else {
      throw ZipDirectory.malformed(
        shown, "the zip64 field does not hold what the header leaves out")
    }
    return result
  }
}
