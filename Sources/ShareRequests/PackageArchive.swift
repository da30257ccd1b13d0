package import Archives
package import Platform
internal import Sharing

/// A package that came as one archive, read by the strict rules of SHARING §3.1.
package struct PackageArchive: Sendable {
  private let data: ArchiveData

  package init(_ file: MappedFile) { data = ArchiveData(file) }

  package init(_ bytes: [UInt8]) { data = ArchiveData(bytes) }

  /// What is in it, in its order; whether these are the files that were announced is for others.
  ///
  /// - Throws: 415 `archive_type` for anything but a plain ustar; 422 for an archive that a reader
  ///   might take otherwise.
  package func files() throws(RequestMistake) -> [FoundFile] {
    guard ArchiveKind(data) == .tar else { throw RequestMistake(415, .archiveType) }
    let limits = ArchiveLimits(
      bytes: SharedName.sumLimit, entries: SharedName.countLimit, expansion: 1,
      freeBytes: SharedName.sumLimit)
    let found: [FoundFile]
    do throws(ArchiveError) {
      found = try scanArchive(data, limits: limits)
    } catch {
      throw RequestMistake(422, word: error.reason)
    }
    try checkPlain(found)
    return found
  }

  /// One ustar header of a regular file before each content, and nothing else before the end: no
  /// folders, no headers of pax, which the reader of archives passes over.
  private func checkPlain(_ found: [FoundFile]) throws(RequestMistake) {
    var place = 0
    for file in found {
      let header = data.bytes(place..<place + 512)
      guard header.count == 512, header[156] == 0x30,
        header[257..<265].elementsEqual("ustar\u{0}00".utf8)
      else { throw RequestMistake(422, .archiveType) }
      place += Tar.space(file.size)
    }
    let end = data.bytes(place..<place + 1024)
    guard end.count == 1024, end.allSatisfy({ $0 == 0 }) else {
      throw RequestMistake(422, .archiveType)
    }
  }
}
