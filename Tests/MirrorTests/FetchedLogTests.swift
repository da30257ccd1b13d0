import JSON
import Platform
import TestSupport
import Testing

/// Logs of tips that come from a remote: kept apart, held against what is known, never continued.
struct FetchedLogTests {
  @Test func `a log travels to a clone and is kept apart from its own`() throws {
    let two = try TwoStores()
    let clone = try two.program("clone", two.remote, "b", "--json")
    #expect(clone.status == 0, "\(clone.err)")
    let log = try two.log()
    #expect(try TwoStores.row(clone) == "new")
    let name = log.ref.dropFirst("refs/".count)
    #expect(try two.refs("refs/remotes/origin/wf") == ["refs/remotes/origin/\(name) \(log.tip)"])
    #expect(try two.refs("refs/wf").isEmpty)
    #expect(clone.err.contains("not known here") && clone.err.contains("log_keys"), "\(clone.err)")
    #expect(try two.logCheck().reason == "no_log")
    let before = try two.everything()
    let again = try two.wf("fetch", "--json", in: "b")
    #expect(try again.status == 0 && TwoStores.row(again) == "up_to_date")
    #expect(try JSONValue.parse(again.outBytes)["objects"]?.int == 0 && again.err.isEmpty)
    #expect(try two.everything() == before)
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    let look = try two.wf("fetch", "--dry-run", "--json", in: "b")
    #expect(try TwoStores.row(look) == "fast_forward")
    #expect(try two.everything() == before)
    // The log comes along whatever claims are named.
    let fetch = try two.wf("fetch", "origin", TwoStores.slug, "--json", in: "b")
    #expect(try fetch.status == 0 && TwoStores.row(fetch) == "fast_forward")
    let kept = try two.refs("refs/remotes/origin/wf")
    #expect(try kept == ["refs/remotes/origin/\(name) \(two.log().tip)"])
    // What b commits goes into a log of its own, and only that is sent.
    try TwoStores.need(try two.wf("fetch", "--advance", in: "b"))
    try two.commit("third", in: "b")
    let push = try two.wf("push", "--json", in: "b")
    #expect(push.status == 0, "\(push.err)")
    let sent = try TwoStores.rows(push).map(\.name).filter { $0.contains("/wf/") }
    #expect(try sent == [two.log(of: "b").ref] && two.log(of: "b").ref != log.ref)
    #expect(try two.wf("fetch").status == 0)
    #expect(try two.refs("refs/wf/log", in: "a").count == 1)
    #expect(try two.refs("refs/remotes/origin/wf", in: "a").count == 1)
  }

  @Test func `a known log is checked, remembered and shown by verify`() throws {
    let two = try TwoStores()
    try two.knowLog()
    try two.clone()
    let row = try two.logCheck()
    #expect(row.state == "pass" && row.reason == nil, "\(row)")
    #expect(row.detail.contains("from origin"), "\(row)")
    let tips = String(decoding: try FileSystem().read(two.work + "/b/.wf/wf/tips"), as: UTF8.self)
    #expect(tips.contains("checkpoint origin+wf-log.invalid/"), "\(tips)")
    #expect(try two.wf("log-check", in: "b").status == 0)
    // Ahead of the log that was fetched, and behind it, is no fault.
    try two.commit("mine", in: "b")
    #expect(try two.wf("verify", in: "b").status == 0)
    try two.clone("c")
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    try TwoStores.need(try two.wf("fetch", in: "c"))
    let behind = try two.logCheck(in: "c")
    #expect(behind.state == "pass" && behind.reason == nil, "\(behind)")
    #expect(try two.wf("gc", in: "c").status == 0)
    #expect(try two.logCheck(in: "c").state == "pass")
    #expect(try two.wf("fsck", in: "c").status == 0)
    #expect(try !two.wf("claims", in: "c").out.contains("wf/log"))
    #expect(try !two.wf("log", in: "c").out.contains("Log of tips"))
    // The memory goes with the remote's name; forgotten with it, nothing is missed.
    try TwoStores.need(try two.wf("remote", "rename", "origin", "lab", in: "c"))
    #expect(try two.refs("refs/remotes/lab/wf", in: "c").count == 1)
    #expect(try two.wf("fetch", "lab", in: "c").status == 0)
    #expect(try two.logCheck(in: "c").detail.contains("from lab"))
    try TwoStores.need(try two.wf("remote", "remove", "lab", in: "c"))
    #expect(try two.refs("refs/remotes", in: "c").isEmpty)
    let removed = try two.logCheck(in: "c")
    #expect(removed.state == "skipped" && removed.reason == "no_log")
  }

