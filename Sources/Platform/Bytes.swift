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
