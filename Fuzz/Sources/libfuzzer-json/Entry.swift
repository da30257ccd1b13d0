import JSONChecks

/// LLVM libFuzzer's entry: it brings its own `main` and finds new paths by coverage.
@_cdecl("LLVMFuzzerTestOneInput")
public func tryOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  precondition(isSound(Array(UnsafeBufferPointer(start: start, count: count))), "read wrongly")
  return 0
}
