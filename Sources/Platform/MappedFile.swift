internal import Glibc

/// A regular file mapped into memory, read only.
///
/// The content is undefined, and reading may end the process (SIGBUS), when another process cuts
/// the file short meanwhile; so map only what is written once and renamed into place, or an input
/// that the user handed over. Sendable: nothing in it changes after init.
@safe public final class MappedFile: Sendable {
  public let path: String
  public let status: FileStatus
  public let count: Int
  // Owned: mapped in init, unmapped in deinit, nil only for an empty file.
  private nonisolated(unsafe) let start: UnsafeMutableRawPointer?
  /// Whether dropped pages come back from the file; those of a copy would be lost.
  private let isFile: Bool

  init(descriptor: Int32, path: String, status: FileStatus) throws(PlatformError) {
    self.path = path
    self.status = status
    count = status.size
    isFile = true
    if status.size == 0 {
      unsafe start = nil
      return
    }
    let memory = unsafe mmap(nil, status.size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    if unsafe memory == MAP_FAILED {
      throw PlatformError(errno: errno, doing: "map this", place: path)
    }
    unsafe start = memory
  }

  /// Reads the file into memory of its own; no later change of the file is seen.
  ///
  /// - Throws: `io_failed` when there are fewer bytes than `status` says.
  init(
    copying descriptor: Int32, path: String, status: FileStatus, _ goOn: () -> Bool
  ) throws(PlatformError) {
    self.path = path
    self.status = status
    count = status.size
    isFile = false
    if status.size == 0 {
      unsafe start = nil
      return
    }
    let memory = unsafe mmap(
      nil, status.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      throw PlatformError(errno: errno, doing: "take memory for this", place: path)
    }
    unsafe start = memory
    var done = 0
    while done < status.size {
      let got = retrying {
        unsafe pread(
          descriptor, memory.advanced(by: done), min(status.size - done, 1 << 26), off_t(done))
      }
      if got < 0 { throw PlatformError(errno: errno, doing: "read this", place: path) }
      if got == 0 {
        throw PlatformError(.ioFailed, place: path, message: "the file became shorter meanwhile")
      }
      done += got
      if done < status.size, !goOn() {
        throw PlatformError(.ioFailed, place: path, message: "there was no time to read this")
      }
    }
  }

  deinit {
    if let start = unsafe start { unsafe munmap(start, count) }
  }

  /// Gives the bytes to `body`; the pointer is good only inside it.
  public func withBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(self) {} }
    return try unsafe body(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Tells the system that the bytes before `offset` are not needed again soon.
  ///
  /// They stay readable (they are read from the file again); only resident memory falls.
  public func release(upTo offset: Int) { release(0..<min(max(offset, 0), count)) }

  /// As `release(upTo:)`, for whole pages of a range that lies in the file.
  public func release(_ range: Range<Int>) {
    guard isFile, let start = unsafe start else { return }
    let first = (range.lowerBound + 4095) & ~4095
    let length = (range.upperBound & ~4095) - first
    if length > 0 { unsafe madvise(start + first, length, MADV_DONTNEED) }
  }

  /// Says that the bytes will be read from front to back.
  public func adviseSequential() {
    if let start = unsafe start { unsafe madvise(start, count, MADV_SEQUENTIAL) }
  }
}
