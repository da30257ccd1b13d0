/// Counts what the program takes from the heap, when it is linked with `--wrap=malloc` and the
/// static standard library: then every `malloc` of the Swift runtime comes here.
enum Heap {
  // One thread writes it; a lock would itself be measured.
  nonisolated(unsafe) static var allocations = 0
}

@_silgen_name("__libc_malloc")
private func systemAllocate(_ size: Int) -> UnsafeMutableRawPointer?

@_cdecl("__wrap_malloc")
func countedAllocate(_ size: Int) -> UnsafeMutableRawPointer? {
  Heap.allocations += 1
  return systemAllocate(size)
}
