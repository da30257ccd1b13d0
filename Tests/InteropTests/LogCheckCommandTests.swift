import JSON
import Platform
import TestSupport
import Testing

/// `wf log-check` and `wf witness` as people and scripts meet them.
struct LogCheckCommandTests {
  private static let slug = "examplevla-libero-spatial-two-tasks"

  private func prepared(commits: Int) throws -> Program {
    let wf = try Program.prepared()
    _ = try wf.examplePackage()
    for _ in 0..<commits { #expect(try wf("commit", "pkg").status == 0) }
    return wf
  }

  private func json(_ finished: Finished) throws -> JSONValue {
    #expect(finished.status == 0, "\(finished.out)\(finished.err)")
    return try JSONValue.parse(finished.outBytes)
  }

  private func key(_ wf: Program) throws -> String {
    try json(wf("log-check", "--json"))["logs"]?.array?.first?["vkey"]?.string ?? ""
  }

  @Test func `the log is shown, and a store without one says so`() throws {
    let wf = try prepared(commits: 0)
    let none = try wf("log-check", "--json")
    #expect(none.status == 4)
    #expect(try Program.reason(none) == "log_unusable")
    let some = try prepared(commits: 2)
    let shown = try json(some("log-check", "--json"))
    #expect(shown["schema"]?.string == "wf.log_check/1")
    let log = try #require(shown["logs"]?.array?.first)
    #expect(log["size"]?.int == 2)
    let screen = try some("log-check").out
    for field in ["origin", "vkey"] { #expect(screen.contains(log[field]?.string ?? "?")) }
    #expect(try some("log-check", "--note").out == log["checkpoint"]?.string)
    // the page of the log shows this screen
    let words = screen.split(separator: "\n").map { $0.prefix(13) }
    let page = String(
      decoding: try Fixtures.read(Fixtures.path("../Docs/TransparencyLog.md")), as: UTF8.self)
    for word in words { #expect(page.contains(word), "\(word)") }
  }

  @Test func `a checkpoint that was kept is continued, or the log went back`() throws {
    let wf = try prepared(commits: 1)
    #expect(try wf.shell("$WF log-check --note > seen && $WF commit pkg").status == 0)
    let file = try json(wf("log-check", "--checkpoint", "seen", "--json"))
    #expect(file["continues"]?["size"]?.int == 1)
    let piped = try wf.shell("$WF log-check --checkpoint - < seen")
    #expect(piped.status == 0 && piped.out.contains("It continues the checkpoint given, of 1 "))
    let back = try wf.shell(
      """
      $WF log-check --note > newer; rm -rf ../config/tips .wf/wf/tips
      R=$(git --git-dir .wf for-each-ref --format='%(refname)' refs/wf/log)
      git --git-dir .wf update-ref $R $R~1; $WF log-check --checkpoint newer --json
      """)
    #expect(back.status == 25)
    #expect(try Program.reason(back) == "log_rollback")
    let changed = try wf.shell("sed 2s/1/7/ seen > bad; $WF log-check --checkpoint bad --json")
    #expect(changed.status == 20)
    #expect(try Program.reason(changed) == "checkpoint_invalid")
  }

  @Test func `a checkpoint that parts from the log is a fork, and both are kept`() throws {
    let wf = try prepared(commits: 1)
    let made = try wf.shell(
      """
      mkdir other; cp -R .wf other; cp -R ../config ../config2
      (cd other; WF_CONFIG_DIR=$WF_CONFIG_DIR/../config2 $WF commit ../pkg -m Another
       WF_CONFIG_DIR=$WF_CONFIG_DIR/../config2 $WF log-check --note) > out; tail -n 5 out > pasted
      $WF commit pkg; $WF log-check --note > own; ls ../config/forks
      """)
    #expect(made.err.contains("No such file"), "\(made.out)\(made.err)")
    let forked = try wf("log-check", "--checkpoint", "pasted", "--json")
    #expect(forked.status == 25)
    #expect(try Program.reason(forked) == "log_fork", "\(forked.out)")
    #expect(forked.out.contains("both checkpoints are in "))
    let kept = try wf.shell("cat ../config/forks/*").out
    for note in ["pasted", "own"] {
      let text = String(decoding: try Fixtures.read(wf.work + "/" + note), as: UTF8.self)
      #expect(text.count > 100 && kept.contains(text), "\(note): \(kept)")
    }
    // Again, and the other way round: what is kept stays.
    #expect(try wf("log-check", "--checkpoint", "pasted").status == 25)
    #expect(try wf.shell("ls ../config/forks | wc -l").out == "1\n")
    #expect(try wf("log-check", "--checkpoint", "own").status == 0)
  }

  @Test func `a proof file is checked without the store`() throws {
    let wf = try prepared(commits: 3)
    let made = try json(wf("log-check", Self.slug + "@v2", "--proof", "v2.tlog-proof", "--json"))
    let commit = try #require(made["version"]?["commit"]?.string)
    #expect(made["version"]?["index"]?.int == 1)
    let key = try key(wf)
    func verify(_ arguments: String...) throws -> Finished {
      try wf(arguments: ["-C", "away", "log-check", "--json", "--verify"] + arguments)
    }
    #expect(try wf.shell("mkdir away; cp v2.tlog-proof away").status == 0)
    let shown = try json(verify("v2.tlog-proof", "--vkey", key, "--commit", commit))
    #expect(shown["size"]?.int == 3 && shown["commit"]?.string == commit)
    let other = String(repeating: "0", count: 64)
    #expect(
      try Program.reason(verify("v2.tlog-proof", "--vkey", key, "--commit", other))
        == "inclusion_proof_invalid")
    #expect(try verify("v2.tlog-proof").status == 64)
    for (edit, word) in [
      ("s/^index 1/index 2/", "inclusion_proof_invalid"), ("s/^index/inde/", "log_proof_malformed"),
      ("/^extra/d", "log_proof_malformed"), ("s/^3$/4/", "checkpoint_invalid"),
    ] {
      _ = try wf.shell("sed '\(edit)' v2.tlog-proof > away/edited")
      let refused = try verify("edited", "--vkey", key)
      #expect(try Program.reason(refused) == word, "\(edit)")
      #expect(refused.status == 20)
    }
    #expect(try wf("log-check", Self.slug, "--proof", "v2.tlog-proof").status == 4)
  }

  @Test func `a witness's line counts for whoever asks for it`() throws {
    let wf = try prepared(commits: 2)
    let key = try key(wf)
    let witness = ["WF_CONFIG_DIR": wf.folder.path + "/witness"]
    let name = try wf("witness", "key", env: witness).out.split(separator: "\n").first
    let witnessKey = String(try #require(name))
    let refused = try wf("witness", "cosign", ".", "--json", env: witness)
    #expect(refused.status == 23)
    #expect(try Program.reason(refused) == "log_key_unknown")
    let signed = try wf(
      "witness", "cosign", ".", "--vkey", key, "--output", "seen", env: witness)
    #expect(signed.status == 0, "\(signed.err)")
    let asked = ["log-check", "--json", "--checkpoint", "seen", "--witness", witnessKey]
    let counted = try json(wf(arguments: asked))
    #expect(counted["cosigned_by"]?.array?.count == 1)
    #expect(counted["continues"]?["size"]?.int == 2)
    let missing = try wf("log-check", "--json", "--witness", witnessKey)
    #expect(missing.status == 23)
    #expect(try Program.reason(missing) == "witness_quorum_missing")
    #expect(try wf(arguments: asked + ["--quorum", "2"]).status == 64)
  }
}
