/// Reads a tar archive from front to back, with care: regular files and folders only.
///
/// Headers that would change what the next one says (GNU long names, sparse files, pax records of
/// name, size or link) are refused; pax records of times and owners mean nothing here and are
/// passed over, since `tar` of some systems writes them for every file.
struct TarReader {
  private var input: PieceReader
  /// Content that begins at a byte of what is unpacked, to be read again.
  private let again: (Range<Int>) -> @Sendable () -> FoundFile.Next
  private let mostHeld: Int
  private var allowance: Allowance
  private var names = EntryNames()
  /// Zeros behind the end that are taken for padding of the medium.
  private static var longestPadding: Int { 1 << 20 }
  private static var longestRecord: Int { 1 << 16 }

  /// - Parameter mostHeld: larger files are read again when they are asked for.
  init(
    _ data: ArchiveData, isPacked: Bool, limits: ArchiveLimits, mostHeld: Int
  ) throws(ArchiveError) {
    if isPacked {
      let gzip = try GzipReader(data)
      input = PieceReader { () throws(ArchiveError) in try gzip.next() }
      again = { range in { Self.unpacked(data, range) } }
    } else {
      input = PieceReader(data)
      again = data.pieces
    }
    self.mostHeld = mostHeld
    allowance = Allowance(limits, archive: data.count)
  }

  /// A range of what a gzip archive unpacks to.
  private static func unpacked(_ data: ArchiveData, _ range: Range<Int>) -> FoundFile.Next {
    var input: PieceReader?
    return {
      var reader: PieceReader
      if let input {
        reader = input
      } else {
        let gzip = try GzipReader(data)
        reader = PieceReader { () throws(ArchiveError) in try gzip.next() }
        _ = try reader.skip(range.lowerBound)
      }
      let piece = try reader.take(min(1 << 18, range.upperBound - reader.position))
      input = reader
      return piece.isEmpty ? nil : piece
    }
  }

  /// The regular files, in the archive's order.
  mutating func files() throws(ArchiveError) -> [FoundFile] {
    var files: [FoundFile] = []
    while true {
      let place = input.position
      let block = try input.take(Tar.block)
      guard block.count == Tar.block else {
        throw ArchiveError(
          .truncated, "archive", "expected a header or the end blocks at byte \(place)")
      }
      if block.allSatisfy({ $0 == 0 }) { break }
      let header = try TarHeader(block, at: place)
      let shown = String(decoding: header.name.prefix(200), as: UTF8.self)
      if header.form == .records {
        try allowance.take(header.size, for: shown)
        try checkRecords(header, shown)
        continue
      }
      let name = try names.insert(header.name, isFolder: header.form == .folder)
      try allowance.take(header.size, for: name)
      if header.size > mostHeld {
        let start = input.position
        let size = try input.skip(header.size)
        try checkPadding(header.size, found: size, of: name)
        files.append(
          FoundFile(
            name: name, size: header.size, content: .pieces(again(start..<start + header.size))))
        continue
      }
      let bytes = try content(header.size, of: name)
      if header.form == .file { files.append(FoundFile(name: name, bytes: bytes)) }
    }
    try checkEnd()
    return files
  }

  private mutating func content(_ size: Int, of name: String) throws(ArchiveError) -> [UInt8] {
    let bytes = try input.take(size)
    try checkPadding(size, found: bytes.count, of: name)
    return bytes
  }

  private mutating func checkPadding(
    _ size: Int, found: Int, of name: String
  ) throws(ArchiveError) {
    let rest = try input.take(Tar.padding(size))
    guard found == size, rest.count == Tar.padding(size) else {
      throw ArchiveError(.truncated, name, "expected \(size) bytes of this file")
    }
    // Bytes that no reader shows are a place to hide in.
    guard rest.allSatisfy({ $0 == 0 }) else {
      throw ArchiveError(.trailingData, name, "expected zeros up to the end of the file's block")
    }
  }

