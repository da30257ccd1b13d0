import Archives

/// Files come out with safe, different names, within the limits, the same each time; written again,
/// they are read again.
func isArchiveReadSoundly(_ bytes: [UInt8]) -> Bool {
  let limits = ArchiveLimits(bytes: 1 << 26, entries: 10_000, freeBytes: 1 << 22)
  func read(_ bytes: [UInt8]) -> Result<[ArchiveFile], ArchiveError> {
    Result { () throws(ArchiveError) in try readArchive(ArchiveData(bytes), limits: limits) }
  }
  switch read(bytes) {
  case .failure(let error):
    guard case .failure(let again) = read(bytes) else { return false }
    return error == again && !error.message.isEmpty
  case .success(let files):
    let size = files.reduce(0) { $0 + $1.bytes.count }
    let areSafe = files.allSatisfy { file in
      let parts = file.name.split(separator: "/", omittingEmptySubsequences: false)
      return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
    guard areSafe, Set(files.map(\.name)).count == files.count, size <= limits.bytes,
      size <= max(limits.freeBytes, bytes.count * limits.expansion)
    else { return false }
    return isWrittenAgain(files)
  }
}

private func isWrittenAgain(_ files: [ArchiveFile]) -> Bool {
  var zip: [UInt8] = []
  do {
    var writer = ZipWriter(modified: 0) { zip += $0 }
    for file in files { try writer.add(file.name, file.bytes) }
    try writer.finish()
    let loose = ArchiveLimits(expansion: 2000)
    guard try readArchive(ArchiveData(zip), limits: loose) == files else { return false }
  } catch {
    return false
  }
  // ustar cannot hold every name.
  guard let tar = try? Tar.write(files, modified: 0) else { return true }
  let sorted = files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  return (try? Tar.read(tar)) == sorted
}
