import JSON
import Platform
import TestSupport
import Testing

/// The whole program with a C library whose file calls fail.
@Suite(.serialized) struct FailingCallTests {
  /// A program with one version committed, and the library to preload.
  private func prepared() throws -> Program {
    let program = try Program.prepared()
    _ = try program.examplePackage()
    let made = try program.shell(
      """
      set -e
      cc -O1 -shared -fPIC -o ../fail.so \(Fixtures.path("faults/failing-calls.c")) -ldl
      $WF commit pkg
      cp -a .wf ../saved.wf; cp -a ../config ../saved.config
      """)
    try #require(made.status == 0, "\(made.err)")
    return program
  }

  private func commit(_ program: Program, _ fault: String) throws -> Finished {
    _ = try program.shell(
      "rm -rf .wf ../config; cp -a ../saved.wf .wf; cp -a ../saved.config ../config")
    return try program(
      "commit", "pkg", "--json",
      env: ["LD_PRELOAD": program.folder.path + "/fail.so", "WF_FAULT": fault])
  }

  /// EINTR is 4; 0 cuts to one byte.
  @Test(arguments: ["any:4:0", "write:0:0", "read:0:0"])
  func `signals and short reads and writes are not noticed`(_ fault: String) throws {
    let program = try prepared()
    let plain = try commit(program, "none:5:1")
    try #require(plain.status == 0, "\(plain.err)")
    let done = try commit(program, fault)
    #expect(done.status == 0, "\(done.out)\(done.err)")
    #expect(
      try JSONValue.parse(done.outBytes)["commit"] == JSONValue.parse(plain.outBytes)["commit"])
    #expect(try program("verify").status == 0)
    #expect(try program.shell("git --git-dir .wf fsck --strict").status == 0)
  }

  /// EIO, EMFILE and ENOSPC at the calls that change the store.
  @Test(arguments: [("fsync", 5), ("write", 28), ("open", 24), ("rename", 28), ("symlink", 28)])
  func `a call that fails is told with its place, and the next try works`(
    _ call: String, _ number: Int
  ) throws {
    let program = try prepared()
    let old = try program.shell("git --git-dir .wf rev-parse HEAD").out
    var failed = 0
    for at in 1...40 {
      let done = try commit(program, "\(call):\(number):\(at)")
      #expect(done.status < 64, "\(call) \(at): \(done.err)")
      let answer = try JSONValue.parse(done.outBytes)
      let tip = try program.shell("git --git-dir .wf rev-parse HEAD").out
      if done.status == 0 {
        #expect(tip != old)
      } else {
        failed += 1
        #expect(answer["schema"]?.string == "wf.error/1")
        #expect(answer["reason"]?.string?.isEmpty == false)
        #expect(answer["message"]?.string?.isEmpty == false)
      }
      let fsck = try program("fsck")
      #expect(fsck.status == 0, "\(call) \(at): \(fsck.out)")
      let again = try program("commit", "pkg")
      #expect(again.status == 0, "\(call) \(at): \(again.err)")
      // Fewer such calls than that are made.
      if done.status == 0, at > 8, call != "open" { break }
    }
    #expect(failed > 0)
    #expect(try program("verify").status == 0)
    #expect(try program.shell("git --git-dir .wf fsck --strict").status == 0)
  }
}
