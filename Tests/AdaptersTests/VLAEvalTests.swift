import Adapters
import Evidence
import JSON
import Platform
import TestSupport
import Testing

struct VLAEvalTests {
  private static let folder = Fixtures.path("formats/vla-eval/")
  private static let sync = "good/LIBEROBenchmark_libero_goal_sync_1779264000.json"
  private static let newest = "good/LIBEROBenchmark_libero_goal_aggregate.json"

  private static func text(_ name: String) throws -> String {
    String(decoding: try Fixtures.read(folder + name), as: UTF8.self)
  }

  @Test func `suite, states, seed and model come from the file`() throws {
    let run = try read(Self.folder + Self.sync, as: "vla-eval")
    let task = try #require(run.tasks.first)
    #expect(task.suite == "libero_goal" && task.taskID == "open the middle drawer of the cabinet")
    #expect(run.initialStateLabel == .derived && task.initialStates?.first == "0")
    #expect(run.seedLabel == .recordedRunSeed && task.seeds?.first == .integer(7))
    #expect(run.model.id == "pi05_libero" && run.model.identity == .declared)
    #expect(task.failures[4] == "exception: timeout=30.0s: ")
    #expect(texts(task.durations.map { Array($0.prefix(2)) }, of: run) == "8.4 8.85 ")
    #expect(task.steps?.last == .some(nil))
    #expect(run.sourceAggregates?["mean_success"]?.string == "0.6667")
  }

