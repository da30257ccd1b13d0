internal import Glibc

/// An open regular file, read from front to back.
///
/// A class because it owns a descriptor; it belongs to one thread at a time.
public final class FileReader {
  public let path: String
  public let status: FileStatus
  private let descriptor: Int32
  private let system: FileSystem

  init(descriptor: Int32, path: String, status: FileStatus, system: FileSystem) {
    self.descriptor = descriptor
    self.path = path
    self.status = status
    self.system = system
  }

  deinit { close(descriptor) }

  /// Appends at most `count` bytes; returns how many, 0 at the end of the file.
  public func read(into bytes: inout [UInt8], upTo count: Int) throws(PlatformError) -> Int {
    var count = count
    while let fault = system.fault(.read, path) {
      switch fault {
      case .fail(EINTR): continue
      case .fail(let number), .cut(_, let number):
        throw PlatformError(errno: number, doing: "read this", place: path)
      case .short(let few): count = min(count, max(1, few))
      }
      break
    }
    var got = 0
    // read(2) fills at most `count` bytes of a buffer that has room for as many.
    let piece = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      got = retrying { unsafe Glibc.read(descriptor, buffer.baseAddress, count) }
      filled = max(0, got)
    }
    if got < 0 { throw system.failed(.read, path) }
    if bytes.isEmpty { bytes = piece } else { bytes += piece }
    return got
  }
}
