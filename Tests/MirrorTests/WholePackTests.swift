import JSON
import Platform
import TestSupport
import Testing

/// Pushes of whole objects as they lie in the mirror, and looks that need no other program.
struct WholePackTests {
  private func counted(_ two: TwoStores, _ repository: String) throws -> Int {
    let list = try git(["--git-dir", repository, "rev-list", "--objects", "--all"])
    return list.out.split(separator: "\n").count
  }

  private func fsck(_ repository: String) throws {
    let check = try git(["--git-dir", repository, "fsck", "--strict", "--full"])
    #expect(check.status == 0, "\(check.err)")
  }

  @Test func `a remote gets what it lacks and nothing else`() throws {
    let two = try TwoStores()
    try fsck(two.remote)
    let before = try counted(two, two.remote)
    // Objects are kept as they came, so that it can be seen which did.
    try TwoStores.need(try git(["--git-dir", two.remote, "config", "receive.unpackLimit", "1"]))
    try TwoStores.need(try git(["--git-dir", two.remote, "repack", "-adq"]))
    func packs() throws -> Set<String> {
      Set(try FileSystem().list(two.remote + "/objects/pack").compactMap(\.name))
        .filter { $0.hasSuffix(".idx") }
    }
    let old = try packs()
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    try fsck(two.remote)
    let sent = try packs().subtracting(old)
    #expect(sent.count == 1)
    let index = two.remote + "/objects/pack/" + (sent.first ?? "")
    let rows = try run(["bash", "-c", "git --git-dir \(two.remote) show-index < \(index)"])
    let new = try counted(two, two.remote) - before
    #expect(rows.out.split(separator: "\n").count == new)
    #expect(new > 0)
  }

  @Test func `a label of an older version brings its tag alone`() throws {
    let two = try TwoStores()
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    let before = try counted(two, two.remote)
    try TwoStores.need(
      try run(
        [
          "bash", "-c",
          """
          cd \(two.work)/a/.wf && git update-ref refs/tags/\(TwoStores.slug)/older \
          $(git rev-parse \(TwoStores.branch)~1)
          """,
        ]))
    let push = try two.wf("push", "--json")
    #expect(push.status == 0, "\(push.err)")
    #expect(try TwoStores.states(push).filter { $0 == "new" }.count == 1)
    #expect(try counted(two, two.remote) == before)
    try fsck(two.remote)
  }

