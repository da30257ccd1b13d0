internal import CZlib

/// A zlib decompressor that is used again and again.
///
/// Owns its stream, which zlib wants to stay at one address; belongs to one thread at a time.
@safe final class Inflater {
  /// How a run ended.
  enum Outcome { case done, needsInput, needsOutput, invalid }

  private let stream: UnsafeMutablePointer<z_stream>
  private var fast: Libdeflate.Decompressor?
  private var isSought = false
  /// Bytes inflated so far; above `worthLoading` the faster library is looked for.
  private var inflated = 0
  private static var worthLoading: Int { 1 << 18 }

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib gives no stream: out of memory")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Begins a new stream.
  func reset() { unsafe inflateReset(stream) }

  /// Inflates one stream that begins at the start of `input` and fits into `output`.
  ///
  /// What libdeflate does not take goes through zlib, which says what is wrong with it.
  func whole(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (outcome: Outcome, read: Int, written: Int) {
    inflated += output.count
    if !isSought, inflated > Self.worthLoading {
      isSought = true
      fast = Libdeflate.Decompressor()
    }
    if let run = unsafe fast?.inflate(input, into: output) { return (.done, run.read, run.written) }
    reset()
    return unsafe run(input, into: output)
  }

  /// The body of one object: exactly `size` bytes, and how many of the input they took.
  ///
  /// - Throws: `object_size_mismatch` `zlib_invalid` `object_truncated`.
  func body(
    _ input: UnsafeRawBufferPointer, size: Int, id: ObjectID?
  ) throws(ObjectError) -> (bytes: [UInt8], read: Int) {
    if size > Self.mostBytes(from: input.count) { throw wrongSize(id, size) }
    var run = (outcome: Outcome.needsInput, read: 0, written: 0)
    // One byte more than declared, so that a longer stream shows itself.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
      let target = unsafe UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: size + 1)
      run = unsafe whole(input, into: target)
      count = min(run.written, size)
    }
    switch run.outcome {
    case .invalid: throw invalid(id)
    case .needsInput where run.written <= size: throw truncated(id)
    case .done where run.written == size: return (bytes, run.read)
    case .needsInput, .needsOutput, .done: throw wrongSize(id, size)
    }
  }

  /// Inflates as much as fits; says how the run ended, bytes read and bytes written.
  ///
  /// Both lengths are cut to what zlib's 32-bit counters hold.
  func run(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (outcome: Outcome, read: Int, written: Int) {
    var nothing: UInt8 = 0
    let inputCount = min(input.count, Int(UInt32.max))
    let outputCount = min(output.count, Int(UInt32.max))
    // zlib reads and writes inside the two counts only; it does not change its input.
    return unsafe withUnsafeMutableBytes(of: &nothing) { spare in
      let source = unsafe input.baseAddress ?? UnsafeRawPointer(spare.baseAddress)
      let target = unsafe output.baseAddress ?? spare.baseAddress
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: source?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(inputCount)
      unsafe stream.pointee.next_out = target?.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = UInt32(outputCount)
      let status = unsafe inflate(stream, Z_NO_FLUSH)
      let read = unsafe inputCount - Int(stream.pointee.avail_in)
      let written = unsafe outputCount - Int(stream.pointee.avail_out)
      switch status {
      case Z_STREAM_END: return (.done, read, written)
      case Z_OK, Z_BUF_ERROR:
        return (unsafe stream.pointee.avail_out == 0 ? .needsOutput : .needsInput, read, written)
      default: return (.invalid, read, written)
      }
    }
  }

  /// The largest number of bytes that `count` compressed bytes can stand for.
  ///
  /// Deflate reaches 1032:1 at most; a declared size above this is a lie, and nothing is allocated.
  static func mostBytes(from count: Int) -> Int {
    let (product, overflow) = count.multipliedReportingOverflow(by: 1032)
    return overflow ? .max : product
  }
}
