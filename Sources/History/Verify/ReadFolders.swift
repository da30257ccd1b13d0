import ObjectStore
import Synchronization

/// Folders of a `raw/` tree that were read, by their tree's id.
///
/// So what versions share is read once. Holds 64 MiB at most; what comes then is read each time.
final class ReadFolders: Sendable {
  /// Paths below the folder, and bytes.
  typealias Files = [(path: String, bytes: [UInt8])]

  private struct Known {
    var folders: [ObjectID: Files] = [:]
    var bytes = 0
  }

  private static let limit = 64 << 20
  private let known = Mutex(Known())

  /// The files of a folder.
  ///
  /// - Parameter read: reads those of one that is not here.
  func files(
    of id: ObjectID, read: () throws(ObjectError) -> Files
  ) throws(ObjectError) -> Files {
    if let files = known.withLock({ $0.folders[id] }) { return files }
    let files = try read()
    let size = files.reduce(0) { $0 + $1.path.utf8.count + $1.bytes.count }
    known.withLock { known in
      guard known.bytes + size <= Self.limit, known.folders[id] == nil else { return }
      known.folders[id] = files
      known.bytes += size
    }
    return files
  }
}
