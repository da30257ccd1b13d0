import JSON
import Platform
import TestSupport
import Testing

/// Key histories that come from a remote, for a reader who has files of his own.
struct FetchedKeysTests {
  private let two: TwoStores
  private let begin = 1_780_000_000

  init() throws {
    two = try TwoStores()
    let (own, reader) = (two.root + "/config", two.root + "/reader")
    let copied = try run(["bash", "-ec", "mkdir \(reader); cp \(own)/allowed_signers \(reader)"])
    try #require(copied.status == 0, "\(copied.err)")
  }

  /// As the reader, in store `b`.
  private func read(_ arguments: String...) throws -> Finished {
    try run([two.program.binary] + arguments, in: two.work + "/b", env: env)
  }

  private var env: [String: String] {
    two.program.environment(["WF_CONFIG_DIR": two.root + "/reader"])
  }

  private func clone() throws {
    try TwoStores.need(
      try run([two.program.binary, "clone", two.remote, "b"], in: two.work, env: env))
  }

  /// A key after the present one, a version that it signs, and both on the remote.
  private func rotate(_ days: Int) throws {
    let time = ["SOURCE_DATE_EPOCH": String(begin + days * 86_400)]
    try TwoStores.need(try two.wf("key", "rotate", "--overlap", "1", env: time))
    try TwoStores.need(try two.wf("commit", "../pkg", "-m", "day \(days)", env: time))
    try TwoStores.need(try two.wf("push", env: time))
  }

  @Test func `whoever follows the keys of a remote believes those that come with its claims`()
    throws
  {
    try clone()
    try rotate(1)
    let first = try read("fetch", "--json")
    // The keys are kept; the claim is signed by a key that nobody told the reader of.
    #expect(first.status == 23, "\(first.out)")
    #expect(try TwoStores.row(first, "wf/keys") == "new", "\(first.out)")
    #expect(try TwoStores.states(first).first == "rejected signer_not_trusted", "\(first.out)")
    #expect(try two.refs("refs/wf").isEmpty && two.refs("refs/remotes/origin/wf/keys").count == 1)
    let follow = try read("trust", "follow")
    #expect(follow.status == 0, "\(follow.err)")
    #expect(try read("fetch", "--advance").status == 0)
    #expect(try read("verify").status == 0)
    // From now on keys and claims come in one go, and a look changes nothing.
    try rotate(2)
    let before = try two.state("b")
    let look = try read("fetch", "--dry-run", "--json")
    #expect(look.status == 0, "\(look.out)")
    #expect(try two.state("b") == before)
    let both = try read("fetch", "--advance", "--json")
    #expect(both.status == 0, "\(both.out)")
    #expect(try TwoStores.row(both, "wf/keys") == "fast_forward")
    #expect(try TwoStores.row(try read("fetch", "--json"), "wf/keys") == "up_to_date")
    #expect(try read("verify").status == 0)
    #expect(try TwoStores.row(try two.wf("fetch", "--json"), "wf/keys") == "up_to_date")
  }

