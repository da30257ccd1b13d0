internal import Glibc

/// A folder that somebody else fills, held open, so that what is read below it cannot be led out.
///
/// Everything is looked up relative to the open descriptor and no link is followed, so a folder that
/// is exchanged for a link while it is read is refused, not entered. Nothing is ever written. A class
/// because it owns a descriptor; nothing in it changes after init.
public final class ForeignFolder: Sendable {
  public let status: FileStatus
  private let descriptor: Int32
  private let system: FileSystem

  /// Opens the folder itself, which may be reached by links.
  public init(_ path: String, system: FileSystem) throws(PlatformError) {
    try system.enter(.open, path)
    try system.checkPath(path)
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
    descriptor = retrying { unsafe Glibc.open(path, flags) }
    if descriptor < 0 { throw system.failed(.open, path) }
    self.system = system
    status = try inspect(descriptor, path, system)
  }

  private init(descriptor: Int32, name: String, system: FileSystem) throws(PlatformError) {
    self.descriptor = descriptor
    self.system = system
    status = try inspect(descriptor, name, system)
  }

  deinit { close(descriptor) }

  /// Where the folder lies, links resolved.
  public func absolutePath() throws(PlatformError) -> String {
    let link = Array("/proc/self/fd/\(descriptor)".utf8)
    guard let text = linkTarget(link) else { throw system.failed(.status, "") }
    return String(decoding: text, as: UTF8.self)
  }

  /// One name, and what the system says about it without following a link.
  public struct Entry: Sendable {
    public let name: [UInt8]
    public let status: FileStatus
  }

  /// The entries in no particular order; those that vanish meanwhile are left out.
  ///
  /// - Parameter limit: reading stops behind so many names.
  public func entries(limit: Int = .max) throws(PlatformError) -> [Entry] {
    try system.enter(.list, "")
    // The stream takes over the descriptor that it is given, so it gets one of its own.
    let own = retrying { unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    if own < 0 { throw system.failed(.list, "") }
    guard let stream = unsafe fdopendir(own) else {
      close(own)
      throw system.failed(.list, "")
    }
    defer { unsafe closedir(stream) }
    var found: [Entry] = []
    while found.count < limit {
      errno = 0
      guard let next = unsafe readdir(stream) else {
        if errno != 0 { throw system.failed(.list, "") }
        break
      }
      // The entry is valid until the next readdir; its name ends with NUL inside the record.
      let name = unsafe withUnsafeBytes(of: next.pointee.d_name) { raw in
        unsafe [UInt8](raw.prefix { $0 != 0 })
      }
      if name == [46] || name == [46, 46] { continue }
      if let status = status(of: name) { found.append(Entry(name: name, status: status)) }
    }
    return found
  }

  /// What lies under a name, a link not followed; nil where nothing does or it may not be seen.
  public func status(of name: [UInt8]) -> FileStatus? {
    var raw = stat()
    let result = unsafe name.withPath { unsafe fstatat(descriptor, $0, &raw, AT_SYMLINK_NOFOLLOW) }
    return result == 0 ? FileStatus(raw) : nil
  }

  /// A folder in this one; a link is refused.
  public func folder(_ name: [UInt8]) throws(PlatformError) -> ForeignFolder {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    let opened = try open(name, flags)
    return try ForeignFolder(descriptor: opened, name: "", system: system)
  }

  /// A regular file in this folder; anything else is refused, and nothing is ever waited for.
  public func file(_ name: [UInt8]) throws(PlatformError) -> ForeignFile {
    let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    let opened = try open(name, flags)
    do throws(PlatformError) {
      let status = try inspect(opened, "", system)
      guard status.kind == .regular else {
        throw PlatformError(.notRegularFile, place: nil, message: "this is not a regular file")
      }
      return ForeignFile(descriptor: opened, status: status, system: system)
    } catch {
      close(opened)
      throw error
    }
  }

  /// The text of a link; nil where there is none.
  public func linkTarget(_ name: [UInt8]) -> [UInt8]? {
    var text = [UInt8](repeating: 0, count: 4096)
    let count = unsafe name.withPath { path in
      // readlinkat fills at most as many bytes as it is told that there are.
      unsafe text.withUnsafeMutableBytes { buffer in
        guard let start = buffer.baseAddress else { return -1 }
        return unsafe readlinkat(
          descriptor, path, start.assumingMemoryBound(to: CChar.self), buffer.count)
      }
    }
    return count < 0 ? nil : Array(text.prefix(count))
  }

  /// Opens without moving access times where the owner allows that.
  private func open(_ name: [UInt8], _ flags: Int32) throws(PlatformError) -> Int32 {
    try system.enter(.open, String(decoding: name, as: UTF8.self))
    let quiet: Int32 = 0o1000000  // O_NOATIME, which glibc hides behind _GNU_SOURCE
    var opened = retrying {
      unsafe name.withPath { unsafe openat(descriptor, $0, flags | quiet) }
    }
    if opened < 0, errno == EPERM {
      opened = retrying { unsafe name.withPath { unsafe openat(descriptor, $0, flags) } }
    }
    if opened < 0 { throw system.failed(.open, "") }
    return opened
  }
}

private func inspect(
  _ descriptor: Int32, _ path: String, _ system: FileSystem
) throws(PlatformError) -> FileStatus {
  var raw = stat()
  if unsafe fstat(descriptor, &raw) != 0 { throw system.failed(.status, path) }
  return FileStatus(raw)
}

/// An open regular file of a foreign folder; it belongs to one thread at a time.
public final class ForeignFile {
  /// As it was when it was opened.
  public let status: FileStatus
  private let descriptor: Int32
  private let system: FileSystem

