import JSON
import Platform
import TestSupport
import Testing

struct RemoteCommandTests {
  @Test func `what one pushes another clones and verifies, with the same ids`() throws {
    let two = try TwoStores(pushed: false)
    let push = try two.wf("push", "--json")
    #expect(push.status == 0, "\(push.err)")
    #expect(try TwoStores.states(push) == ["new", "new"])
    let json = try JSONValue.parse(push.outBytes)
    #expect(json["schema"]?.string == "wf.push/1" && json["remote"]?.string == "origin")
    #expect((json["objects"]?.int ?? 0) > 20)
    try two.clone()
    let verify = try two.wf("verify", TwoStores.slug, TwoStores.slug + "@first", in: "b")
    #expect(verify.status == 0, "\(verify.out)")
    #expect(try two.tip("b") == two.tip())
    #expect(try two.wf("log", "--json", in: "b").out == two.wf("log", "--json").out)
    for store in ["a/.wf", "b/.wf", "a/.wf/wf/mirror", "b/.wf/wf/mirror", "../r.git"] {
      let fsck = try git(["--git-dir", two.work + "/" + store, "fsck", "--strict", "--full"])
      #expect(fsck.status == 0 && !fsck.err.contains("error"), "\(store): \(fsck.err)")
    }
  }

  @Test func `a checkout of the remote is the package, and its commits are signed for stock git`()
    throws
  {
    let two = try TwoStores()
    let out = two.root + "/co"
    let clone = try git(["clone", "-q", "-b", "claims/" + TwoStores.slug, two.remote, out])
    #expect(clone.status == 0, "\(clone.err)")
    let compared = try run([
      "diff", "-r", "--exclude=.git", "--exclude=raw", out, two.work + "/pkg",
    ])
    #expect(compared.status == 0, "\(compared.out)")
    #expect(FileSystem().exists(out + "/raw/salt"))
    let trust = "gpg.ssh.allowedSignersFile=\(two.root)/config/allowed_signers"
    for (verb, name) in [("verify-commit", "HEAD"), ("verify-tag", TwoStores.slug + "/first")] {
      let verified = try git(["-C", out, "-c", "gpg.format=ssh", "-c", trust, verb, name])
      #expect(verified.status == 0 && verified.err.contains("Good"), "\(verb): \(verified.err)")
    }
    // The checked-out package verifies as one.
    #expect(try two.program("verify", out).status == 0)
  }

  @Test func `a second push and fetch do nothing, a dry run neither`() throws {
    let two = try TwoStores()
    try two.clone()
    let before = try two.state("b")
    let push = try two.wf("push", "--json")
    #expect(try TwoStores.states(push) == ["up_to_date", "up_to_date"])
    let fetch = try two.wf("fetch", "--json", in: "b")
    #expect(try TwoStores.states(fetch) == ["up_to_date", "up_to_date"])
    #expect(try two.state("b") == before)
    try two.commit("again")
    let remoteTip = try two.remoteTip()
    let dry = try two.wf("push", "--dry-run", "--json")
    #expect(try TwoStores.states(dry) == ["fast_forward", "up_to_date"])
    #expect(try two.remoteTip() == remoteTip)
    #expect(try two.wf("push").status == 0)
    let look = try two.wf("fetch", "--dry-run", "--json", in: "b")
    #expect(try TwoStores.states(look) == ["fast_forward", "up_to_date"])
    #expect(try two.state("b") == before)
  }

  @Test func `a fetch keeps the remote's claim apart, and moves ours when asked`() throws {
    let two = try TwoStores()
    try two.clone()
    let old = try two.tip("b")
    try two.commit("again")
    #expect(try two.wf("push").status == 0)
    #expect(try two.wf("fetch", in: "b").status == 0)
    #expect(try two.tip("b") == old)
    let kept = try git(
      [
        "--git-dir", two.work + "/b/.wf", "rev-parse",
        "refs/remotes/origin/claims/" + TwoStores.slug,
      ])
    #expect(kept.out == (try two.tip()))
    let check = try two.wf("remote", "check", "--json", in: "b")
    #expect(try TwoStores.states(check) == ["behind", "up_to_date"])
    let advanced = try two.wf("fetch", "--advance", "--json", in: "b")
    #expect(try TwoStores.states(advanced) == ["fast_forward", "up_to_date"])
    #expect(try two.tip("b") == two.tip())
    // And the other way: what b adds goes back through the same forms of the commits before.
    try two.commit("third", in: "b")
    #expect(try two.wf("push", in: "b").status == 0)
    #expect(try two.wf("fetch", "--advance").status == 0)
    #expect(try two.tip() == two.tip("b"))
    #expect(try two.wf("verify").status == 0)
  }

  @Test func `a remote that went back, forked or lost its claim is told apart and changes nothing`()
    throws
  {
    let two = try TwoStores()
    let first = try two.remoteTip()
    try two.clone()
    try two.clone("c")
    try two.commit("again")
    #expect(try two.wf("push").status == 0)
    #expect(try two.wf("fetch", "--advance", in: "b").status == 0)
    let second = try two.remoteTip()
    let before = try two.claimState("b")
    func outcome(_ arguments: String...) throws -> (Int32, [String]) {
      let finished = try run(
        [two.program.binary] + arguments + ["--json"], in: two.work + "/b",
        env: two.program.environment())
      return (finished.status, try TwoStores.states(finished))
    }
    try two.setRemote(first)
    #expect(try outcome("fetch") == (25, ["rejected tip_rolled_back", "up_to_date"]))
    #expect(try outcome("remote", "check") == (25, ["rejected tip_rolled_back", "up_to_date"]))
    // c goes another way from the first version.
    try two.commit("other", in: "c")
    let fork = try two.wf("push", in: "c")
    #expect(fork.status == 0, "\(fork.err)")
    #expect(try outcome("fetch") == (25, ["rejected tip_forked", "up_to_date"]))
    #expect(try two.claimState("b") == before)
    // And the one who was there first is not overwritten.
    try two.commit("third")
    #expect(try two.wf("fetch").status == 25)
    let push = try two.wf("push", "--json")
    #expect(push.status == 31)
    #expect(try TwoStores.states(push) == ["rejected remote_ahead", "up_to_date"])
    TwoStores.expectOK(try git(["--git-dir", two.remote, "update-ref", "-d", TwoStores.branch]))
    #expect(try outcome("fetch") == (25, ["rejected ref_deleted", "up_to_date"]))
    #expect(try two.claimState("b") == before)
    try two.setRemote(second)
    #expect(try outcome("fetch") == (0, ["up_to_date", "up_to_date"]))
    #expect(try two.claimState("b") == before)
  }

