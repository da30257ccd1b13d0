internal import Glibc

// `withUnsafeBytes` of the standard library loses the type of a thrown error; these keep it.

extension Array where Element == UInt8 {
  /// Gives the bytes to `body`; the pointer is good only inside it.
  public func withRawBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try unsafe withUnsafeBufferPointer { (buffer) throws(E) in
      try unsafe body(UnsafeRawBufferPointer(buffer))
    }
  }
}

extension ArraySlice where Element == UInt8 {
  /// Gives the bytes to `body`; the pointer is good only inside it.
  public func withRawBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try unsafe withUnsafeBufferPointer { (buffer) throws(E) in
      try unsafe body(UnsafeRawBufferPointer(buffer))
    }
  }
}

extension ArraySlice where Element == UInt8 {
  /// Where a byte stands first; the end where it does not.
  public func end(before byte: UInt8) -> Int {
    let place = unsafe withUnsafeBufferPointer { buffer -> Int? in
      guard let start = buffer.baseAddress else { return nil }
      // Safe: as many bytes as there are, and the result is one of them.
      return unsafe memchr(start, Int32(byte), buffer.count).map {
        unsafe UnsafeRawPointer($0) - UnsafeRawPointer(start)
      }
    }
    return place.map { startIndex + $0 } ?? endIndex
  }
}

extension String {
  /// Whether its UTF-8 bytes come before another's.
  public func precedes(_ other: String) -> Bool {
    // Native strings, all that we have, are contiguous.
    let order = unsafe utf8.withContiguousStorageIfAvailable { a in
      unsafe other.utf8.withContiguousStorageIfAvailable { b -> Bool in
        guard let x = a.baseAddress, let y = b.baseAddress else {
          return a.count < b.count
        }
        // Safe: both have at least as many bytes as are compared.
        let difference = unsafe memcmp(x, y, min(a.count, b.count))
        return difference == 0 ? a.count < b.count : difference < 0
      }
    }
    return (order ?? nil) ?? utf8.lexicographicallyPrecedes(other.utf8)
  }
}
