import Glibc

/// Where test data lies, whatever folder the tests are run from.
public enum Fixtures {
  /// The absolute path of a file or folder under `Fixtures/`, for example `json/numbers.json`.
  public static func path(_ relative: String, file: String = #filePath) -> String {
    root(file: file) + "/Fixtures/" + relative
  }

  /// A path under `../shared/fixtures`, or nil where that folder is not there (the test is then skipped).
  public static func shared(_ relative: String, file: String = #filePath) -> String? {
    let path = root(file: file) + "/../shared/fixtures/" + relative
    return access(path, F_OK) == 0 ? path : nil
  }

  /// The bytes of a file under `Fixtures/`; empty when it cannot be read, so that the test fails.
  public static func bytes(_ relative: String) -> [UInt8] {
    (try? read(path(relative))) ?? []
  }

  /// Reads a whole file.
  public static func read(_ path: String) throws -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else { throw FixtureMissing(path: path) }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: chunk[0..<count])
    }
  }

  private static func root(file: String) -> String {
    // …/Tests/TestSupport/Fixtures.swift (this file's own path, not the caller's)
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/")
  }
}

/// A fixture that is not there.
public struct FixtureMissing: Error {
  public let path: String
}

/// A folder that is removed with the value that made it.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() {
    var template = Array("/tmp/wf-test-XXXXXX".utf8CString)
    _ = unsafe mkdtemp(&template)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { removeTree(path) }

  private func removeTree(_ path: String) {
    guard let folder = unsafe opendir(path) else {
      unlink(path)
      return
    }
    chmod(path, 0o700)
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { raw in
        unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name == "." || name == ".." { continue }
      let kind = unsafe entry.pointee.d_type
      if kind == UInt8(DT_DIR) { removeTree(path + "/" + name) } else { unlink(path + "/" + name) }
    }
    unsafe closedir(folder)
    rmdir(path)
  }
}

/// A small seeded generator (SplitMix64), so that a failing random test can be run again.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64
  public init(seed: UInt64) { state = seed }
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
