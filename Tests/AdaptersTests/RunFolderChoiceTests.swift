import Evidence
import JSON
import Platform
import TestSupport
import Testing

@testable import Adapters

struct RunFolderChoiceTests {
  private var good: String { episodeLines(sixRows()) }
  private var other: String {
    episodeLines(sixRows { number, members in if number == 5 { members[3].1 = "true" } })
  }

  @Test func `the better of two results is not chosen for anyone`() throws {
    let made = try MadeRunFolder(["a.jsonl": good, "b.jsonl": other])
    #expect(try made.reasons() == ["ambiguous_candidates"])
    let chosen = try made.look { $0.candidate = "./b.jsonl" }
    #expect(chosen.decision.reasons == [.accepted])
    #expect(chosen.passedOver == 1)
    #expect(chosen.report.json["selected"]?["chosen_by"] == "operator")
    #expect(notes(chosen).contains("conflicting_outcomes"))
    #expect(chosen.report.json["candidates"]?.array?.count == 2)
    #expect(throws: RunFolderError(.candidateNotFound, place: "--candidate", "")) {
      try made.look { $0.candidate = "c.jsonl" }
    }
  }

  @Test func `equal rows in another order and shape are one result`() throws {
    let rows = sixRows().reversed().joined(separator: ", ")
    let list = #"{"metric_contract": \#(statedContract), "attempted": 6, "trials": [\#(rows)]}"#
    let made = try MadeRunFolder(["b.jsonl": good, "a.json": list])
    let result = try made.look()
    #expect(result.decision.reasons == [.accepted])
    #expect(result.report.json["selected"]?["path"] == "a.json")
    #expect(result.report.json["selected"]?["chosen_by"] == "identical")
  }

  @Test func `an incomplete file that disagrees is a conflict, one that agrees is not`() throws {
    let part = episodeLines(Array(sixRows().prefix(2)))
    #expect(try MadeRunFolder(["a.jsonl": good, "b.jsonl": part]).reasons() == ["accepted"])
    let wrong = episodeLines([sixRows { _, members in members[3].1 = "false" }[0]])
    #expect(
      try MadeRunFolder(["a.jsonl": good, "b.jsonl": wrong]).reasons() == ["conflicting_outcomes"])
  }

  @Test func `the reasons are those of the best candidate`() throws {
    // One failure beats two; of equals the one with more rows.
    let made = try MadeRunFolder([
      "few.jsonl": episodeLines(Array(sixRows().prefix(2))),
      "more.jsonl": episodeLines(Array(sixRows().prefix(5))),
      "bad.jsonl": episodeLines(Array(sixRows().prefix(5))) + "{\"episode\": ",
    ])
    let result = try made.look()
    #expect(result.decision.reasons == [.partialEpisodes])
    #expect(
      result.report.lines[1].contains("more.jsonl") || result.report.lines[2].contains("more.jsonl")
    )
  }

  @Test func `rows of another claim stay apart`() throws {
    let more = sixRows { _, members in members[0].1 = "\"libero_goal\"" }
    let result = try MadeRunFolder(["r.jsonl": episodeLines(sixRows() + more, attempted: 12)])
      .look()
    #expect(result.decision.reasons == [.accepted])
    #expect(notes(result).contains("out_of_protocol_episodes"))
  }

  @Test func `a result that changes while it is read is refused`() throws {
    let made = try MadeRunFolder(["r.jsonl": good])
    let path = made.path + "/r.jsonl"
    // The first look is over when progress is told; the second finds another file.
    let result = try importRunFolder(
      made.path, claim: try FixtureClaim.frozen.claim(), plan: try FixtureClaim.frozen.plan(),
      options: RunFolderOptions(), surroundings: MadeRunFolder.surroundings(),
      files: FileSystem()
    ) { _, _ in try? write(Array((good + " ").utf8), to: path) }
    #expect(result.decision.reasons == [.changedWhileReading])
    #expect(notes(result).contains("changed"))
    #expect(result.run == nil)
  }

  @Test func `a result that cannot be read matters only where there is no other`() throws {
    let made = try MadeRunFolder(["notes.txt": "x"])
    try made.put("eval_info.json", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    #expect(try made.reasons() == ["candidate_unreadable"])
    try made.put("run/r.jsonl", good)
    #expect(try made.reasons() == ["accepted"])
  }

  @Test func `secrets and other faults are listed together`() throws {
    let token = "hf_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2z"
    let made = try MadeRunFolder([
      "r.jsonl": episodeLines(Array(sixRows().prefix(5))), "notes.txt": token,
    ])
    #expect(try made.reasons() == ["secret_in_folder", "partial_episodes"])
    try made.put("r.jsonl", episodeLines(sixRows()) + "{\"note\": \"\(token)\"}\n")
    #expect(try made.reasons() == ["secret_in_candidate"])
  }

  @Test(arguments: [
    (["a.json": #"{"overall": {"pc_success": 80}}"#], ["aggregate_only"]),
    (
      ["a.json": #"{"mean_reward": 1, "n": 3}"#, "b.csv": "a,b\n"], ["aggregate_only", "csv_only"]
    ),
    (["a.zip": "PK\u{3}\u{4}"], ["archive_only"]),
    (["a.yaml": "policy: org/x\n"], ["names_only"]),
    (["a.yaml": "lr: 1\n"], ["narrative_evidence"]),
    (["isaac_sim/log.yaml": "x: 1\n"], ["simulator_signal"]),
    (["cosmos_manifest.json": "{}"], ["simulator_signal"]),
    (["eval_info.json": "{\"per_task\": ["], ["candidate_malformed"]),
  ])
  func `folders without rows are told by their material`(
    texts: [String: String], expected: [String]
  ) throws {
    #expect(try MadeRunFolder(texts).reasons() == expected)
  }
}
