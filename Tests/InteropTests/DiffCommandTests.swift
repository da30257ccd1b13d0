import JSON
import TestSupport
import Testing

/// `wf diff` and `wf history` as a person or a CI job meets them.
struct DiffCommandTests {
  /// The demo's two versions, `v1` and `v2` as folders too, and `other` with another success rule.
  private func demo() throws -> Program {
    let program = try CommandJSONTests.demo(registered: false)
    let folder = Fixtures.path("demo/v1")
    let made = try program.shell(
      """
      $WF claim create --template lerobot-libero --output other-claim \
        --set subject.id=example-org/example-vla --set slug=demo \
        --set protocol.metric_contract.success_rule=another_rule &&
      $WF audit auto \(folder)/eval_info.json --claim-package other-claim --raw \(folder) \
        --model-id example-org/example-vla --output other
      """)
    try #require(made.status == 0, "\(made.err)")
    return program
  }

  struct Ending: Sendable, CustomTestStringConvertible {
    let arguments: String
    let status: Int32
    var reason: String?
    var testDescription: String { arguments }
    init(_ arguments: String, _ status: Int32, _ reason: String? = nil) {
      (self.arguments, self.status, self.reason) = (arguments, status, reason)
    }
  }

  static let endings = [
    Ending("demo", 0), Ending("demo --exit-code", 1), Ending("demo --fail-on regression", 1),
    Ending("demo --fail-on verdict", 0), Ending("demo --fail-on any", 1),
    Ending("demo --fail-on verdict --exit-code", 1),
    Ending("demo@v2 demo@v1 --fail-on regression", 0),
    Ending("demo@v1 demo@v1 --fail-on any --exit-code", 0),
    Ending("demo@v1 v1 --fail-on any --exit-code", 0),
    Ending("v1 other", 0), Ending("v1 other --fail-on regression", 2),
    Ending("v1 other --fail-on verdict", 0), Ending("v1 other --fail-on any", 1),
    Ending("demo --last 2 --fail-on regression", 1), Ending("demo --last 9", 0),
    Ending("demo --last 2 --exit-code", 1),
    Ending("demo --fail-on improvement", 64, "option_invalid"),
    Ending("demo --format pdf", 64, "format_unknown"),
    Ending("demo --format markdown --json", 64, "option_invalid"),
    Ending("demo --last 1", 64, "option_invalid"), Ending("demo --last 0", 64, "option_invalid"),
    Ending("demo demo@v1 --last 3", 64, "option_invalid"),
    Ending("demo --last 2 --format html --output x.html", 64, "option_invalid"),
    Ending("demo@v1", 64, "option_invalid"), Ending("nobody", 4, "claim_unknown"),
    Ending("demo@v9 demo@v1", 4, "version_unknown"),
    Ending("demo --output v1", 4, "output_exists"),
  ]

