import JSON
import Platform
import TestSupport
import Testing

/// Remotes that lie: what they send is refused by name, and the receiver stays as it was.
struct HostileRemoteTests {
  /// Makes a commit of a tree on top of a commit of the remote, in the claim's branch.
  private func plant(_ two: TwoStores, script: String) throws {
    let done = try run(
      [
        "bash", "-ec",
        """
        export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
        cd \(two.remote); ref=\(TwoStores.branch); tip=$(git rev-parse $ref)
        \(script)
        """,
      ])
    try #require(done.status == 0, "\(done.err)")
  }

  @Test(arguments: [
    (
      "tree=$(printf '120000 link\\0' > t; printf \"$(git hash-object -w --stdin </dev/null | sed 's/../\\\\x&/g')\" >> t; git hash-object -t tree -w --literally t)",
      "tree_mode_forbidden"
    ),
    (
      "tree=$(printf '160000 sub\\0' > t; printf \"$(echo $tip | sed 's/../\\\\x&/g')\" >> t; git hash-object -t tree -w --literally t)",
      "tree_mode_forbidden"
    ),
    (
      "tree=$(printf '100644 ..\\0' > t; printf \"$(git hash-object -w --stdin </dev/null | sed 's/../\\\\x&/g')\" >> t; git hash-object -t tree -w --literally t)",
      "tree_name_forbidden"
    ),
    (
      "tree=$(printf '100644 a\\\\b\\0' > t; printf \"$(git hash-object -w --stdin </dev/null | sed 's/../\\\\x&/g')\" >> t; git hash-object -t tree -w --literally t)",
      "tree_name_forbidden"
    ),
    ("tree=$(git rev-parse $tip^{tree})", "unsigned"),
    (
      "tree=$(d=$(git hash-object -w --stdin </dev/null); t=$(printf '100644 blob %s\\tf\\n' $d | git mktree); for i in $(seq 140); do t=$(printf '040000 tree %s\\td\\n' $t | git mktree); done; echo $t)",
      "tree_too_deep"
    ),
  ])
  func `a tree that no store would hold is refused by its own word`(
    script: String, reason: String
  ) throws {
    let two = try TwoStores()
    try two.clone()
    let before = try two.state("b")
    try plant(
      two, script: script + "\ngit update-ref $ref $(git commit-tree -m x -p $tip $tree)")
    let fetch = try two.wf("fetch", "--json", in: "b")
    #expect(fetch.status != 0)
    #expect(
      try TwoStores.rows(fetch).compactMap(\.reason) == [reason], "\(fetch.out)\(fetch.err)")
    #expect(try two.state("b") == before)
    #expect(try two.wf("verify", in: "b").status == 0)
    let clone = try two.program("clone", two.remote, "none", "--json")
    #expect(try Program.reason(clone) == reason, "\(clone.out)")
    #expect(!FileSystem().exists(two.work + "/none"))
  }

  @Test func `refs with other names are passed over, however many there are`() throws {
    let two = try TwoStores()
    try plant(
      two,
      script: """
        git update-ref refs/heads/main $tip
        git update-ref 'refs/heads/claims/UPPER' $tip
        git update-ref 'refs/heads/claims/a/b' $tip
        git update-ref 'refs/heads/claims/\u{202E}gnp' $tip
        git update-ref "refs/tags/\(TwoStores.slug)/v7" $tip
        for i in $(seq 3000); do echo "create refs/heads/x/$i $tip"; done | git update-ref --stdin
        git pack-refs --all
        printf '%s refs/heads/claims/..\\n%s refs/heads/claims/../../x\\n' $tip $tip > /dev/null
        """)
    let clone = try two.program("clone", two.remote, "b", "--json")
    #expect(clone.status == 0, "\(clone.err)\(clone.out)")
    #expect(try TwoStores.states(clone) == ["new", "new"])
    let refs = try git(["--git-dir", two.work + "/b/.wf", "for-each-ref", "--format=%(refname)"])
      .out
    #expect(refs.split(separator: "\n").count == 4, "\(refs)")
  }

  @Test func `a pack in which an object is missing is refused, and a good one is taken after it`()
    throws
  {
    let two = try TwoStores()
    try two.clone()
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    let before = try two.state("b")
    // The server loses the tree of the new commit; git itself then sends nothing.
    try plant(
      two,
      script: """
        git repack -adq; mkdir keep; mv objects/pack/* keep; for p in keep/*.pack; do git unpack-objects -q < $p; done
        c=$tip; mv objects/${c:0:2}/${c:2} keep/commit
        """)
    let broken = try two.wf("fetch", "--json", in: "b")
    #expect([20, 21, 30, 31].contains(broken.status), "\(broken.out)")
    #expect(try two.state("b") == before)
    try plant(two, script: "mv keep/*.pack keep/*.idx objects/pack/ ; true")
    let whole = try two.wf("fetch", "--json", in: "b")
    #expect(whole.status == 0, "\(whole.out)")
  }

  @Test func `one claim that is forged does not keep the others back`() throws {
    let two = try TwoStores()
    try two.clone()
    try two.commit("again")
    try TwoStores.need(try two.wf("push"))
    let good = try two.remoteTip()
    try plant(
      two,
      script: """
        git cat-file commit $tip | sed 's/^again$/forged/' > c
        git update-ref refs/heads/claims/other $(git hash-object -t commit -w c)
        """)
    let fetch = try two.wf("fetch", "--json", in: "b")
    #expect(fetch.status == 20, "\(fetch.out)")
    #expect(
      try TwoStores.states(fetch) == [
        "fast_forward", "rejected bytes_changed", "up_to_date",
      ])
    #expect(try two.remoteTip() == good)
    let refs = try git(["--git-dir", two.work + "/b/.wf", "for-each-ref", "refs/remotes"]).out
    #expect(!refs.contains("other"))
    let fsck = try git(["--git-dir", two.work + "/b/.wf", "fsck", "--strict"])
    #expect(fsck.status == 0 && !fsck.err.contains("dangling"), "\(fsck.err)")
  }

  @Test func `a claim under another name is refused`() throws {
    let two = try TwoStores()
    try plant(two, script: "git update-ref refs/heads/claims/other $tip")
    let clone = try two.program("clone", two.remote, "b", "--json")
    #expect(clone.status == 25)
    #expect(try Program.reason(clone) == "tip_of_other_claim", "\(clone.out)")
    let one = try two.program("clone", two.remote, "b", "--claim", TwoStores.slug)
    #expect(one.status == 0, "\(one.err)")
  }
}
