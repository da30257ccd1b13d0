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

  /// What the library makes for one direction, with the function that works on it and the one that
  /// ends it.
  @safe private final class State<Run> {
    let state: OpaquePointer
    let run: Run
    private let free: Free

    /// - Parameters:
    ///   - kind: `decompressor` or `compressor`, as the library's names have it.
    ///   - make: calls the function that makes the state.
    init?<Maker>(
      _ kind: String, _ run: String, as type: Run.Type, maker: Maker.Type,
      _ make: (Maker) -> OpaquePointer?
    ) {
      // The types are those of libdeflate.h, the same since version 1.0.
      guard let library = DynamicLibrary("libdeflate.so.0"),
        let maker = unsafe library.function("libdeflate_alloc_\(kind)", as: maker),
        let run = unsafe library.function(run, as: type),
        let free = unsafe library.function("libdeflate_free_\(kind)", as: Free.self),
        let state = unsafe make(maker)
      else { return nil }
      unsafe self.state = state
      self.run = run
      unsafe self.free = free
    }

    deinit { unsafe free(state) }
  }

  /// One decompressor; belongs to one thread at a time.
  @safe struct Decompressor {
    private let inner: State<Decompress>

    init?() {
      let inner = unsafe State(
        "decompressor", "libdeflate_zlib_decompress_ex", as: Decompress.self, maker: Make.self
      ) { make in unsafe make() }
      guard let inner = unsafe inner else { return nil }
      unsafe self.inner = inner
    }

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
      let status = unsafe inner.run(
        inner.state, source, input.count, target, output.count, &read, &written)
      return status == 0 ? (read, written) : nil
    }
  }

  /// One compressor; belongs to one thread at a time.
  @safe struct Compressor {
    private let inner: State<Compress>

    init?(level: Int32) {
      let inner = unsafe State(
        "compressor", "libdeflate_zlib_compress", as: Compress.self, maker: MakeLevel.self
      ) { make in unsafe make(level) }
      guard let inner = unsafe inner else { return nil }
      unsafe self.inner = inner
    }

    /// Writes one stream; gives its length, nil when it does not fit.
    func deflate(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> Int? {
      guard let source = input.baseAddress, let target = output.baseAddress else {
        return nil
      }
      // Reads and writes inside the two counts only.
      let count = unsafe inner.run(inner.state, source, input.count, target, output.count)
      return count == 0 ? nil : count
    }
  }
}
