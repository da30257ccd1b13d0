internal import Glibc

extension FileSystem {
  public func makeDirectory(_ path: String, mode: UInt32 = 0o777) throws(PlatformError) {
    try checkPath(path)
    _ = try call(.makeDirectory, path) { unsafe mkdir(path, mode_t(mode)) }
    changed(.madeDirectory(path))
  }

  /// Makes a directory and those above it; fine when they are there.
  ///
  /// - Returns: those that it made, the highest first.
  @discardableResult
  public func makeDirectories(
    _ path: String, mode: UInt32 = 0o777
  ) throws(PlatformError) -> [String] {
    if let found = try statusIfPresent(path) {
      if found.kind == .directory { return [] }
      throw PlatformError(.notDirectory, place: path, message: "this is not a folder")
    }
    let parent = Path.parent(path)
    var made: [String] = []
    if parent != path { made = try makeDirectories(parent, mode: mode) }
    do throws(PlatformError) {
      try makeDirectory(path, mode: mode)
    } catch {
      if error.code != .fileExists { throw error }  // another process was quicker
      return made
    }
    return made + [path]
  }

  /// Removes an empty directory.
  public func removeDirectory(_ path: String) throws(PlatformError) {
    try checkPath(path)
    _ = try call(.removeDirectory, path) { unsafe rmdir(path) }
    changed(.removedDirectory(path))
  }

  /// Removes a file, or a directory with all that is in it; fine when nothing is there.
  ///
  /// Symbolic links are removed, never followed.
  public func removeTree(_ path: String) throws(PlatformError) {
    guard let status = try statusIfPresent(path, followingLinks: false) else { return }
    if status.kind != .directory { return try remove(path) }
    for entry in try list(path) {
      guard let name = entry.name else {
        throw PlatformError(
          .pathInvalid, place: path, message: "a name in this folder is not UTF-8")
      }
      try removeTree(Path.join(path, name))
    }
    try removeDirectory(path)
  }
}
