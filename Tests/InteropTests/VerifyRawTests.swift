import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// `wf verify --raw DIR`: what became of each raw file since the audit.
struct VerifyRawTests {
  private let program: Program
  private let one = "raw/videos/libero_spatial_0/eval_episode_0.mp4"
  private let two = "raw/videos/libero_spatial_0/eval_episode_1.mp4"

  init() throws {
    program = try Program.prepared()
    let made = try program.shell(
      """
      set -e
      cp -R '\(Fixtures.path("demo/v1"))' raw && chmod -R u+w raw
      $WF claim create --template lerobot-libero --output claim --set slug=a-claim >/dev/null
      $WF audit lerobot raw/eval_info.json --claim-package claim --raw raw --output pkg >/dev/null
      $WF commit pkg >/dev/null
      """)
    try #require(made.status == 0, "\(made.err)")
  }

  private func check(_ change: String) throws -> (status: Int32, check: JSONValue) {
    let changed = try program.shell("set -e\n" + change)
    try #require(changed.status == 0, "\(changed.err)")
    let verified = try program("verify", "pkg", "--raw", "raw", "--json")
    let target = try JSONValue.parse(verified.outBytes)["targets"]?.array?.first
    let check = try #require((target?["checks"]?.array ?? []).first { $0["check"] == "raw" })
    return (verified.status, check)
  }

  @Test func `files as they were pass, from store and folder`() throws {
    let found = try check("true")
    #expect(found.status == 0 && found.check["state"] == "pass" && found.check["reason"] == .null)
    #expect(try program("verify", "a-claim", "--raw", "raw").status == 0)
  }

  @Test func `a changed file, a missing one and one that is no file any more are told apart`()
    throws
  {
    var found = try check("printf x >> \(one)")
    #expect(found.status == 20)
    #expect(found.check["reason"] == "digest_mismatch")
    #expect(found.check["path"]?.string == String(one.dropFirst(4)))
    found = try check("rm \(one)")
    #expect(found.status == 21)
    #expect(found.check["reason"] == "raw_file_missing")
    // The same bytes behind a link outside of the folder are not the folder's.
    found = try check(
      "cp '\(Fixtures.path("demo/v1"))'/\(one.dropFirst(4)) away.mp4; ln -s ../../../away.mp4 \(one)"
    )
    #expect(found.status == 21)
    #expect(found.check["reason"] == "raw_file_unreadable")
    found = try check("rm \(one); mkfifo \(one)")
    #expect(found.status == 21)
    #expect(found.check["reason"] == "raw_file_unreadable")
    found = try check("rm \(one); cp away.mp4 \(one)")
    #expect(found.status == 0)
  }

  @Test func `a file that was moved is found by its bytes and told by both names`() throws {
    var found = try check("mkdir raw/elsewhere; mv \(one) raw/elsewhere/film.mp4")
    #expect(found.status == 0)
    #expect(found.check["state"] == "pass")
    #expect(found.check["reason"] == "raw_file_moved")
    let detail = found.check["detail"]?.string ?? ""
    #expect(detail.contains("elsewhere/film.mp4") && detail.contains("eval_episode_0.mp4"))
    // Another file of the same size is no move.
    found = try check(
      "head -c $(stat -c %s raw/elsewhere/film.mp4) /dev/zero > raw/elsewhere/film.mp4")
    #expect(found.status == 21)
    #expect(found.check["reason"] == "raw_file_missing")
  }

  @Test func `several faults are all counted, the worst first`() throws {
    let found = try check(
      "printf x >> \(one); rm \(two); mv raw/videos/libero_spatial_3/eval_episode_2.mp4 raw/f.mp4")
    #expect(found.status == 20)
    let detail = found.check["detail"]?.string ?? ""
    for words in [
      "1 hold other bytes", "1 are not in the folder", "1 lie there under another name",
    ] {
      #expect(detail.contains(words), "\(detail)")
    }
  }

  @Test func `redacted copies are hashed into the package and its schema holds`() throws {
    let made = try program.shell(
      """
      set -e
      mkdir -p copies/videos/libero_spatial_0
      echo 'blurred <user:1>' > copies/videos/libero_spatial_0/eval_episode_0.mp4
      echo '{"who": "<user:1> <host:1>"}' > copies/eval_info.json
      $WF audit lerobot raw/eval_info.json --claim-package claim --raw raw --output pkg2 \
        --redacted-exports copies
      $WF verify pkg2 --recompute --raw raw
      """)
    try #require(made.status == 0, "\(made.err)\(made.out)")
    let manifest = try JSONValue.parse(
      try Fixtures.read(program.work + "/pkg2/raw_evidence_manifest.json"))
    let exports = (manifest["references"]?.array ?? []).filter { $0["export"] != .null }
    #expect(exports.count == 2)
    #expect(exports.compactMap { $0["export"]?["redactions"]?.int }.sorted() == [1, 2])
    let refused = try program.shell(
      """
      printf 'hf_%s' aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2z > copies/eval_info.json
      $WF --json audit lerobot raw/eval_info.json --claim-package claim --raw raw --output pkg3 \
        --redacted-exports copies
      """)
    #expect(refused.status == 4)
    #expect(try Program.reason(refused) == "secret_in_export")
    #expect(!FileSystem().exists(program.work + "/pkg3"))
  }
}
