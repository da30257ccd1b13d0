import Evidence
import JSON
import Platform
import TestSupport
import Testing

@testable import Adapters

struct RunFolderRowTests {
  /// The reasons for one file of rows under the frozen claim.
  private func reasons(
    _ text: String, name: String = "results/r.jsonl", claim: FixtureClaim? = .frozen
  ) throws -> [String] {
    try MadeRunFolder([name: text]).reasons(claim: claim)
  }

  @Test func `six good rows are accepted in every shape`() throws {
    let rows = sixRows().joined(separator: ", ")
    let head = #""metric_contract": \#(statedContract), "attempted": 6"#
    for key in [
      "episodes", "results", "per_episode", "evaluations", "rollouts", "trials", "records",
    ] {
      let reasons = try reasons(#"{\#(head), "\#(key)": [\#(rows)]}"#, name: "r.json")
      #expect(reasons == ["accepted"], "\(key)")
    }
    // A bare list states no contract; one beside it, or one that is given, does.
    let list = try MadeRunFolder(["r/r.json": "[\(rows)]"])
    #expect(try list.reasons() == ["metric_contract_missing"])
    #expect(try list.reasons { $0.contract = Array(statedContract.utf8) } == ["accepted"])
    try list.put("r/metric_contract.json", statedContract)
    #expect(try list.reasons() == ["accepted"])
  }

  @Test(arguments: [
    ("suite", "task_suite"), ("suite", "benchmark"), ("task_id", "task"), ("task_id", "env_id"),
    ("episode_index", "trial"), ("episode_index", "demo_id"), ("success", "is_success"),
    ("success", "succeeded"),
  ])
  func `keys have other names`(key: String, other: String) throws {
    let rows = sixRows { _, members in
      for place in members.indices where members[place].0 == key { members[place].0 = other }
    }
    #expect(try reasons(episodeLines(rows)) == ["accepted"])
  }

  /// What is done to row 4, and the reasons.
  @Test(arguments: [
    ("success", "\"true\"", ["success_not_boolean"]), ("success", "1", ["success_not_boolean"]),
    ("success", "null", ["success_not_boolean"]), ("success", "NaN", ["success_not_boolean"]),
    ("episode_index", "null", ["identity_missing"]), ("episode_index", "-1", ["identity_missing"]),
    ("episode_index", "1.5", ["identity_missing"]),
    ("episode_index", "\"ep_1\"", ["accepted"]), ("episode_index", "0", ["duplicate_episodes"]),
    ("episode_index", "7", ["partial_episodes"]), ("task_id", "\"9\"", ["partial_episodes"]),
    ("suite", "\"\"", ["accepted"]), ("suite", "\"libero_goal\"", ["partial_episodes"]),
  ])
  func `one row that is wrong is told`(key: String, value: String, expected: [String]) throws {
    let rows = sixRows { number, members in
      guard number == 4 else { return }
      for place in members.indices where members[place].0 == key { members[place].1 = value }
    }
    #expect(try reasons(episodeLines(rows)) == expected)
  }

  @Test func `rows without any outcome are scores or nothing`() throws {
    let bare = sixRows { _, members in members.removeLast() }
    #expect(try reasons(episodeLines(bare)) == ["success_missing"])
    let scores = sixRows { _, members in members[3] = ("score", "0.5") }
    #expect(try reasons(episodeLines(scores)) == ["numeric_score_only"])
  }

  @Test func `errored and excluded rows need no value, pending ones are missing`() throws {
    func with(_ outcome: String) throws -> [String] {
      try reasons(
        episodeLines(
          sixRows { number, members in
            if number == 2 { members[3] = ("outcome", "\"\(outcome)\"") }
          }))
    }
    #expect(try with("errored") == ["accepted"])
    #expect(try with("excluded") == ["accepted"])
    #expect(try with("pending") == ["partial_episodes"])
  }

  @Test
  func `a suite may be missing where the task is unique, and a task where it is the only one`()
    throws
  {
    let noSuite = sixRows { _, members in members.removeFirst() }
    #expect(try reasons(episodeLines(noSuite)) == ["accepted"])
    let noTask = Array(noSuite.prefix(3)).map { $0.replacingTask() }
    var claim = FixtureClaim.frozen
    #expect(try reasons(episodeLines(noTask, attempted: 3), claim: claim) == ["identity_missing"])
    claim.hasOneTask = true
    #expect(try reasons(episodeLines(noTask, attempted: 3), claim: claim) == ["accepted"])
  }

  @Test(arguments: ["first_attempt", "last_attempt"])
  func `a repeat counts as the protocol says`(policy: String) throws {
    let repeated = sixRows() + [sixRows { _, members in members[3].1 = "false" }[0]]
    let text = episodeLines(repeated, attempted: 7)
    #expect(try reasons(text) == ["duplicate_episodes"])
    var claim = FixtureClaim.frozen
    claim.retries = policy
    let result = try MadeRunFolder(["r.jsonl": text]).look(claim: claim)
    #expect(result.decision.reasons == [.accepted])
    #expect(try #require(result.run).tasks.reduce(0) { $0 + $1.count } == 7)
  }

  @Test func `the denominator is what was attempted, not what is there`() throws {
    for (attempted, expected) in [
      (6, "accepted"), (7, "partial_episodes"), (5, "partial_episodes"),
    ] {
      #expect(
        try reasons(episodeLines(sixRows(), attempted: attempted), claim: .open) == [expected])
    }
    let rows = sixRows().joined(separator: ", ")
    let bare = #"{"metric_contract": \#(statedContract), "episodes": [\#(rows)]}"#
    #expect(try reasons(bare, name: "r.json", claim: .open) == ["denominator_missing"])
    #expect(try reasons(bare, name: "r.json", claim: .frozen) == ["accepted"])
  }

