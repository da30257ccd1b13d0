import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// `wf commit` ended by SIGKILL at many instants; the store must be whole after each.
@Suite(.serialized) struct KillTests {
  /// How often to kill: WF_KILLS, else 100.
  private static var kills: Int {
    ProcessInfoText.value("WF_KILLS").flatMap(Int.init) ?? 100
  }

  @Test func `a commit that is killed leaves the old tip or the new one, and a whole store`() throws
  {
    let program = try Program.prepared()
    let package = try program.examplePackage()
    let first = try program("commit", package, "--json")
    try #require(first.status == 0, "\(first.err)")
    let old = try tip(program)
    let calls = try systemCalls(program, package)
    try #require(calls > 20)
    // A second version on top, each time from the same state.
    var moved = 0
    let kills = Self.kills
    for index in 0..<kills {
      _ = try program.shell(
        "rm -rf .wf ../config && cp -a ../saved.wf .wf && cp -a ../saved.config ../config")
      let position = 1 + index * calls / kills
      let killed = try program.shell(
        "strace -f -qq -o /dev/null -e trace=\(Self.traced) -e inject=\(Self.traced):signal=KILL:when=\(position) $WF commit \(package)"
      )
      let now = try tip(program)
      if now != old { moved += 1 }
      let fsck = try program.shell("git --git-dir .wf fsck --strict --full 2>&1 | grep -v dangling")
      #expect(fsck.out.isEmpty, "kill \(position) of \(calls): \(fsck.out)")
      let verify = try program("verify")
      #expect(
        verify.status == 0, "kill \(position) (status \(killed.status)): \(verify.out)\(verify.err)"
      )
      let own = try program("fsck")
      #expect(own.status == 0, "kill \(position): \(own.out)")
      if now != old {
        let parent = try program.shell("git --git-dir .wf rev-parse HEAD~1").out
        #expect(parent == old, "kill \(position): the new tip follows the old one")
      }
      if index % 10 == 0 {
        let again = try program("commit", package)
        #expect(again.status == 0, "kill \(position), and then: \(again.err)")
      }
    }
    // Kills before and after the ref moved were both among them.
    #expect(moved > 0)
    #expect(moved < kills)
  }

  /// The calls by which a file system is changed; each is an instant at which to die.
  private static let traced =
    "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,close"

  /// How many of them a whole commit makes; the state before it is kept beside.
  private func systemCalls(_ program: Program, _ package: String) throws -> Int {
    _ = try program.shell("cp -a .wf ../saved.wf && cp -a ../config ../saved.config")
    let counted = try program.shell(
      "strace -f -qq -o ../calls -e trace=\(Self.traced) $WF commit \(package) && wc -l < ../calls")
    let line = counted.out.split(separator: "\n").last.map(String.init) ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
  }

  private func tip(_ program: Program) throws -> String {
    try program.shell("git --git-dir .wf rev-parse HEAD").out
  }
}

/// Variables of this process's environment.
enum ProcessInfoText {
  static func value(_ name: String) -> String? {
    guard let text = getenv(name) else { return nil }
    return String(cString: text)
  }
}
