internal import Glibc

/// A new file, written from front to back through a buffer of 1 MiB.
///
/// A class because it owns a descriptor; it belongs to one thread at a time. What is not
/// `finish`ed is closed by deinit without flushing: the caller removes the file.
public final class FileWriter {
  public let path: String
  /// Bytes appended so far.
  public private(set) var byteCount = 0
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private let system: FileSystem
  private let capacity = 1 << 20

  init(descriptor: Int32, path: String, system: FileSystem) {
    self.descriptor = descriptor
    self.path = path
    self.system = system
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  public func append(_ bytes: [UInt8]) throws(PlatformError) {
    try unsafe bytes.withRawBytes { (raw) throws(PlatformError) in try unsafe append(raw) }
  }

  public func append(_ bytes: ArraySlice<UInt8>) throws(PlatformError) {
    try unsafe bytes.withRawBytes { (raw) throws(PlatformError) in try unsafe append(raw) }
  }

  public func append(_ text: String) throws(PlatformError) { try append(Array(text.utf8)) }

  public func append(_ bytes: UnsafeRawBufferPointer) throws(PlatformError) {
    byteCount += bytes.count
    if buffer.count + bytes.count <= capacity {
      unsafe buffer.append(contentsOf: bytes)
      return
    }
    try flush()
    if bytes.count >= capacity {
      try unsafe system.writeAll(bytes, to: descriptor, path)
    } else {
      unsafe buffer.append(contentsOf: bytes)
    }
  }

  /// Hands the buffer to the system.
  public func flush() throws(PlatformError) {
    if buffer.isEmpty { return }
    try unsafe buffer.withRawBytes { (raw) throws(PlatformError) in
      try unsafe system.writeAll(raw, to: descriptor, path)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes over bytes near the front, for a count that is known only at the end.
  public func overwrite(_ bytes: [UInt8], at offset: Int) throws(PlatformError) {
    try flush()
    try unsafe bytes.withRawBytes { (raw) throws(PlatformError) in
      try unsafe system.writeAll(raw, to: descriptor, path, at: offset)
    }
  }

  /// Flushes, makes the content durable where asked, and closes.
  public func finish(durably: Bool) throws(PlatformError) {
    try flush()
    if durably { try system.sync(descriptor, path, .syncFile) }
    let old = descriptor
    descriptor = -1
    if close(old) != 0 && errno != EINTR { throw system.failed(.write, path) }
  }
}
