import Adapters
import Evidence
import JSON
import TestSupport
import Testing

struct LeRobotTests {
  @Test func `tasks come by suite and then by number whatever the file's order`() throws {
    let text = lerobotText([
      ("b", 0, [true]), ("a", 10, [true, false]), ("a", 2, [false]), ("a", 0, [true]),
    ])
    let run = try read(text: text)
    #expect(run.tasks.map { "\($0.suite)/\($0.taskID)" } == ["a/0", "a/2", "a/10", "b/0"])
    #expect(run.notes.warnings == ["tasks_not_in_order"])
    #expect(
      run.tasks.map { String(decoding: $0.outcomes, as: UTF8.self) } == ["S", "F", "SF", "S"])
  }

  @Test func `rewards stay the source's own text`() throws {
    let run = try read(good("nan-reward-v0.4"))
    let sums = texts(run.tasks.first?.sumRewards, of: run)
    #expect(
      sums == "54.80677190607153 57.46937463858297 null 16.888353339378224 130.72431955524303 "
        + "123.8600112224636 ")
    #expect(run.notes.warnings == ["reward_not_finite"])
  }

  @Test func `totals of the source are kept as text and counts as integers`() throws {
    let run = try read(good("nan-reward-v0.4"))
    #expect(run.sourceAggregates?["pc_success"] == "16.666666666666664")
    #expect(run.sourceAggregates?["n_episodes"] == 6)
    #expect(run.sourceAggregates?.count == 2)
    #expect(try read(good("no-tasks-v0.4")).sourceAggregates?["pc_success"] == .null)
  }

  @Test func `a file states neither model nor time nor version`() throws {
    let run = try read(good("pusht-10-v0.4"))
    #expect(run.model == ModelIdentity(id: nil, checkpointDigest: nil, identity: .unknown))
    #expect(run.createdAt == nil && run.harnessVersion == nil)
    #expect(run.initialStateLabel == .missing)
  }

  @Test func `a model that the user names is declared`() throws {
    let run = try read(good("pusht-10-v0.4"), options: ReadOptions(modelID: "org/policy"))
    #expect(run.model.identity == .declared && run.model.id == "org/policy")
  }

  @Test func `the input is known by its digest and last name only`() throws {
    let run = try read(good("pusht-10-v0.4"))
    let bytes = Fixtures.bytes("formats/lerobot/good/pusht-10-v0.4.json")
    #expect(
      run.inputs == [
        InputFile(
          role: "source_results", mediaType: "application/json", size: bytes.count,
          digest: Digest.text(of: bytes), relativePath: "pusht-10-v0.4.json")
      ])
  }

  @Test func `the evidence of the format is named`() throws {
    #expect(try read(good("pusht-10-v0.4")).format.detectedBy == ["key:per_task"])
    #expect(try read(good("pusht-10-v0.3"), as: "auto").format.detectedBy == ["key:per_episode"])
    #expect(
      try read(good("ci95-pr4628"), as: "auto").format.detectedBy
        == ["key:per_task", "key:predicted_video_paths", "key:pc_success_ci95"])
  }

  // MARK: Seeds

  @Test func `a start seed gives episode i of every task seed start plus i`() throws {
    let run = try read(good("nan-reward-v0.4"), options: ReadOptions(seedStart: 1000))
    #expect(run.seedLabel == .derived)
    #expect(run.tasks.first?.seeds == (1000..<1006).map { Seed.integer($0) })
  }

  @Test func `a start seed is refused where seeds are recorded`() throws {
    let run = try read(good("pusht-10-v0.3"))
    #expect(run.seedLabel == .recorded)
    #expect(run.tasks.first?.seeds?.first == .some(.integer(1000)))
    #expect(throws: AdapterError(.optionNotUsed, place: "--seed-start", message: "")) {
      try read(good("pusht-10-v0.3"), options: ReadOptions(seedStart: 5))
    }
    let unseeded = try read(good("no-seed-7-v0.3"), options: ReadOptions(seedStart: 5))
    #expect(unseeded.seedLabel == .derived)
    #expect(unseeded.tasks.first?.seeds?.last == .some(.integer(11)))
  }

  @Test(arguments: [Int64.max, .min, 9_007_199_254_740_992, 9_007_199_254_740_989])
  func `a start seed beyond exact integers is refused`(start: Int64) throws {
    #expect(
      throws: AdapterError(.numberOutOfRange, place: nil, message: "")
    ) {
      try read(good("nan-reward-v0.4"), options: ReadOptions(seedStart: start))
    }
  }

  // MARK: Media

  @Test func `video i belongs to the episode in its name`() throws {
    let run = try read(good("nan-reward-v0.4"))
    let media = try #require(run.tasks.first?.media)
    #expect(media.map(\.row) == [0, 1, 2, 3, 4, 5])
    #expect(media.allSatisfy { $0.role == "rollout_video" })
    #expect(media.first?.path == "v/metaworld_3/eval_episode_0.mp4")
  }

  @Test(arguments: [
    ("v/eval_episode_1.mp4", [1]), ("C:\\v\\eval_episode_0.mp4", [0]),
    ("v/eval_episode_2.mp4", []), ("v/eval_episode_01.mp4", []), ("v/eval_episode_.mp4", []),
    ("v/eval_episode_-1.mp4", []), ("v/eval_episode_99999999999999999999.mp4", []),
    ("v/other.mp4", []), ("", []),
  ])
  func `a video whose name gives no episode of the task belongs to the task`(
    path: String, row: [Int]
  ) throws {
    let escaped = path.replacing("\\", with: "\\\\")
    let text = lerobotText([("a", 0, [true, false])]).replacing(
      "\"successes\": [true, false], \"video_paths\": []",
      with: "\"successes\": [true, false], \"video_paths\": [\"\(escaped)\"]")
    let media = try #require(try read(text: text).tasks.first?.media)
    #expect(media == [MediaReference(row: row.first, role: "rollout_video", path: path)])
  }

  @Test func `what a policy imagined is no rollout`() throws {
    let text = lerobotText([("a", 0, [true])]).replacing(
      "\"video_paths\": []}}",
      with: "\"video_paths\": [], \"predicted_video_paths\": [\"v/pred_episode_0.mp4\"]}}")
    #expect(
      try read(text: text).tasks.first?.media
        == [MediaReference(row: nil, role: "other", path: "v/pred_episode_0.mp4")])
  }

  // MARK: The oldest generation

  @Test func `episodes of the oldest shape are put in index order`() throws {
    let run = try read(
      text: """
        {"aggregated": {"avg_sum_reward": 2.0, "avg_max_reward": 1, "pc_success": 66.66666666666666,
                        "eval_s": 1.0, "eval_ep_s": 1.0},
         "video_paths": ["v/eval_episode_7.mp4", "v/eval_episode_1.mp4"],
         "per_episode": [
          {"episode_ix": 7, "sum_reward": 3, "max_reward": 1, "success": true, "seed": null},
          {"seed": 11, "success": false, "max_reward": 1, "sum_reward": 1, "episode_ix": 0},
          {"episode_ix": 3, "sum_reward": 2.0, "max_reward": 1, "success": true, "seed": 14}]}
        """)
    let task = try #require(run.tasks.first)
    #expect(task.indexes == [0, 3, 7])
    #expect(String(decoding: task.outcomes, as: UTF8.self) == "FSS")
    #expect(task.seeds == [.integer(11), .integer(14), nil])
    #expect(texts(task.sumRewards, of: run) == "1 2.0 3 ")
    #expect(task.media.map(\.row) == [2, nil])
    #expect(run.seedLabel == .recorded)
  }

  // MARK: Order of keys

  @Test(arguments: ["four-suites-parallel-order-v0.6", "ci95-pr4628", "pusht-10-v0.3"])
  func `the order of keys changes nothing`(name: String) throws {
    let bytes = try Fixtures.read(good(name))
    let value = try JSONValue.parse(bytes, options: JSONOptions(allowNonFinite: true))
    let expected = summary(try read(bytes))
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<12 {
      let shuffled = shuffle(value, using: &generator)
      #expect(summary(try read(text: text(of: shuffled))) == expected)
    }
  }

  /// The same value with the members of every object but `per_group` in another order.
  private func shuffle(_ value: JSONValue, using generator: inout SeededGenerator) -> JSONValue {
    switch value {
    case .array(let elements): return .array(elements.map { shuffle($0, using: &generator) })
    case .object(let object):
      let members = object.members.map { ($0.key, shuffle($0.value, using: &generator)) }
      return .object(JSONObject(members.shuffled(using: &generator).map { ($0.0, $0.1) }))
    default: return value
    }
  }

  private func text(of value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let number): number.lexeme
    case .string(let text): "\"\(text)\""
    case .array(let elements): "[" + elements.map(text).joined(separator: ",") + "]"
    case .object(let object):
      "{" + object.members.map { "\"\($0.key)\": \(text(of: $0.value))" }.joined(separator: ",\n")
        + "}"
    }
  }
}