  @Test func `every way of asking ends with its code`() throws {
    let program = try demo()
    for ending in Self.endings {
      let plain = try program.shell("$WF diff \(ending.arguments)")
      #expect(plain.status == ending.status, "\(ending): \(plain.err)")
      if ending.reason == nil { #expect(!plain.out.isEmpty, "\(ending)") }
      let json = try program.shell("$WF diff \(ending.arguments) --json")
      #expect(json.status == ending.status, "\(ending) with --json: \(json.err)")
      let document = try JSONValue.parse(json.outBytes)
      if let reason = ending.reason {
        #expect(document["reason"]?.string == reason, "\(ending)")
        let isJSON = ending.arguments.contains("--json")
        #expect((isJSON ? plain.out : plain.err).contains(reason), "\(ending)")
      } else {
        let schema = document["schema"]?.string
        #expect(schema == "wf.diff/1" || schema == "wf.diff_series/1", "\(ending)")
      }
    }
  }

  @Test func `another user's audit of the same run differs in its salt only`() throws {
    let program = try CommandJSONTests.demo(registered: false)
    let folder = Fixtures.path("demo/v1")
    let again = try program(
      "audit", "auto", folder + "/eval_info.json", "--claim-package", "claim", "--raw", folder,
      "--model-id", "example-org/example-vla", "--output", "theirs",
      env: ["WF_CONFIG_DIR": program.folder.path + "/theirs"])
    try #require(again.status == 0, "\(again.err)")
    let json = try JSONValue.parse(try program("diff", "v1", "theirs", "--json").outBytes)
    let changed = (json["members"]?.array ?? []).compactMap { $0["name"]?.string }
    #expect(changed.contains("episode_results.jsonl") && changed.contains("artifact_manifest.json"))
    #expect(!changed.contains("audit_input.json"))
    #expect(try program("diff", "v1", "theirs", "--fail-on", "any").status == 0)
    #expect(try program("diff", "v1", "theirs", "--exit-code").status == 1)
    // One more raw file is no salt, though every other member says the same.
    let other = try program(
      "audit", "auto", folder + "/eval_info.json", "--claim-package", "claim",
      "--model-id", "example-org/example-vla", "--output", "bare")
    try #require(other.status == 0, "\(other.err)")
    #expect(try program("diff", "v1", "bare", "--fail-on", "any").status == 1)
  }

  @Test func `raw digests are in every format, and in none with --public`() throws {
    let program = try CommandJSONTests.demo(registered: false)
    let full = try JSONValue.parse(try program("diff", "demo", "--json").outBytes)
    let digests = (full["flips"]?.array ?? []).flatMap { $0["raw"]?.array ?? [] }
      .compactMap(\.string)
    try #require(!digests.isEmpty)
    for format in ["text", "json", "markdown", "html"] {
      func digestsShown(_ output: String) -> Bool {
        digests.contains { output.contains($0.prefix(19)) }
      }
      let shown = try program("diff", "demo", "--format", format)
      #expect(shown.status == 0 && digestsShown(shown.out), "\(format): \(shown.err)")
      let hidden = try program("diff", "demo", "--format", format, "--public")
      #expect(hidden.status == 0 && !digestsShown(hidden.out), "\(format): \(hidden.err)")
    }
    let path = program.work + "/v1"
    let folders = try program("diff", path, "demo@v2", "--public", "--json")
    #expect(!folders.out.contains(program.work))
    #expect(try JSONValue.parse(folders.outBytes)["sides"]?["a"]?["name"]?.string == "v1")
  }

  @Test func `an output is written whole, refused when it is there, and JSON still printed`() throws
  {
    let program = try CommandJSONTests.demo(registered: false)
    let first = try program("diff", "demo", "--format", "markdown", "--output", "c.md", "--json")
    #expect(first.status == 0)
    #expect(try JSONValue.parse(first.outBytes)["schema"]?.string == "wf.diff/1")
    let comment = String(decoding: try Fixtures.read(program.work + "/c.md"), as: UTF8.self)
    #expect(comment.hasPrefix("**1 regression, 0 improvements in 10 tasks"))
    #expect(comment.utf8.count < 8192)
    #expect(try program("diff", "demo", "--output", "c.md").status == 4)
    #expect(try Fixtures.read(program.work + "/c.md") == Array(comment.utf8))
    #expect(try program("diff", "demo", "--output", "c.md", "--force").status == 0)
    #expect(try Fixtures.read(program.work + "/c.md") != Array(comment.utf8))
  }

  @Test func `the screen keeps to COLUMNS`() throws {
    let program = try CommandJSONTests.demo(registered: false)
    for width in [40, 80, 120] {
      for arguments in ["diff demo", "history demo", "diff demo --last 2"] {
        let shown = try program.shell("COLUMNS=\(width) $WF \(arguments)")
        for line in shown.out.split(separator: "\n") {
          #expect(line.count <= width, "\(arguments) at \(width): \(line)")
        }
      }
    }
  }

  @Test func `several versions are compared step by step and from first to last`() throws {
    let program = try CommandJSONTests.demo()
    try #require(try program("commit", "v1").status == 0)
    let series = try JSONValue.parse(try program("diff", "demo", "--last", "3", "--json").outBytes)
    #expect(series["schema"]?.string == "wf.diff_series/1")
    #expect(series["versions"]?.array?.map { $0["version"]?.int } == [1, 2, 3])
    #expect(series["versions"]?.array?.map { $0["k"]?.int } == [452, 462, 452])
    let steps = try #require(series["steps"]?.array)
    #expect(steps.map { $0["from"]?.int } == [1, 2] && steps.map { $0["to"]?.int } == [2, 3])
    func classes(_ step: JSONValue?) -> [String?] {
      (step?["tasks"]?.array ?? []).map { $0["class"]?.string }
    }
    #expect(classes(steps[0]).filter { $0 == "regression" }.count == 1)
    #expect(classes(steps[1]).filter { $0 == "improvement" }.count == 1)
    #expect(Set(classes(series["first_to_last"])) == ["same"])
    let task = try #require(series["tasks"]?.array?[3])
    #expect(task["task"]?.string == "libero_spatial/3")
    #expect(task["counts"]?.array?.map { $0["k"]?.int } == [47, 31, 47])
    let two = try JSONValue.parse(try program("diff", "demo", "--last", "2", "--json").outBytes)
    #expect(two["first_to_last"]?.isNull == true)
    #expect(two["versions"]?.array?.count == 2)
    // The newest step is an improvement, and first to last is no change.
    #expect(try program("diff", "demo", "--last", "3", "--fail-on", "regression").status == 0)
    let text = try program("diff", "demo", "--last", "3").out
    #expect(text.contains("▼ 31/50") && text.contains("▲ 47/50"))
    let markdown = try program("diff", "demo", "--last", "3", "--format", "markdown").out
    #expect(markdown.contains("| `libero_spatial/3` | 47/50 | ▼ 31/50 | ▲ 47/50 |"))
  }

  @Test func `history has a line per version and a spark line per task`() throws {
    let program = try CommandJSONTests.demo()
    let history = try JSONValue.parse(try program("history", "demo", "--json").outBytes)
    #expect(history["schema"]?.string == "wf.history/1")
    #expect(history["versions"]?.array?.map { $0["rate"]?.string } == ["0.904000", "0.924000"])
    #expect(history["versions"]?.array?.map { $0["labels"] } == [["v1-model"], ["v2-model"]])
    #expect(history["others"]?.array?.map { $0["kind"]?.string } == ["registration"])
    let regression = try #require(history["regressions"]?.array?.first)
    #expect(regression["task"]?.string == "libero_spatial/3")
    #expect(regression["from"]?.int == 1 && regression["to"]?.int == 2)
    let text = try program("history", "demo").out
    #expect(text.contains("registration") && text.contains("452/500"))
    #expect(text.contains("libero_spatial/3  █▅  31/50 62.0 %  regression v1 → v2"))
    #expect(try program("history", "nobody").status == 4)
    #expect(try program("history", "demo", "--last", "0").status == 64)
    let newest = try JSONValue.parse(
      try program("history", "demo", "--last", "1", "--json").outBytes)
    #expect(newest["versions"]?.array?.map { $0["version"]?.int } == [2])
  }

  @Test func `a claim that is only registered has a history without versions`() throws {
    let program = try Program.prepared()
    _ = try program(
      "claim", "create", "--template", "lerobot-libero", "--output", "claim", "--set",
      "subject.id=example-org/example-vla", "--set", "slug=demo")
    try #require(try program("claim", "register", "claim").status == 0)
    let text = try program("history", "demo")
    #expect(text.status == 0 && text.out.contains("No package version yet."))
    let diff = try program("diff", "demo", "--json")
    #expect(diff.status == 4)
    #expect(try Program.reason(diff) == "version_unknown")
    #expect(try program("diff", "demo", "--last", "5").status == 4)
  }

  @Test func `the example of a CI job is a gate`() throws {
    let program = try Program.prepared()
    _ = try program(
      "claim", "create", "--template", "lerobot-libero", "--output", "claim", "--set",
      "subject.id=example-org/example-vla", "--set", "slug=demo")
    func gate(_ run: String, _ environment: String = "") throws -> Finished {
      let script = Fixtures.path("../Docs/ci/gate.sh")
      return try program.shell(
        "\(environment) WF_MODEL_ID=example-org/example-vla \(script) "
          + "\(Fixtures.path("demo/\(run)")) claim demo comment.md")
    }
    func comment() throws -> String {
      String(decoding: try Fixtures.read(program.work + "/comment.md"), as: UTF8.self)
    }
    let first = try gate("v1")
    #expect(first.status == 0, "\(first.err)")
    #expect(try comment().contains("nothing to compare it with yet"))
    let second = try gate("v2")
    #expect(second.status == 1, "\(second.err)")
    #expect(try comment().hasPrefix("**1 regression, 0 improvements in 10 tasks"))
    #expect(try !comment().contains("sha256:"))
    // Back to the old run: better, so the gate opens; the verdict stays what it was.
    #expect(try gate("v1").status == 0)
    #expect(try gate("v2", "WF_FAIL_ON=verdict").status == 0)
    #expect(try program.shell(Fixtures.path("../Docs/ci/gate.sh")).status == 64)
  }
}
