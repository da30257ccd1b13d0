internal import Glibc

/// A hold on a file that always stays where it is: many may share it, or one has it alone.
///
/// flock(2) on an open file; the kernel gives it up when the process dies, so nothing stale can be
/// left behind. Given up by deinit.
public final class FileLease: Sendable {
  private let descriptor: Int32
  /// False on a file system that has no such holds: then nobody is kept out.
  public let isHeld: Bool

  fileprivate init(descriptor: Int32, isHeld: Bool) {
    self.descriptor = descriptor
    self.isHeld = isHeld
  }

  deinit { close(descriptor) }
}

extension FileSystem {
  public enum LeaseMode: Sendable { case shared, alone }

  /// Takes a hold on `path`; nil where that is not possible within `milliseconds`.
  ///
  /// - Parameter creating: makes the file where it is not there.
  public func lease(
    _ path: String, _ mode: LeaseMode, waiting milliseconds: Int = 0, creating: Bool = true
  ) throws(PlatformError) -> FileLease? {
    try enter(.lock, path)
    try checkPath(path)
    let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (creating ? O_CREAT : 0)
    var descriptor = retrying { unsafe open(path, flags, mode_t(0o666)) }
    if descriptor < 0, errno == EACCES {
      // Another user's file; a lock needs no right to write.
      descriptor = retrying { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
    }
    if descriptor < 0 { throw failed(.lock, path) }
    let operation = (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB
    var left = milliseconds
    while retrying({ flock(descriptor, operation) }) != 0 {
      let number = errno
      if [ENOLCK, EOPNOTSUPP, ENOSYS].contains(number) {
        return FileLease(descriptor: descriptor, isHeld: false)
      }
      if number != EWOULDBLOCK || left <= 0 {
        defer { close(descriptor) }
        if number == EWOULDBLOCK { return nil }
        errno = number
        throw failed(.lock, path)
      }
      usleep(2000)
      left -= 2
    }
    return FileLease(descriptor: descriptor, isHeld: true)
  }

  /// Sets the time of the last change of a file's content to Unix seconds; nil: to the present.
  public func setModified(_ path: String, to seconds: Int64?) throws(PlatformError) {
    try enter(.changeMode, path)
    try checkPath(path)
    let failure: Int32
    if let seconds {
      let time = timespec(tv_sec: Int(seconds), tv_nsec: 0)
      let times = [time, time]
      failure = unsafe utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW)
    } else {
      failure = unsafe utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW)
    }
    if failure != 0 { throw failed(.changeMode, path) }
  }
}