  @Test func `the newest generation names its recordings`() throws {
    let run = try read(Self.folder + Self.newest, as: "vla-eval")
    let task = try #require(run.tasks.first)
    #expect(
      task.media.map(\.path).prefix(5) == [
        "LIBEROBenchmark_libero_goal/task0000_ep0000_success.jsonl",
        "LIBEROBenchmark_libero_goal/task0000_ep0001_success.jsonl",
        "LIBEROBenchmark_libero_goal/task0000_ep0002_fail.jsonl",
        "LIBEROBenchmark_libero_goal/task0000_ep0003_success.jsonl",
        "LIBEROBenchmark_libero_goal/task0000_ep0004_error.jsonl",
      ])
    #expect(run.notes.partial == nil)
  }

  @Test(arguments: [
    ("pi05_libero", "pi05_libero", false), ("org/model", "org/model", false),
    ("gs://bucket/pi05_libero", "gs://bucket/pi05_libero", false),
    ("checkpoints/30000", "checkpoints/30000", false), ("/home/alice/ckpt/30000", nil, true),
    ("~/ckpt/30000", nil, true), ("C:\\\\Users\\\\alice\\\\ckpt", nil, true),
    ("file:///data/alice/ckpt", nil, true), ("\\\\\\\\nas\\\\share\\\\ckpt", nil, true),
  ])
  func `a checkpoint that is a place on a disk is not recorded as the model`(
    stated: String, id: String?, warns: Bool
  ) throws {
    let text = try Self.text(Self.newest).replacing(
      "\"checkpoint\": \"pi05_libero\"", with: "\"checkpoint\": \"\(stated)\"")
    #expect(text.contains(stated))
    let run = try read(text: text, as: "vla-eval")
    #expect(run.model.id == id)
    #expect(run.model.identity == (id == nil ? .unknown : .declared))
    #expect(run.notes.warnings == (warns ? ["checkpoint_is_local_path"] : []))
  }

  @Test func `errors of all tasks together have to be those of the tasks`() throws {
    let text = try Self.text(Self.newest)
    let end = try #require(text.ranges(of: "\"num_episodes_total\"").last)
    func stating(_ errors: Int) -> String {
      text.replacingCharacters(in: end, with: "\"num_errors\": \(errors), \"num_episodes_total\"")
    }
    let run = try read(text: text, as: "vla-eval")
    let errors = run.tasks.reduce(0) { $0 + $1.outcomes.count { $0 == UInt8(ascii: "E") } }
    #expect(errors > 0)
    #expect(try refusal(stating(errors), as: "vla-eval") == nil)
    let error = try #require(try refusal(stating(errors + 1), as: "vla-eval"))
    #expect(error.code == .aggregateMismatch && error.place?.hasSuffix("/num_errors") == true)
  }

  @Test func `fewer episodes than planned are missing where shards cannot be seen`() throws {
    let text = try Self.text(Self.newest).replacing(
      "\"episodes_per_task\": 5", with: "\"episodes_per_task\": 6")
    #expect(
      try read(text: text, as: "vla-eval").notes.partial
        == SourceNotes.Partial(reason: "planned_episodes_missing", missing: 3))
  }

  @Test func `durations of shards are those of their own file`() throws {
    let paths = (0..<3).map {
      Self.folder + "good/shards/LIBEROBenchmark_libero_goal_shard\($0)of3.json"
    }
    func run(_ paths: [String]) throws -> SavedRun {
      try readSavedRun(
        format: "auto", inputs: paths, options: ReadOptions(), files: FileSystem())
    }
    let all = try run(paths)
    let merged = try read(Self.folder + "good/merged.json", as: "vla-eval")
    for (one, other) in zip(all.tasks, merged.tasks) {
      #expect(texts(one.durations, of: all) == texts(other.durations, of: merged))
      #expect(one.outcomes == other.outcomes && one.failures == other.failures)
    }
    #expect(summary(all) == summary(try run(paths.reversed())))
    // A folder of shards is one run.
    #expect(summary(try read(Self.folder + "good/shards", as: "auto")) == summary(all))
  }

  @Test func `shards of two runs and files that are no shards are refused`() throws {
    let shard = Self.folder + "good/shards/LIBEROBenchmark_libero_goal_shard0of3.json"
    let folder = TemporaryFolder()
    let other = try Self.text("good/shards/LIBEROBenchmark_libero_goal_shard1of3.json")
    try write(
      Array(other.replacing("\"total\": 3", with: "\"total\": 4").utf8), to: folder.path + "/b")
    func code(_ paths: [String]) -> AdapterError.Code? {
      do throws(AdapterError) {
        _ = try readSavedRun(
          format: "vla-eval", inputs: paths, options: ReadOptions(), files: FileSystem())
        return nil
      } catch { return error.code }
    }
    #expect(code([shard, folder.path + "/b"]) == .badShard)
    #expect(code([Self.folder + Self.sync, Self.folder + Self.newest]) == .tooManyInputs)
    try write(Array(other.replacing("\"id\": 1", with: "\"id\": 2").utf8), to: folder.path + "/c")
    let third = Self.folder + "good/shards/LIBEROBenchmark_libero_goal_shard1of3.json"
    #expect(code([third, folder.path + "/c"]) == .duplicateEpisode)
  }

  @Test(arguments: [
    ("\"avg_steps\": 125.2", "\"avg_steps\": 126", "aggregate_mismatch", "/tasks/0/avg_steps"),
    (
      "\"mean_success\": 0.6\n", "\"mean_success\": 0.6002\n", "aggregate_mismatch",
      "/tasks/0/mean_success"
    ),
    ("\"num_errors\": 1,", "", "aggregate_mismatch", "/tasks/0/num_errors"),
    (
      "\"episode_id\": 0", "\"episode_id\": \"x_ep\"", "wrong_type",
      "/tasks/0/episodes/0/episode_id"
    ),
    ("\"seed\": 7,\n  \"metric", "\"seed\": 8,\n  \"metric", "aggregate_mismatch", "/seed"),
    ("\"subname\": \"libero_goal\"", "\"subname\": 4", "wrong_type", "/config/subname"),
    ("\"steps\": 168", "\"steps\": 1.5", "not_an_integer", "/tasks/0/episodes/0/steps"),
    ("\"task\": \"open", "\"task\": \"\\u0007open", "control_character", "/tasks/0/task"),
  ])
  func `an edit is refused with its reason and place`(
    old: String, new: String, reason: String, place: String
  ) throws {
    let text = try Self.text(Self.sync)
    let range = try #require(text.firstRange(of: old), "\(old)")
    let error = try #require(
      try refusal(text.replacingCharacters(in: range, with: new), as: "vla-eval"))
    #expect(error.reason == reason && error.place?.hasSuffix(": " + place) == true, "\(error)")
  }

  @Test(arguments: [
    // Rounded to four digits by the harness.
    ("\"mean_success\": 0.6667", "\"mean_success\": 0.66672"),
    ("\"server_info\": {", "\"server_info\": {\"gpu\": {\"checkpoint\": 3}, "),
    ("\"created_at\": \"2026", "\"created_at\": \"about 2026"),
    ("\"subname\": \"libero_goal\"", "\"subname\": null"),
  ])
  func `an edit that contradicts nothing is let through`(old: String, new: String) throws {
    let text = try Self.text(Self.sync)
    let range = try #require(text.firstRange(of: old))
    #expect(try refusal(text.replacingCharacters(in: range, with: new), as: "vla-eval") == nil)
  }
}
