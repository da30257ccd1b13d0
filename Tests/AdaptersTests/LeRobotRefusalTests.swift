import Adapters
import Evidence
import Platform
import TestSupport
import Testing

struct LeRobotRefusalTests {
  private static let base = lerobotText([("a", 0, [true, false]), ("b", 1, [true, true])])

  @Test func `the text that the edits below start from is accepted`() throws {
    #expect(try refusal(Self.base) == nil)
  }

  @Test(arguments: [
    ("\"task_id\": 0", "\"task_id\": \"0\"", "wrong_type", "/per_task/0/task_id"),
    ("\"task_id\": 0", "\"task_id\": 0.0", "not_an_integer", "/per_task/0/task_id"),
    ("\"task_id\": 0", "\"task_id\": -1", "negative_count", "/per_task/0/task_id"),
    ("\"task_id\": 0", "\"task_id\": true", "wrong_type", "/per_task/0/task_id"),
    (
      "\"task_id\": 0", "\"task_id\": 9007199254740992", "number_out_of_range",
      "/per_task/0/task_id"
    ),
    (
      "\"task_id\": 0", "\"task_id\": -9223372036854775808", "number_out_of_range",
      "/per_task/0/task_id"
    ),
    ("\"task_group\": \"a\"", "\"task_group\": 7", "wrong_type", "/per_task/0/task_group"),
    (
      "\"task_group\": \"a\"", "\"task_group\": \"a\\u0085\"", "control_character",
      "/per_task/0/task_group"
    ),
    ("\"task_group\": \"a\", ", "", "missing_field", "/per_task/0/task_group"),
    ("\"sum_rewards\": [1.0, 0.0], ", "", "missing_field", "/per_task/0/metrics/sum_rewards"),
    ("[1.0, 0.0]", "[1.0, \"0\"]", "wrong_type", "/per_task/0/metrics/sum_rewards/1"),
    ("[1.0, 0.0]", "[1.0, null]", "wrong_type", "/per_task/0/metrics/sum_rewards/1"),
    ("[1.0, 0.0]", "{}", "wrong_type", "/per_task/0/metrics/sum_rewards"),
    ("[1.0, 0.0]", "[1.0]", "length_mismatch", "/per_task/0/metrics"),
    ("[true, false]", "[true, 0]", "success_not_boolean", "/per_task/0/metrics/successes/1"),
    ("[true, false]", "[true, NaN]", "success_not_boolean", "/per_task/0/metrics/successes/1"),
    ("[true, false]", "[[true], false]", "success_not_boolean", "/per_task/0/metrics/successes/0"),
    ("[true, false]", "false", "wrong_type", "/per_task/0/metrics/successes"),
    ("\"per_task\": [", "\"per_task\": [[], ", "wrong_type", "/per_task/0"),
    ("\"task_group\": \"b\"", "\"task_group\": \"c\"", "aggregate_mismatch", "/per_group/b"),
    ("\"b\": {", "\"b\\u0000\": {", "aggregate_mismatch", "/per_group/b\\u{0}"),
    (
      "\"pc_success\": 50.0", "\"pc_success\": 50.001", "aggregate_mismatch",
      "/per_group/a/pc_success"
    ),
    (
      "\"pc_success\": 50.0", "\"pc_success\": NaN", "aggregate_mismatch", "/per_group/a/pc_success"
    ),
    ("\"pc_success\": 50.0", "\"pc_success\": null", "wrong_type", "/per_group/a/pc_success"),
    ("\"pc_success\": 50.0, ", "", "missing_field", "/per_group/a/pc_success"),
    ("\"n_episodes\": 4", "\"n_episodes\": 5", "aggregate_mismatch", "/overall/n_episodes"),
    ("\"n_episodes\": 4, ", "", "missing_field", "/overall/n_episodes"),
    (
      "\"n_episodes\": 4", "\"n_episodes\": 4, \"n_success\": 4", "aggregate_mismatch",
      "/overall/n_success"
    ),
    (
      "\"n_episodes\": 4", "\"n_episodes\": 4, \"pc_success_ci95\": [30.06, 95.5]",
      "aggregate_mismatch", "/overall/pc_success_ci95/0"
    ),
    (
      "\"n_episodes\": 4", "\"n_episodes\": 4, \"pc_success_ci95\": [1]", "wrong_type",
      "/overall/pc_success_ci95/1"
    ),
  ])
  func `an edit is refused with its reason and place`(
    old: String, new: String, reason: String, pointer: String
  ) throws {
    let range = try #require(Self.base.firstRange(of: old))
    let error = try #require(try refusal(Self.base.replacingCharacters(in: range, with: new)))
    #expect(error.reason == reason)
    #expect(error.place?.hasSuffix("eval_info.json: " + pointer) == true, "\(error.place ?? "-")")
    #expect(error.kind == .invalidInput)
  }