  /// pax(1), "pax Extended Header": records `LENGTH KEY=VALUE LF`.
  private mutating func checkRecords(
    _ header: TarHeader, _ name: String
  ) throws(ArchiveError) {
    guard header.size <= Self.longestRecord else {
      throw ArchiveError(
        .extensionRefused, name, "an extended header is longer than any honest one")
    }
    var rest = try content(header.size, of: name)[...]
    while !rest.isEmpty {
      guard let space = rest.prefix(8).firstIndex(of: 0x20),
        let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
        length > space - rest.startIndex + 1, length <= rest.count,
        let equals = rest.prefix(length).firstIndex(of: 0x3D)
      else { throw ArchiveError(.malformed, name, "an extended header is no list of records") }
      let key = String(decoding: rest[(space + 1)..<equals], as: UTF8.self)
      guard Self.harmlessKeys.contains(key) else {
        throw ArchiveError(
          .extensionRefused, name, "an extended header gives \(key.prefix(40)) another value")
      }
      rest = rest.dropFirst(length)
    }
  }

  private static let harmlessKeys: Set<String> = [
    "atime", "ctime", "mtime", "uid", "gid", "uname", "gname", "comment",
    "LIBARCHIVE.creationtime",
  ]

  private mutating func checkEnd() throws(ArchiveError) {
    let start = input.position
    while true {
      let rest = try input.take(1 << 16)
      if rest.isEmpty { return }
      guard rest.allSatisfy({ $0 == 0 }), input.position - start <= Self.longestPadding else {
        throw ArchiveError(
          .trailingData, "archive", "expected nothing but some zeros behind the end block")
      }
    }
  }
}

/// What is of interest in a header block.
private struct TarHeader {
  enum Form { case file, folder, records }
  let name: [UInt8]
  let size: Int
  let form: Form

  init(_ bytes: [UInt8], at place: Int) throws(ArchiveError) {
    func text(_ range: Range<Int>) -> [UInt8] { Array(bytes[range].prefix { $0 != 0 }) }
    let isPOSIX = bytes[257..<263].elementsEqual(Array("ustar\0".utf8))
    // GNU's form has other fields where ustar has a name's prefix.
    let prefix = isPOSIX ? text(345..<500) : []
    name = (prefix.isEmpty ? [] : prefix + [0x2F]) + text(0..<100)
    let shown = name.isEmpty ? "byte \(place)" : String(decoding: name, as: UTF8.self)
    var blank = bytes
    blank.replaceSubrange(148..<156, with: repeatElement(0x20, count: 8))
    guard Self.octal(text(148..<156)) == blank.reduce(0, { $0 + Int($1) }) else {
      throw ArchiveError(.checksumMismatch, shown, "expected the checksum of this header")
    }
    // Base 256 (a first byte from 0x80 on) is GNU's way for sizes from 8 GiB on.
    guard let size = Self.octal(text(124..<136)) else {
      throw ArchiveError(.malformed, shown, "expected a size in octal digits")
    }
    switch bytes[156] {
    case 0x30, 0: form = name.last == 0x2F ? .folder : .file
    case 0x35: form = .folder
    case 0x78, 0x67: form = .records
    case 0x31, 0x32: throw ArchiveError(.entryType, shown, "expected no link")
    case 0x33, 0x34, 0x36: throw ArchiveError(.entryType, shown, "expected no device or pipe")
    default:
      throw ArchiveError(
        .extensionRefused, shown, "expected no header that changes the name or form of the next")
    }
    guard form != .folder || size == 0 else {
      throw ArchiveError(.malformed, shown, "expected no content of a folder")
    }
    self.size = size
  }

  private static func octal(_ field: [UInt8]) -> Int? {
    let digits = field.filter { $0 != 0x20 }
    guard (1...11).contains(digits.count), digits.allSatisfy({ (0x30...0x37).contains($0) }) else {
      return nil
    }
    return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }
}
