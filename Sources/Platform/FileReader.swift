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
    try system.enter(.read, path)
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: count))
    // The buffer is `count` bytes long from `start`, and read(2) writes no more than that.
    let got = unsafe bytes.withUnsafeMutableBytes { buffer in
      retrying { unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: start), count) }
    }
    if got < 0 {
      let error = system.failed(.read, path)
      bytes.removeLast(count)
      throw error
    }
    bytes.removeLast(count - got)
    return got
  }
}
