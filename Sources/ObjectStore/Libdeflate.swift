internal import Platform

/// libdeflate, where it is installed: zlib's format, whole streams only, two to three times as fast.
///
/// Found when it is first worth it, so that a command which reads three objects loads nothing.
struct Libdeflate {
  typealias Make = @convention(c) () -> OpaquePointer?
  typealias MakeLevel = @convention(c) (Int32) -> OpaquePointer?
  typealias Free = @convention(c) (OpaquePointer?) -> Void
  typealias Decompress =
    @convention(c) (
      OpaquePointer, UnsafeRawPointer, Int, UnsafeMutableRawPointer, Int,
      UnsafeMutablePointer<Int>, UnsafeMutablePointer<Int>
    ) -> Int32
  typealias Compress =
    @convention(c) (OpaquePointer, UnsafeRawPointer, Int, UnsafeMutableRawPointer, Int) -> Int

  private static var name: String { "libdeflate.so.0" }

  /// One decompressor; belongs to one thread at a time.
  @safe final class Decompressor {
    private let state: OpaquePointer
    private let run: Decompress
    private let free: Free

    init?() {
      // The types are those of libdeflate.h, the same since version 1.0.
      guard let library = DynamicLibrary(Libdeflate.name),
        let make = unsafe library.function("libdeflate_alloc_decompressor", as: Make.self),
        let run = unsafe library.function("libdeflate_zlib_decompress_ex", as: Decompress.self),
        let free = unsafe library.function("libdeflate_free_decompressor", as: Free.self),
        let state = unsafe make()
      else { return nil }
      unsafe self.state = state
      unsafe self.run = run
      unsafe self.free = free
    }

    deinit { unsafe free(state) }

    /// Inflates one whole stream at the start of `input`; nil when it is not whole, not good, or longer than `output`.
    func inflate(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> (read: Int, written: Int)? {
      guard let source = input.baseAddress, let target = output.baseAddress else {
        return nil
      }
      var read = 0
      var written = 0
      // Reads and writes inside the two counts only.
      let status = unsafe run(
        state, source, input.count, target, output.count, &read, &written)
      return status == 0 ? (read, written) : nil
    }
  }

  /// One compressor; belongs to one thread at a time.
  @safe final class Compressor {
    private let state: OpaquePointer
    private let run: Compress
    private let free: Free

    init?(level: Int32) {
      guard let library = DynamicLibrary(Libdeflate.name),
        let make = unsafe library.function("libdeflate_alloc_compressor", as: MakeLevel.self),
        let run = unsafe library.function("libdeflate_zlib_compress", as: Compress.self),
        let free = unsafe library.function("libdeflate_free_compressor", as: Free.self),
        let state = unsafe make(level)
      else { return nil }
      unsafe self.state = state
      unsafe self.run = run
      unsafe self.free = free
    }

    deinit { unsafe free(state) }

    /// Writes one stream; gives its length, nil when it does not fit.
    func deflate(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> Int? {
      guard let source = input.baseAddress, let target = output.baseAddress else {
        return nil
      }
      // Reads and writes inside the two counts only.
      let count = unsafe run(state, source, input.count, target, output.count)
      return count == 0 ? nil : count
    }
  }
}
