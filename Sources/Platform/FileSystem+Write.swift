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
    try enter(.create, path)
    try checkPath(path)
    let descriptor = retrying {
      unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(mode))
    }
    if descriptor < 0 { throw failed(.create, path) }
    return FileWriter(descriptor: descriptor, path: path, system: self)
  }

  /// Opens a file to write at its end, making it where it is not there.
  public func openForAppending(
    _ path: String, mode: UInt32 = 0o666
  ) throws(PlatformError) -> FileWriter {
    try enter(.open, path)
    try checkPath(path)
    let descriptor = retrying {
      unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode_t(mode))
    }
    if descriptor < 0 { throw failed(.open, path) }
    return FileWriter(descriptor: descriptor, path: path, system: self)
  }

  public func rename(_ old: String, to new: String) throws(PlatformError) {
    try enter(.rename, new)
    try checkPath(old)
    try checkPath(new)
    if unsafe Glibc.rename(old, new) != 0 { throw failed(.rename, new) }
  }

  /// A second name for a file; `file_exists` when the name is taken.
  public func link(_ old: String, to new: String) throws(PlatformError) {
    try enter(.link, new)
    try checkPath(old)
    try checkPath(new)
    if unsafe Glibc.link(old, new) != 0 { throw failed(.link, new) }
  }

  /// Removes a file.
  public func remove(_ path: String) throws(PlatformError) {
    try enter(.unlink, path)
    try checkPath(path)
    if unsafe unlink(path) != 0 { throw failed(.unlink, path) }
  }

  public func changeMode(_ path: String, to mode: UInt32) throws(PlatformError) {
    try enter(.changeMode, path)
    try checkPath(path)
    if unsafe chmod(path, mode_t(mode)) != 0 { throw failed(.changeMode, path) }
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

  /// A name beside `path` that nothing else uses: `.NAME.tmp-PID-RANDOM`.
  public func temporaryName(beside path: String) -> String {
    let random = UInt64.random(in: .min ... .max)
    let name = ".\(Path.lastComponent(path)).tmp-\(getpid())-\(String(random, radix: 16))"
    return Path.join(Path.parent(path), name)
  }

  func sync(_ descriptor: Int32, _ path: String, _ operation: Operation) throws(PlatformError) {
    try enter(operation, path)
    if !syncsToDisk { return }
    if retrying({ fsync(descriptor) }) != 0 { throw failed(operation, path) }
  }

  /// Writes every byte, going on after short writes and signals.
  func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String
  ) throws(PlatformError) {
    var rest = unsafe bytes
    let fault = fault(.write, path)
    if case .fail(let number) = fault {
      throw PlatformError(errno: number, doing: "write this", place: path)
    }
    if case .cut(let count, _) = fault {
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
    }
    while unsafe !rest.isEmpty {
      let done = retrying { unsafe Glibc.write(descriptor, rest.baseAddress, rest.count) }
      if done < 0 { throw failed(.write, path) }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(done))
    }
    if case .cut(_, let number) = fault {
      throw PlatformError(errno: number, doing: "write this", place: path)
    }
  }

  private func withDescriptor(
    _ path: String, _ flags: Int32, _ body: (Int32) throws(PlatformError) -> Void
  ) throws(PlatformError) {
    try checkPath(path)
    let descriptor = retrying { unsafe open(path, flags | O_CLOEXEC) }
    if descriptor < 0 { throw failed(.open, path) }
    defer { close(descriptor) }
    try body(descriptor)
  }
}
