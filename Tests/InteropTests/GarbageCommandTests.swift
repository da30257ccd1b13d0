import JSON
import Platform
import TestSupport
import Testing

/// `wf gc` and `wf fsck --repair` as a person or program runs them.
struct GarbageCommandTests {
  /// A store with three versions of the example package.
  private func prepared() throws -> Program {
    let program = try Program.prepared()
    let package = try program.examplePackage()
    for number in 1...3 {
      let done = try program("commit", package, "-m", "version \(number)")
      try #require(done.status == 0, "\(done.err)")
    }
    return program
  }

  private func json(_ finished: Finished) throws -> JSONValue {
    try JSONValue.parse(finished.outBytes)
  }

  @Test func `a dry run says what would go and changes nothing, then it goes`() throws {
    let program = try prepared()
    let garbage = try program.shell(
      "printf old | git --git-dir .wf hash-object -w --stdin"
    ).out.prefix(64)
    let before = try program.shell("find .wf -type f | sort | xargs sha256sum").out
    let dry = try program("gc", "--dry-run", "--grace", "0", "--json")
    #expect(dry.status == 0, "\(dry.err)")
    let said = try json(dry)
    #expect(said["schema"]?.string == "wf.gc/1")
    #expect(said["pruned"]?.array?.compactMap { $0["object"]?.string } == [String(garbage)])
    #expect((said["pruned_bytes"]?.int ?? 0) > 3)
    #expect(said["packs_after"] == .null)
    let after = try program.shell(
      "find .wf -type f ! -path '.wf/wf/*' | sort | xargs sha256sum"
    ).out
    #expect(
      after
        == before.split(separator: "\n").filter { !$0.contains(" .wf/wf/") }
        .map { $0 + "\n" }.joined())
    let kept = try program("gc")
    #expect(kept.status == 0, "\(kept.err)")
    #expect(kept.out.contains("1 younger stay"), "\(kept.out)")
    let gone = try json(try program("gc", "--grace", "0", "--json"))
    // Meanwhile it lay in a pack, so its bytes are others.
    #expect(gone["pruned"]?.array?.compactMap { $0["object"]?.string } == [String(garbage)])
    #expect(gone["packs_after"]?.int == 1)
    #expect((gone["deltas"]?.int ?? 0) > 0)
    #expect(try program("verify").status == 0)
    #expect(try program("fsck").status == 0)
    #expect(try program.shell("git --git-dir .wf fsck --strict --full").status == 0)
  }

  @Test func `a grace period that is none is a usage error`() throws {
    let program = try prepared()
    for word in ["soon", "-1d", "5", "1.5h", "d"] {
      let refused = try program("gc", "--grace=\(word)", "--json")
      #expect(refused.status == 64, "\(word)")
      #expect(try Program.reason(refused) == "option_invalid", "\(word)")
    }
    #expect(try program("fsck", "--from", "x").status == 64)
  }

  @Test(arguments: ["repack -adfq", "gc -q --aggressive --prune=now"])
  func `after git has packed the store everything in wf still works`(_ command: String) throws {
    let program = try prepared()
    try #require(try program.shell("git --git-dir .wf \(command)").status == 0)
    #expect(try program("verify").status == 0)
    #expect(try program("fsck").status == 0)
    let slug = try #require(
      try json(try program("claims", "--json"))["claims"]?.array?.first?["claim"]?.string)
    #expect(try json(try program("log", slug, "--json"))["entries"]?.array?.count == 3)
    #expect(try program("diff", slug).status == 0)
    #expect(try program("show", "\(slug)@v1:evidence.json").status == 0)
    let exported = try program("export", "\(slug)@v2", "--format", "dir", "--output", "out")
    #expect(exported.status == 0, "\(exported.err)")
    // The raw references come on top of what was committed.
    #expect(try program.shell("diff -r pkg out | grep -v '^Only in out'").out.isEmpty)
    #expect(try program("commit", "pkg").status == 0)
    #expect(try program("gc").status == 0)
    #expect(try program("verify").status == 0)
  }

  @Test(arguments: ["../copy", "../copy.bundle"])
  func `a damaged store is mended from a copy, and says what was done`(_ source: String) throws {
    let program = try prepared()
    // All refs: a bundle of one claim does not hold the log of tips, which names the others.
    let bundled = try program.shell(
      "git --git-dir .wf bundle create --version=3 ../copy.bundle --all")
    try #require(bundled.status == 0, "\(bundled.err)")
    let damaged = try program.shell(
      """
      cp -r .wf ../copy && pack=$(ls -S .wf/objects/pack/*.pack | head -1) && chmod u+w $pack &&
      head -c 4000 $pack > cut && cat cut > $pack && rm cut
      """)
    try #require(damaged.status == 0, "\(damaged.err)")
    #expect(try program("fsck").status >= 20)
    let mended = try program("fsck", "--repair", "--from", source, "--json")
    #expect(mended.status == 0, "\(mended.out)")
    let actions = try json(mended)["repairs"]?.array?.compactMap { $0["action"]?.string } ?? []
    #expect(actions.last == "objects_restored", "\(actions)")
    #expect(actions.contains("quarantined"))
    #expect(try program("verify").status == 0)
    #expect(try program.shell("git --git-dir .wf fsck --strict --full").status == 0)
  }
}
