/// The regular files below a folder that somebody else fills; links are neither listed nor followed.
public struct FolderListing: Sendable {
  public struct File: Sendable, Equatable {
    /// Relative to the folder.
    public let path: String
    /// Bytes, when it was listed.
    public let size: Int
    public init(path: String, size: Int) {
      self.path = path
      self.size = size
    }
  }

  /// In the byte order of their paths, without names that are not UTF-8: no text can mean them.
  public private(set) var files: [File] = []
  /// Folders that may not be read.
  public private(set) var unreadable: [String] = []
  /// Whether there was more than the limits allow; then the list is not complete.
  public private(set) var isCut = false
  private var entries = 0

  /// - Throws: what the system refuses about the folder itself.
  public init(
    _ root: ForeignFolder, entries: Int = 1_000_000, depth: Int = 32
  ) throws(PlatformError) {
    try visit(root, path: "", depth: depth, limit: entries)
    files.sort { $0.path.precedes($1.path) }
  }

  private mutating func visit(
    _ folder: ForeignFolder, path: String, depth: Int, limit: Int
  ) throws(PlatformError) {
    let listed = try folder.entries(limit: limit - entries + 1)
    entries += listed.count
    if entries > limit {
      isCut = true
      return
    }
    for entry in listed {
      guard let name = String(validating: entry.name, as: UTF8.self) else { continue }
      let place = path.isEmpty ? name : path + "/" + name
      switch entry.status.kind {
      case .regular: files.append(File(path: place, size: entry.status.size))
      case .directory:
        if depth == 0 {
          isCut = true
          return
        }
        do throws(PlatformError) {
          try visit(try folder.folder(entry.name), path: place, depth: depth - 1, limit: limit)
        } catch {
          unreadable.append(place)
        }
        if isCut { return }
      default: break
      }
    }
  }
}
