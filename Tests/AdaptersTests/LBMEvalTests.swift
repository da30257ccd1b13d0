import Adapters
import Evidence
import JSON
import Platform
import TestSupport
import Testing

struct LBMEvalTests {
  private static func file(
    _ evaluations: [String], requested: Int, evaluated: Int, success: Int, rate: String
  ) -> String {
    """
    {"evaluations": [\(evaluations.joined(separator: ", "))], "num_processes": 1,
     "elapsed_time": 1.5, "num_requested_evaluations": \(requested),
     "num_evaluated": \(evaluated), "num_success": \(success), "success_rate": \(rate)}
    """
  }

  private static func entry(
    _ index: Int, success: String = "true", time: String = "1.25", message: String = "null",
    pending: Bool = false
  ) -> String {
    "{\"skill_type\": \"a\", \"scenario_index\": \(index), \"is_pending\": \(pending), "
      + "\"total_time\": \(time), \"is_success\": \(success), \"failure_message\": \(message)}"
  }

  @Test func `entries in any order give rows by scenario, with seeds and durations`() throws {
    let text = Self.file(
      [Self.entry(7, success: "false", time: "60.00000000000001"), Self.entry(3)], requested: 2,
      evaluated: 2, success: 1, rate: "0.5")
    let run = try read(text: text, as: "auto")
    let task = try #require(run.tasks.first)
    #expect(task.indexes == [3, 7] && task.outcomes == Array("SF".utf8))
    #expect(task.seeds == [.integer(100_000_103), .integer(100_000_107)])
    #expect(texts(task.durations, of: run) == "1.25 60.00000000000001 ")
    #expect(task.media.map(\.path).first == "a/demonstration_3/recording.html")
    #expect(task.media.map(\.row) == [0, 1])
    #expect(run.sourceAggregates?["success_rate"]?.string == "0.5")
  }

  @Test func `a message without a time is an error, with a time a failure`() throws {
    let text = Self.file(
      [
        Self.entry(0, success: "false", time: "null", message: "\"lost\""),
        Self.entry(1, success: "false", message: "\"fell\""),
      ], requested: 2, evaluated: 2, success: 0, rate: "0.0")
    let task = try #require(try read(text: text, as: "lbm_eval").tasks.first)
    #expect(task.outcomes == Array("EF".utf8))
    #expect(task.failures == [0: "lost", 1: "fell"])
  }

  @Test func `the time in the name is taken, and only a time`() throws {
    let text = Self.file([Self.entry(0)], requested: 1, evaluated: 1, success: 1, rate: "1.0")
    let folder = TemporaryFolder()
    for (name, time) in [
      ("results-2026-03-02T09:15:30.250-05:00.json", "2026-03-02T09:15:30.250-05:00"),
      ("results-latest.json", nil), ("other.json", nil),
    ] as [(String, String?)] {
      try write(Array(text.utf8), to: folder.path + "/" + name)
      #expect(try read(folder.path + "/" + name, as: "lbm_eval").createdAt == time)
    }
  }

  @Test(arguments: [
    ([entry(0, pending: true)], "contradictory_episode", "/evaluations/0/is_pending"),
    ([entry(0, success: "1")], "success_not_boolean", "/evaluations/0/is_success"),
    ([entry(0, time: "\"1\"")], "wrong_type", "/evaluations/0/total_time"),
    ([entry(0, message: "7")], "wrong_type", "/evaluations/0/failure_message"),
    ([entry(0), entry(0)], "duplicate_episode", "/evaluations/1/scenario_index"),
    ([entry(0), "7"], "wrong_type", "/evaluations/1"),
    ([entry(0), entry(1)], "aggregate_mismatch", "/num_requested_evaluations"),
    (["{}"], "missing_field", "/evaluations/0/skill_type"),
  ])
  func `an entry that contradicts itself is refused with its place`(
    entries: [String], reason: String, place: String
  ) throws {
    let text = Self.file(entries, requested: 1, evaluated: 1, success: 1, rate: "1.0")
    let error = try #require(try refusal(text, as: "lbm_eval"))
    #expect(error.reason == reason && error.place?.hasSuffix(": " + place) == true, "\(error)")
  }

  @Test func `other files are of no known shape`() throws {
    #expect(try refusal("[]", as: "lbm_eval")?.code == .unrecognisedShape)
    #expect(try refusal("{\"a\": 1}", as: "lbm_eval")?.code == .unrecognisedShape)
    #expect(try refusal("{\"a\": 1", as: "lbm_eval")?.code == .truncated)
  }

  @Test func `unknown keys are let through, and faults below them are not`() throws {
    let base = Self.file([Self.entry(0)], requested: 1, evaluated: 1, success: 1, rate: "1.0")
    let more = base.dropLast() + ", \"fork\": {\"x\": [1, {\"y\": null}]}}"
    #expect(try refusal(String(more), as: "lbm_eval") == nil)
    let early = base.replacing("\"num_success\": 1", with: "\"num_success\": -1, \"x\": NaN")
    #expect(try refusal(early, as: "lbm_eval")?.code == .nanNotAllowed)
    let bad = base.dropLast() + ", \"fork\": {\"x\": 1, \"x\": 2}}"
    #expect(try refusal(String(bad), as: "lbm_eval")?.code == .duplicateKey)
  }
}
