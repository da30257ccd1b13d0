/// Reads a zip archive, with care: every byte belongs to exactly one thing.
///
/// Entries lie one behind the other from byte 0 up to the directory, each local header says what
/// the directory says, and checksums and sizes are those of the content.
struct ZipReader {
  private let data: ArchiveData
  private let directory: ZipDirectory
  private let mostHeld: Int
  private var allowance: Allowance
  private var names = EntryNames()

  /// - Parameter mostHeld: larger files are read again when they are asked for.
  init(_ data: ArchiveData, limits: ArchiveLimits, mostHeld: Int) throws(ArchiveError) {
    self.data = data
    self.mostHeld = mostHeld
    directory = try ZipDirectory(data, limits: limits)
    allowance = Allowance(limits, archive: data.count)
  }

  /// The regular files, in the order in which they lie.
  mutating func files() throws(ArchiveError) -> [FoundFile] {
    var files: [FoundFile] = []
    let rows = directory.rows.sorted { $0.offset < $1.offset }
    var end = 0
    for (index, row) in rows.enumerated() {
      let name = try names.insert(row.name, isFolder: row.isFolder)
      try allowance.take(row.size, for: name)
      guard row.offset >= end else {
        throw ArchiveError(.overlap, name, "the entry begins inside the one before it")
      }
      guard row.offset == end else {
        throw ArchiveError(.trailingData, name, "there are bytes before the entry that are none's")
      }
      let next = index + 1 < rows.count ? rows[index + 1].offset : directory.start
      let start = try contentStart(row, limit: directory.start)
      guard row.packed <= directory.start - start else {
        throw ArchiveError(.overlap, name, "the entry reaches into the directory")
      }
      end = start + row.packed
      if row.hasDescriptor { end += try descriptorSize(row, at: end, until: next) }
      let file = try content(row, at: start, name)
      if !row.isFolder { files.append(file) }
    }
    guard end == directory.start else {
      throw end > directory.start
        ? ArchiveError(.overlap, "directory", "the last entry reaches into the directory")
        : ArchiveError(.trailingData, "directory", "there are bytes before it that are no entry's")
    }
    return files
  }

  /// Where the content begins; the local header must say the same as the directory.
  private func contentStart(_ row: ZipRow, limit: Int) throws(ArchiveError) -> Int {
    let head = data.bytes(row.offset..<min(row.offset + 30, limit))
    guard head.count == 30, head.starts(with: [0x50, 0x4B, 3, 4]) else {
      throw ZipDirectory.malformed(row.shown, "the entry has no header where the directory says")
    }
    let nameSize = Int(head.littleEndian16(at: 26))
    let extraSize = Int(head.littleEndian16(at: 28))
    let start = row.offset + 30 + nameSize + extraSize
    guard start <= limit else {
      throw ArchiveError(.overlap, row.shown, "the entry's header reaches into the directory")
    }
    let name = data.bytes(row.offset + 30..<row.offset + 30 + nameSize)
    let extra = data.bytes(row.offset + 30 + nameSize..<start)
    let wide = try ZipExtra(extra, row.shown).long(
      size: head.littleEndian32(at: 22), packed: head.littleEndian32(at: 18), offset: nil,
      row.shown)
    let checksum = head.littleEndian32(at: 14)
    let isUnknown = row.hasDescriptor && wide.size == 0 && wide.packed == 0 && checksum == 0
    guard name == row.name, head.littleEndian16(at: 6) == row.flags,
      head.littleEndian16(at: 8) == row.method,
      isUnknown
        || wide.size == row.size && wide.packed == row.packed && checksum == row.checksum
    else {
      throw ArchiveError(
        .headersDiffer, row.shown, "the entry's header and the directory say different things")
    }
    return start
  }

  /// The length of the data descriptor (APPNOTE 4.3.9), which has four forms.
  private func descriptorSize(
    _ row: ZipRow, at place: Int, until next: Int
  ) throws(ArchiveError) -> Int {
    let size = next - place
    let bytes = size > 0 && size <= 24 ? data.bytes(place..<next) : []
    let isSigned = size == 16 || size == 24
    guard [12, 16, 20, 24].contains(bytes.count),
      !isSigned || bytes.starts(with: [0x50, 0x4B, 7, 8])
    else {
      throw ZipDirectory.malformed(row.shown, "the entry's data descriptor is not behind it")
    }
    let start = isSigned ? 4 : 0
    let isWide = size >= 20
    let packed =
      isWide ? bytes.littleEndian64(at: start + 4) : UInt64(bytes.littleEndian32(at: start + 4))
    let whole =
      isWide ? bytes.littleEndian64(at: start + 12) : UInt64(bytes.littleEndian32(at: start + 8))
    guard bytes.littleEndian32(at: start) == row.checksum, packed == UInt64(row.packed),
      whole == UInt64(row.size)
    else {
      throw ArchiveError(
        .headersDiffer, row.shown, "the data descriptor and the directory say different things")
    }
    return size
  }

  /// Reads the content once, so that what is wrong with it shows now.
  private func content(
    _ row: ZipRow, at start: Int, _ name: String
  ) throws(ArchiveError) -> FoundFile {
    let content = try ZipContent(row, of: data, at: start, name)
    let isHeld = row.size <= mostHeld
    var bytes: [UInt8] = []
    // A declared size is not believed before the bytes are there.
    if isHeld { bytes.reserveCapacity(min(row.size, 1 << 20)) }
    while let piece = try content.next() {
      if isHeld { bytes += piece }
    }
    if isHeld { return FoundFile(name: name, bytes: bytes) }
    let data = data
    return FoundFile(
      name: name, size: row.size,
      content: .pieces {
        var content: ZipContent?
        return {
          let reading = try content ?? ZipContent(row, of: data, at: start, name)
          content = reading
          return try reading.next()
        }
      })
  }
}
