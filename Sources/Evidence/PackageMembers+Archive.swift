public import Archives

extension PackageMembers {
  /// The members among the files of an archive.
  ///
  /// Where all names lie below one common folder, as `tar cf p.tar folder` makes them, that folder is
  /// left out.
  public init(files: [FoundFile]) {
    self.init()
    let isAtRoot = files.contains { MemberName(rawValue: $0.name) != nil }
    let folder = files.first.map { $0.name.prefix { $0 != "/" } + "/" } ?? ""
    let isNested = !isAtRoot && files.allSatisfy { $0.name.hasPrefix(folder) }
    for file in files {
      let name = isNested ? String(file.name.dropFirst(folder.count)) : file.name
      switch file.content {
      case .bytes(let bytes): set(name, to: bytes)
      case .pieces(let open): set(name, to: MemberPieces(size: file.size, open: open))
      }
    }
  }

  /// The members in an archive of any kind that is known, or in the OCI layout that lies in it.
  ///
  /// - Throws: `archive_…`, or `oci_…` for a layout.
  public init(archive data: ArchiveData, limits: ArchiveLimits = ArchiveLimits()) throws {
    let files = try scanArchive(data, limits: limits)
    self.init(files: files)
    guard OCILayout.isLayout(files.map(\.name)) else { return }
    self.init(files: try OCILayout.contents(of: self))
  }

  /// The members in a tar archive.
  public init(tar archive: [UInt8]) throws(ArchiveError) {
    self.init(files: try Tar.read(archive).map { FoundFile(name: $0.name, bytes: $0.bytes) })
  }

  /// A deterministic tar archive of all members.
  public func tar(modified: Int64) throws -> [UInt8] {
    try Tar.write(
      names.map { ArchiveFile(name: $0, bytes: try bytes($0)) }, modified: modified)
  }
}
