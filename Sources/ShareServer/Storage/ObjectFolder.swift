package import Platform

/// Bytes of verified packages, each once, under the hex of their SHA-256: `objects/ab/cdef…`.
package struct ObjectFolder: Sendable {
  private let path: String
  private let files: FileSystem

  package init(_ folder: DataFolder) {
    path = folder.objects
    files = folder.files
  }

  /// The key of the bytes with this digest (`sha256:` and 64 hex digits).
  package static func key(of digest: String) -> String {
    let hex = digest.dropFirst("sha256:".count)
    return "\(hex.prefix(2))/\(hex.dropFirst(2))"
  }

  package func place(_ key: String) -> String { Path.join(path, key) }

  /// Gives a file that is durable already its name here; fine where the bytes are here already.
  package func adopt(_ file: String, key: String) throws {
    let target = place(key)
    let folder = Path.parent(target)
    if !(try files.makeDirectories(folder, mode: 0o700)).isEmpty { try files.syncDirectory(path) }
    do throws(PlatformError) {
      try files.link(file, to: target)
    } catch {
      if error.code == .fileExists { return }
      throw error
    }
    try files.syncDirectory(folder)
  }

  package func open(_ key: String) throws -> FileReader { try files.openForReading(place(key)) }

  package func read(_ key: String, limit: Int) throws -> [UInt8] {
    try files.read(place(key), limit: limit)
  }

  package func remove(_ key: String) throws {
    if files.exists(place(key)) { try files.remove(place(key)) }
  }

  /// Every key that has bytes here.
  package func keys() throws -> [String] {
    try files.listIfPresent(path).flatMap { folder -> [String] in
      guard let name = folder.name, name.utf8.count == 2 else { return [] }
      return try files.list(Path.join(path, name)).compactMap(\.name).map { "\(name)/\($0)" }
    }
  }
}
