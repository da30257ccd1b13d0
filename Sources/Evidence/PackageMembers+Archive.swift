public import Archives

extension PackageMembers {
  /// The members among the files of an archive.
  ///
  /// Where all names lie below one common folder, as `tar cf p.tar folder` makes them, that folder is
  /// left out.
  public init(files: [ArchiveFile]) {
    self.init()
    let isAtRoot = files.contains { MemberName(rawValue: $0.name) != nil }
    let folder = files.first.map { $0.name.prefix { $0 != "/" } + "/" } ?? ""
    let isNested = !isAtRoot && files.allSatisfy { $0.name.hasPrefix(folder) }
    for file in files {
      set(isNested ? String(file.name.dropFirst(folder.count)) : file.name, to: file.bytes)
    }
  }

  /// The members in an archive of any kind that is known, or in the OCI layout that lies in it.
  ///
  /// - Throws: `archive_…`, or `oci_…` for a layout.
  public init(archive data: ArchiveData, limits: ArchiveLimits = ArchiveLimits()) throws {
    let files = try readArchive(data, limits: limits)
    if OCILayout.isLayout(files.map(\.name)) {
      var blobs: [String: [UInt8]] = [:]
      for file in files { blobs[file.name] = file.bytes }
      self.init(files: try OCILayout.contents(names: files.map(\.name)) { blobs[$0] })
    } else {
      self.init(files: files)
    }
  }

  /// The members in a tar archive.
  public init(tar archive: [UInt8]) throws(ArchiveError) {
    self.init(files: try Tar.read(archive))
  }

  /// A deterministic tar archive of all members.
  public func tar(modified: Int64) throws -> [UInt8] {
    try Tar.write(
      names.map { ArchiveFile(name: $0, bytes: try bytes($0)) }, modified: modified)
  }
}
