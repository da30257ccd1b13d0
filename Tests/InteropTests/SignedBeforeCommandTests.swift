import JSON
import Platform
import TestSupport
import Testing

/// `wf verify --signed-before-revocation` as people and scripts meet it.
///
/// The memory of tips goes by the clock itself, so that the moments here are long ago and far ahead.
struct SignedBeforeCommandTests {
  private static let slug = "examplevla-libero-spatial-two-tasks"
  private static let ahead = "2200-01-01T00:00:00Z"
  private static let past = "2020-01-01T00:00:00Z"

  private func prepared() throws -> Program {
    let wf = try Program.prepared()
    _ = try wf.examplePackage()
    #expect(try wf("commit", "pkg").status == 0)
    #expect(try wf.shell("cut -d' ' -f1,2 ../config/key.pub > revoked").status == 0)
    return wf
  }

  private func verify(_ wf: Program, _ more: String..., before moment: String) throws -> Finished {
    try wf(
      arguments: [
        "verify", Self.slug, "--revoked", "revoked", "--signed-before-revocation", moment,
      ] + more)
  }

  private func row(_ finished: Finished) throws -> (target: JSONValue, signature: JSONValue) {
    let target = try #require(try JSONValue.parse(finished.outBytes)["targets"]?.array?.first)
    let row = target["checks"]?.array?.first { $0["check"] == "signature" }
    return (target, try #require(row))
  }

  @Test func `the screen says that it is not plainly good`() throws {
    let wf = try prepared()
    let plain = try wf("verify", "--revoked", "revoked")
    #expect(plain.status == 24 && plain.out.contains("[key_revoked]"))
    #expect(plain.err.contains("--signed-before-revocation TIME"))
    let good = try verify(wf, before: Self.ahead)
    #expect(good.status == 0, "\(good.out)")
    #expect(good.out.contains("verified (key revoked later)"))
    #expect(good.out.contains("good (revoked later): signed by"))
    let late = try verify(wf, before: Self.past)
    #expect(late.status == 24 && late.out.contains("[revoked_before_proof]"), "\(late.out)")
    // A clock that somebody set for the output is none for the proof.
    let set = try wf(
      "verify", Self.slug, "--revoked", "revoked", "--signed-before-revocation",
      "2026-06-01T00:00:00Z", env: ["SOURCE_DATE_EPOCH": "1600000000"])
    #expect(set.status == 24)
  }

  @Test func `JSON names the word, the time and whose it is`() throws {
    let wf = try prepared()
    let good = try row(verify(wf, "--json", before: Self.ahead))
    #expect(good.signature["state"] == "pass" && good.signature["reason"] == "revoked_later")
    #expect(good.target["time_source"] == "first_seen" && good.target["ok"]?.bool == true)
    let bad = try row(verify(wf, "--json", before: Self.past))
    #expect(bad.signature["state"] == "fail" && bad.target["time_source"] == .null)
    let plain = try row(wf("verify", Self.slug, "--json"))
    #expect(plain.target["time_source"] == "claimed")
    #expect(plain.target["time"] == "2026-05-28T20:26:40Z")
    // The key was never revoked: the same answer with and without.
    let asked = try wf("verify", Self.slug, "--json", "--signed-before-revocation", Self.past)
    #expect(try asked.out == wf("verify", Self.slug, "--json").out)
  }

  @Test func `a witness proves it to whoever never saw the commit`() throws {
    let wf = try prepared()
    let log = try JSONValue.parse(wf("log-check", "--json").outBytes)["logs"]?.array?.first
    let key = try #require(log?["vkey"]?.string)
    let witness = ["WF_CONFIG_DIR": wf.folder.path + "/witness"]
    let witnessKey = String(try wf("witness", "key", env: witness).out.dropLast())
    let signed = try wf(
      "witness", "cosign", ".", "--vkey", key, "--output", "seen", env: witness)
    #expect(signed.status == 0, "\(signed.err)")
    #expect(try wf.shell("rm -rf ../config/tips ../config/checkpoints").status == 0)
    let proven = try row(
      verify(
        wf, "--json", "--checkpoint", "seen", "--witness", witnessKey,
        before: "2026-05-28T20:26:41Z"))
    #expect(proven.signature["reason"] == "revoked_later", "\(proven.signature)")
    #expect(proven.target["time_source"] == "log")
    #expect(try wf.shell("rm -rf ../config/tips ../config/checkpoints").status == 0)
    let missing = try row(verify(wf, "--json", before: "2026-05-28T20:26:41Z"))
    #expect(missing.signature["reason"] == "revoked_age_unproven")
  }

  @Test(arguments: [
    ["--signed-before-revocation", "yesterday"], ["--checkpoint", "seen"], ["--quorum", "1"],
    ["--signed-before-revocation", ahead, "--quorum", "1"],
  ])
  func `what asks for nothing that can be shown is refused`(options: [String]) throws {
    let wf = try Program.prepared()
    let refused = try wf(arguments: ["verify", "--json"] + options)
    #expect(refused.status == 64, "\(refused.out)")
    #expect(try Program.reason(refused) == "option_invalid")
  }
}