  @Test(arguments: [
    // Averages in the last bits, as numpy and plain division differ.
    ("\"pc_success\": 50.0", "\"pc_success\": 50.00000000000001"),
    ("\"n_episodes\": 4", "\"n_episodes\": 4, \"pc_success_ci95\": [30.06418425, 95.44127391]"),
    ("\"n_episodes\": 4", "\"n_episodes\": 4, \"new_key\": {\"a\": [1, \"x\"]}"),
    ("\"per_group\"", "\"extra\": [[{}]], \"per_group\""),
    ("\"task_group\": \"a\"", "\"task_group\": \"\\u0061\""),
  ])
  func `an edit that contradicts nothing is accepted`(old: String, new: String) throws {
    let range = try #require(Self.base.firstRange(of: old))
    #expect(try refusal(Self.base.replacingCharacters(in: range, with: new)) == nil)
  }

  // MARK: Which of several faults is named

  @Test(arguments: [
    // A fault of the text behind a complaint about a value.
    ("[true, false]", "[1, false]", "}}}", "trailing_data"),
    ("[true, false]", "[1, false]", ", }", "syntax"),
    ("[true, false]", "[1, false]", ", \"x\": {\"k\": 1, \"k\": 2}}", "duplicate_key"),
    ("[true, false]", "[1, false]", ", \"x\": 1e400}", "number_out_of_range"),
    // The shape of the whole comes before a value.
    ("[true, false]", "[1, false]", ", \"per_episode\": []}", "ambiguous_shape"),
    ("[true, false]", "[1, false]", "}", "success_not_boolean"),
    // NaN where no reward and no average stands.
    ("[true, false]", "[true, false]", ", \"x\": NaN}", "nan_not_allowed"),
    ("\"n_episodes\": 4", "\"n_episodes\": NaN", "}", "nan_not_allowed"),
    ("\"task_id\": 0", "\"task_id\": 0, \"x\": [-Infinity]", "}", "nan_not_allowed"),
  ])
  func `the first fault in the order of the checks is named`(
    old: String, new: String, end: String, reason: String
  ) throws {
    let range = try #require(Self.base.firstRange(of: old))
    let text = String(Self.base.replacingCharacters(in: range, with: new).dropLast()) + end
    #expect(try refusal(text)?.reason == reason)
  }

  @Test func `a file without episodes may state no average`() throws {
    let text = lerobotText([("a", 0, [])])
    #expect(try refusal(text) == nil)
    #expect(
      try refusal(text.replacing("\"pc_success\": NaN", with: "\"pc_success\": 0.0"))?.reason
        == "aggregate_mismatch")
  }

  @Test func `an infinite reward has an infinite average`() throws {
    let text = lerobotText([("a", 0, [true])]).replacing(
      "\"sum_rewards\": [1.0]", with: "\"sum_rewards\": [Infinity]")
    #expect(try refusal(text)?.reason == "aggregate_mismatch")
    let stated = text.replacing("\"avg_sum_reward\": 1.0", with: "\"avg_sum_reward\": Infinity")
    #expect(try read(text: stated).notes.warnings == ["reward_not_finite"])
  }

  @Test func `rewards that cancel out are compared by their size`() throws {
    let text = lerobotText([("a", 0, [true, true, true])])
      .replacing("\"sum_rewards\": [1.0, 1.0, 1.0]", with: "\"sum_rewards\": [1e9, 1e-9, -1e9]")
      .replacing("\"avg_sum_reward\": 1.0", with: "\"avg_sum_reward\": 0.0")
    #expect(try refusal(text) == nil)
  }

  // MARK: Other people's files

  @Test func `a wrapped result is refused and the hint names the key`() throws {
    let error = try #require(try refusal("{\"eval_results_400\": \(Self.base)}"))
    #expect(error.code == .unrecognisedShape)
    #expect(error.hint?.contains("/eval_results_400:") == true)
    let deep = try #require(try refusal("{\"a\": [1, {\"b/c\": \(Self.base)}]}", as: "auto"))
    #expect(deep.code == .unrecognisedShape)
    #expect(deep.hint?.contains("/a/1/b~1c:") == true)
  }

  @Test(.enabled(if: Fixtures.shared("formats/lerobot/real") != nil))
  func `the hand-wrapped public file is refused with its key`() throws {
    let path = try #require(
      Fixtures.shared("formats/lerobot/real/smolvla-libero-400/eval_info.json"))
    let error = try #require(try refusal(try Fixtures.read(path)))
    #expect(error.code == .unrecognisedShape)
    #expect(error.hint?.contains("eval_results_400") == true)
  }

  @Test func `a hostile key cannot write to the terminal`() throws {
    let error = try #require(try refusal("{\"\\u001b[31m\\u202e\": \(Self.base)}"))
    #expect(error.hint?.contains("\\u{1b}[31m\\u{202e}") == true)
  }
}

extension String {
  func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