  @Test(arguments: [false, true])
  func `a log that went back is refused, and keeps no claim back`(isKnown: Bool) throws {
    let two = try TwoStores()
    if isKnown { try two.knowLog() }
    try two.onRemote("git update-ref refs/keep/log $log")
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    try two.clone()
    try two.commit("third")
    try TwoStores.need(try two.wf("push"))
    try two.onRemote("git update-ref $log refs/keep/log")
    let kept = try two.refs("refs/remotes/origin/wf")
    let fetch = try two.wf("fetch", "--json", in: "b")
    #expect(fetch.status == 25)
    #expect(try TwoStores.row(fetch) == "rejected log_rollback", "\(fetch.out)")
    #expect(try TwoStores.states(fetch) == ["fast_forward", "up_to_date"], "\(fetch.out)")
    #expect(try two.refs("refs/remotes/origin/wf") == kept)
    let check = try two.wf("remote", "check", "--json", in: "b")
    #expect(check.status == 25)
    #expect(
      try ["unknown", "rejected log_rollback"].contains(TwoStores.row(check)), "\(check.out)")
    // Gone altogether is no way around it.
    try two.onRemote("git update-ref -d $log")
    let gone = try two.wf("fetch", "--json", in: "b")
    #expect(try gone.status == 25 && TwoStores.row(gone) == "rejected log_rollback")
    // Its owner only has to push: what the server lost is put forward again.
    #expect(try two.wf("fetch").status == 0)
    try TwoStores.need(try two.wf("push"))
    #expect(try two.wf("fetch", in: "b").status == 0)
  }

  @Test(arguments: [false, true])
  func `a log that forked is refused, with both sides where the key is known`(
    isKnown: Bool
  ) throws {
    let two = try TwoStores()
    if isKnown { try two.knowLog() }
    let other = try two.goOnElsewhere()
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    try two.clone()
    // What the copy of the store sent elsewhere, the server puts in the place of the store's.
    try two.onRemote("git fetch -q \(other) +$log:$log")
    let before = try two.state("b")
    let fetch = try two.wf("fetch", "--json", in: "b")
    #expect(fetch.status == 25)
    #expect(try TwoStores.row(fetch) == "rejected log_fork", "\(fetch.out)")
    #expect(try TwoStores.states(fetch) == ["up_to_date", "up_to_date"], "\(fetch.out)")
    #expect(try two.state("b") == before)
    let forks = try FileSystem().listIfPresent(two.root + "/config/forks")
    #expect(forks.isEmpty == !isKnown, "\(fetch.out)")
    // The owner of the log is told as well, with both sides.
    let owner = try two.wf("fetch", "--json")
    #expect(try owner.status == 25 && TwoStores.row(owner) == "rejected log_fork", "\(owner.out)")
    #expect(try !FileSystem().listIfPresent(two.root + "/config/forks").isEmpty)
  }

  @Test func `the store's own log is up to date while the remote has no more of it`() throws {
    let two = try TwoStores()
    try #require(try run(["cp", "-R", "a", "c"], in: two.work).status == 0)
    try two.commit("again")
    let older = try two.wf("fetch", "--json")
    #expect(try older.status == 0 && TwoStores.row(older) == "up_to_date")
    #expect(try TwoStores.row(try two.wf("remote", "check", "--json")) == "ahead")
    try TwoStores.need(try two.wf("push"))
    #expect(try TwoStores.row(try two.wf("remote", "check", "--json")) == "up_to_date")
    // c is an old copy of the same store.
    let before = try two.state("c")
    let fetch = try two.wf("fetch", "--json", in: "c")
    #expect(try fetch.status == 25 && TwoStores.row(fetch) == "rejected log_rollback")
    #expect(try two.refs("refs/remotes/origin/wf", in: "c").isEmpty)
    #expect(try two.state("c") != before)
    // A mirror that lost its names learns them again.
    try #require(try run(["rm", "-r", two.work + "/a/.wf/wf/mirror"]).status == 0)
    let anew = try two.wf("fetch", "--json")
    #expect(try anew.status == 0 && TwoStores.row(anew) == "up_to_date", "\(anew.out)")
  }

  private static let broken = """
    git update-ref refs/keep/log $log; export GIT_INDEX_FILE=$PWD/i; git read-tree $log
    p=$(git ls-files | grep tile/0); printf x > t; (git cat-file blob $log:$p; cat t) > u
    git update-index --add --cacheinfo 100644,$(git hash-object -w u),$p
    git update-ref $log $(git commit-tree -m x -p $log $(git write-tree)); rm i t u
    """

  @Test func `a broken tile is found by those who know the key`() throws {
    let two = try TwoStores()
    try two.clone("c")
    try two.onRemote(Self.broken)
    // Without the key nobody looks at what a log says.
    let unknown = try two.wf("fetch", "--json", in: "c")
    #expect(try unknown.status == 0 && TwoStores.row(unknown) == "fast_forward")
    try two.knowLog()
    let clone = try two.program("clone", two.remote, "b", "--json")
    #expect(clone.status == 20)
    #expect(try TwoStores.row(clone) == "rejected log_tree_mismatch", "\(clone.out)")
    #expect(try two.refs("refs/remotes/origin/wf").isEmpty)
    #expect(try two.refs("refs/remotes/origin/claims").count == 1)
    #expect(try two.wf("verify", in: "b").status == 0)
    let fsck = try git(["--git-dir", two.work + "/b/.wf", "fsck", "--strict"])
    #expect(fsck.status == 0 && !fsck.err.contains("dangling"), "\(fsck.err)")
    // What was kept without a look is judged as soon as the key is known.
    #expect(try two.logCheck(in: "c").reason == "log_tree_mismatch")
    let judged = try two.wf("fetch", "--json", in: "c")
    #expect(try judged.status == 20 && TwoStores.row(judged) == "rejected log_tree_mismatch")
    try two.onRemote("git update-ref $log refs/keep/log")
    for store in ["b", "c"] {
      try TwoStores.need(try two.wf("fetch", in: store))
      #expect(try two.logCheck(in: store).state == "pass")
    }
  }

  @Test func `a log under the name of another is refused by those who know the other`() throws {
    let two = try TwoStores()
    try two.clone()
    try two.commit("mine", in: "b")
    try TwoStores.need(try two.wf("push", in: "b"))
    try two.knowLog()
    let (mine, others) = try (two.log().ref, two.log(of: "b").ref)
    try two.onRemote(
      "git update-ref refs/heads/\(mine.dropFirst(5)) refs/heads/\(others.dropFirst(5))")
    let clone = try two.program("clone", two.remote, "c", "--json")
    #expect(clone.status == 23, "\(clone.out)")
    #expect(try TwoStores.row(clone, mine) == "rejected log_key_unknown", "\(clone.out)")
    #expect(try TwoStores.row(clone, others) == "new")
  }

  @Test func `a claim that went back is found by the remote's own log, at first contact too`()
    throws
  {
    let two = try TwoStores()
    let first = try two.remoteTip()
    try two.clone()
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    let second = try two.remoteTip()
    try two.setRemote(first)
    // Nobody told b of this log, so that it cannot say.
    let silent = try two.wf("fetch", "--json", in: "b")
    #expect(try silent.status == 0 && TwoStores.row(silent) == "fast_forward", "\(silent.out)")
    try two.knowLog()
    let before = try two.state("b")
    for _ in 0..<2 {
      let fetch = try two.wf("fetch", "--json", in: "b")
      #expect(fetch.status == 25)
      #expect(
        try TwoStores.states(fetch) == ["rejected tip_rolled_back", "up_to_date"], "\(fetch.out)")
    }
    #expect(try two.logCheck().reason == "tip_rolled_back")
    #expect(try two.wf("verify", in: "b").status == 25)
    let clone = try two.program("clone", two.remote, "c", "--json")
    #expect(try clone.status == 25 && Program.reason(clone) == "tip_rolled_back", "\(clone.out)")
    #expect(!FileSystem().exists(two.work + "/c"))
    try two.setRemote(second)
    try TwoStores.need(try two.wf("fetch", "--advance", in: "b"))
    #expect(try two.state("b") != before)
    #expect(try two.wf("verify", in: "b").status == 0)
    try two.onRemote("git update-ref -d $claim")
    let gone = try two.program("clone", two.remote, "c", "--json")
    #expect(try gone.status == 25 && Program.reason(gone) == "ref_deleted", "\(gone.out)")
  }

  @Test func `a claim that went another way than the remote's log is forked`() throws {
    let two = try TwoStores()
    try two.knowLog()
    try two.clone("c")
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    // c has not seen it and commits to the version before; the server puts c's in the place of a's.
    try two.commit("other", in: "c")
    let other = two.root + "/other.git"
    try TwoStores.need(try git(["init", "-q", "--bare", other]))
    try TwoStores.need(try two.wf("remote", "add", "other", other, in: "c"))
    try TwoStores.need(try two.wf("push", "other", in: "c"))
    try two.onRemote("git fetch -q \(other) +$claim:$claim")
    let clone = try two.program("clone", two.remote, "b", "--json")
    #expect(try clone.status == 25 && Program.reason(clone) == "tip_forked", "\(clone.out)")
  }

  @Test func `two remotes that show two logs under one name are told apart`() throws {
    let two = try TwoStores()
    try two.knowLog()
    let other = try two.goOnElsewhere()
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    try two.clone()
    try TwoStores.need(try two.wf("remote", "add", "other", other, in: "b"))
    let fetch = try two.wf("fetch", "other", "--json", in: "b")
    #expect(try fetch.status == 25 && TwoStores.row(fetch) == "rejected log_fork", "\(fetch.out)")
    #expect(try two.refs("refs/remotes/other/wf").isEmpty)
    // One that is only behind is none.
    let behind = two.root + "/behind.git"
    try TwoStores.need(try git(["clone", "-q", "--bare", two.remote, behind]))
    try two.commit("third")
    try TwoStores.need(try two.wf("push"))
    try TwoStores.need(try two.wf("fetch", in: "b"))
    try TwoStores.need(try two.wf("remote", "add", "behind", behind, in: "b"))
    let late = try two.wf("fetch", "behind", "--json", in: "b")
    #expect(try TwoStores.row(late) == "new", "\(late.out)")
  }
}
