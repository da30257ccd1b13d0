import History
import JSON
import Platform
import TestSupport
import Testing

/// Push, fetch and compare under valgrind: what libgit2 gave is freed once, and nothing is read after.
@Suite(.enabled(if: areInstalled("/usr/bin/valgrind", "/usr/bin/strip"))) struct LeakTests {
  @Test func `no handle of libgit2 is lost or used after it was freed`() throws {
    let two = try TwoStores(pushed: false)
    // valgrind 3.19 gives up on the compiler's debug information.
    let binary = two.root + "/wf-mirror"
    let beside = Path.parent(two.program.binary) + "/wf-mirror"
    try TwoStores.need(try run(["strip", "-g", "-o", binary, beside]))
    for verb in [RemoteRequest.Verb.push, .push, .fetch, .check] {
      let request = RemoteRequest(verb, store: two.work + "/a/.wf", remote: "origin")
      let done = try run(
        [
          "valgrind", "-q", "--leak-check=full", "--undef-value-errors=no", "--num-callers=30",
          "--show-leak-kinds=definite", binary,
        ], env: two.program.environment(), input: try CanonicalJSON.bytes(request.json) + [10])
      let last = done.out.split(separator: "\n").last.map { Array($0.utf8) } ?? []
      guard case .result(let rows, _)? = RemoteEvent(try JSONValue.parse(last)) else {
        Issue.record("\(verb): \(done.out)\(done.err.suffix(2000))")
        continue
      }
      #expect(rows.allSatisfy { $0.refusal == nil })
      for word in ["definitely lost", "Invalid read", "Invalid write", "Invalid free"] {
        #expect(!done.err.contains(word), "\(verb): \(done.err.prefix(3000))")
      }
    }
  }
}
