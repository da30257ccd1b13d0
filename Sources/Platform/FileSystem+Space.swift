internal import Glibc

extension FileSystem {
  /// How much of the disk below a path is free for this user, in hundredths.
  public func freeHundredths(_ path: String) throws(PlatformError) -> Int {
    try checkPath(path)
    var space = statvfs()
    // Safe: the call fills the struct that it is given.
    _ = try call(.status, path) { unsafe statvfs(path, &space) }
    guard space.f_blocks > 0 else { return 100 }
    return Int(space.f_bavail / (space.f_blocks / 100 + 1))
  }
}
