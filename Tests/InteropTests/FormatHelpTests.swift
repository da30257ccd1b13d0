import JSON
import Platform
import TestSupport
import Testing

/// The help of every format: its example is taken out of the page and run.
struct FormatHelpTests {
  /// Where a user has the files that an example names.
  struct Row: Sendable, CustomTestStringConvertible {
    var word: String
    var files: [(fixture: String, place: String)]
    var testDescription: String { word }
  }

  static let rows = [
    Row(
      word: "lerobot",
      files: [
        (
          "lerobot/good/pusht-10-v0.4.json",
          "outputs/eval/2026-10-01/12-00-00_pusht_diffusion/eval_info.json"
        )
      ]),
    Row(word: "openpi", files: [("openpi/good/libero-goal-3x4.log", "libero_goal.log")]),
    Row(
      word: "lbm_eval",
      files: [
        (
          "lbm_eval/good/results-2026-03-02T09:15:30.250-05:00.json",
          "rollouts/results-2026-03-02T09:15:30.250-05:00.json"
        )
      ]),
    Row(
      word: "vla-eval",
      files: (0..<3).map {
        let name = "LIBEROBenchmark_libero_goal_shard\($0)of3.json"
        return ("vla-eval/good/shards/" + name, "results/" + name)
      }),
    Row(word: "gr00t-n1.7", files: [("gr00t-n1.7/good/simpler-200-extra.log", "rollout.log")]),
    Row(word: "pi-0.7", files: [("pi-0.7/good/episodes.jsonl", "episodes.jsonl")]),
    Row(
      word: "embodied-gov-bench",
      files: [("embodied-gov-bench/good/seeded-20-each.jsonl", "episodes.jsonl")]),
    Row(word: "cosmos-predict", files: [("cosmos-predict/good/episodes.jsonl", "episodes.jsonl")]),
    Row(word: "worldflux", files: [("worldflux/good/seeded-20-each.jsonl", "run.jsonl")]),
    Row(
      word: "auto",
      files: [("lerobot/good/pusht-10-v0.4.json", "outputs/eval/2026-10-01/run/eval_info.json")]),
  ]

  /// The commands below a heading, lines that end in a backslash joined.
  static func commands(in page: String, below heading: String) -> [String] {
    var commands: [String] = []
    var isOpen = false
    for line in page.split(separator: "\n", omittingEmptySubsequences: false)
      .drop(while: { $0 != heading }).dropFirst().prefix(while: { $0.hasPrefix("  ") })
    {
      let text = line.drop { $0 == " " }
      let part = text.hasSuffix("\\") ? text.dropLast() : text
      if isOpen { commands[commands.count - 1] += part } else { commands.append(String(part)) }
      isOpen = text.hasSuffix("\\")
    }
    return commands
  }

  private func prepared(_ row: Row) throws -> Program {
    let program = try Program.prepared()
    for (fixture, place) in row.files {
      let path = Path.join(program.work, place)
      _ = try FileSystem().makeDirectories(Path.parent(path))
      try FileSystem().write(try Fixtures.read(Fixtures.path("formats/" + fixture)), to: path)
    }
    return program
  }

  @Test func `every format has a row here`() throws {
    let program = try Program.prepared()
    let listed = try JSONValue.parse(try program("formats", "--json").outBytes)
    let words = (listed["formats"]?.array ?? []).compactMap { $0["format"]?.string }
    #expect(Set(words + ["auto"]) == Set(Self.rows.map(\.word)) && words.count == 9)
  }