  @Test func `two who commit at the same time: the second is told, and nothing is forced`() throws {
    let two = try TwoStores()
    try two.clone()
    try two.commit("mine")
    try two.commit("yours", in: "b")
    #expect(try two.wf("push").status == 0)
    let tip = try two.remoteTip()
    let push = try two.wf("push", "--json", in: "b")
    #expect(push.status == 31)
    #expect(try TwoStores.states(push) == ["rejected remote_ahead", "up_to_date"])
    // Its log would tell everybody of a version that is not there.
    let log = try TwoStores.rows(push).filter { $0.name.contains("/wf/log/") }
    #expect(log.map(\.reason) == ["remote_ahead"])
    #expect(
      try git(["--git-dir", two.remote, "for-each-ref", "refs/heads/wf/log"]).out
        .split(separator: "\n").count == 1)
    let fetch = try two.wf("fetch", "--json", in: "b")
    #expect(fetch.status == 25)
    #expect(try TwoStores.states(fetch) == ["rejected tip_forked", "up_to_date"])
    #expect(try two.remoteTip() == tip)
  }

  @Test func `a server with a limit on packs is quoted, and takes it with a higher one`() throws {
    let two = try TwoStores(pushed: false)
    func limit(_ bytes: Int) throws {
      let name = ["--git-dir", two.remote, "config", "receive.maxInputSize", String(bytes)]
      try TwoStores.need(try git(name))
    }
    try limit(100)
    let push = try two.wf("push", "--json")
    #expect(push.status == 31, "\(push.out)\(push.err)")
    #expect(try TwoStores.states(push).allSatisfy { $0 == "rejected push_refused" }, "\(push.out)")
    #expect(push.out.contains("maximum allowed size"), "\(push.out)")
    #expect(try git(["--git-dir", two.remote, "for-each-ref"]).out.isEmpty)
    try limit(1 << 20)
    #expect(try TwoStores.states(try two.wf("push", "--json")) == ["new", "new"])
  }

  @Test func `a server that says no is quoted, and takes it once it says yes`() throws {
    let two = try TwoStores(pushed: false)
    let hook = two.remote + "/hooks/pre-receive"
    try FileSystem().write(
      Array("#!/bin/sh\necho 'quota of team evals is used up' >&2\nexit 1\n".utf8), to: hook,
      mode: 0o755)
    let push = try two.wf("push", "--json")
    #expect(push.status == 31, "\(push.err)")
    #expect(
      try TwoStores.states(push) == ["rejected push_refused", "rejected push_refused"])
    #expect(push.out.contains("quota of team evals is used up"), "\(push.out)")
    try FileSystem().write(
      Array("#!/bin/sh\ncase \"$1\" in refs/heads/*) exit 1;; esac\n".utf8),
      to: two.remote + "/hooks/update", mode: 0o755)
    try FileSystem().remove(hook)
    let half = try two.wf("push", "--json")
    #expect(half.status == 31)
    #expect(try TwoStores.states(half) == ["rejected push_refused", "new"])
    try FileSystem().remove(two.remote + "/hooks/update")
    let whole = try two.wf("push", "--json")
    #expect(try TwoStores.states(whole) == ["new", "up_to_date"])
    try two.clone()
    #expect(try two.wf("verify", in: "b").status == 0)
  }

  @Test func `a mirror that lost its table or its objects is made anew`() throws {
    let two = try TwoStores()
    try two.clone()
    try two.commit("again")
    let mirror = two.work + "/a/.wf/wf/mirror"
    #expect(try run(["bash", "-c", "rm -r \(mirror)/wf-map"]).status == 0)
    #expect(try two.wf("push").status == 0)
    try two.commit("third")
    #expect(try run(["bash", "-c", "printf x > \(mirror)/wf-map/00000001.map"]).status == 0)
    #expect(try two.wf("push").status == 0)
    #expect(try run(["bash", "-c", "rm -r \(mirror)"]).status == 0)
    try two.commit("fourth")
    // The names of what the remote has are gone too: they come back with a fetch.
    #expect(try two.wf("push").status == 31)
    #expect(try two.wf("fetch").status == 0)
    #expect(try two.wf("push").status == 0)
    #expect(try two.wf("fetch", "--advance", in: "b").status == 0)
    #expect(try two.tip("b") == two.tip())
  }

  @Test func `the program itself loads no libgit2`() throws {
    let two = try TwoStores(pushed: false)
    let libraries = try run(["ldd", two.program.binary])
    #expect(!libraries.out.contains("libgit2"), "\(libraries.out)")
    let mirror = try run(["ldd", Path.parent(two.program.binary) + "/wf-mirror"])
    #expect(mirror.out.contains("libgit2"))
  }
}

extension TwoStores {
  static func expectOK(_ finished: Finished) { #expect(finished.status == 0, "\(finished.err)") }
}