  @Test func `another metric than the claim's is a mismatch`() throws {
    var claim = FixtureClaim.frozen
    claim.metricName = "governance_rate"
    #expect(try reasons(episodeLines(sixRows()), claim: claim) == ["metric_contract_mismatch"])
  }

  @Test func `without a claim a good result is reported only`() throws {
    let result = try MadeRunFolder(["r.jsonl": episodeLines(sixRows())]).look(claim: nil)
    #expect(result.decision.reasons == [.claimNotGiven])
    #expect(result.decision.kind == .reportOnly)
    #expect(result.run == nil)
  }

  @Test func `marks of other systems are tolerated and noted`() throws {
    let text =
      "\u{FEFF}"
      + episodeLines(
        sixRows { number, members in
          members.append(("loss", number == 1 ? "NaN" : "-Infinity"))
        }
      ).split(separator: "\n").joined(separator: "\r\n\r\n") + "\r\n"
    let result = try MadeRunFolder(["r.jsonl": text]).look()
    #expect(result.decision.reasons == [.accepted])
    #expect(notes(result).isSuperset(of: ["byte_order_mark", "crlf", "nonstandard_number"]))
  }

  @Test func `what the format's own reader refuses is not accepted`() throws {
    let good = lerobotText([
      ("libero_spatial", 0, [true, true, false]), ("libero_spatial", 1, [true, false, true]),
    ])
    #expect(try reasons(good, name: "eval_info.json") == ["accepted"])
    let lying = good.split(separator: "\"n_episodes\": 6").joined(separator: "\"n_episodes\": 5")
    #expect(try reasons(lying, name: "eval_info.json") == ["candidate_malformed"])
    let result = try MadeRunFolder(["eval_info.json": lying]).look()
    #expect(result.report.json["candidates"]?.array?.first?["fault"] == "aggregate_mismatch")
  }

  @Test func `boolean rows in a tracker's or dataset's folder are no candidate`() throws {
    let rows = episodeLines(sixRows())
    #expect(try reasons(rows, name: "wandb/run-1/files/episodes.jsonl") == ["tracker_summary"])
    let dataset = try MadeRunFolder([
      "ds/meta/info.json": #"{"codebase_version": "v2.1"}"#, "ds/episodes.jsonl": rows,
    ])
    #expect(try dataset.reasons() == ["dataset_signal"])
  }
}

extension String {
  /// The row without its task.
  fileprivate func replacingTask() -> String {
    split(separator: "\"task_id\": \"0\", ").joined()
  }
}
