internal import CZlib
internal import Platform

/// A zlib compressor (level 1) that is used again and again.
///
/// Owns its stream, which zlib wants to stay at one address; belongs to one thread at a time.
@safe final class Deflater {
  private let stream: UnsafeMutablePointer<z_stream>

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe deflateInit_(stream, 1, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib gives no stream: out of memory")
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Appends one zlib stream that holds `body`; stored blocks where compressing does not shrink it.
  func append(_ body: [UInt8], to result: inout [UInt8]) {
    let start = result.count
    if body.count > Int(UInt32.max) || !compress(body, onto: &result) {
      result.removeLast(result.count - start)
      Self.appendStored(body, to: &result)
    }
  }

  /// False when the stream would be as long as the body in stored blocks.
  private func compress(_ body: [UInt8], onto result: inout [UInt8]) -> Bool {
    let start = result.count
    let room = body.count + 5 * (body.count / 65_535 + 1) + 6  // the length in stored blocks
    unsafe deflateReset(stream)
    result.append(contentsOf: repeatElement(0, count: room))
    // zlib writes at most `room` bytes from `start`, and reads `body` without changing it.
    let (status, left) = unsafe result.withUnsafeMutableBytes { target in
      unsafe body.withRawBytes { source in
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
          mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = UInt32(source.count)
        unsafe stream.pointee.next_out = target.baseAddress?.advanced(by: start)
          .assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(min(room, Int(UInt32.max)))
        let status = unsafe deflate(stream, Z_FINISH)
        return unsafe (status, Int(stream.pointee.avail_out))
      }
    }
    guard status == Z_STREAM_END else { return false }
    result.removeLast(left)
    return true
  }

  /// RFC 1950 and 1951, 3.2.4: blocks that are not compressed.
  private static func appendStored(_ body: [UInt8], to result: inout [UInt8]) {
    result.append(contentsOf: [0x78, 0x01])
    var start = 0
    repeat {
      let end = min(start + 65_535, body.count)
      let length = UInt16(end - start)
      result.append(end == body.count ? 1 : 0)
      for word in [length, ~length] {
        result.append(UInt8(truncatingIfNeeded: word))
        result.append(UInt8(truncatingIfNeeded: word >> 8))
      }
      result.append(contentsOf: body[start..<end])
      start = end
    } while start < body.count
    let sum = unsafe body.withRawBytes { raw in
      // zlib reads `count` bytes from the pointer.
      unsafe adler32_z(1, raw.baseAddress?.assumingMemoryBound(to: UInt8.self), raw.count)
    }
    for shift in [24, 16, 8, 0] { result.append(UInt8(truncatingIfNeeded: sum >> UInt(shift))) }
  }
}

/// CRC-32 as in an idx file.
func checksum32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  // zlib reads `count` bytes from the pointer.
  let value = unsafe crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
  return UInt32(truncatingIfNeeded: value)
}
