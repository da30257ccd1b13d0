import Adapters
import Evidence
import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// The manual of every format against what its adapter does with every fixture.
struct FormatManualTests {
  static let words = Formats.all.map(\.word)

  private struct Accepted {
    var paths: [String]
    var run: SavedRun
  }

  /// Every fixture of a format that is read, with and without a start seed.
  private func accepted(_ word: String) throws -> [Accepted] {
    let folder = Fixtures.path("formats/" + word)
    let table = try JSONValue.parse(try Fixtures.read(folder + "/cases.json"))
    var result: [Accepted] = []
    for row in table["cases"]?.array ?? [] where row["outcome"]?.string != "reject" {
      let paths = (row["files"]?.array ?? []).compactMap(\.string).map { folder + "/" + $0 }
      guard paths.allSatisfy(FileSystem().exists) else { continue }
      for seed in [nil, 1000] as [Int64?] {
        let options = ReadOptions(seedStart: seed)
        guard
          let run = try? readSavedRun(
            format: word, inputs: paths, options: options, files: FileSystem())
        else {
          #expect(seed != nil, "\(paths)")
          continue
        }
        result.append(Accepted(paths: paths, run: run))
      }
    }
    if word == "worldflux" {
      let path = Fixtures.path("package-example/audit_input.json")
      result.append(Accepted(paths: [path], run: try read(path, as: word)))
    }
    return result
  }

  @Test(arguments: words)
  func `generation, denominator rule and labels are those of the manual`(word: String) throws {
    let manual = try #require(Formats.named(word)).manual
    let bridged = manual.generations.contains { $0.word == "bridge_1" }
    var seen: Set<String> = []
    let accepted = try accepted(word)
    for (run, paths) in accepted.map({ ($0.run, $0.paths) }) {
      let generation = try #require(
        manual.generations.first { $0.word == run.format.generation }, "\(paths)")
      #expect(run.denominatorRule != nil)
      if let rule = generation.denominatorRule { #expect(run.denominatorRule == rule) }
      #expect(generation.seeds.contains(run.seedLabel.rawValue), "\(paths) \(run.seedLabel)")
      #expect(generation.initialStates.contains(run.initialStateLabel.rawValue), "\(paths)")
      seen.insert(generation.word + " seeds " + run.seedLabel.rawValue)
      #expect(run.format.name == word && !run.format.detectedBy.isEmpty)
    }
    // What the manual says of seeds has been seen, where the fixtures of a format have it.
    let said = manual.generations.flatMap { one in one.seeds.map { one.word + " seeds " + $0 } }
    let unseen = Set(said).subtracting(seen)
    let allowed: Set<String> =
      bridged
      ? ["bridge_1 seeds derived", "bridge_1 seeds missing", "bridge_1 seeds recorded"] : []
    let other: Set<String> = [
      "audit_input seeds recorded", "audit_input seeds recorded_run_seed",
      "audit_input seeds derived", "audit_input seeds missing", "libero_log seeds missing",
      "v1_flat seeds missing", "v1_flat seeds recorded_run_seed", "v2_metrics seeds missing",
      "v3_aggregate seeds missing", "per_task_ci95 seeds derived",
    ]
    #expect(unseen.isSubset(of: allowed.union(other)), "\(unseen)")
    #expect(accepted.count >= 3)
  }

  /// A label says what the columns hold, episode by episode.
  @Test(arguments: words)
  func `seeds and initial states are there exactly when their label says so`(word: String) throws {
    for (run, paths) in try accepted(word).map({ ($0.run, $0.paths) }) {
      let episodes = run.tasks.reduce(0) { $0 + $1.count }
      guard episodes > 0 else { continue }
      let seeds = run.tasks.reduce(0) { $0 + ($1.seeds ?? []).count { $0 != nil } }
      #expect((run.seedLabel == .missing) == (seeds == 0), "\(paths)")
      let states = run.tasks.reduce(0) { $0 + ($1.initialStates ?? []).count { $0 != nil } }
      #expect((run.initialStateLabel == .missing) == (states == 0), "\(paths)")
      if run.seedLabel != .recorded, seeds > 0 { #expect(seeds == episodes, "\(paths)") }
      for task in run.tasks {
        #expect(task.seeds.map { $0.count == task.count } ?? true)
        #expect(task.initialStates.map { $0.count == task.count } ?? true)
        #expect(task.indexes.map { Set($0).count == task.count } ?? true)
      }
    }
  }

  @Test(arguments: words)
  func `inputs are recorded with the digest of the bytes that were read`(word: String) throws {
    for (run, paths) in try accepted(word).map({ ($0.run, $0.paths) }) {
      #expect(
        run.inputs.map(\.digest) == (try paths.map { Digest.text(of: try Fixtures.read($0)) }))
      #expect(run.inputs.allSatisfy { $0.role == "source_results" && $0.size > 0 })
      #expect(run.inputs.map(\.relativePath) == paths.map(Path.lastComponent))
    }
  }

  // MARK: - The page

  @Test func `the page of formats is the one that the code gives`() throws {
    let page = Array(FormatPage.text.utf8)
    let path = Fixtures.path("../Docs/Formats.md")
    if getenv("WF_RECORD") != nil { try FileSystem().write(page, to: path) }
    #expect(try Fixtures.read(path) == page, "WF_RECORD=1 make test writes the page anew")
  }
}

/// Docs/Formats.md.
private enum FormatPage {
  static var text: String {
    var lines = [
      "# Input formats", "",
      "What `wf audit FORMAT` reads, what each harness divides by, and what its files cannot say. This "
        + "page is made",
      "from the code (`WF_RECORD=1 make test`); `wf audit FORMAT --help` shows "
        + "the same, and `wf formats --json` gives it to programs.", "",
      "| format | needs | divides by | seeds | initial states |", "|---|---|---|---|---|",
    ]
    for format in Formats.all {
      for one in format.manual.generations {
        let rule = one.denominatorRule.map { "`\($0)`" } ?? "as the file names it"
        lines.append(
          "| `\(format.word)` `\(one.word)` | \(one.about) | \(rule) | "
            + "\(one.seeds.joined(separator: ", ")) | \(one.initialStates.joined(separator: ", ")) |"
        )
      }
    }
    lines += [
      "",
      "*Recorded* stands in the files, *derived* follows from them by a rule of the harness, and "
        + "*missing* is known to",
      "nobody; `recorded_run_seed` is one seed for the whole run. What the "
        + "source divides by is kept by name. What `wf`",
      "divides by is the protocol's "
        + "`denominator_policy`, never the source's rule.",
    ]
    for format in Formats.all { lines += section(format) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func section(_ format: Format) -> [String] {
    let manual = format.manual
    func list(_ words: [String]) -> String {
      words.map { "`\($0)`" }.joined(separator: " ")
    }
    var lines = [
      "", "## `\(format.word)`", "", "| | |", "|---|---|", "| reads | \(format.about) |",
      "| needs | \(manual.needs) |", "| found in a folder as | \(list(format.fileNames)) |",
      "| seen by `auto` by | \(list(format.detectedBy)) |",
      "| cannot know | \(manual.unknown.joined(separator: "; ")) |",
      "| missing in every package | \(list(manual.missing)) |",
      "| `--seed-start` | \(manual.takesSeedStart ? "gives derived seeds" : "is refused") |", "",
    ]
    lines += manual.notes.map { "- " + $0 }
    lines += ["", "```sh"] + manual.example + ["```"]
    return lines
  }
}
