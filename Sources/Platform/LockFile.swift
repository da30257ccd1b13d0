internal import Glibc

/// A lock that other processes see as a file `NAME.lock`, held until `release` or deinit.
///
/// The file says which process on which host holds it, and is also locked with flock(2), which
/// the kernel gives up when the process dies; so a lock left by a dead process of this host is
/// taken over without a race. A lock file of unknown make (stock git's) is never taken over.
public final class LockFile {
  /// The path of the lock file itself.
  public let path: String
  private let descriptor: Int32
  private let system: FileSystem
  private var isHeld = true

  fileprivate init(path: String, descriptor: Int32, system: FileSystem) {
    self.path = path
    self.descriptor = descriptor
    self.system = system
  }

  deinit { release() }

  /// Gives the lock up; harmless the second time.
  public func release() {
    if !isHeld { return }
    isHeld = false
    try? system.remove(path)  // before the flock goes, so that nobody takes over a file that ends
    close(descriptor)
  }
}

extension FileSystem {
  /// Takes the lock `name + ".lock"`, trying again for `milliseconds` while it is held.
  ///
  /// - Throws: `locked` with the holder in its message.
  public func lock(_ name: String, waiting milliseconds: Int = 0) throws(PlatformError) -> LockFile
  {
    let path = name + ".lock"
    var left = milliseconds
    while true {
      if let lock = try createLock(path) { return lock }
      if let lock = try takeOverLock(path) { return lock }
      if left <= 0 { throw held(path) }
      usleep(5000)
      left -= 5
    }
  }

  private var marker: String { "wf-lock \(getpid()) \(hostName())\n" }

  /// Makes the lock under another name, so that it has content and flock once it can be seen.
  private func createLock(_ path: String) throws(PlatformError) -> LockFile? {
    try enter(.lock, path)
    try checkPath(path)
    let temporary = temporaryName(beside: path)
    let descriptor = retrying {
      unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o666))
    }
    if descriptor < 0 { throw failed(.lock, path) }
    do throws(PlatformError) {
      defer { unsafe _ = unlink(temporary) }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { throw failed(.lock, path) }
      try put(marker, descriptor, path)
      if unsafe Glibc.link(temporary, path) == 0 {
        return LockFile(path: path, descriptor: descriptor, system: self)
      }
      if errno != EEXIST { throw failed(.lock, path) }
    } catch {
      close(descriptor)
      throw error
    }
    close(descriptor)
    return nil
  }

  /// Takes a lock of ours whose holder is dead; nil where it lives, or has just gone.
  private func takeOverLock(_ path: String) throws(PlatformError) -> LockFile? {
    let descriptor = retrying { unsafe open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
    if descriptor < 0 { return nil }
    let isOurs: Bool
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0, isStillThere(path, descriptor) {
      let words = content(descriptor).split(whereSeparator: { $0 == " " || $0 == "\n" })
      isOurs = words.count == 3 && words[0] == "wf-lock" && words[2] == hostName()
    } else {
      isOurs = false
    }
    if !isOurs {
      close(descriptor)
      return nil
    }
    do throws(PlatformError) {
      if ftruncate(descriptor, 0) != 0 { throw failed(.lock, path) }
      try put(marker, descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    return LockFile(path: path, descriptor: descriptor, system: self)
  }

  private func put(_ text: String, _ descriptor: Int32, _ path: String) throws(PlatformError) {
    let bytes = Array(text.utf8)
    let done = unsafe bytes.withUnsafeBytes { raw in
      unsafe pwrite(descriptor, raw.baseAddress, raw.count, 0)
    }
    if done != bytes.count { throw failed(.lock, path) }
  }

  private func content(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 512)
    let got = unsafe bytes.withUnsafeMutableBytes { raw in
      unsafe pread(descriptor, raw.baseAddress, raw.count, 0)
    }
    return String(decoding: bytes.prefix(max(0, got)), as: UTF8.self)
  }

  private func isStillThere(_ path: String, _ descriptor: Int32) -> Bool {
    var opened = stat()
    var named = stat()
    return unsafe fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0
      && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
  }

  private func held(_ path: String) -> PlatformError {
    let text = ((try? readIfPresent(path, limit: 4096)) ?? nil).map {
      String(decoding: $0, as: UTF8.self)
    }
    let words = (text ?? "").split(separator: " ")
    let who = words.count == 3 && words[0] == "wf-lock" ? "process \(words[1])" : "another process"
    return PlatformError(.locked, place: path, message: "\(who) holds this lock")
  }

  private func hostName() -> String {
    var name = [CChar](repeating: 0, count: 256)
    let status = unsafe gethostname(&name, name.count - 1)  // the last 0 stays
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let text = status == 0 ? String(decoding: bytes, as: UTF8.self) : ""
    let plain = text.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." }
    return plain.isEmpty ? "unnamed" : plain
  }
}