  @Test func `what was fetched as changes goes on to another remote whole`() throws {
    let two = try TwoStores()
    for number in 0..<3 { try two.commit("version \(number)") }
    try TwoStores.need(try two.wf("push"))
    try TwoStores.need(try git(["--git-dir", two.remote, "repack", "-adfq", "--depth=50"]))
    try two.clone()
    let other = two.root + "/other.git"
    try TwoStores.need(try git(["init", "-q", "--bare", other]))
    try TwoStores.need(try two.wf("remote", "add", "other", other, in: "b"))
    let push = try two.wf("push", "other", "--all", in: "b")
    #expect(push.status == 0, "\(push.err)")
    try fsck(other)
    #expect(
      try git(["--git-dir", other, "rev-parse", TwoStores.branch]).out == two.remoteTip())
  }

  @Test func `a damaged pack of the mirror is noticed, and the mirror made anew`() throws {
    let two = try TwoStores()
    let mirror = two.work + "/a/.wf/wf/mirror"
    let other = two.root + "/other.git"
    try TwoStores.need(try git(["init", "-q", "--bare", other]))
    try TwoStores.need(try two.wf("remote", "add", "other", other))
    try TwoStores.need(try git(["--git-dir", mirror, "repack", "-adq"]))
    try TwoStores.need(
      try run(
        [
          "bash", "-c",
          "cd \(mirror)/objects/pack && chmod u+w *.pack && printf zzzz | dd of=$(ls *.pack) bs=1 seek=300 conv=notrunc",
        ]))
    let push = try two.wf("push", "other", "--all")
    #expect(push.status == 0, "\(push.err)")
    try fsck(other)
  }

  /// `wf` alone in a folder: whatever needs libgit2 fails there.
  @Test func `where nothing is new no other program is needed`() throws {
    let two = try TwoStores()
    try TwoStores.need(try two.wf("fetch"))
    let alone = two.root + "/alone"
    _ = try FileSystem().makeDirectories(alone)
    try TwoStores.need(try run(["cp", two.program.binary, alone + "/wf"]))
    func bare(_ arguments: String...) throws -> Finished {
      try run(
        [alone + "/wf"] + arguments, in: two.work + "/a", env: two.program.environment([:]))
    }
    for arguments in [["push"], ["fetch"], ["remote", "check"], ["push", "origin", "--dry-run"]] {
      let quick = try run(
        [alone + "/wf"] + arguments + ["--json"], in: two.work + "/a",
        env: two.program.environment([:]))
      #expect(quick.status == 0, "\(quick.err)")
      #expect(try TwoStores.states(quick).allSatisfy { $0 == "up_to_date" }, "\(quick.out)")
    }
    let unknown = try bare("fetch", "origin", "no-such-claim", "--json")
    #expect(unknown.status == 4)
    try two.commit("again")
    let news = try bare("push", "--json")
    #expect(try Program.reason(news) == "mirror_program_missing", "\(news.out)")
    // The memory of tips is put right by the whole way only.
    try TwoStores.need(try two.wf("push"))
    try FileSystem().remove(two.work + "/a/.wf/wf/tips")
    #expect(try Program.reason(try bare("push", "--json")) == "mirror_program_missing")
    #expect(try two.wf("push").status == 0)
  }

  @Test func `packs of many fetches are put together, and nothing is lost`() throws {
    let two = try TwoStores()
    let mirror = two.work + "/a/.wf/wf/mirror"
    try TwoStores.need(
      try run(
        [
          "bash", "-c",
          """
          cd \(mirror) && for i in $(seq 50); do
            echo "$i" | git hash-object -w --stdin | git pack-objects -q objects/pack/pack; git prune-packed
          done
          """,
        ]))
    func packs() throws -> Int {
      try FileSystem().list(mirror + "/objects/pack").count { $0.name?.hasSuffix(".idx") ?? false }
    }
    #expect(try packs() >= 50)
    try two.commit("again")
    #expect(try two.wf("push").status == 0)
    #expect(try packs() < 10)
    let other = two.root + "/other.git"
    try TwoStores.need(try git(["init", "-q", "--bare", other]))
    try TwoStores.need(try two.wf("remote", "add", "other", other))
    #expect(try two.wf("push", "other", "--all").status == 0)
    try fsck(other)
    try fsck(mirror)
  }

  /// Of one commit there are several forms: with the author's second signature, and without it.
  @Test func `a label goes in the form that the remote has of its version`() throws {
    let two = try TwoStores()
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    // Somebody without the author's key has the same commits from a bundle, and pushes them elsewhere.
    let other = two.root + "/other.git"
    try TwoStores.need(try git(["init", "-q", "--bare", other]))
    try TwoStores.need(
      try two.wf(
        "export", TwoStores.slug, "--format", "bundle", "--output", two.root + "/it.bundle"))
    let theirs = ["WF_CONFIG_DIR": two.root + "/theirs"]
    let trust = two.program.environment([:])["WF_CONFIG_DIR"] ?? ""
    func they(_ arguments: String..., in folder: String) throws -> Finished {
      try run(
        [two.program.binary] + arguments, in: folder, env: two.program.environment(theirs))
    }
    try TwoStores.need(
      try they(
        "clone", two.root + "/it.bundle", "c", "--trust", trust + "/allowed_signers", in: two.work))
    let theirStore = two.work + "/c"
    try TwoStores.need(try they("remote", "add", "other", other, in: theirStore))
    try TwoStores.need(try they("push", "other", "--all", in: theirStore))
    #expect(
      try git(["--git-dir", other, "rev-parse", TwoStores.branch]).out != two.remoteTip())
    // The author comes to know both forms, and labels the first version on both remotes.
    try TwoStores.need(try two.wf("remote", "add", "other", other))
    try TwoStores.need(try two.wf("fetch", "other"))
    try TwoStores.need(
      try git([
        "--git-dir", two.work + "/a/.wf", "update-ref", "refs/tags/\(TwoStores.slug)/older",
        "\(TwoStores.branch)~1",
      ]))
    for (name, path) in [("origin", two.remote), ("other", other)] {
      let push = try two.wf("push", name, "--json")
      #expect(push.status == 0, "\(push.out)\(push.err)")
      try fsck(path)
      let label = try git(["--git-dir", path, "rev-parse", "refs/tags/\(TwoStores.slug)/older"])
      let before = try git(["--git-dir", path, "rev-parse", "\(TwoStores.branch)~1"])
      #expect(label.out == before.out)
    }
  }
}