  @Test(arguments: rows)
  func `the example of the page works as it stands`(row: Row) throws {
    let program = try prepared(row)
    let help = try program("audit", row.word, "--help")
    #expect(help.status == 0 && help.err.isEmpty)
    #expect(help.out == (try program("help", "audit", row.word)).out)
    let commands = Self.commands(in: help.out, below: "EXAMPLE")
    try #require(commands.count >= 2 && commands.last?.contains("wf audit \(row.word) ") == true)
    for command in commands {
      let done = try program.shell("wf() { \"$WF\" \"$@\"; }; " + command)
      #expect(done.status == 0, "\(command): \(done.out)\(done.err)")
    }
    #expect(try program("verify", "package").status == 0)
    let lines = help.out.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.hasPrefix("  wf ") || $0.hasPrefix("    --") || $0.count <= 80 })
    for heading in ["NAME", "SYNOPSIS", "NEEDS", "READING", "OPTIONS", "EXIT CODES"] {
      #expect(lines.contains(heading[...]), "\(heading)")
    }
    let takesSeedStart = ["lerobot", "auto"].contains(row.word)
    #expect(help.out.contains("--seed-start <") == takesSeedStart)
  }

  /// What the manual says is missing is missing, and the package has the labels and the digest.
  @Test(arguments: rows.filter { $0.word != "auto" })
  func `the package of the example holds what the format records`(row: Row) throws {
    let program = try prepared(row)
    let listed = try JSONValue.parse(try program("formats", "--json").outBytes)["formats"]?.array
    let manual = try #require(listed?.first { $0["format"]?.string == row.word })
    let page = try program("audit", row.word, "--help").out
    for command in Self.commands(in: page, below: "EXAMPLE") {
      _ = try program.shell("wf() { \"$WF\" \"$@\"; }; " + command)
    }
    func member(_ name: String) throws -> JSONValue {
      try JSONValue.parse(try Fixtures.read(program.work + "/package/" + name))
    }
    let evidence = try member("evidence.json")
    let missing = (evidence["missing_evidence"]?.array ?? []).compactMap { $0["label"]?.string }
    let said = (manual["missing"]?.array ?? []).compactMap(\.string)
    #expect(!said.isEmpty && Set(said).isSubset(of: missing), "\(said) in \(missing)")
    let input = try member("audit_input.json")
    let generation = try #require(
      manual["generations"]?.array?.first {
        $0["generation"] == input["format"]?["generation"]
      })
    #expect(generation["seeds"]?.array?.contains(input["labels"]?["seed"] ?? .null) == true)
    let states = generation["initial_states"]?.array
    #expect(states?.contains(input["labels"]?["initial_state"] ?? .null) == true)
    let rule = try #require(input["source_denominator_rule"]?.string)
    if let stated = generation["denominator_rule"]?.string { #expect(rule == stated) }
    let seenBy = (input["format"]?["detected_by"]?.array ?? []).compactMap(\.string)
    let known = (manual["detected_by"]?.array ?? []).compactMap(\.string)
    #expect(!Set(known).isDisjoint(with: seenBy), "\(seenBy)")
    let references = try member("raw_evidence_manifest.json")["references"]?.array ?? []
    let digests = references.filter { $0["role"] == "source_results" }
      .compactMap { $0["sha256"]?.string }
    let files = try row.files.map { file in
      "sha256:"
        + (try program.shell("sha256sum '\(file.place)'").out.prefix { $0 != " " })
    }
    #expect(Set(digests) == Set(files))
    let inputs = try member("audit_provenance.json")["inputs"]?.array ?? []
    #expect(inputs.count == row.files.count)
    #expect(inputs.allSatisfy { $0["keyed_digest"]?.string?.hasPrefix("hmac-sha256:") == true })
    #expect(try SchemaValidator.faults(packages: [program.work + "/package"]) == "")
  }

  @Test func `the example of the import works as it stands`() throws {
    let program = try prepared(
      Row(
        word: "import",
        files: [("lerobot/good/pusht-10-v0.4.json", "outputs/run-7/eval_info.json")]))
    let made = try program(
      "claim", "create", "--template", "lerobot-pusht", "--output", "claim", "--set",
      "protocol.frozen.episode_indexes=0-9")
    try #require(made.status == 0, "\(made.err)")
    let help = try program("audit", "import", "run-folder", "--help")
    let commands = Self.commands(in: help.out, below: "Examples:")
    try #require(commands.count == 3)
    for (command, status) in zip(commands, [3, 0, 0]) {
      let done = try program.shell("wf() { \"$WF\" \"$@\"; }; \(command) --force")
      #expect(done.status == Int32(status), "\(command): \(done.out)\(done.err)")
    }
  }

  @Test func `the import is listed in the help of the audit and in the completion`() throws {
    let program = try Program.prepared()
    let help = try program("audit", "--help").out
    #expect(help.contains("wf audit import run-folder"))
    for row in Self.rows { #expect(help.contains(row.word)) }
    for shell in ["bash", "zsh", "fish"] {
      let script = try program("completion", shell).out
      for word in ["run-folder", "import", "gr00t-n1.7", "--seed-start", "--audit-input"] {
        #expect(
          script.contains(shell == "fish" ? String(word.drop { $0 == "-" }) : word), "\(shell)")
      }
    }
    let completed = try program.shell(
      """
      "$WF" completion bash > wf.bash && source ./wf.bash
      COMP_WORDS=(wf audit ''); COMP_CWORD=2; COMP_LINE='wf audit '; COMP_POINT=9
      _wf wf '' audit; printf '%s\\n' "${COMPREPLY[@]}"
      """)
    #expect(
      completed.out.contains("import") && completed.out.contains("lerobot"), "\(completed.err)")
  }

  @Test(arguments: [
    ("wf audit import ", "run-folder", ""), ("wf audit import r", "run-folder", ""),
    ("wf audit import run-folder --rep", "--report", ""),
    ("wf audit imp", "import", ""), ("wf audit import-", "", "run-folder"),
    ("wf audit lerobot --seed", "--seed-start", "run-folder"),
    ("wf audit import run-folder --", "--max-entries", "--seed-start"),
  ])
  func `a shell completes the words of import`(line: String, has: String, lacks: String) throws {
    let program = try Program.prepared()
    let done = try program.shell(
      """
      "$WF" completion bash > wf.bash && source ./wf.bash
      COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}; read -ra COMP_WORDS <<< "$COMP_LINE"
      [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _wf wf "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"; printf '%s\\n' "${COMPREPLY[@]}"
      """)
    let offered = done.out.split(separator: "\n").map(String.init)
    #expect(has.isEmpty || offered.contains(has), "\(done.out)\(done.err)")
    #expect(!offered.contains(lacks), "\(done.out)")
    #expect(try program("completion", "zsh").out.contains("_wf_audit_import\n        return"))
  }

  @Test func `what the writer of the manual writes is audited`() throws {
    let program = try Program.prepared()
    let page = String(
      decoding: try Fixtures.read(Fixtures.path("../Docs/schemas/README.md")), as: UTF8.self)
    let start = try #require(page.firstRange(of: "```python\n"))
    let script = page[start.upperBound...].prefix { $0 != "`" }
    let use = """

      write_bridge("run.jsonl", [
          episode("s", 0, 0, True, seed=7, video="a/b.mp4"), episode("s", 0, 1, False, seed=8),
          episode("s", 0, 2, None, seed=9, crashed_with="policy server lost")], "org/model", planned=4)
      """
    let written = try run(["python3", "-c", script + use], in: program.work)
    #expect(written.status == 0, "\(written.err)")
    let made = try program(
      "claim", "create", "--template", "openpi-libero", "--output", "claim", "--set",
      "protocol.frozen.tasks=[{\"suite\": \"s\", \"task_id\": \"0\", \"name\": null}]")
    try #require(made.status == 0, "\(made.err)")
    let audited = try program(
      "audit", "auto", "run.jsonl", "--claim-package", "claim", "--output", "package", "--json")
    let answer = try JSONValue.parse(audited.outBytes)
    // Four were planned, and three are here.
    #expect(audited.status == 3 && answer["partial"]?.string == "planned_episodes_missing")
    let counts = ["attempted", "succeeded", "failed", "errored"].map { answer[$0]?.int }
    #expect(counts == [3, 1, 1, 1])
    #expect(try SchemaValidator.faults(packages: [program.work + "/package"]) == "")
  }

  @Test func `a start seed that says nothing is a usage error with a word`() throws {
    let program = try prepared(Self.rows[1])
    let made = try program("claim", "create", "--template", "openpi-libero", "--output", "claim")
    try #require(made.status == 0)
    let refused = try program(
      "audit", "openpi", "libero_goal.log", "--claim-package", "claim", "--output", "package",
      "--seed-start", "7", "--json")
    #expect(refused.status == 64)
    #expect(try Program.reason(refused) == "option_not_used")
    #expect(!FileSystem().exists(program.work + "/package"))
  }
}
