import JSON
import Platform
import TestSupport
import Testing

/// Many processes on one store at the same time.
@Suite(.serialized) struct ConcurrencyTests {
  /// Packages of eight claims, made once.
  private func prepared(claims: Int) throws -> Program {
    let program = try Program.prepared()
    let made = try program.shell(
      """
      set -e
      for i in $(seq \(claims)); do
        $WF claim create --template lerobot-libero --output claim$i --set slug=claim-$i
        $WF audit lerobot \(Fixtures.path("demo/v1/eval_info.json")) --claim-package claim$i --output pkg$i
      done
      """)
    try #require(made.status == 0, "\(made.err)")
    return program
  }

  private func numbers(_ text: String) -> [Int] {
    text.split(separator: "\n").compactMap { Int($0) }
  }

  @Test func `eight processes on eight claims all get in`() throws {
    let program = try prepared(claims: 8)
    let done = try program.shell(
      """
      for round in 1 2 3; do
        for i in $(seq 8); do ($WF commit pkg$i >> log$i 2>&1; echo $? >> status) & done
        wait
      done
      cat status
      """)
    let logs = try program.shell("cat log*").out
    #expect(numbers(done.out) == [Int](repeating: 0, count: 24), "\(logs)")
    let counts = try program.shell(
      "for i in $(seq 8); do git --git-dir .wf rev-list --count refs/heads/claims/claim-$i; done")
    #expect(numbers(counts.out) == [Int](repeating: 3, count: 8))
    #expect(try program("fsck").status == 0)
    #expect(try program.shell("git --git-dir .wf fsck --strict --full").status == 0)
    #expect(try program("verify").status == 0)
    #expect(try program.shell("find .wf -name '*.lock' -o -name '*tmp*'").out == "")
  }

  @Test func `eight processes on one claim: each gets in or is told who to go on from`() throws {
    let program = try prepared(claims: 1)
    let done = try program.shell(
      """
      for round in 1 2; do
        for i in $(seq 8); do
          ($WF commit pkg1 -m "round $round writer $i" --json > $round-$i.out; echo $? > $round-$i.status) &
        done
        wait
      done
      cat *.status
      """)
    let statuses = numbers(done.out)
    #expect(statuses.count == 16)
    #expect(statuses.allSatisfy { $0 == 0 || $0 == 11 }, "\(statuses)")
    var committed: Set<String> = []
    for round in 1...2 {
      for writer in 1...8 {
        let answer = try JSONValue.parse(
          Fixtures.read(program.work + "/\(round)-\(writer).out"))
        if let commit = answer["commit"]?.string {
          committed.insert(commit)
        } else {
          #expect(answer["reason"]?.string == "tip_moved", "\(answer)")
          #expect(answer["hint"]?.string?.contains("wf commit") == true)
          #expect(answer["exit"]?.int == 11)
        }
      }
    }
    #expect(committed.count == statuses.filter { $0 == 0 }.count)
    #expect(committed.count >= 2)
    // The history is a chain of exactly those that were told so.
    let chain = try program.shell("git --git-dir .wf rev-list refs/heads/claims/claim-1").out
    #expect(Set(chain.split(separator: "\n").map(String.init)) == committed)
    #expect(try program.shell("git --git-dir .wf rev-list --merges --all").out == "")
    #expect(try program("fsck").status == 0)
    #expect(try program("verify").status == 0)
    #expect(try program("commit", "pkg1").status == 0)
  }

  @Test func `verify and log during commits see no fault and no step back`() throws {
    let program = try prepared(claims: 2)
    #expect(try program.shell("$WF commit pkg1 && $WF commit pkg2").status == 0)
    let done = try program.shell(
      """
      (for n in $(seq 10); do $WF commit pkg$((n % 2 + 1)) > /dev/null || echo commit $?; done; touch end) &
      for reader in 1 2; do
        (while [ ! -e end ]; do
          $WF verify > verify$reader 2>&1 || { echo verify $?; cat verify$reader; }
          $WF log claim-1 > /dev/null || echo log $?
          echo x >> reads
        done) &
      done
      wait
      """)
    #expect(done.out == "")
    #expect(try program.shell("wc -l < reads").out != "0\n")
    #expect(try program("verify").status == 0)
  }
}
