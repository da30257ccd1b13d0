/// What an archive is, by its first bytes and never by its name.
public enum ArchiveKind: String, Sendable, CaseIterable {
  case tar
  /// A tar inside of gzip.
  case gzip = "tar.gz"
  case zip

  /// nil where it is none of them.
  public init?(_ data: ArchiveData) {
    let head = data.bytes(0..<Tar.block)
    if head.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) {
      self = .zip
    } else if head.count > 262, head[257..<262].elementsEqual("ustar".utf8) {
      self = .tar
    } else if head.count == Tar.block, head.allSatisfy({ $0 == 0 }) {
      self = .tar
    } else {
      return nil
    }
  }
}

/// The regular files of a tar, tar.gz or zip archive, told apart by content.
///
/// Memory is bounded by `limits`, whatever the archive declares.
///
/// - Throws: `archive_unknown` for anything else, and the word of what is wrong.
public func readArchive(
  _ data: ArchiveData, limits: ArchiveLimits = ArchiveLimits()
) throws(ArchiveError) -> [ArchiveFile] {
  try scanArchive(data, limits: limits, mostHeld: .max).compactMap(\.held)
}

/// As `readArchive`, of large files only their places: everything is checked, and their bytes are read
/// again when they are asked for, so that memory does not follow their size.
public func scanArchive(
  _ data: ArchiveData, limits: ArchiveLimits = ArchiveLimits(), mostHeld: Int = FoundFile.mostHeld
) throws(ArchiveError) -> [FoundFile] {
  switch ArchiveKind(data) {
  case .zip?:
    var reader = try ZipReader(data, limits: limits, mostHeld: mostHeld)
    return try reader.files()
  case let kind?:
    var reader = try TarReader(
      data, isPacked: kind == .gzip, limits: limits, mostHeld: mostHeld)
    return try reader.files()
  case nil:
    throw ArchiveError(.unknown, "archive", "this is no tar, tar.gz or zip archive")
  }
}
