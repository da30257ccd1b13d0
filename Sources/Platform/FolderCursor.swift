/// Opens files by relative path from one held folder, part by part and never through a link.
///
/// The folders on the way to the last file stay open, since the next one most often lies beside it.
public struct FolderCursor {
  private let root: ForeignFolder
  private var open: [(name: [UInt8], folder: ForeignFolder)] = []

  public init(_ root: ForeignFolder) { self.root = root }

  /// The folder that a file lies in.
  public mutating func folder(of path: [UInt8]) throws(PlatformError) -> ForeignFolder {
    let parts = path.split(separator: 0x2F).dropLast()
    var depth = 0
    while depth < open.count, depth < parts.count, open[depth].name.elementsEqual(parts[depth]) {
      depth += 1
    }
    open.removeSubrange(depth...)
    for part in parts.dropFirst(depth) {
      let inner = try (open.last?.folder ?? root).folder(Array(part))
      open.append((Array(part), inner))
    }
    return open.last?.folder ?? root
  }

  /// The regular file at a path; anything else there is refused.
  public mutating func file(_ path: [UInt8]) throws(PlatformError) -> ForeignFile {
    let name = path.lastIndex(of: 0x2F).map { Array(path[($0 + 1)...]) } ?? path
    return try folder(of: path).file(name)
  }
}
