internal import CZlib
internal import Platform

/// A compressor of raw deflate data (RFC 1951), level 6, that takes its input in pieces.
///
/// Owns its stream, which zlib wants to stay at one address; belongs to one thread at a time.
@safe final class DeflateStream {
  private let stream: UnsafeMutablePointer<z_stream>

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    let status = unsafe deflateInit2_(
      stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    precondition(status == Z_OK, "zlib gives no stream: out of memory")
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// What comes out for one more piece, or for the end.
  ///
  /// - Parameter bytes: less than 2 GiB.
  func append(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
    precondition(bytes.count <= Int(Int32.max), "pieces are below 2 GiB")
    var result: [UInt8] = []
    unsafe bytes.withRawBytes { source in
      // zlib reads the piece without changing it.
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(source.count)
      let room = min(max(1 << 12, source.count + source.count / 64 + 64), 1 << 20)
      while true {
        var left = 0
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, count in
          unsafe stream.pointee.next_out = target.baseAddress
          unsafe stream.pointee.avail_out = UInt32(room)
          _ = unsafe deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
          left = unsafe Int(stream.pointee.avail_out)
          count = room - left
        }
        result += piece
        if left > 0 { break }
      }
    }
    return result
  }
}
