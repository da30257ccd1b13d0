internal import Glibc

extension FileSystem {
  /// How much a write promises when it returns.
  public enum Durability: Sendable {
    /// Whole or absent after a crash of the process; power loss may undo it.
    case atomic
    /// As `atomic`, and it survives power loss: one sync of the file, one of its directory.
    case durable
    /// As `durable`, without the sync of the directory, which the caller does for many files.
    case durableContent
  }

  /// Writes a file beside its place and renames it there, replacing what was there.
  public func write(
    _ bytes: [UInt8], to path: String, _ durability: Durability = .atomic, mode: UInt32 = 0o666
  ) throws(PlatformError) {
    let temporary = temporaryName(beside: path)
    do throws(PlatformError) {
      let writer = try create(temporary, mode: mode)
      try writer.append(bytes)
      try writer.finish(durably: durability != .atomic)
      try rename(temporary, to: path)
    } catch {
      try? remove(temporary)
      throw error
    }
    if durability == .durable { try syncDirectory(Path.parent(path)) }
  }

  /// A new file; `file_exists` when something is there already.
  public func create(_ path: String, mode: UInt32 = 0o666) throws(PlatformError) -> FileWriter {
    try checkPath(path)
    let descriptor = try call(.create, path) {
      unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(mode))
    }
    changed(.created(path))
    return FileWriter(descriptor: descriptor, path: path, system: self)
  }

  /// Opens a file to write at its end, making it where it is not there.
  public func openForAppending(
    _ path: String, mode: UInt32 = 0o666
  ) throws(PlatformError) -> FileWriter {
    try checkPath(path)
    let descriptor = try call(.open, path) {
      unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode_t(mode))
    }
    changed(.created(path))
    return FileWriter(descriptor: descriptor, path: path, system: self)
  }

  public func rename(_ old: String, to new: String) throws(PlatformError) {
    try checkPath(old)
    try checkPath(new)
    _ = try call(.rename, new) { unsafe Glibc.rename(old, new) }
    changed(.renamed(old, to: new))
  }

  /// A second name for a file; `file_exists` when the name is taken.
  public func link(_ old: String, to new: String) throws(PlatformError) {
    try checkPath(old)
    try checkPath(new)
    _ = try call(.link, new) { unsafe Glibc.link(old, new) }
    changed(.linked(old, to: new))
  }

  /// A symbolic link that holds `text`; `file_exists` when the name is taken.
  func makeSymbolicLink(_ text: String, at path: String) throws(PlatformError) {
    try checkPath(path)
    _ = try call(.lock, path) { unsafe symlink(text, path) }
    changed(.symbolicLink(path, text: text))
  }

  /// Removes a file.
  public func remove(_ path: String) throws(PlatformError) {
    try checkPath(path)
    _ = try call(.unlink, path) { unsafe unlink(path) }
    changed(.removed(path))
  }

  public func changeMode(_ path: String, to mode: UInt32) throws(PlatformError) {
    try checkPath(path)
    _ = try call(.changeMode, path) { unsafe chmod(path, mode_t(mode)) }
  }

  /// Makes the content of a file durable.
  public func syncFile(_ path: String) throws(PlatformError) {
    try withDescriptor(path, O_RDONLY) { (descriptor) throws(PlatformError) in
      try sync(descriptor, path, .syncFile)
    }
  }

  /// Makes the names in a directory durable.
  public func syncDirectory(_ path: String) throws(PlatformError) {
    try withDescriptor(path, O_RDONLY | O_DIRECTORY) { (descriptor) throws(PlatformError) in
      try sync(descriptor, path, .syncDirectory)
    }
  }

  /// A name beside `path` that nothing else uses: `.NAME.tmp-MARK-RANDOM`, which says what process made
  /// it (`LockHolder.mark`).
  public func temporaryName(beside path: String) -> String {
    let random = String(UInt64.random(in: .min ... .max), radix: 16)
    let name = ".\(Path.lastComponent(path)).tmp-\(holder.value.mark)-\(random)"
    return Path.join(Path.parent(path), name)
  }

  /// Whether the process that made a temporary name is surely dead; nil where that can't be told, and
  /// for a name of another make.
  public func isTemporaryOfDead(_ name: String) -> Bool? {
    guard let cut = name.firstRange(of: ".tmp-"), let end = name.lastIndex(of: "-"),
      end > cut.upperBound
    else { return nil }
    return holder.value.isDead(marked: name[cut.upperBound..<end])
  }

  func sync(_ descriptor: Int32, _ path: String, _ operation: Operation) throws(PlatformError) {
    _ = try call(operation, path) { syncsToDisk ? fsync(descriptor) : 0 }
    // What did not wait for the disk may still be lost.
    if syncsToDisk {
      changed(operation == .syncFile ? .syncedFile(path) : .syncedDirectory(path))
    }
  }

  /// Writes every byte, going on after short writes and signals.
  ///
  /// - Parameter offset: where in the file; nil: where the descriptor stands, which is the end.
  func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String, at offset: Int? = nil
  ) throws(PlatformError) {
    var done = 0
    while done < bytes.count {
      var end = bytes.count
      var failure: Int32?
      switch fault(.write, path) {
      case .fail(EINTR): continue
      case .fail(let number): (end, failure) = (done, number)
      case .cut(let count, let number): (end, failure) = (min(end, done + count), number)
      case .short(let count): end = min(end, done + max(1, count))
      case nil: break
      }
      while done < end {
        // The range lies inside `bytes`.
        let start = unsafe bytes.baseAddress?.advanced(by: done)
        let count = retrying {
          if let offset {
            return unsafe pwrite(descriptor, start, end - done, off_t(offset + done))
          }
          return unsafe Glibc.write(descriptor, start, end - done)
        }
        if count < 0 { throw failed(.write, path) }
        if count == 0 { throw PlatformError(errno: EIO, doing: "write this", place: path) }
        unsafe changed(
          .wrote(path, Array(bytes[done..<done + count]), at: offset.map { $0 + done }))
        done += count
      }
      if let failure { throw PlatformError(errno: failure, doing: "write this", place: path) }
    }
  }

  private func withDescriptor(
    _ path: String, _ flags: Int32, _ body: (Int32) throws(PlatformError) -> Void
  ) throws(PlatformError) {
    try checkPath(path)
    let descriptor = try call(.open, path) { unsafe open(path, flags | O_CLOEXEC) }
    defer { close(descriptor) }
    try body(descriptor)
  }
}
