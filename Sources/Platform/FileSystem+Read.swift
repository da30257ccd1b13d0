internal import Glibc

extension FileSystem {
  /// Status of a path, following symbolic links unless told otherwise.
  public func status(
    _ path: String, followingLinks: Bool = true
  ) throws(PlatformError) -> FileStatus {
    try checkPath(path)
    var raw = stat()
    _ = try call(.status, path) {
      unsafe followingLinks ? stat(path, &raw) : lstat(path, &raw)
    }
    return FileStatus(raw)
  }

  /// As `status`, nil where nothing is there.
  public func statusIfPresent(
    _ path: String, followingLinks: Bool = true
  ) throws(PlatformError) -> FileStatus? {
    do throws(PlatformError) {
      return try status(path, followingLinks: followingLinks)
    } catch {
      if error.code == .fileNotFound || error.code == .notDirectory { return nil }
      throw error
    }
  }

  /// Whether something is there.
  public func exists(_ path: String) -> Bool {
    ((try? statusIfPresent(path)) ?? nil) != nil
  }

  /// A whole regular file.
  ///
  /// Never waits on a pipe (`not_regular_file`). More than `limit` bytes: `file_too_large`.
  public func read(_ path: String, limit: Int = .max) throws(PlatformError) -> [UInt8] {
    let reader = try openForReading(path)
    if reader.status.size > limit { throw tooLarge(path, limit) }
    var bytes: [UInt8] = []
    // One byte more than the size, so that the end is seen; a file in use may still grow.
    var piece = min(reader.status.size, 1 << 26) + 1
    while try reader.read(into: &bytes, upTo: piece) > 0 {
      if bytes.count > limit { throw tooLarge(path, limit) }
      piece = min(max(4096, reader.status.size - bytes.count + 1), 1 << 26)
    }
    return bytes
  }

  /// What comes on standard input, to its end; more than `limit` bytes: `file_too_large`.
  public func readStandardInput(limit: Int) throws(PlatformError) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      // safe because C writes no more than the piece holds
      let count = unsafe Glibc.read(STDIN_FILENO, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw PlatformError(errno: errno, doing: "read", place: "standard input")
      }
      if count == 0 { return bytes }
      bytes += piece.prefix(count)
      if bytes.count > limit { throw tooLarge("standard input", limit) }
    }
  }

  /// As `read`, nil where nothing is there.
  public func readIfPresent(
    _ path: String, limit: Int = .max
  ) throws(PlatformError) -> [UInt8]? {
    do throws(PlatformError) {
      return try read(path, limit: limit)
    } catch {
      if error.code == .fileNotFound || error.code == .notDirectory { return nil }
      throw error
    }
  }

  /// A regular file to be read piece by piece.
  public func openForReading(_ path: String) throws(PlatformError) -> FileReader {
    let (descriptor, status) = try openRegular(path)
    return FileReader(descriptor: descriptor, path: path, status: status, system: self)
  }

  /// A regular file mapped into memory, read only.
  public func map(_ path: String) throws(PlatformError) -> MappedFile {
    let (descriptor, status) = try openRegular(path)
    defer { close(descriptor) }
    try enter(.map, path)
    return try MappedFile(descriptor: descriptor, path: path, status: status)
  }

  /// Names in a directory, without `.` and `..`, in byte order.
  public func list(_ path: String) throws(PlatformError) -> [DirectoryEntry] {
    try enter(.list, path)
    try checkPath(path)
    guard let folder = unsafe opendir(path) else { throw failed(.list, path) }
    defer { unsafe closedir(folder) }
    var entries: [DirectoryEntry] = []
    while true {
      errno = 0
      guard let next = unsafe readdir(folder) else {
        if errno != 0 { throw failed(.list, path) }
        break
      }
      // The entry is valid until the next readdir; its name ends with NUL inside the record.
      let name = unsafe withUnsafeBytes(of: next.pointee.d_name) { raw in
        unsafe [UInt8](raw.prefix { $0 != 0 })
      }
      if name == [46] || name == [46, 46] { continue }
      let type = unsafe next.pointee.d_type
      entries.append(DirectoryEntry(rawName: name, kind: kind(of: name, type, in: path)))
    }
    return entries.sorted { $0.rawName.lexicographicallyPrecedes($1.rawName) }
  }

  /// As `list`, empty where there is no such directory.
  public func listIfPresent(_ path: String) throws(PlatformError) -> [DirectoryEntry] {
    do throws(PlatformError) {
      return try list(path)
    } catch {
      if error.code == .fileNotFound || error.code == .notDirectory { return [] }
      throw error
    }
  }

  /// The folder in which the process runs.
  public func currentDirectory() throws(PlatformError) -> String {
    guard let text = unsafe getcwd(nil, 0) else {
      throw PlatformError(errno: errno, doing: "find the current folder", place: nil)
    }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// Opens without ever waiting (a pipe would wait for its writer) and checks what it got.
  private func openRegular(_ path: String) throws(PlatformError) -> (Int32, FileStatus) {
    try checkPath(path)
    let descriptor = try call(.open, path) {
      unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    }
    var raw = stat()
    if unsafe fstat(descriptor, &raw) != 0 {
      let error = failed(.status, path)
      close(descriptor)
      throw error
    }
    let status = FileStatus(raw)
    guard status.kind == .regular else {
      close(descriptor)
      let isFolder = status.kind == .directory
      throw PlatformError(
        isFolder ? .isDirectory : .notRegularFile, place: path,
        message: isFolder ? "this is a folder, not a file" : "this is not a regular file")
    }
    return (descriptor, status)
  }

  private func kind(of name: [UInt8], _ type: UInt8, in folder: String) -> FileKind {
    switch Int(type) {
    case Int(DT_REG): return .regular
    case Int(DT_DIR): return .directory
    case Int(DT_LNK): return .symbolicLink
    case Int(DT_FIFO): return .fifo
    case Int(DT_UNKNOWN):  // some file systems do not say
      guard let text = String(validating: name, as: UTF8.self) else { return .other }
      return (try? status(folder + "/" + text, followingLinks: false))?.kind ?? .other
    default: return .other
    }
  }

  private func tooLarge(_ path: String, _ limit: Int) -> PlatformError {
    PlatformError(.fileTooLarge, place: path, message: "the file is larger than \(limit) bytes")
  }

  /// A NUL would silently cut the path that the system sees.
  func checkPath(_ path: String) throws(PlatformError) {
    if path.isEmpty || path.utf8.contains(0) {
      throw PlatformError(.pathInvalid, place: path, message: "this path cannot be used")
    }
  }
}
