import Adapters
import Evidence
import TestSupport
import Testing

/// The three sources whose lines carry an object of their own, and the member audit_input.json.
struct BridgeSourceTests {
  private func text(_ name: String) throws -> String {
    String(decoding: try Fixtures.read(Fixtures.path("formats/" + name)), as: UTF8.self)
  }

  /// The reason and place of a file after one edit.
  private func refusal(
    _ name: String, _ word: String, _ old: String, _ new: String
  ) throws -> (reason: String, place: String) {
    let text = try text(name)
    let range = try #require(text.firstRange(of: old), "\(old)")
    let edited = text.replacingCharacters(in: range, with: new)
    let error = try #require(try AdaptersTests.refusal(edited, as: word))
    return (error.reason, String((error.place ?? "").drop { $0 != " " }.dropFirst()))
  }

  @Test(arguments: [
    ("\"setting\":\"single_robot\"", "\"setting\":\"swarm\"", "wrong_type", "/governance/setting"),
    (
      "\"scenario\":\"S01\"", "\"scenario\":\"S02\"", "contradictory_episode",
      "/governance/scenario"
    ),
    ("\"observed\":\"violated\",", "", "missing_field", "/governance/observed"),
    ("\"score\":null", "\"score\":[]", "wrong_type", "/governance/score"),
    ("\"latency_ms\":null", "\"latency_ms\":-1", "negative_count", "/governance/latency_ms"),
    ("\"score\":null", "\"grade\":null", "unknown_field", "/governance/grade"),
    (
      "\"audit_events_found\":null", "\"audit_events_found\":1", "contradictory_episode",
      "/governance/audit_events_found"
    ),
  ])
  func `a governance record is checked against its line`(
    old: String, new: String, reason: String, pointer: String
  ) throws {
    let found = try refusal(
      "embodied-gov-bench/good/episodes.jsonl", "embodied-gov-bench", old, new)
    #expect(found == (reason, "line 2, " + pointer))
  }

  @Test func `each dimension of governance is a suite of its own`() throws {
    let run = try read(
      text: try text("embodied-gov-bench/good/seeded-20-each.jsonl"), as: "auto")
    #expect(run.format.name == "embodied-gov-bench")
    #expect(Set(run.tasks.map(\.suite)).count == 7)
    #expect(run.tasks.allSatisfy { $0.count == 20 && $0.metadata.count == 1 })
    let first = try #require(run.tasks.first?.metadata.first?.prefix(1))
    #expect(texts(Array(first), of: run).hasPrefix("{\"dimension\":\"audit_completeness\""))
  }

  @Test func `a generated run says by what and who judged it`() throws {
    let run = try read(text: try text("cosmos-predict/good/episodes.jsonl"), as: "auto")
    #expect(
      run.notes.generated
        == SourceNotes.Generated(
          model: "cosmos-predict2.5-2b", judgeKind: "vlm", judgeID: "example-vlm-judge",
          judgeVersion: "3"))
    let task = try #require(run.tasks.first)
    #expect(task.outcomes.last == UInt8(ascii: "X") && task.failures[3] == "guardrail_blocked")
    #expect(task.media.map(\.role).prefix(2) == ["rollout_video", "other"])
    #expect(task.media.first?.statedDigest?.hasPrefix("sha256:432ff73c") == true)
    // The blocked rollout has its frame alone.
    #expect(task.media.filter { $0.row == 3 }.map(\.role) == ["other"])
  }

  @Test(arguments: [
    (
      "\"guardrail\":\"off\"", "\"guardrail\":\"blocked\"", "contradictory_episode",
      "line 2, /generated/guardrail"
    ),
    (",\"guardrail\":\"off\"", "", "missing_field", "line 2, /generated/guardrail"),
    ("\"frames\":110", "\"frames\":-1", "negative_count", "line 2, /generated/frames"),
    (
      "{\"path\":\"outputs/", "{\"path\":\"../outputs/", "unsafe_path",
      "line 2, /generated/video/path"
    ),
    ("\"kind\":\"vlm\"", "\"kind\":\"dice\"", "wrong_type", "line 1, /judge/kind"),
    (
      "\"conditioning\":\"action\"", "\"conditioning\":\"x\"", "wrong_type",
      "line 1, /world_model/conditioning"
    ),
    ("sha256:10e86c", "sha256:10e86", "bad_digest", "line 1, /judge/prompt_digest"),
    ("\"num_steps\":35", "\"num_steps\":3.5", "not_an_integer", "line 1, /world_model/num_steps"),
    ("\"seed\":null", "\"seeds\":null", "unknown_field", "line 2, /seeds"),
  ])
  func `a generated rollout is checked against its line`(
    old: String, new: String, reason: String, place: String
  ) throws {
    let found = try refusal("cosmos-predict/good/episodes.jsonl", "cosmos-predict", old, new)
    #expect(found == (reason, place))
  }

  @Test func `prompts of pi-0,7 stay in the objects they came in`() throws {
    let run = try read(text: try text("pi-0.7/good/episodes.jsonl"), as: "pi-0.7")
    let column = try #require(run.tasks.first?.metadata.first)
    #expect(texts(Array(column.prefix(1)), of: run).contains("\"control_mode\":\"end_effector\""))
  }

  // MARK: - audit_input.json

  private let member = Fixtures.bytes("package-example/audit_input.json")

  @Test func `an audit input is read with the bytes it has`() throws {
    for word in ["worldflux", "auto"] {
      let run = try read(member, as: word)
      #expect(run.statedInput?.bytes == member)
      #expect(run.format.name == "worldflux" && run.format.generation == "audit_input")
      #expect(run.tasks.map { String(decoding: $0.outcomes, as: UTF8.self) } == ["SSF", "SES"])
      #expect(run.tasks.last?.failures == [1: "simulator_error"])
      #expect(run.tasks.first?.seeds == [.integer(1000), .integer(1001), .integer(1002)])
    }
  }

  @Test(arguments: [
    ("\"succeeded\":4", "\"succeeded\":5", "count_mismatch"),
    ("\"outcomes\":\"SSF\"", "\"outcomes\":\"SSQ\"", "outcome_letter"),
    ("\"count\":3", "\"count\":2", "length_mismatch"),
    ("{\"claim_id\"", "{ \"claim_id\"", "not_canonical"),
    ("\"duplicates\":0,", "", "field_missing"),
    ("v0_draft", "v1", "schema_unknown"),
    ("\"attempted\":6", "\"attempted\":6,\"attempted\":6", "duplicate_key"),
  ])
  func `an audit input that contradicts itself is refused in the words of members`(
    old: String, new: String, reason: String
  ) throws {
    let text = String(decoding: member, as: UTF8.self)
    let range = try #require(text.firstRange(of: old))
    let edited = text.replacingCharacters(in: range, with: new)
    let error = try #require(try AdaptersTests.refusal(edited, as: "worldflux"))
    #expect(error.reason == reason, "\(error)")
  }

  @Test func `a report of metrics without episodes is no input`() throws {
    let report = "{\"suite\": \"x\", \"model_id\": \"m\",\n \"results\": [{\"metric\": \"a\"}]}\n"
    #expect(try AdaptersTests.refusal(report, as: "worldflux")?.code == .unrecognisedShape)
    #expect(try AdaptersTests.refusal(report, as: "auto")?.code == .unrecognisedShape)
  }
}
