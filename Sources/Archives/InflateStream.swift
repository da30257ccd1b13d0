internal import CZlib
internal import Platform

/// A decompressor of raw deflate data (RFC 1951) that gives its output in pieces.
///
/// Owns its stream, which zlib wants to stay at one address; belongs to one thread at a time.
@safe final class InflateStream {
  enum Outcome { case done, goesOn, invalid }

  private let stream: UnsafeMutablePointer<z_stream>

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    let status = unsafe inflateInit2_(stream, -15, ZLIB_VERSION, size)
    precondition(status == Z_OK, "zlib gives no stream: out of memory")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Appends at most `room` bytes to `output`; says how many bytes of `input` were used.
  ///
  /// `goesOn` with nothing read and nothing written means that input is missing.
  func run(
    _ input: ArraySlice<UInt8>, into output: inout [UInt8], room: Int
  ) -> (outcome: Outcome, read: Int) {
    let inputCount = min(input.count, 1 << 30)
    let outputCount = min(room, 1 << 30)
    var status = Z_OK
    var read = 0
    let piece = unsafe [UInt8](unsafeUninitializedCapacity: max(outputCount, 1)) { target, count in
      unsafe input.withRawBytes { source in
        // zlib reads and writes inside the two counts only; it does not change its input.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
          mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = UInt32(inputCount)
        unsafe stream.pointee.next_out = target.baseAddress
        unsafe stream.pointee.avail_out = UInt32(outputCount)
        status = unsafe inflate(stream, Z_NO_FLUSH)
        read = unsafe inputCount - Int(stream.pointee.avail_in)
        count = unsafe outputCount - Int(stream.pointee.avail_out)
      }
    }
    output += piece
    switch status {
    case Z_STREAM_END: return (.done, read)
    case Z_OK, Z_BUF_ERROR: return (.goesOn, read)
    default: return (.invalid, read)
    }
  }
}

/// A running CRC-32 (ISO 3309), as gzip and zip have it.
struct Checksum32 {
  private(set) var value: UInt32 = 0

  mutating func update(_ bytes: [UInt8]) {
    // zlib reads `count` bytes from the pointer.
    let next = unsafe bytes.withRawBytes { raw in
      unsafe crc32_z(
        UInt(value), raw.baseAddress?.assumingMemoryBound(to: UInt8.self), raw.count)
    }
    // An empty array may have no address, for which zlib answers with the first value.
    if !bytes.isEmpty { value = UInt32(truncatingIfNeeded: next) }
  }
}
