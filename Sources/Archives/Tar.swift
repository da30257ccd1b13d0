internal import Platform

/// One file of an archive.
public struct ArchiveFile: Sendable, Equatable {
  public var name: String
  public var bytes: [UInt8]
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// One file on its way into an archive: its bytes come in pieces, the same each time they are asked for.
public struct ArchiveEntry {
  /// Gives an entry's content to a sink.
  public typealias Content = (ArchiveSink) throws -> Void

  public let name: String
  /// Bytes of the content.
  public let size: Int
  public let content: Content

  public init(name: String, size: Int, content: @escaping Content) {
    self.name = name
    self.size = size
    self.content = content
  }

  /// A file of bytes at hand.
  public init(_ file: ArchiveFile) {
    self.init(name: file.name, size: file.bytes.count) { sink in
      if !file.bytes.isEmpty { try sink(file.bytes) }
    }
  }
}

/// A tar archive in the ustar format (POSIX.1-1988, `pax` interchange, "ustar").
///
/// Written deterministically: names in byte order, mode 0644, owner 0, one time for all. Reading is
/// `TarReader`.
public enum Tar {
  public typealias Entry = ArchiveFile

  static let block = 512

  /// The archive of these files.
  ///
  /// - Parameter modified: Unix seconds, for every entry.
  /// - Throws: `archive_name_forbidden` for a name that ustar cannot hold (over 100 bytes and not to
  ///   be split at a `/` into at most 155 and 100).
  public static func write(_ entries: [Entry], modified: Int64) throws -> [UInt8] {
    var archive: [UInt8] = []
    archive.reserveCapacity(entries.reduce(1024) { $0 + $1.bytes.count + 1024 })
    try write(entries, modified: modified) { archive += $0 }
    return archive
  }

  /// As `write(_:modified:)`, piece by piece.
  public static func write(
    _ entries: [Entry], modified: Int64, to sink: ArchiveSink
  ) throws {
    let order = entries.sorted { $0.name.precedes($1.name) }
    for entry in order { try write(ArchiveEntry(entry), modified: modified, to: sink) }
    try sink(end)
  }

  /// One file, padded to whole blocks; `end` follows the last one.
  ///
  /// - Throws: `archive_headers_differ` where the content has not the size that was told.
  public static func write(
    _ entry: ArchiveEntry, modified: Int64, to sink: ArchiveSink
  ) throws {
    try sink(try header(name: entry.name, size: entry.size, modified: modified))
    var written = 0
    try entry.content { piece in
      written += piece.count
      try sink(piece)
    }
    guard written == entry.size else {
      throw ArchiveError(.headersDiffer, entry.name, "the file changed while it was packed")
    }
    try sink([UInt8](repeating: 0, count: padding(entry.size)))
  }

  /// Bytes of a file in an archive: header, content, padding.
  public static func space(_ size: Int) -> Int { block + size + padding(size) }

  /// The two blocks that end an archive.
  public static var end: [UInt8] { [UInt8](repeating: 0, count: 2 * block) }

  /// The header block of one regular file; its bytes and `padding` zeros follow.
  ///
  /// - Throws: `archive_name_forbidden`; `archive_too_large` from 8 GiB on, which ustar cannot say.
  public static func header(
    name: String, size: Int, modified: Int64
  ) throws(ArchiveError) -> [UInt8] {
    guard let (prefix, rest) = split(Array(name.utf8)) else {
      throw ArchiveError(
        .nameForbidden, name, "expected a name of at most 100 bytes behind a /")
    }
    guard size < 1 << 33 else {
      throw ArchiveError(.tooLarge, name, "expected a size below 8 GiB; zip takes larger files")
    }
    var header = [UInt8](repeating: 0, count: block)
    func put(_ text: [UInt8], _ place: Int) {
      header.replaceSubrange(place..<place + text.count, with: text)
    }
    put(rest, 0)
    put(octal(0o644, 7), 100)
    put(octal(0, 7), 108)
    put(octal(0, 7), 116)
    put(octal(Int64(size), 11), 124)
    put(octal(min(max(modified, 0), (1 << 33) - 1), 11), 136)
    put([UInt8](repeating: 0x20, count: 8), 148)
    header[156] = 0x30
    put(Array("ustar\0".utf8) + Array("00".utf8), 257)
    put(octal(0, 7), 329)
    put(octal(0, 7), 337)
    put(prefix, 345)
    put(octal(Int64(header.reduce(0) { $0 + Int($1) }), 6) + [0, 0x20], 148)
    return header
  }

  /// Zero bytes between the end of a file and the next block.
  public static func padding(_ size: Int) -> Int { (block - size % block) % block }

  /// The regular files of an archive, in its order.
  public static func read(
    _ archive: [UInt8], limits: ArchiveLimits = ArchiveLimits()
  ) throws(ArchiveError) -> [Entry] {
    var reader = try TarReader(
      ArchiveData(archive), isPacked: false, limits: limits, mostHeld: .max)
    return try reader.files().compactMap(\.held)
  }

  /// A name's prefix and rest, split at a `/` where it is longer than 100 bytes.
  private static func split(_ name: [UInt8]) -> (prefix: [UInt8], rest: [UInt8])? {
    guard !name.isEmpty, !name.contains(0) else { return nil }
    if name.count <= 100 { return ([], name) }
    for place in name.indices where name[place] == 0x2F {
      let rest = name[(place + 1)...]
      if place <= 155, (1...100).contains(rest.count) {
        return (Array(name[..<place]), Array(rest))
      }
    }
    return nil
  }

  private static func octal(_ value: Int64, _ digits: Int) -> [UInt8] {
    let text = String(value, radix: 8)
    return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
  }
}
