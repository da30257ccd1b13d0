/// Reads a zip archive, with care: every byte belongs to exactly one thing.
///
/// Entries lie one behind the other from byte 0 up to the directory, each local header says what
/// the directory says, and checksums and sizes are those of the content.
struct ZipReader {
  private let data: ArchiveData
  private let directory: ZipDirectory
  private var allowance: Allowance
  private var names = EntryNames()

  init(_ data: ArchiveData, limits: ArchiveLimits) throws(ArchiveError) {
    self.data = data
    directory = try ZipDirectory(data, limits: limits)
    allowance = Allowance(limits, archive: data.count)
  }

  /// The regular files, in the order in which they lie.
  mutating func files() throws(ArchiveError) -> [ArchiveFile] {
    var files: [ArchiveFile] = []
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
      let bytes = try content(row, at: start, name)
      if !row.isFolder { files.append(ArchiveFile(name: name, bytes: bytes)) }
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

  private func content(
    _ row: ZipRow, at start: Int, _ name: String
  ) throws(ArchiveError) -> [UInt8] {
    let bytes: [UInt8]
    if row.method == 0 {
      guard row.packed == row.size else {
        throw ArchiveError(.headersDiffer, name, "a stored entry has two sizes")
      }
      bytes = data.bytes(start..<start + row.size)
    } else {
      bytes = try inflated(row, at: start, name)
    }
    var checksum = Checksum32()
    checksum.update(bytes)
    guard bytes.count == row.size, checksum.value == row.checksum else {
      throw ArchiveError(.checksumMismatch, name, "the content is not the one that was packed")
    }
    return bytes
  }

  private func inflated(
    _ row: ZipRow, at start: Int, _ name: String
  ) throws(ArchiveError) -> [UInt8] {
    // What deflate cannot reach is a lie, for which nothing is allocated.
    guard row.size / 1033 <= row.packed else {
      throw ArchiveError(.expansion, name, "so few bytes cannot unfold to so many")
    }
    let stream = InflateStream()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(row.size, 1 << 20))
    var at = start
    let end = start + row.packed
    while true {
      let input = data.bytes(at..<min(at + 1 << 18, end))
      let before = bytes.count
      // One byte more than declared, so that a longer stream shows itself.
      let room = min(row.size + 1 - bytes.count, 1 << 20)
      let (outcome, read) = stream.run(input[...], into: &bytes, room: room)
      at += read
      guard bytes.count <= row.size else {
        throw ArchiveError(.headersDiffer, name, "the entry unfolds to more than it declares")
      }
      switch outcome {
      case .invalid: throw ZipDirectory.malformed(name, "the entry is no deflate data")
      case .done:
        guard at == end else {
          throw ArchiveError(.trailingData, name, "there are bytes behind the entry's content")
        }
        return bytes
      case .goesOn:
        if read == 0 && bytes.count == before {
          throw ArchiveError(.truncated, name, "the entry's content is cut off")
        }
      }
    }
  }
}
