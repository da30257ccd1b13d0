import Glibc
import ParserChecks

/// The parser that this run is about; set once, before the first input.
nonisolated(unsafe) private var check: (([UInt8]) -> Bool)?

/// Reads our own options, which stand before libFuzzer's.
///
/// `libfuzzer --target=NAME [--fixtures=DIR --corpus=DIR] [libFuzzer's own options]`
/// With a corpus folder the seeds are written there first, which libFuzzer reads afterwards.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>
) -> CInt {
  func value(_ name: String) -> String? {
    CommandLine.arguments.first { $0.hasPrefix("--\(name)=") }
      .map { String($0.dropFirst(name.utf8.count + 3)) }
  }
  guard let target = ParserTarget.all.first(where: { $0.name == value("target") }) else {
    print("--target= is one of: " + ParserTarget.all.map(\.name).joined(separator: " "))
    exit(2)
  }
  check = target.check()
  if let fixtures = value("fixtures"), let corpus = value("corpus") {
    for (number, bytes) in target.seeds(fixtures).enumerated() {
      write(bytes, to: "\(corpus)/seed-\(number)")
    }
  }
  return 0
}

/// LLVM libFuzzer's entry: it brings its own `main` and finds new paths by coverage.
@_cdecl("LLVMFuzzerTestOneInput")
public func tryOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  if let check { precondition(check(bytes), "read wrongly") }
  return 0
}

private func write(_ bytes: [UInt8], to path: String) {
  guard let file = fopen(path, "wb") else { return }
  fwrite(bytes, 1, bytes.count, file)
  fclose(file)
}
