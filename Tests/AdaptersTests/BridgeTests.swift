import Adapters
import Evidence
import Platform
import TestSupport
import Testing

struct BridgeTests {
  private static let episode =
    "{\"suite\":\"s\",\"task_id\":\"0\",\"episode_index\":0,\"outcome\":\"succeeded\","
    + "\"success\":true,\"seed\":7,\"initial_state\":null,\"steps\":12,\"duration_s\":1.50,"
    + "\"reward\":2.0,\"progress\":\"0.75\",\"failure_reason\":null,"
    + "\"media\":[{\"path\":\"v/a.mp4\",\"role\":\"rollout_video\"}],\"extra\":{\"arm\":\"left\"}}"

  static func header(_ source: String = "worldflux", episodes: Int = 1) -> String {
    "{\"schema\":\"worldflux.bridge/1\",\"source\":\"\(source)\",\"episodes\":\(episodes),"
      + "\"planned\":null,\"metric\":\"success\",\"denominator_rule\":\"all_attempted\","
      + "\"seed_label\":\"recorded\","
      + "\"model\":{\"id\":\"org/m\",\"checkpoint\":null,\"digest\":null},"
      + "\"harness\":{\"name\":\"in-house\",\"version\":\"2\",\"commit\":null},"
      + "\"created_at\":\"2026-10-01T12:00:00Z\"}"
  }

  /// A good file of two lines.
  private static let base = header() + "\n" + episode + "\n"

  @Test func `a line gives every column`() throws {
    let run = try read(text: Self.base, as: "worldflux")
    let task = try #require(run.tasks.first)
    #expect(task.suite == "s" && task.taskID == "0" && task.outcomes == Array("S".utf8))
    #expect(task.seeds == [.integer(7)] && task.steps == [12] && task.indexes == nil)
    #expect(texts(task.durations, of: run) == "1.50 ")
    #expect(texts(task.sumRewards, of: run) == "2.0 ")
    #expect(texts(task.maxRewards, of: run) == "0.75 ")
    #expect(task.metadata.map { texts($0, of: run) } == ["{\"arm\":\"left\"} "])
    #expect(task.media == [MediaReference(row: 0, role: "rollout_video", path: "v/a.mp4")])
    #expect(run.model.id == "org/m" && run.model.identity == .declared)
    #expect(run.harnessVersion == "2" && run.createdAt == "2026-10-01T12:00:00Z")
    #expect(run.metricName == "success" && run.notes.partial == nil)
    #expect(run.format.detectedBy == ["schema:worldflux.bridge/1", "source:worldflux"])
  }

  @Test(arguments: [
    ("\"suite\":\"s\",", "", "missing_field", "line 2, /suite"),
    ("\"suite\":\"s\"", "\"suite\":4", "wrong_type", "line 2, /suite"),
    ("\"suite\":\"s\"", "\"suite\":\"\\u0001\"", "control_character", "line 2, /suite"),
    ("\"episode_index\":0", "\"episode_index\":0.5", "not_an_integer", "line 2, /episode_index"),
    ("\"outcome\":\"succeeded\"", "\"outcome\":\"won\"", "wrong_type", "line 2, /outcome"),
    ("\"success\":true", "\"success\":1", "success_not_boolean", "line 2, /success"),
    ("\"success\":true", "\"success\":null", "contradictory_episode", "line 2, /success"),
    (
      "\"outcome\":\"succeeded\",\"success\":true", "\"outcome\":\"errored\",\"success\":null",
      "missing_field", "line 2, /failure_reason"
    ),
    ("\"steps\":12", "\"steps\":-1", "negative_count", "line 2, /steps"),
    ("\"reward\":2.0", "\"reward\":\"2.0\"", "wrong_type", "line 2, /reward"),
    ("\"progress\":\"0.75\"", "\"progress\":\"1.01\"", "wrong_type", "line 2, /progress"),
    ("\"progress\":\"0.75\"", "\"progress\":0.75", "wrong_type", "line 2, /progress"),
    ("v/a.mp4", "/v/a.mp4", "unsafe_path", "line 2, /media/0/path"),
    ("v/a.mp4", "v\\\\a.mp4", "unsafe_path", "line 2, /media/0/path"),
    ("v/a.mp4", "v/../a.mp4", "unsafe_path", "line 2, /media/0/path"),
    ("v/a.mp4", "C:/a.mp4", "unsafe_path", "line 2, /media/0/path"),
    ("v/a.mp4", "", "unsafe_path", "line 2, /media/0/path"),
    ("rollout_video", "movie", "wrong_type", "line 2, /media/0/role"),
    (
      "\"role\":\"rollout_video\"", "\"role\":\"rollout_video\",\"sha256\":\"AB\"", "bad_digest",
      "line 2, /media/0/sha256"
    ),
    (
      "\"role\":\"rollout_video\"", "\"role\":\"rollout_video\",\"size\":1", "unknown_field",
      "line 2, /media/0/size"
    ),
    ("\"media\":[{\"path\":\"v/a.mp4\",", "\"media\":[{", "missing_field", "line 2, /media/0/path"),
    ("\"seed_label\":\"recorded\"", "\"seed_label\":\"missing\"", "contradictory_episode", "/seed"),
    ("\"seed_label\":\"recorded\"", "\"seed_label\":\"some\"", "wrong_type", "line 1, /seed_label"),
    ("\"source\":\"worldflux\"", "\"source\":\"pi-0.7\"", "unknown_source", "line 1, /source"),
    ("\"metric\":\"success\",", "", "missing_field", "line 1, /metric"),
    ("\"all_attempted\"", "\"All attempted\"", "wrong_type", "line 1, /denominator_rule"),
    ("\"digest\":null", "\"digest\":\"sha256:0\"", "bad_digest", "line 1, /model/digest"),
    ("\"id\":\"org/m\",", "", "missing_field", "line 1, /model/id"),
    ("\"name\":\"in-house\",", "", "missing_field", "line 1, /harness/name"),
    ("2026-10-01T12", "2026-13-01T12", "wrong_type", "line 1, /created_at"),
    ("\"created_at\"", "\"made_at\"", "unknown_field", "line 1, /made_at"),
    ("\"planned\":null", "\"planned\":0", "count_mismatch", "line 1, /planned"),
    ("\"episodes\":1", "\"episodes\":2", "count_mismatch", "line 1, /episodes"),
    ("\"episodes\":1", "\"episodes\":1.0", "not_an_integer", "line 1, /episodes"),
  ])
  func `an edit is refused with its reason, line and field`(
    old: String, new: String, reason: String, place: String
  ) throws {
    let range = try #require(Self.base.firstRange(of: old))
    let text = Self.base.replacingCharacters(in: range, with: new)
    let error = try #require(try refusal(text, as: "worldflux"))
    #expect(error.reason == reason, "\(error)")
    #expect(error.place?.hasSuffix(place) == true, "\(error.place ?? "-")")
    #expect(error.kind == .invalidInput)
  }

