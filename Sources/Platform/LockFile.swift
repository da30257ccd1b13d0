internal import Glibc

/// A lock that other processes see as `NAME.lock`, held until `release` or deinit.
///
/// A symbolic link whose text says who holds it (`LockHolder`): it appears whole in one step, also on
/// NFS and also after a power loss, and stock git respects it, since it cannot create a file there.
/// Where there are no symbolic links it is a file with that text. The lock of a process that is surely
/// dead is taken over; one of another make (stock git's) never is.
public final class LockFile {
  /// The path of the lock itself.
  public let path: String
  fileprivate let text: String
  private let system: FileSystem
  private var isHeld = true

  fileprivate init(path: String, text: String, system: FileSystem) {
    self.path = path
    self.text = text
    self.system = system
  }

  deinit { release() }

  /// Gives the lock up; harmless the second time.
  public func release() {
    if !isHeld { return }
    isHeld = false
    // Somebody may have removed it by hand, and another process taken it.
    if let found = system.textOfLock(path), found != text { return }
    // One that stays blocks everybody until this process ends.
    for _ in 0..<3 {
      do throws(PlatformError) {
        return try system.remove(path)
      } catch {
        if error.code == .fileNotFound { return }
      }
    }
  }
}

extension FileSystem {
  /// Takes the lock `name + ".lock"`, trying again for `milliseconds` while it is held.
  ///
  /// - Throws: `locked` with the holder in its message.
  public func lock(_ name: String, waiting milliseconds: Int = 0) throws(PlatformError) -> LockFile
  {
    let path = name + ".lock"
    let own = holder.value
    let text = own.text + " " + String(UInt64.random(in: .min ... .max), radix: 16)
    let start = monotonicMilliseconds()
    while true {
      if try createLock(path, text) { return LockFile(path: path, text: text, system: self) }
      let found = textOfLock(path)
      if let found, let other = LockHolder(parsing: found), other.isDead(for: own),
        try removeDead(path, found)
      {
        continue
      }
      if monotonicMilliseconds() - start >= milliseconds {
        if found == nil, !exists(path) { continue }  // it has just gone
        throw held(path, found)
      }
      // Not in step with the others who wait.
      usleep(UInt32.random(in: 1000...5000))
    }
  }

  /// Takes the locks of many names, in this order.
  ///
  /// One link is made, and each further lock is a second name of it: new files are what locks cost.
  ///
  /// - Throws: `locked`, once those that were taken are given up.
  public func locks(
    _ names: [String], waiting milliseconds: Int = 0
  ) throws(PlatformError) -> [LockFile] {
    var locks: [LockFile] = []
    for name in names {
      if let first = locks.first, (try? link(first.path, to: name + ".lock")) != nil {
        locks.append(LockFile(path: name + ".lock", text: first.text, system: self))
      } else {
        // It is held, the file system links no links, or nothing was taken yet.
        locks.append(try lock(name, waiting: milliseconds))
      }
    }
    return locks
  }

  /// Whether a lock is of our make and its holder surely dead.
  public func isLockOfDead(_ path: String) -> Bool {
    guard let text = textOfLock(path), let other = LockHolder(parsing: text) else { return false }
    return other.isDead(for: holder.value)
  }

  /// False where there is a lock already.
  private func createLock(_ path: String, _ text: String) throws(PlatformError) -> Bool {
    do throws(PlatformError) {
      try makeSymbolicLink(text, at: path)
      return true
    } catch {
      if error.code == .fileExists { return false }
      guard [EPERM, EOPNOTSUPP, ENOSYS, EINVAL].contains(error.errorNumber) else { throw error }
    }
    do throws(PlatformError) {
      let writer = try create(path)
      try writer.append(text)
      try writer.finish(durably: false)
      return true
    } catch {
      if error.code == .fileExists { return false }
      throw error
    }
  }

  /// Removes the lock of a dead process, if it still is the one that was seen.
  ///
  /// Of all who saw it dead, and they are all on this host, one at a time may look again and remove
  /// it: else the second would remove the new lock of the first. The folder's own flock, which dies
  /// with its process, is what they agree by; where there is none, nothing is removed.
  private func removeDead(_ path: String, _ seen: String) throws(PlatformError) -> Bool {
    let folder = Path.parent(path)
    let descriptor = retrying { unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    if descriptor < 0 { return false }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { return false }
    guard textOfLock(path) == seen else { return false }
    try remove(path)
    return true
  }

  /// What a lock says; nil where it is not there or says nothing.
  fileprivate func textOfLock(_ path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 1024)
    // readlink fills at most as many bytes as it is told that there are.
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return -1 }
      return unsafe readlink(path, start.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    if count >= 0 { return String(decoding: bytes.prefix(count), as: UTF8.self) }
    if errno != EINVAL { return nil }
    return (try? read(path, limit: 4096)).map { String(decoding: $0, as: UTF8.self) }
  }

  private func held(_ path: String, _ text: String?) -> PlatformError {
    guard let text, let other = LockHolder(parsing: text) else {
      return PlatformError(.locked, place: path, message: "another process holds this lock")
    }
    let place = other.host == holder.value.host ? "" : " on \(other.host)"
    return PlatformError(
      .locked, place: path, message: "process \(other.process)\(place) holds this lock")
  }

  private func monotonicMilliseconds() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}