  fileprivate init(descriptor: Int32, status: FileStatus, system: FileSystem) {
    self.descriptor = descriptor
    self.status = status
    self.system = system
  }

  deinit { close(descriptor) }

  /// As it is now.
  public func currentStatus() throws(PlatformError) -> FileStatus {
    try inspect(descriptor, "", system)
  }

  /// A piece of the content, no more than the file had when it was opened.
  ///
  /// - Parameters:
  ///   - bytes: replaced by the piece, which is shorter where the file ends.
  ///   - offset: where the piece begins.
  public func read(
    into bytes: inout [UInt8], from offset: Int = 0, upTo count: Int
  ) throws(PlatformError) {
    try system.enter(.read, "")
    let wanted = max(0, min(count, status.size - offset))
    var failure: Int32 = 0
    bytes = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      unsafe (filled, failure) = fill(UnsafeMutableRawBufferPointer(buffer), from: offset)
    }
    if failure != 0 { throw PlatformError(errno: failure, doing: "read this", place: nil) }
  }

  /// Puts the content from `offset` on into the front of an array that is used again and again.
  ///
  /// - Returns: how many bytes: as many as there is room for, or fewer where the file, as it was
  ///   when it was opened, ends.
  public func fill(_ bytes: inout [UInt8], from offset: Int) throws(PlatformError) -> Int {
    try system.enter(.read, "")
    let wanted = max(0, min(bytes.count, status.size - offset))
    let (filled, failure) = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), from: offset)
    }
    if failure != 0 { throw PlatformError(errno: failure, doing: "read this", place: nil) }
    return filled
  }

  /// Fills a buffer as far as the file goes; gives the bytes, and the system's error or 0.
  private func fill(
    _ buffer: UnsafeMutableRawBufferPointer, from offset: Int
  ) -> (filled: Int, failure: Int32) {
    var filled = 0
    while filled < buffer.count {
      // pread fills at most as many bytes as are asked for, behind those that are there.
      let got = retrying {
        unsafe pread(
          descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled,
          off_t(offset + filled))
      }
      if got < 0 { return (filled, errno) }
      if got == 0 { break }
      filled += got
    }
    return (filled, 0)
  }

  /// Says that the content will be read from front to back, so that it is read ahead.
  public func adviseSequential() { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }

  /// A copy of the content in memory, which cannot change any more.
  ///
  /// A mapping of the file itself would end the process when its owner cuts it short.
  ///
  /// - Parameter goOn: asked now and then; when it says no, this fails.
  public func copy(
    _ goOn: () -> Bool = { true }
  ) throws(PlatformError) -> MappedFile {
    try system.enter(.read, "")
    return try MappedFile(copying: descriptor, path: "", status: status, goOn)
  }
}

/// Overwrites bytes that held a secret, in a way that is not optimised away.
public func wipe(_ bytes: inout [UInt8]) {
  // Safe because the buffer is as long as it says.
  unsafe bytes.withUnsafeMutableBytes { buffer in
    if let start = buffer.baseAddress { unsafe explicit_bzero(start, buffer.count) }
  }
}

extension [UInt8] {
  /// Gives a name to a system call; a name never holds NUL, since it came from the system.
  fileprivate func withPath<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
    unsafe (self.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("there is the NUL at least") }
      return unsafe body(start)
    }
  }
}
