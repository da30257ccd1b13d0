import TestSupport
import Testing

/// The real program: commits and gc without grace in loops side by side.
struct GarbageLoopTests {
  @Test func `commits and gc that run side by side lose nothing`() throws {
    let program = try Program.prepared()
    _ = try program.examplePackage()
    let loops = try program.shell(
      """
      ( for i in 1 2 3 4 5 6; do $WF commit pkg -m "version $i" >/dev/null || exit 1; done ) &
      writer=$!
      ( while kill -0 $writer 2>/dev/null; do $WF verify >/dev/null || exit 2; done ) &
      reader=$!
      runs=0
      while kill -0 $writer 2>/dev/null; do
        $WF gc --grace 0 >/dev/null || exit 3
        runs=$((runs + 1))
      done
      wait $writer || exit 1
      wait $reader || exit 2
      echo $runs
      """)
    #expect(loops.status == 0, "\(loops.out)\(loops.err)")
    #expect((Int(loops.out.filter(\.isNumber)) ?? 0) > 0)
    #expect(try program.shell("git --git-dir .wf rev-list --count HEAD").out == "6\n")
    #expect(try program.shell("git --git-dir .wf fsck --strict --full").status == 0)
    let own = try program("fsck")
    #expect(own.status == 0, "\(own.out)")
    #expect(try program("verify").status == 0)
  }

  @Test func `a gc that is killed loses nothing, and the next one tidies up`() throws {
    let program = try Program.prepared()
    _ = try program.examplePackage()
    for number in 1...3 {
      try #require(try program("commit", "pkg", "-m", "version \(number)").status == 0)
    }
    let traced = "openat,write,pwrite64,fsync,rename,unlink,link,close"
    let counted = try program.shell(
      "cp -a .wf ../saved.wf && strace -f -qq -o ../calls -e trace=\(traced) $WF gc >/dev/null && wc -l < ../calls"
    )
    let calls = Int(counted.out.filter(\.isNumber)) ?? 0
    try #require(calls > 20, "\(counted.err)")
    let kills = 16
    for index in 0..<kills {
      let position = 1 + index * calls / kills
      _ = try program.shell("rm -rf .wf && cp -a ../saved.wf .wf")
      _ = try program.shell(
        "strace -f -qq -o /dev/null -e trace=\(traced) -e inject=\(traced):signal=KILL:when=\(position) $WF gc"
      )
      let stock = try program.shell(
        "git --git-dir .wf fsck --strict --full 2>&1 | grep -v dangling")
      #expect(stock.out.isEmpty, "kill \(position) of \(calls): \(stock.out)")
      let own = try program("fsck")
      #expect(own.status == 0, "kill \(position): \(own.out)")
    }
    let tidied = try program("gc", "--grace", "0")
    #expect(tidied.status == 0, "\(tidied.err)")
    let left = try program.shell("find .wf -name '*tmp*' -o -name '*.lock'")
    #expect(left.out.isEmpty, "\(left.out)")
    #expect(try program("verify").status == 0)
  }
}
