internal import Evidence
internal import Platform
internal import Synchronization

/// What was found at the place of a reference.
enum RawFile: Sendable {
  case present(digest: String, size: Int, mediaType: String)
  /// It was written to while it was hashed.
  case changing
  case unreadable
  case missing
}

/// Hashes files below one held folder on all cores; no link on the way to one is followed.
struct RawHashing: Sendable {
  let root: ForeignFolder
  /// Told from any thread, one at a time, how many bytes of all are done.
  let progress: (@Sendable (Int, Int) -> Void)?

  /// What each file is, in the order of the files.
  func examine(_ files: [FolderListing.File]) -> [RawFile] {
    let total = files.reduce(0) { $0.addingReportingOverflow($1.size).partialValue }
    let done = Mutex(0)
    let parts = Self.parts(of: files)
    let found = concurrentMap(parts) { part in
      var cursor = FolderCursor(root)
      var hasher = FileHasher(headLength: MediaType.prefixLength)
      return files[part].map { file in
        Self.examine(file, &cursor, &hasher) { count in
          guard let progress else { return }
          done.withLock {
            $0 += count
            progress($0, total)
          }
        }
      }
    }
    return Array(found.joined())
  }

  /// Pieces of work that are worth a thread's while and not so large that one works alone at the end.
  private static func parts(of files: [FolderListing.File]) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    var bytes = 0
    for (place, file) in files.enumerated() {
      bytes += min(file.size, 1 << 40)
      if bytes >= 8 << 20 || place - start >= 127 {
        parts.append(start..<place + 1)
        start = place + 1
        bytes = 0
      }
    }
    if start < files.count { parts.append(start..<files.count) }
    return parts
  }

  private static func examine(
    _ file: FolderListing.File, _ cursor: inout FolderCursor, _ hasher: inout FileHasher,
    told: (Int) -> Void
  ) -> RawFile {
    do throws(PlatformError) {
      let opened = try cursor.file(Array(file.path.utf8))
      let digest = try hasher.digest(of: opened) { count in
        told(count)
        return true
      }
      guard let digest, !digest.isTorn else { return .changing }
      let isWhole = digest.size <= digest.head.count
      return .present(
        digest: digest.text, size: digest.size,
        mediaType: MediaType.detect(digest.head, isWhole: isWhole))
    } catch {
      return error.code == .fileNotFound ? .missing : .unreadable
    }
  }
}