  @Test func `of several faults the first in order of kinds is told, with its line`() throws {
    let bad = Self.episode.replacing("\"success\":true", with: "\"success\":1")
    func reason(_ lines: [String]) throws -> String? {
      let text = ([Self.header(episodes: lines.count)] + lines).joined(separator: "\n") + "\n"
      let error = try refusal(text, as: "worldflux")
      return error.map { $0.reason + "@" + String(($0.place ?? "").split(separator: " ")[2]) }
    }
    #expect(try reason([bad, Self.episode]) == "success_not_boolean@2,")
    #expect(try reason([bad, "{\"a\":1,\"a\":2}"]) == "duplicate_key@3,")
    #expect(try reason([bad, "{\"a\":1,\"a\":2}", "{\"a\""]) == "truncated@4,")
    #expect(try reason([bad.replacing("2.0", with: "NaN")]) == "nan_not_allowed@2,")
    #expect(try reason([bad, "{\"a\":Infinity}"]) == "nan_not_allowed@3,")
    #expect(try reason([bad, "{\"a\"", " ", "[}"]) == "truncated@3,")
    #expect(
      try reason([bad, "{", String(repeating: "[", count: 200)]) == "too_deep@4,")
    #expect(try reason([Self.episode, Self.episode]) == "duplicate_episode@3,")
  }

  @Test func `bytes that are not UTF-8 come before every other fault`() throws {
    var bytes = Array((Self.header() + "\n{\"a\"\n").utf8)
    bytes += [0x22, 0xFF, 0x22, 0x0A]
    let error = try #require(try refusal(bytes, as: "worldflux"))
    #expect(error.code == .invalidUTF8 && error.place?.contains("line 3, column") == true)
  }

  @Test func `a mark before the header and carriage returns are let through`() throws {
    let text = "\u{FEFF}" + Self.base.replacing("\n", with: "\r\n")
    #expect(try read(text: text, as: "auto").tasks.first?.steps == [12])
    let late = Self.header() + "\n\u{FEFF}" + Self.episode + "\n"
    #expect(try refusal(late, as: "worldflux")?.reason == "syntax")
  }

  @Test func `columns follow the index, whatever the order of lines`() throws {
    func line(_ index: Int, _ outcome: String, _ more: String) -> String {
      let success = outcome == "failed" ? "false" : outcome == "succeeded" ? "true" : "null"
      return "{\"suite\":\"s\",\"task_id\":\"0\",\"episode_index\":\(index),"
        + "\"outcome\":\"\(outcome)\",\"success\":\(success),\"media\":[]\(more)}"
    }
    let text =
      [
        Self.header(episodes: 3), line(4, "errored", ",\"failure_reason\":\"x\",\"seed\":4"),
        line(0, "succeeded", ",\"steps\":10,\"media_\":1").replacing(",\"media_\":1", with: ""),
        line(2, "failed", ",\"seed\":2"),
      ].joined(separator: "\n") + "\n"
    let task = try #require(try read(text: text, as: "auto").tasks.first)
    #expect(task.indexes == [0, 2, 4] && task.outcomes == Array("SFE".utf8))
    #expect(task.seeds == [nil, .integer(2), .integer(4)] && task.steps == [10, nil, nil])
    #expect(task.failures == [2: "x"] && task.durations == nil && task.metadata.isEmpty)
  }

  @Test func `a bridge about a source with a format of its own is read as that source`() throws {
    let text = Self.header("lerobot") + "\n" + Self.episode + "\n"
    #expect(try read(text: text, as: "auto").format.name == "lerobot")
    #expect(try read(text: text, as: "lerobot").format.generation == "bridge_1")
    #expect(try refusal(text, as: "worldflux")?.code == .unknownSource)
  }

  @Test func `a file with a header alone has no episodes and says so`() throws {
    let run = try read(text: Self.header(episodes: 0) + "\n", as: "worldflux")
    #expect(run.tasks.isEmpty && run.notes.warnings == ["no_episodes"])
  }

  @Test func `a long reason is trimmed to 4 KiB at a character`() throws {
    let reason = String(repeating: "é", count: 3000)
    let text = Self.base.replacing(
      "\"failure_reason\":null", with: "\"failure_reason\":\"x\(reason)\"")
    let task = try #require(try read(text: text, as: "worldflux").tasks.first)
    #expect(task.failures[0]?.utf8.count == 4095)
  }
}