  @Test func `keys that go back, fork or go away are refused, and what is followed stays`() throws {
    try clone()
    try rotate(1)
    try two.onRemote("git update-ref refs/keep/keys refs/heads/wf/keys")
    _ = try read("fetch")
    try TwoStores.need(try read("trust", "follow", "--remote", "origin"))
    try rotate(2)
    try TwoStores.need(try read("fetch", "--advance"))
    let kept = try two.refs("refs/remotes/origin/wf/keys")
    func outcome(_ script: String) throws -> String? {
      try two.onRemote(script)
      let fetch = try read("fetch", "--json")
      #expect(fetch.status == 25, "\(fetch.out)")
      #expect(try two.refs("refs/remotes/origin/wf/keys") == kept)
      #expect(try read("verify").status == 0)
      return try TwoStores.row(fetch, "wf/keys")
    }
    #expect(
      try outcome("git update-ref refs/heads/wf/keys refs/keep/keys") == "rejected tip_rolled_back")
    #expect(
      try TwoStores.row(try read("remote", "check", "--json"), "wf/keys")
        == "rejected tip_rolled_back")
    #expect(try outcome("git update-ref -d refs/heads/wf/keys") == "rejected ref_deleted")
  }

  @Test func `keys that fork are refused, on one remote and between two`() throws {
    try clone()
    try rotate(1)
    _ = try read("fetch")
    try TwoStores.need(try read("trust", "follow"))
    // A copy of the store has the same key and puts another one in its place.
    let other = try two.goOnElsewhere()
    let elsewhere = [
      "WF_CONFIG_DIR": two.root + "/config-c", "SOURCE_DATE_EPOCH": String(begin + 3 * 86_400),
    ]
    try TwoStores.need(try two.wf("key", "rotate", env: elsewhere, in: "c"))
    try TwoStores.need(try two.wf("push", "other", env: elsewhere, in: "c"))
    try rotate(2)
    try TwoStores.need(try read("fetch", "--advance"))
    let kept = try two.refs("refs/remotes/origin/wf/keys")
    try TwoStores.need(try read("remote", "add", "other", other))
    let between = try read("fetch", "other", "--json")
    #expect(between.status == 25)
    #expect(try TwoStores.row(between, "wf/keys") == "rejected tip_forked", "\(between.out)")
    #expect(try two.refs("refs/remotes/other/wf/keys").isEmpty)
    try two.onRemote("git fetch -q \(other) +refs/heads/wf/keys:refs/heads/wf/keys")
    let same = try read("fetch", "--json")
    #expect(try TwoStores.row(same, "wf/keys") == "rejected tip_forked", "\(same.out)")
    #expect(try two.refs("refs/remotes/origin/wf/keys") == kept)
    #expect(try read("verify").status == 0)
    // The owner is told too.
    let owner = try two.wf("fetch", "--json")
    #expect(try owner.status == 25 && TwoStores.row(owner, "wf/keys") == "rejected tip_forked")
  }

  @Test func `a history that is no key history, or has a change by nobody who may, is refused`()
    throws
  {
    try clone()
    try rotate(1)
    let before = try two.claimState("b")
    func outcome(_ script: String) throws -> String? {
      try two.onRemote(script)
      return try TwoStores.row(try read("fetch", "--json"), "wf/keys")
    }
    try two.onRemote("git update-ref refs/keep/keys refs/heads/wf/keys")
    let forged = """
      k=refs/keep/keys; printf 'Rotate\\n\\nWF-Kind: key-rotation\\n' > m
      git update-ref refs/heads/wf/keys $(git commit-tree -F m -p $k $k^{tree}); rm m
      """
    #expect(try outcome(forged) == "rejected rotation_unauthorised")
    #expect(
      try outcome("git update-ref refs/heads/wf/keys $claim") == "rejected rotation_malformed")
    #expect(try two.claimState("b") == before)
    #expect(try two.refs("refs/remotes/origin/wf/keys").isEmpty)
  }

  @Test func `keys by a stranger are kept and count for nothing`() throws {
    try rotate(1)
    // Only the new key is known to the reader, so that nobody vouches for the first.
    let list = "tail -1 \(two.root)/config/allowed_signers > \(two.root)/reader/allowed_signers"
    try #require(try run(["bash", "-ec", list]).status == 0)
    try two.onRemote("git update-ref -d refs/tags/\(TwoStores.slug)/first")
    let clone = try run(
      [two.program.binary, "clone", two.remote, "b", "--json"], in: two.work, env: env)
    #expect(clone.status == 0, "\(clone.out)")
    #expect(try TwoStores.row(clone, "wf/keys") == "new", "\(clone.out)")
    #expect(clone.err.contains("counts for nothing"), "\(clone.err)")
    #expect(try Program.reason(try read("trust", "follow", "--json")) == "rotation_unauthorised")
    #expect(try read("verify").status == 0)
  }
}
