import Glibc
import Platform

/// Programs that belong to this one and lie beside it.
enum HelperProgram {
  /// Beside this program, wherever that lies; the bare name where that cannot be told.
  static func path(_ name: String) -> String {
    // Safe: the call writes at most as many bytes as there is room for.
    let bytes = unsafe [CChar](unsafeUninitializedCapacity: 4096) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      count = unsafe max(0, readlink("/proc/self/exe", start, 4096))
    }
    guard !bytes.isEmpty, bytes.count < 4096 else { return name }
    let own = String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return Path.join(Path.parent(own), name)
  }
}
