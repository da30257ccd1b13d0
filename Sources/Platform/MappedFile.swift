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

  init(descriptor: Int32, path: String, status: FileStatus) throws(PlatformError) {
    self.path = path
    self.status = status
    count = status.size
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
  public func release(upTo offset: Int) {
    guard let start = unsafe start else { return }
    let length = min(max(offset, 0), count) & ~4095
    if length > 0 { unsafe madvise(start, length, MADV_DONTNEED) }
  }

  /// Says that the bytes will be read from front to back.
  public func adviseSequential() {
    if let start = unsafe start { unsafe madvise(start, count, MADV_SEQUENTIAL) }
  }
}
