import Conformance
import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// An import under a read-only mount, killed at any instant, and before walls that a user cannot see.
struct RunFolderReadOnlyTests {
  private let program: Program

  init() throws {
    program = try Program()
    try FileSystem().makeDirectories(program.work + "/folders")
    try RunFolderRecipe(Fixtures.path("run-folders")).make(in: program.work + "/folders")
  }

  /// Whether this machine lets the tests make mounts of their own.
  static let mayMount = (try? run(["unshare", "-m", "true"]))?.status == 0

  @Test(.enabled(if: mayMount))
  func `a folder that is mounted read-only gives the same report`() throws {
    let key = ["WF_REPORT_KEY": "k"]
    let import_ = "audit import run-folder folders --hash-raw --claim-package folders/claim-frozen"
    let before = try program.shell("WF_REPORT_KEY=k $WF \(import_) --report a.json")
    #expect([0, 3, 4].contains(before.status), "\(before.err)")
    let bound = try run(
      [
        "unshare", "-m", "bash", "-c",
        "mount --bind folders folders && mount -o remount,ro,bind folders && "
          + "! touch folders/x 2>/dev/null && exec \(program.binary) \(import_) --report b.json",
      ], in: program.work, env: program.environment(key))
    #expect(bound.status == before.status, "\(bound.err)")
    #expect(
      try FileSystem().read(program.work + "/a.json")
        == FileSystem().read(program.work + "/b.json"))
  }

  @Test(.enabled(if: mayMount))
  func `what is mounted below the folder is not entered, of the same disk or another`() throws {
    let token = "hf_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2z"
    let made = try program.shell(
      "mkdir -p outside 'in/bound dir' in/memory && echo \(token) > outside/key.txt && "
        + "echo x > in/bound-file && echo x > in/other.txt")
    #expect(made.status == 0)
    let finished = try run(
      [
        "unshare", "-m", "bash", "-c",
        "mount --bind outside 'in/bound dir' && mount --bind outside/key.txt in/bound-file && "
          + "mount -t tmpfs none in/memory && cp outside/key.txt in/memory/ && "
          + "exec \(program.binary) audit import run-folder in --report r.json",
      ], in: program.work, env: program.environment())
    #expect(finished.status == 3, "\(finished.out)\(finished.err)")
    let report = try JSONValue.parse(try FileSystem().read(program.work + "/r.json"))
    let crossed = (report["notes"]?.array ?? []).filter { $0["note"] == "other_file_system" }
    #expect(
      crossed.compactMap { $0["path"]?.string } == ["bound dir", "bound-file", "memory"])
    #expect(report["secrets"]?["findings"]?.array?.isEmpty == true)
  }

  @Test func `killed at any instant, an import leaves a whole report or none`() throws {
    var generator = SeededGenerator(seed: 5)
    let list = "find folders -printf '%p %y %s %m %T@ %C@ %l\\n' | sort"
    let before = try program.shell(list).out
    for number in 0..<30 {
      let delay = Double.random(in: 0...0.08, using: &generator)
      _ = try program.shell(
        """
        timeout -s KILL \(delay) $WF audit import run-folder folders/20-hydra-with-noise \
          --report k\(number).json --audit-input i\(number).json \
          --claim-package folders/claim-frozen >/dev/null 2>&1; true
        """)
      for name in ["k\(number).json", "i\(number).json"] {
        guard let bytes = try FileSystem().readIfPresent(program.work + "/" + name) else {
          continue
        }
        #expect((try? JSONValue.parse(bytes))?.object != nil, "\(name)")
        #expect(bytes.last == 0x0A)
      }
    }
    #expect(try program.shell(list).out == before)
    let after = try program.shell(
      "$WF audit import run-folder folders/20-hydra-with-noise --report z.json --claim-package folders/claim-frozen"
    )
    #expect(after.status == 0, "\(after.err)")
  }

  @Test func `a hint for who asks: no progress and no escapes where nobody sees them`() throws {
    let made = try program.shell(
      "mkdir odd && : > $'odd/a\\x1b[31m\\nb.mp4' && : > odd/$'\\xe2\\x80\\xaegpj.log'")
    #expect(made.status == 0)
    let finished = try program.shell("$WF audit import run-folder odd --report r.json")
    #expect(finished.status == 3, "\(finished.err)")
    for output in [finished.out, finished.err] {
      #expect(!output.contains("\u{1B}") && !output.contains("\u{202E}") && !output.contains("\r"))
    }
  }

  @Test(arguments: [
    (
      "01-lerobot-eval-folder/outputs/eval/2026-11-01/12-00-00_libero_pi/eval_info.json", "lerobot",
      "claim-frozen"
    ),
    ("26-bridge-with-error/export/run.jsonl", "worldflux", "claim-open"),
  ])
  func `an imported result is capped as the same result audited at once`(
    file: String, format: String, claim: String
  ) throws {
    let folder = file.prefix { $0 != "/" }
    let done = try program.shell(
      """
      $WF audit import run-folder folders/\(folder) --report r.json --audit-input in.json \
        --claim-package folders/\(claim) >/dev/null || exit 9
      $WF audit worldflux in.json --claim-package folders/\(claim) --output imported
      $WF audit \(format) folders/\(file) --claim-package folders/\(claim) --output direct
      """)
    try #require([0, 3].contains(done.status), "\(done.err)\(done.out)")
    let evidence = try ["imported", "direct"].map {
      try JSONValue.parse(try FileSystem().read(program.work + "/\($0)/evidence.json"))
    }
    for key in ["grade", "counts", "verdict", "missing_evidence", "integrity", "conformance"] {
      #expect(evidence[0][key] == evidence[1][key], "\(key)")
    }
    let provenance = try JSONValue.parse(
      try FileSystem().read(program.work + "/imported/audit_provenance.json"))
    #expect(provenance["imported"] == true)
    let wording = provenance["wording"]?.array ?? []
    #expect(wording.contains { $0 == "packaged_imported_output" })
    let inputs = provenance["inputs"]?.array ?? []
    #expect(
      inputs.count == 1 && inputs[0]["keyed_digest"]?.string?.hasPrefix("hmac-sha256:") == true)
    let verified = try program("verify", "imported", "--recompute")
    #expect(verified.status == 0, "\(verified.out)")
  }
}
