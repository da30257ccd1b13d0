import JSON
import Platform
import TestSupport
import Testing

/// What other programs test against: documents, fields and exit codes of CLI.md.
struct CommandJSONTests {
  /// A store with a registered claim and two committed versions of the demo.
  static func demo(registered: Bool = true) throws -> Program {
    let program = try Program.prepared()
    let made = try program(
      "claim", "create", "--template", "lerobot-libero", "--output", "claim", "--set",
      "subject.id=example-org/example-vla", "--set", "slug=demo")
    try #require(made.status == 0, "\(made.err)")
    if registered { try #require(try program("claim", "register", "claim").status == 0) }
    for version in ["v1", "v2"] {
      let folder = Fixtures.path("demo/\(version)")
      let audit = try program(
        "audit", "auto", folder + "/eval_info.json", "--claim-package", "claim", "--raw", folder,
        "--model-id", "example-org/example-vla", "--output", version)
      try #require(audit.status == 0, "\(audit.err)")
      let commit = try program("commit", version, "--tag", "\(version)-model")
      try #require(commit.status == 0, "\(commit.err)")
    }
    return program
  }

  private func document(_ finished: Finished, _ schema: String) throws -> JSONValue {
    let value = try JSONValue.parse(finished.outBytes)
    #expect(value["schema"]?.string == schema, "\(finished.out)")
    return value
  }

  private func has(_ value: JSONValue, _ fields: [String]) {
    for field in fields { #expect(value[field] != nil, "\(field)") }
  }

  /// Without arguments these two go past the parser.
  @Test(arguments: ["log", "claims"])
  func `a bare command does what the parsed one does`(_ command: String) throws {
    let empty = try Program.prepared()
    for program in [empty, try Self.demo(registered: false)] {
      let bare = try program(command)
      let parsed = try program(command, "--no-color")
      #expect(bare.status == 0 && !bare.out.isEmpty)
      #expect(bare.out == parsed.out && bare.err == parsed.err)
    }
    let nowhere = try empty.shell("cd \"$(mktemp -d)\" && \"$WF\" \(command)")
    #expect(nowhere.status == 10, "\(nowhere.err)")
  }

  @Test func `every command answers with the document that is promised`() throws {
    let program = try Self.demo()
    let verify = try document(try program("verify", "--json"), "wf.verify/1")
    #expect(verify["ok"]?.bool == true)
    let target = try #require(verify["targets"]?.array?.first)
    has(target, ["target", "commit", "ok", "checks"])
    #expect(
      (target["checks"]?.array ?? []).compactMap { $0["check"]?.string } == [
        "graph", "signature", "history", "shape", "manifest", "schema", "cross", "raw", "recompute",
        "log", "attestation",
      ])
    for check in target["checks"]?.array ?? [] {
      has(check, ["check", "state", "reason", "detail", "object", "path"])
    }
    let log = try document(try program("log", "demo", "--json"), "wf.log/1")
    let entries = try #require(log["entries"]?.array)
    #expect(entries.map { $0["version"]?.int } == [2, 1, nil])
    for entry in entries {
      has(
        entry,
        [
          "version", "kind", "commit", "time", "subject", "verdict", "grade", "signed_by",
          "signature",
        ])
      #expect(entry["signature"]?.string == "good")
    }
    let diff = try document(try program("diff", "demo", "--json"), "wf.diff/1")
    has(diff["comparability"] ?? .null, ["state", "reasons"])
    let row = try #require(diff["tasks"]?.array?.first)
    has(row, ["task", "a", "b", "difference", "interval", "p_value", "adjusted", "class"])
    let flip = try #require(diff["flips"]?.array?.first)
    has(flip, ["task", "episode", "seed", "from", "to", "raw"])
    has(diff["raw"] ?? .null, ["added", "removed", "changed", "kept"])
    #expect(diff["objects_visited"]?.int ?? 0 > 0)
    let inspect = try document(try program("inspect", "demo@v1", "--json"), "wf.inspect/1")
    #expect(inspect["evidence"]?["verdict"]?.string == "supported")
    #expect(inspect["verify"]?["schema"]?.string == "wf.verify/1")
    let export = try document(
      try program("export", "demo", "--public", "--output", "out", "--json"), "wf.export/1")
    for row in export["rows"]?.array ?? [] { has(row, ["name", "old", "new", "state"]) }
    let audit = try document(
      try program(
        "audit", "lerobot", Fixtures.path("demo/v1/eval_info.json"), "--claim-package", "claim",
        "--model-id", "example-org/example-vla", "--output", "again", "--json"), "wf.audit/1")
    #expect(audit["attempted"]?.int == 500)
    has(
      audit,
      [
        "package", "format", "succeeded", "failed", "errored", "excluded", "verdict", "grade",
        "missing",
      ])
    let commit = try document(try program("commit", "again", "--json"), "wf.commit/1")
    #expect(commit["claim"]?.string == "demo")
    #expect(commit["version"]?.int == 3)
    has(commit, ["commit", "tree", "signed_by", "objects_written"])
  }

  /// A command line after `setUp`, and how it ends.
  struct Ending: Sendable, CustomTestStringConvertible {
    let setUp: String
    let arguments: String
    let status: Int32
    var testDescription: String { "\(arguments) after \(setUp)" }
  }

  static let endings: [Ending] = [
    Ending(setUp: ":", arguments: "verify", status: 0),
    Ending(setUp: ":", arguments: "diff demo", status: 0),
    Ending(setUp: ":", arguments: "diff demo --exit-code", status: 1),
    Ending(setUp: ":", arguments: "diff demo --fail-on regression", status: 1),
    Ending(setUp: ":", arguments: "diff demo@v2 demo@v1 --fail-on verdict", status: 0),
    Ending(setUp: ":", arguments: "diff v1 v2", status: 0),
    Ending(setUp: ":", arguments: "verify v1", status: 0),
    Ending(setUp: ":", arguments: "inspect v2", status: 0),
    Ending(setUp: ":", arguments: "show demo@registration:claim.json", status: 0),
    Ending(setUp: ":", arguments: "show demo~1:evidence.md", status: 0),
    Ending(
      setUp: ":", arguments: "verify demo@v1-model demo@v2-model demo@registration", status: 0),
    Ending(setUp: ":", arguments: "-C / log", status: 10),
    Ending(setUp: ":", arguments: "log --store /nonexistent", status: 10),
    Ending(setUp: ":", arguments: "export demo --output v1", status: 4),
    Ending(setUp: "touch .wf/refs/heads/claims/demo.lock", arguments: "commit v1", status: 11),
    Ending(setUp: "mv ../config/key ../key", arguments: "commit v1", status: 12),
    Ending(
      setUp:
        "p=$(ls .wf/objects/pack/*.pack | head -1); chmod u+w $p; s=$(stat -c %s $p); printf '\\377\\377\\377' | dd of=$p bs=1 seek=$((s / 2)) conv=notrunc 2>/dev/null",
      arguments: "verify", status: 20),
    Ending(setUp: "rm -f .wf/objects/pack/*", arguments: "verify", status: 21),
    Ending(setUp: "$WF commit v1 --unsigned", arguments: "verify", status: 22),
    Ending(setUp: ": > ../config/allowed_signers", arguments: "verify", status: 23),
    Ending(
      setUp:
        "sed -i 's/namespaces=/valid-before=\"20200101Z\",namespaces=/; s/,valid-after=\"[0-9Z]*\"//' ../config/allowed_signers",
      arguments: "verify", status: 24),
    Ending(
      setUp: "cut -d' ' -f1,2 ../config/key.pub > revoked", arguments: "verify --revoked revoked",
      status: 24),
    Ending(
      setUp: "git --git-dir .wf update-ref refs/heads/claims/demo HEAD~1", arguments: "verify",
      status: 25),
    Ending(
      setUp: "git --git-dir .wf update-ref refs/heads/claims/demo HEAD~1", arguments: "commit v1",
      status: 25),
    Ending(
      setUp: "git --git-dir .wf update-ref -d refs/heads/claims/demo", arguments: "verify",
      status: 25),
    Ending(setUp: ":", arguments: "nonsense", status: 64),
    Ending(setUp: ":", arguments: "verify --expect 12", status: 64),
  ]

  @Test func `commands end with the code of the table, and say it in JSON`() throws {
    let program = try Self.demo()
    _ = try program.shell("cp -a .wf ../saved.wf && cp -a ../config ../saved.config")
    for ending in Self.endings {
      _ = try program.shell(
        "rm -rf .wf ../config && cp -a ../saved.wf .wf && cp -a ../saved.config ../config")
      let ready = try program.shell(ending.setUp)
      #expect(ready.status == 0, "\(ending): \(ready.err)")
      let plain = try program.shell("$WF \(ending.arguments)")
      #expect(plain.status == ending.status, "\(ending.testDescription): \(plain.out)\(plain.err)")
      _ = try program.shell(
        "rm -rf .wf ../config && cp -a ../saved.wf .wf && cp -a ../saved.config ../config")
      _ = try program.shell(ending.setUp)
      let answer = try program.shell("$WF \(ending.arguments) --json")
      #expect(answer.status == ending.status, "\(ending.testDescription): \(answer.out)")
      let document = try JSONValue.parse(answer.outBytes)
      if document["schema"]?.string == "wf.error/1" {
        #expect(document["exit"]?.int == Int64(ending.status), "\(answer.out)")
        #expect(document["hint"]?.string?.isEmpty == false, "\(answer.out)")
        #expect(plain.out.isEmpty, "\(ending.testDescription)")
      }
    }
  }

  @Test func `the exit code says the verdict when asked`() throws {
    let program = try Program.prepared()
    let run = Fixtures.path("demo/v1/eval_info.json")
    for (threshold, status) in [("0.8", Int32(0)), ("0.95", 1), ("0.9", 2)] {
      _ = try program(
        "claim", "create", "--template", "lerobot-libero", "--output", "c\(threshold)", "--set",
        "metric.threshold=\(threshold)")
      let audit = try program(
        "audit", "lerobot", run, "--claim-package", "c\(threshold)", "--output", "p\(threshold)",
        "--exit-verdict")
      #expect(audit.status == status, "\(threshold): \(audit.out)\(audit.err)")
    }
  }
}
