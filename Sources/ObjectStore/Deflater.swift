internal import CZlib
internal import Platform

/// A compressor into zlib's format that is used again and again; libdeflate's where it is installed.
///
/// Made at the first use. Belongs to one thread at a time.
final class Deflater {
  private enum Engine {
    case libdeflate(Libdeflate.Compressor)
    case zlib(ZlibStream)
  }

  private let level: Int32
  private lazy var engine: Engine =
    Libdeflate.Compressor(level: level).map { .libdeflate($0) } ?? .zlib(ZlibStream(level: level))

  /// - Parameter level: 1, the quickest, to 9.
  init(level: Int32 = 1) { self.level = level }

  /// Appends one zlib stream that holds `body`; stored blocks where compressing does not shrink it.
  func append(_ body: [UInt8], to result: inout [UInt8]) {
    if body.count <= Int(UInt32.max), let stream = compressed(body) {
      result += stream
    } else {
      Self.appendStored(body, to: &result)
    }
  }

  /// Nil when the stream would be longer than the body in stored blocks.
  private func compressed(_ body: [UInt8]) -> [UInt8]? {
    let room = min(body.count + 5 * (body.count / 65_535 + 1) + 6, Int(UInt32.max))
    let engine = engine
    var written: Int?
    let result = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, count in
      unsafe body.withRawBytes { source in
        let target = UnsafeMutableRawBufferPointer(target)
        written =
          switch engine {
          case .libdeflate(let compressor): unsafe compressor.deflate(source, into: target)
          case .zlib(let stream): unsafe stream.deflate(source, into: target)
          }
      }
      count = written ?? 0
    }
    return written == nil ? nil : result
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

/// zlib's own compressor.
///
/// Owns its stream, which zlib wants to stay at one address.
@safe private final class ZlibStream {
  private let stream: UnsafeMutablePointer<z_stream>

  init(level: Int32) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe deflateInit_(
      stream, level, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib gives no stream: out of memory")
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Writes one stream; gives its length, nil when it does not fit.
  ///
  /// Both buffers have less than 4 GiB.
  func deflate(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    unsafe deflateReset(stream)
    // zlib reads and writes inside the two counts only, and does not change its input.
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    unsafe stream.pointee.avail_in = UInt32(input.count)
    unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = UInt32(output.count)
    guard unsafe CZlib.deflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
    return unsafe output.count - Int(stream.pointee.avail_out)
  }
}

/// CRC-32 as in an idx file.
public func checksum32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  // zlib reads `count` bytes from the pointer.
  let value = unsafe crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
  return UInt32(truncatingIfNeeded: value)
}
