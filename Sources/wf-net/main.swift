import Glibc
import JSON
import Platform
import WebClient
import WebExchange

// `wf` runs this program for every request over http and https: a line of JSON for each request on
// standard input, a line for each answer on standard output (Docs/Publishing.md).

/// A request may hold a body of 256 KiB and the text of two configurations.
private let longestLine = 4 << 20

private func nextLine(_ pending: inout [UInt8]) -> [UInt8]? {
  while true {
    if let end = pending.firstIndex(of: 10) {
      defer { pending.removeSubrange(...end) }
      return Array(pending[..<end])
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    // Safe: at most as many bytes as the chunk has.
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    if count <= 0 || pending.count > longestLine { return nil }
    pending += chunk.prefix(count)
  }
}

private func emit(_ value: JSONValue) {
  guard let text = try? CanonicalJSON.bytes(value) else { return }
  var rest = (text + [10])[...]
  while !rest.isEmpty {
    // Safe because the pointer is used only during the call and `count` is its length.
    let count = unsafe rest.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
    if count < 0 && errno == EINTR { continue }
    if count <= 0 { exit(1) }
    rest = rest.dropFirst(count)
  }
}

private func answer(_ line: [UInt8], _ connection: WebConnection) -> JSONValue {
  guard let value = try? JSONValue.parse(line), let request = WebRequest(value) else {
    return WebTrouble(WebError(.requestMalformed, "this is no request")).json
  }
  do throws(WebError) {
    return try connection.perform(request).json
  } catch {
    return WebTrouble(error).json
  }
}

// A closed pipe is an error of the write, not the end in the middle of an upload.
signal(SIGPIPE, SIG_IGN)
signal(SIGXFSZ, SIG_IGN)
do throws(WebError) {
  let connection = try WebConnection(files: FileSystem())
  var pending: [UInt8] = []
  while let line = nextLine(&pending) { emit(answer(line, connection)) }
} catch {
  emit(WebTrouble(error).json)
}
