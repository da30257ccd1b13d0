import CMalloc

/// Settings of the C library's allocator.
enum FreedMemory {
  /// Keeps memory that was freed for what is read next, up to 64 MiB.
  ///
  /// Left alone, glibc gives blocks of the size of a member back to the system whenever one is freed,
  /// and gets the next one page by page: a tenth of the time that checking many versions takes.
  static func keep() {
    _ = mallopt(M_MMAP_THRESHOLD, 32 << 20)
    _ = mallopt(M_TRIM_THRESHOLD, 64 << 20)
    _ = mallopt(M_TOP_PAD, 1 << 20)
  }
}
