import JSON
import Platform
import TestSupport
import Testing

/// What a remote may put where logs and key histories are looked for.
struct HostileLogTests {
  @Test func `branches that are no log's are passed over`() throws {
    let two = try TwoStores()
    try two.onRemote(
      """
      for n in log/0123456789ABCDEF log/0123456789abcde log/0123456789abcdeff \\
        log/0123456789abcdeg log/0123456789abcde0/x log/x/0123456789abcdef keys0 key cosign/x; do
        git update-ref refs/heads/wf/$n $log
      done
      """)
    try two.clone()
    let kept = try two.refs("refs/remotes/origin/wf").map { $0.split(separator: " ")[0] }
    #expect(try kept == ["refs/remotes/origin/" + two.log().ref.dropFirst(5)])
    try two.onRemote("git update-ref refs/heads/wf/keys/x $log")
    #expect(try two.wf("fetch", in: "b").status == 0)
  }

  @Test func `more logs than one remote may have are passed over, those known here never`() throws {
    let two = try TwoStores()
    try two.knowLog()
    try two.onRemote(
      """
      for i in $(seq 1500); do printf 'create refs/heads/wf/log/%016x %s\\n' $i $(git rev-parse $claim)
      done | git update-ref --stdin; git pack-refs --all
      """)
    let clone = try two.program("clone", two.remote, "b", "--json")
    #expect(clone.status == 0, "\(clone.err)")
    #expect(clone.err.contains("501 more logs"), "\(clone.err)")
    #expect(try two.refs("refs/remotes/origin/wf").count == 1000)
    #expect(try two.logCheck().detail.contains("from origin"))
    let again = try two.wf("fetch", "--json", in: "b")
    #expect(try again.status == 0 && JSONValue.parse(again.outBytes)["objects"]?.int == 0)
    #expect(try two.refs("refs/remotes/origin/wf").count == 1000)
  }

  @Test(arguments: [
    ("id=$(git rev-parse $claim^{tree})", "object_type_mismatch"),
    ("id=$(echo x | git hash-object -w --stdin)", "object_type_mismatch"),
    (
      "id=$(printf 'object %s\\ntype commit\\ntag x\\ntagger a <a@b> 1 +0000\\n\\nx\\n' $(git rev-parse $claim) | git mktag)",
      "object_type_mismatch"
    ),
    (
      "t=$(printf '120000 link\\0' > t; printf \"$(git hash-object -w --stdin </dev/null | sed 's/../\\\\x&/g')\" >> t; git hash-object -t tree -w --literally t); id=$(git commit-tree -m x $t)",
      "tree_mode_forbidden"
    ),
    (
      "d=$(git hash-object -w --stdin </dev/null); t=$(printf '100644 blob %s\\tf\\n' $d | git mktree); for i in $(seq 140); do t=$(printf '040000 tree %s\\td\\n' $t | git mktree); done; id=$(git commit-tree -m x $t)",
      "tree_too_deep"
    ),
  ])
  func `what is no commit of a log, or of no good objects, is refused alone`(
    script: String, reason: String
  ) throws {
    let two = try TwoStores()
    try two.clone()
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    let name = "refs/heads/wf/log/00000000000000aa"
    try two.onRemote("\(script)\nmkdir -p refs/heads/wf/log; echo $id > \(name)")
    let fetch = try two.wf("fetch", "--advance", "--json", in: "b")
    #expect(fetch.status == 20, "\(fetch.out)\(fetch.err)")
    #expect(try TwoStores.row(fetch, "00aa") == "rejected \(reason)", "\(fetch.out)")
    #expect(try two.tip("b") == two.tip(), "\(fetch.out)")
    #expect(try two.refs("refs/remotes/origin/wf").count == 1)
    let fsck = try git(["--git-dir", two.work + "/b/.wf", "fsck", "--strict"])
    #expect(fsck.status == 0 && !fsck.err.contains("dangling"), "\(fsck.err)")
  }
}
